"""``class-map`` of layer 3/4: what traffic a class of a policy-map takes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from asa_automate.config.feed import Row, rows
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
    """A layer 3/4 class-map; ``unknown`` are the lines in it that no rule took (text, line)."""

    name: str
    matches: tuple[Match, ...] = ()
    line: int = 0
    unknown: tuple[tuple[str, int], ...] = ()

    @property
    def is_default_inspection(self) -> bool:
        """Whether it matches the default inspection traffic (perhaps narrowed by an ACL)."""
        return any(m.kind == "default-inspection-traffic" for m in self.matches)


def read_class_maps(lines: Iterable[Line]) -> dict[str, ClassMap]:
    """The layer 3/4 class-maps among top-level ``lines``, by name; ``class-map type`` is none."""
    maps: dict[str, ClassMap] = {}
    for row in rows(_COMMAND, lines):
        name = row["NAME"]
        if not name:
            continue
        maps[name] = _grown(maps.get(name) or ClassMap(name, line=row.line.number), row)
    return maps


def write_class_map(class_map: ClassMap) -> list[str]:
    """The lines of a class-map, indented as the device prints them."""
    return [f"class-map {class_map.name}", *(f" {match.text}" for match in class_map.matches)]


def _grown(class_map: ClassMap, row: Row) -> ClassMap:
    if row["UNKNOWN"]:
        return replace(class_map, unknown=(*class_map.unknown, (row.line.text, row.line.number)))
    if row["KIND"]:
        match = Match(row["KIND"], row.words("ARGUMENT"), row.line.number)
        return replace(class_map, matches=(*class_map.matches, match))
    return class_map
