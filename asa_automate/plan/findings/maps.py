"""Findings about ESMTP maps in force: what they strike out of mail that is inspected.

Cisco ASA 9.3 firewall CLI guide, p.13-41 and 13-43: a map of one's own masks the banner unless
it says ``no mask-banner``, and lets STARTTLS pass only with ``allow-tls``.
"""

from collections.abc import Iterator

from asa_automate.config.policy_map import Inspect
from asa_automate.config.running import RunningConfig
from asa_automate.config.tree import Line
from asa_automate.plan.document import Finding
from asa_automate.plan.findings.classes import in_force
from asa_automate.plan.findings.table import found
from asa_automate.simulate.engines import DEFAULT_ESMTP_MAP, ESMTP

_OPENER = ["policy-map", "type", "inspect", ESMTP]


def maps(running: RunningConfig) -> Iterator[Finding]:
    """Each map that an ``inspect esmtp`` in force names, once."""
    named = dict(_named(running))
    if not named:
        return
    there = {line.text.split()[-1]: line for line in running.tree.opened() if _opens(line)}
    for name, (inspect, where) in named.items():
        if name not in there:
            text = f"{where} has `{inspect.text}`, and there is no such map"
            yield found("esmtp-map-missing", text, inspect.line)
        else:
            yield from _settings(name, there[name])


def _named(running: RunningConfig) -> Iterator[tuple[str, tuple[Inspect, str]]]:
    for policy in in_force(running):
        for entry in policy.classes:
            inspect = entry.inspect(ESMTP)
            if inspect and inspect.argument and inspect.argument != DEFAULT_ESMTP_MAP:
                where = f"class {entry.name} of policy-map {policy.name}"
                yield inspect.argument, (inspect, where)


def _opens(line: Line) -> bool:
    words = line.text.split()
    return words[:4] == _OPENER and len(words) == 5


def _settings(name: str, stanza: Line) -> Iterator[Finding]:
    said = [" ".join(line.text.split()) for line in stanza.walk()]
    if not any(text.split()[0] == "allow-tls" for text in said if text):
        yield found(
            "tls-not-allowed",
            f"ESMTP map {name} has no `allow-tls`: STARTTLS is struck out of the mail it inspects",
            stanza.number,
        )
    if "no mask-banner" not in said:
        yield found(
            "banner-masked",
            f"ESMTP map {name} masks the banner of mail servers (it has no `no mask-banner`)",
            stanza.number,
        )
