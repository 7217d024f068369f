"""A plain TextFSM template, run without the machine around it: the same records, sooner.

Most of our templates only ask, line by line, which rule takes it, and record. TextFSM spends ten
times the time of the regular expressions on the bookkeeping of what such a template does not use.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import textfsm


@dataclass(frozen=True, slots=True)
class _Rule:
    match: Callable[[str], Any]
    records: bool
    goes_to: str


class Direct:
    """A template of which no rule continues, ends or raises, and no value is more than text."""

    def __init__(self, fsm: textfsm.TextFSM) -> None:
        self._names = tuple(value.name for value in fsm.values)
        self._kept = frozenset(value.name for value in fsm.values if value.options)
        self._states = {name: [_rule(r) for r in rules] for name, rules in fsm.states.items()}

    @property
    def is_flat(self) -> bool:
        """Whether no line depends on those before it."""
        return not self._kept and set(self._states) == {"Start", "EOF"}

    @classmethod
    def of(cls, fsm: textfsm.TextFSM) -> "Direct | None":
        """The template to run, ``None`` where it needs all of TextFSM."""
        plain = all(_is_plain(value) for value in fsm.values)
        rules = [rule for rules in fsm.states.values() for rule in rules]
        simple = all(
            not rule.line_op
            and rule.record_op in ("", "Record")
            and rule.new_state not in ("End", "EOF")
            for rule in rules
        )
        return cls(fsm) if plain and simple and "EOF" in fsm.states else None

    def records(self, lines: Iterable[str]) -> list[dict[str, str]]:
        """What TextFSM would find in ``lines``."""
        empty: dict[str, str | None] = dict.fromkeys(self._names)
        current = dict(empty)
        found: list[dict[str, str]] = []
        rules = self._states["Start"]
        for line in lines:
            for rule in rules:
                taken = rule.match(line)
                if taken is None:
                    continue
                current.update(taken.groupdict())
                if rule.records and any(value is not None for value in current.values()):
                    found.append({name: value or "" for name, value in current.items()})
                    current = {**empty, **{name: current[name] for name in self._kept}}
                if rule.goes_to:
                    rules = self._states[rule.goes_to]
                break
        return found


def _is_plain(value: Any) -> bool:
    return all(type(option).__name__ == "Filldown" for option in value.options)


def _rule(rule: Any) -> _Rule:
    return _Rule(rule.regex_obj.match, rule.record_op == "Record", rule.new_state)
