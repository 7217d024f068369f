"""``packet-tracer``: which inspections one packet meets, and by which interfaces it goes.

Source: published outputs, for the skeleton. The subtype of mail's phase, ``inspect-smtp``, is
expected and not verified (docs/lab-checks.md), so that a phase is missing proves little.
"""

from collections.abc import Iterator
from dataclasses import dataclass

#: The engine behind a subtype, where it is not the rest of ``inspect-ENGINE``.
_ENGINES = {"smtp": "esmtp"}


@dataclass(frozen=True, slots=True)
class Trace:
    """What an answer says.

    Args:
        readable: it has a phase and a result.
        engines: those of the ``INSPECT`` phases.
        goes: the interface where the packet leaves; ``None`` where it does not say.
        allowed: the packet passes; one that is dropped meets no later phase.
    """

    readable: bool
    engines: frozenset[str]
    goes: str | None
    allowed: bool


def parse_trace(text: str) -> Trace:
    """Read an answer; one that cannot be read is not ``readable``."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    said = dict(line.split(": ", 1) for line in lines if ": " in line)
    action = said.get("Action", "")
    return Trace(
        readable=any(line.startswith("Phase:") for line in lines) and bool(action),
        engines=frozenset(_engines(lines)),
        goes=said.get("output-interface"),
        allowed=action == "allow",
    )


def _engines(lines: list[str]) -> Iterator[str]:
    inspecting = False
    for line in lines:
        if line.startswith("Type:"):
            inspecting = line == "Type: INSPECT"
        elif inspecting and line.startswith("Subtype: inspect-"):
            name = line.removeprefix("Subtype: inspect-")
            yield _ENGINES.get(name, name)
