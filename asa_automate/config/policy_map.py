"""``policy-map`` of layer 3/4: classes in order, and what each inspects."""

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

_COMMAND = "show running-config policy-map"


@dataclass(frozen=True, slots=True)
class Inspect:
    """One ``inspect`` line.

    Args:
        engine: ``esmtp``, ``dns``, ``h323 h225`` ... (two words where the ASA has two).
        argument: map name or further words, ``None`` when the line ends after the engine.
        line: line number in the text, 0 for a line of ours.
    """

    engine: str
    argument: str | None = None
    line: int = 0

    @property
    def text(self) -> str:
        """The line as typed in the class."""
        return f"inspect {self.engine}" + (f" {self.argument}" if self.argument else "")


@dataclass(frozen=True, slots=True)
class PolicyClass:
    """One ``class`` of a policy-map.

    Args:
        others: its lines that are not ``inspect``.
        places: where each of the others stands among all lines of the class, from 0; an other
            without a place stands at the end.
    """

    name: str
    inspects: tuple[Inspect, ...] = ()
    others: tuple[str, ...] = ()
    line: int = 0
    places: tuple[int, ...] = ()

    def inspect(self, engine: str) -> Inspect | None:
        """The class's line for ``engine``, if it has one."""
        return next((i for i in self.inspects if i.engine == engine), None)


@dataclass(frozen=True, slots=True)
class PolicyMap:
    """A layer 3/4 policy-map.

    Args:
        unknown: the lines in it that no rule took (text, line).
        kept: the same, in their places.
    """

    name: str
    classes: tuple[PolicyClass, ...] = ()
    line: int = 0
    unknown: tuple[tuple[str, int], ...] = ()
    description: str = ""
    kept: tuple[Kept, ...] = ()
    spelling: Spelling | None = field(default=None, compare=False, repr=False)

    def find(self, name: str) -> PolicyClass | None:
        """The class entry called ``name``, if there is one."""
        return next((c for c in self.classes if c.name == name), None)


def read_policy_maps(lines: Iterable[Line]) -> dict[str, PolicyMap]:
    """The layer 3/4 policy-maps among top-level ``lines``, by name.

    ``policy-map type inspect`` is not one of them. A policy-map or a class that is opened twice
    goes on where it was, as on the device.
    """
    found: dict[str, list[Row]] = {}
    for row in rows(_COMMAND, lines):
        if row["POLICY"]:
            found.setdefault(row["POLICY"], []).append(row)
    return {name: _policy_map(name, its) for name, its in found.items()}


def write_policy_map(policy: PolicyMap) -> list[str]:
    """The lines of a policy-map, indented as the device prints them."""
    return as_printed(_lines(policy), policy.spelling)


def _lines(policy: PolicyMap) -> list[str]:
    lines = [f"policy-map {policy.name}"]
    lines += [f" description {policy.description}"] if policy.description else []
    for entry in policy.classes:
        lines.append(f" class {entry.name}")
        lines += [f"  {text}" for text in _actions(entry)]
    return with_kept(lines, policy.kept)


def _actions(entry: PolicyClass) -> list[str]:
    actions = [inspect.text for inspect in entry.inspects]
    for i, other in enumerate(entry.others):
        place = entry.places[i] if i < len(entry.places) else len(actions)
        actions.insert(place, other)
    return actions


def _policy_map(name: str, its: list[Row]) -> PolicyMap:
    opens, beneath = its[0], [row for row in its if not _opens(row)]
    classes: dict[str, list[Row]] = {}
    policy = PolicyMap(name, line=opens.line.number)
    for place, row in enumerate(beneath):
        if _is_description(row) and not row["CLASS"]:
            policy = replace(policy, description=row.line.text.partition(" ")[2].strip())
        elif row["UNKNOWN"] or not row["CLASS"]:
            policy = _with_unknown(policy, row, place)
        else:
            classes.setdefault(row["CLASS"], []).append(row)
    policy = replace(policy, classes=tuple(_class(*item) for item in classes.items()))
    printed = printed_lines(row.line for row in its if _opens(row))
    return replace(policy, spelling=spelling_of(printed, _lines(policy)))


def _opens(row: Row) -> bool:
    return not (row["CLASS"] or row["INSPECT"] or row["OTHER"] or row["UNKNOWN"])


def _is_description(row: Row) -> bool:
    return row.line.text.startswith("description ")


def _with_unknown(policy: PolicyMap, row: Row, place: int) -> PolicyMap:
    """Also an action before any class, which no device prints."""
    kept = Kept(row.line.text, place, depth=2 if row["CLASS"] else 1)
    return replace(
        policy,
        unknown=(*policy.unknown, (row.line.text, row.line.number)),
        kept=(*policy.kept, kept),
    )


def _class(name: str, its: list[Row]) -> PolicyClass:
    actions = [row for row in its if row["INSPECT"] or row["OTHER"]]
    others = [(i, row) for i, row in enumerate(actions) if row["OTHER"]]
    return PolicyClass(
        name,
        inspects=tuple(_inspect(row) for row in actions if row["INSPECT"]),
        others=tuple(row.line.text for _, row in others),
        line=its[0].line.number,
        places=tuple(i for i, _ in others),
    )


def _inspect(row: Row) -> Inspect:
    return Inspect(row.words("INSPECT"), row.words("MAP") or None, row.line.number)
