"""What a configuration must be like before anything is planned on it or said of it."""

from collections.abc import Iterable, Iterator

from asa_automate.config.class_map import Match
from asa_automate.config.policy_map import PolicyClass
from asa_automate.config.redaction import redact_line
from asa_automate.config.running import RunningConfig
from asa_automate.device.lines import check_line
from asa_automate.errors import Refused
from asa_automate.simulate.world import CLASS_DEFAULT


def must_be_understood(running: RunningConfig) -> None:
    """Every line is understood that an exemption depends on.

    Raises:
        Refused: with the line that stands in the way.
    """
    must_be_readable(running)
    for attached in running.service_policies:
        policy = running.policy_maps.get(attached.policy)
        for text, line in policy.unknown if policy else ():
            told = f"line {line} is not understood: {redact_line(text)!r}"
            raise Refused(f"policy-map {attached.policy}: {told}")
        for entry in policy.classes if policy else ():
            class_map = running.class_maps.get(entry.name)
            if class_map is None and entry.inspects and entry.name != CLASS_DEFAULT:
                raise Refused(
                    f"policy-map {attached.policy}: class {entry.name} (line {entry.line}) "
                    "inspects, and the text has no such class-map"
                )
            for text, line in class_map.unknown if class_map and entry.inspects else ():
                raise Refused(
                    f"class-map {entry.name}: line {line} is not understood: {redact_line(text)!r}"
                )
            for match in lists_missing(running, entry):
                raise Refused(
                    f"class-map {entry.name}: line {match.line}: the text has no extended "
                    f"access-list {match.argument}"
                )


def must_be_typeable(lines: Iterable[str]) -> None:
    """No name of the device makes a line that may not be sent to one.

    Raises:
        Refused: with the line.
    """
    for line in lines:
        check_line(line)


def lists_missing(running: RunningConfig, entry: PolicyClass) -> Iterator[Match]:
    """The matches of an inspecting class that name an access-list which the text does not have.

    A device has it: the text is a part of the configuration.
    """
    class_map = running.class_maps.get(entry.name)
    for match in class_map.matches if class_map and entry.inspects else ():
        if match.kind == "access-list" and match.argument not in running.acls:
            yield match


def must_be_readable(running: RunningConfig) -> None:
    """The text is one configuration, and it is known what is attached.

    Raises:
        Refused: with the line that stands in the way.
    """
    if running.unreadable:
        raise Refused(str(running.unreadable))
    for text, line in running.odd_attachments:
        raise Refused(f"line {line} is not understood: {redact_line(text)!r}")
    _must_be_one(running)


def _must_be_one(running: RunningConfig) -> None:
    """Two texts in one file, or a cut one in front of a whole one, are no configuration."""
    heads = [line for line in running.tree.opened() if line.text.startswith("hostname ")]
    again = [text for text in running.tree.footer if text.startswith(("hostname ", "ASA Version"))]
    if len(heads) > 1:
        raise Refused(
            f"two configurations in one text: a second hostname in line {heads[1].number}"
        )
    if again:
        raise Refused(f"two configurations in one text: {again[0]!r} follows the end of the first")
