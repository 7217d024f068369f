"""``policy-map`` of layer 3/4: classes in order, and what each inspects."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from asa_automate.config.feed import Row, rows
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
    """One ``class`` of a policy-map; ``others`` are its lines that are not ``inspect``."""

    name: str
    inspects: tuple[Inspect, ...] = ()
    others: tuple[str, ...] = ()
    line: int = 0

    def inspect(self, engine: str) -> Inspect | None:
        """The class's line for ``engine``, if it has one."""
        return next((i for i in self.inspects if i.engine == engine), None)


@dataclass(frozen=True, slots=True)
class PolicyMap:
    """A layer 3/4 policy-map; ``unknown`` are the lines in it that no rule took (text, line)."""

    name: str
    classes: tuple[PolicyClass, ...] = ()
    line: int = 0
    unknown: tuple[tuple[str, int], ...] = ()

    def find(self, name: str) -> PolicyClass | None:
        """The class entry called ``name``, if there is one."""
        return next((c for c in self.classes if c.name == name), None)


def read_policy_maps(lines: Iterable[Line]) -> dict[str, PolicyMap]:
    """The layer 3/4 policy-maps among top-level ``lines``, by name.

    ``policy-map type inspect`` is not one of them. A policy-map or a class that is opened twice
    goes on where it was, as on the device.
    """
    policies: dict[str, PolicyMap] = {}
    for row in rows(_COMMAND, lines):
        name = row["POLICY"]
        if not name:
            continue
        policies[name] = _grown(policies.get(name) or PolicyMap(name, line=row.line.number), row)
    return policies


def write_policy_map(policy: PolicyMap) -> list[str]:
    """The lines of a policy-map, indented as the device prints them."""
    lines = [f"policy-map {policy.name}"]
    for entry in policy.classes:
        lines.append(f" class {entry.name}")
        lines += [f"  {inspect.text}" for inspect in entry.inspects]
        lines += [f"  {other}" for other in entry.others]
    return lines


def _grown(policy: PolicyMap, row: Row) -> PolicyMap:
    """``policy`` with one more line of it."""
    if row["UNKNOWN"]:
        return replace(policy, unknown=(*policy.unknown, (row.line.text, row.line.number)))
    if not row["CLASS"]:
        return policy if not row["INSPECT"] else _stray(policy, row)
    entry = policy.find(row["CLASS"])
    if entry is None:
        opened = PolicyClass(row["CLASS"], line=row.line.number)
        policy = replace(policy, classes=(*policy.classes, opened))
        entry = opened
    now = _with_action(entry, row)
    return replace(policy, classes=tuple(now if c is entry else c for c in policy.classes))


def _stray(policy: PolicyMap, row: Row) -> PolicyMap:
    """An inspection before any class: no device prints that."""
    return replace(policy, unknown=(*policy.unknown, (row.line.text, row.line.number)))


def _with_action(entry: PolicyClass, row: Row) -> PolicyClass:
    if row["INSPECT"]:
        made = Inspect(row.words("INSPECT"), row.words("MAP") or None, row.line.number)
        return replace(entry, inspects=(*entry.inspects, made))
    if row["OTHER"]:
        return replace(entry, others=(*entry.others, row.line.text))
    return entry
