"""``failover``: whether this firewall has a peer, and which of the two it is meant to be."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from asa_automate.config.spelling import (
    Kept,
    Spelling,
    as_printed,
    printed_lines,
    spelling_of,
)
from asa_automate.config.tree import Line


@dataclass(frozen=True, slots=True)
class Link:
    """``failover lan interface`` or ``failover link``: its name and hardware (may be ``""``)."""

    name: str
    hardware: str = ""

    @property
    def text(self) -> str:
        """Name and hardware."""
        return f"{self.name} {self.hardware}".rstrip()


@dataclass(frozen=True, slots=True)
class Failover:
    """All ``failover`` lines of a configuration.

    Args:
        enabled: ``None`` where neither ``failover`` nor ``no failover`` is printed.
        unit: ``primary``, ``secondary`` or ``""``.
        lan: the interface of the control link.
        link: the interface of the state link.
        kept: all other lines, in their places.
    """

    enabled: bool | None = None
    unit: str = ""
    lan: Link | None = None
    link: Link | None = None
    kept: tuple[Kept, ...] = ()
    line: int = 0
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


def read_failover(lines: Iterable[Line]) -> Failover | None:
    """The failover of a configuration's top-level ``lines``; ``None`` where none is printed."""
    mine = [line for line in lines if _is_failover(line.text)]
    if not mine:
        return None
    failover = Failover(line=mine[0].number)
    for place, line in enumerate(mine):
        grown = None if line.children else _grown(failover, line.text.split())
        kept = Kept("\n".join(printed_lines([line])), place)
        failover = grown or replace(failover, kept=(*failover.kept, kept))
    return replace(failover, spelling=spelling_of(printed_lines(mine), _lines(failover)))


def write_failover(failover: Failover) -> list[str]:
    """The lines of a failover."""
    return as_printed(_lines(failover), failover.spelling)


def _is_failover(text: str) -> bool:
    return text.split()[:2] == ["no", "failover"] or text.split()[:1] == ["failover"]


def _grown(failover: Failover, words: list[str]) -> Failover | None:
    match words:
        case ["failover"]:
            return replace(failover, enabled=True)
        case ["no", "failover"]:
            return replace(failover, enabled=False)
        case ["failover", "lan", "unit", unit]:
            return replace(failover, unit=unit)
        case ["failover", "lan", "interface", name, *hardware] if len(hardware) < 2:
            return replace(failover, lan=Link(name, "".join(hardware)))
        case ["failover", "link", name, *hardware] if len(hardware) < 2:
            return replace(failover, link=Link(name, "".join(hardware)))
    return None


def _lines(failover: Failover) -> list[str]:
    lines = [] if failover.enabled is None else ["failover" if failover.enabled else "no failover"]
    lines += [f"failover lan unit {failover.unit}"] if failover.unit else []
    lines += [f"failover lan interface {failover.lan.text}"] if failover.lan else []
    lines += [f"failover link {failover.link.text}"] if failover.link else []
    for one in failover.kept:
        lines.insert(one.place, one.text)
    return [line for text in lines for line in text.split("\n")]
