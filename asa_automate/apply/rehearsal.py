"""The permission rehearsal: may this account type what the change, and its way back, need?

Where the device asks a server about every line (``aaa authorization command``), an account may be
allowed to create what it may not remove. So the removals are typed first, on nothing, where a
denial costs nothing; then each kind of piece is made and taken away again, unused.
"""

from collections.abc import Iterable

from asa_automate.apply.ports import Session, Surroundings
from asa_automate.apply.reading import Snapshot, read
from asa_automate.apply.sending import GateClosed
from asa_automate.apply.steps import Step
from asa_automate.config.running import RunningConfig
from asa_automate.device.refusals import is_denied
from asa_automate.errors import LineRefused
from asa_automate.plan.document import Command
from asa_automate.plan.names import PROBE
from asa_automate.plan.probe import DESTINATION, SOURCE
from asa_automate.plan.scope import scope_of

_ENTRY = f"access-list {PROBE} extended permit tcp host {SOURCE} host {DESTINATION} eq smtp"
#: Each kind of piece that a change makes beside a policy-map in force, and its removal.
PIECES = (
    (_ENTRY, f"no {_ENTRY}"),
    (f"class-map {PROBE}", f"no class-map {PROBE}"),
    (f"object-group network {PROBE}", f"no object-group network {PROBE}"),
)


def is_needed(running: RunningConfig) -> bool:
    """Whether the device has every command authorized; without that there is nothing to try.

    Not where an earlier probe or rehearsal left pieces under the name that would be used: they
    are not ours to make and take away here, the change itself removes them.
    """
    if scope_of(running).probe:
        return False
    return any(
        line.text.startswith("aaa authorization command ") for line in running.tree.commands()
    )


def policies_of(commands: Iterable[Command]) -> list[str]:
    """The policy-maps that lines enter."""
    heads = (c.line.split() for c in commands if c.line.startswith("policy-map "))
    return list(dict.fromkeys(words[1] for words in heads))


def rehearse(
    session: Session,
    device: str,
    policies: Iterable[str],
    before: Snapshot,
    around: Surroundings,
) -> None:
    """Try every kind of line but inspections, which the probe tries; nothing is left behind.

    Args:
        policies: the policy-maps from which our class would be taken on the way back.

    Raises:
        LineRefused: a line is denied.
        GateClosed: something was left behind; the caller goes back.
    """
    around.tell(Step.REHEARSE)
    session.configure()
    for policy in policies:
        _sent(session, f"policy-map {policy}", around)
        _tried(session, f"no class {PROBE}", around)
    for _, removal in reversed(PIECES):
        _tried(session, removal, around)
    for piece, _ in PIECES:
        _sent(session, piece, around)
    for _, removal in reversed(PIECES):
        _sent(session, removal, around)
    session.end()
    if read(session, device).fingerprint != before.fingerprint:
        raise GateClosed("the permission rehearsal left something behind")


def _tried(session: Session, line: str, around: Surroundings) -> None:
    """A removal of what is not there: any answer but a denial will do."""
    try:
        _sent(session, line, around)
    except LineRefused as error:
        if is_denied(error.reply):
            raise


def _sent(session: Session, line: str, around: Surroundings) -> None:
    around.guard()
    around.log.write("intent", {"line": line, "commit": False})
    session.line(line)
    around.log.write("ack", {"line": line})
