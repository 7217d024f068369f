"""``fixup protocol``: how PIX 6 inspected. No policy-map, so nothing is planned for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from asa_automate.config.spelling import Spelling, as_printed, spelling_of
from asa_automate.config.tree import Line


@dataclass(frozen=True, slots=True)
class Fixup:
    """``[no] fixup protocol PROTOCOL [WORDS]``: the words are ports or options."""

    protocol: str
    words: str = ""
    on: bool = True
    line: int = 0
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


def read_fixups(lines: Iterable[Line]) -> tuple[Fixup, ...]:
    """The fixups among top-level ``lines``, in order."""
    found = (_fixup(line) for line in lines)
    return tuple(fixup for fixup in found if fixup)


def write_fixup(fixup: Fixup) -> list[str]:
    """The line of a fixup."""
    return as_printed([_line(fixup)], fixup.spelling)


def _fixup(line: Line) -> Fixup | None:
    words = line.text.split()
    on = words[:1] != ["no"]
    match words if on else words[1:]:
        case ["fixup", "protocol", protocol, *rest]:
            fixup = Fixup(protocol, " ".join(rest), on=on, line=line.number)
            return replace(fixup, spelling=spelling_of([line.text], [_line(fixup)]))
    return None


def _line(fixup: Fixup) -> str:
    return f"{'' if fixup.on else 'no '}fixup protocol {fixup.protocol} {fixup.words}".rstrip()
