"""``class-map`` of layer 3/4: what traffic a class of a policy-map takes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from asa_automate.config.feed import Row, rows
from asa_automate.config.spelling import (
    Kept,
    Spelling,
    as_printed,
    printed_lines,
    spelling_of,
    with_kept,
)
from asa_automate.config.tree import Line

_COMMAND = "show running-config class-map"


@dataclass(frozen=True, slots=True)
class Match:
    """One ``match`` line.

    Args:
        kind: ``default-inspection-traffic``, ``access-list``, ``port``, ``any`` or the first
            word of any other match (``dscp``, ``rtp``, ``tunnel-group``, ``flow`` ...).
        argument: what follows the kind: the ACL's name, ``tcp eq smtp`` ...
        line: line number in the text, 0 for a line of ours.
    """

    kind: str
    argument: str = ""
    line: int = 0

    @property
    def text(self) -> str:
        """The line as typed in the class-map."""
        return f"match {self.kind}" + (f" {self.argument}" if self.argument else "")


@dataclass(frozen=True, slots=True)
class ClassMap:
    """A layer 3/4 class-map.

    Args:
        unknown: the lines in it that no rule took (text, line).
        mode: ``match-any``, ``match-all``, or ``""`` where the text says neither.
        kept: the unknown lines, in their places.
    """

    name: str
    matches: tuple[Match, ...] = ()
    line: int = 0
    unknown: tuple[tuple[str, int], ...] = ()
    mode: str = ""
    description: str = ""
    kept: tuple[Kept, ...] = ()
    spelling: Spelling | None = field(default=None, compare=False, repr=False)

    @property
    def is_default_inspection(self) -> bool:
        """Whether it matches the default inspection traffic (perhaps narrowed by an ACL)."""
        return any(m.kind == "default-inspection-traffic" for m in self.matches)


def read_class_maps(lines: Iterable[Line]) -> dict[str, ClassMap]:
    """The layer 3/4 class-maps among top-level ``lines``, by name; ``class-map type`` is none."""
    found: dict[str, list[Row]] = {}
    for row in rows(_COMMAND, lines):
        if row["NAME"]:
            found.setdefault(row["NAME"], []).append(row)
    return {name: _class_map(name, its) for name, its in found.items()}


def write_class_map(class_map: ClassMap) -> list[str]:
    """The lines of a class-map, indented as the device prints them."""
    return as_printed(_lines(class_map), class_map.spelling)


def _lines(class_map: ClassMap) -> list[str]:
    mode = f"{class_map.mode} " if class_map.mode else ""
    lines = [f"class-map {mode}{class_map.name}"]
    lines += [f" description {class_map.description}"] if class_map.description else []
    lines += [f" {match.text}" for match in class_map.matches]
    return with_kept(lines, class_map.kept)


def _class_map(name: str, its: list[Row]) -> ClassMap:
    beneath = [row for row in its if not _opens(row)]
    unknown = [(i, row) for i, row in enumerate(beneath) if row["UNKNOWN"]]
    class_map = ClassMap(
        name,
        matches=tuple(_match(row) for row in beneath if row["KIND"]),
        line=its[0].line.number,
        unknown=tuple((row.line.text, row.line.number) for _, row in unknown),
        mode=_mode(its[0]),
        description=_description(beneath),
        kept=tuple(Kept(row.line.text, i) for i, row in unknown),
    )
    printed = printed_lines(row.line for row in its if _opens(row))
    return replace(class_map, spelling=spelling_of(printed, _lines(class_map)))


def _opens(row: Row) -> bool:
    return not (row["KIND"] or row["UNKNOWN"] or row["DESCRIPTION"])


def _mode(row: Row) -> str:
    modes = ("match-any", "match-all")
    return next((word for word in row.line.text.split() if word in modes), "")


def _match(row: Row) -> Match:
    return Match(row["KIND"], row.words("ARGUMENT"), row.line.number)


def _description(beneath: list[Row]) -> str:
    """The last one; from the line itself, which has odd bytes as they were."""
    described = [row.line.text for row in beneath if row["DESCRIPTION"]]
    return described[-1].partition(" ")[2].strip() if described else ""
