"""A rule, and what the store says of one firewall, to a figure and its level. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from asa_automate.collect.alerts.rules import Exemption, OfCounters, Rate, Rule, Stale
from asa_automate.collect.alerts.standing import Level
from asa_automate.collect.deltas import Change, changes
from asa_automate.store.values import Label, Observation, State

ENGINE = "esmtp"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store says of a firewall.

    Args:
        last: when its latest sample was taken; ``None``: never.
        seen: the latest samples, as far back as any rule looks.
        exemption: its state and of which instant that is; ``None`` where nothing is known.
        changed: when the latest run of ours on it ended.
    """

    device: str
    last: float | None = None
    seen: Sequence[Observation] = ()
    exemption: tuple[State, float] | None = None
    changed: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A level with its figure and one line about it; the baseline that holds from now on."""

    level: Level
    text: str
    value: float | None = None
    baseline: tuple[str, float] | None = None


def measured(rule: Rule, facts: Facts, now: float, baseline: tuple[str, float] | None) -> Measured:
    """What the rule makes of the firewall."""
    match rule:
        case Stale():
            return _stale(rule, facts, now)
        case Exemption():
            return _exemption(rule, facts, baseline)
        case OfCounters():
            return _added(rule, facts, now)
    raise TypeError(f"no rule: {rule}")


def _stale(rule: Stale, facts: Facts, now: float) -> Measured:
    if facts.last is None:
        return Measured(Level.BAD, f"{facts.device}: no counters were ever collected")
    age = max(0.0, now - facts.last)
    text = f"{facts.device}: the latest counters are {age:.0f} s old"
    return Measured(Level.BAD if age > rule.age else Level.GOOD, text, age)


def _exemption(rule: Exemption, facts: Facts, baseline: tuple[str, float] | None) -> Measured:
    if facts.exemption is None:
        text = f"{facts.device}: nothing is known of its exemption"
        return Measured(Level.UNKNOWN, text, baseline=baseline)
    state, at = facts.exemption
    if rule.expect != "unchanged":
        text = f"{facts.device}: the mail gateways are {state}, and are to be {rule.expect}"
        return Measured(Level.GOOD if state == rule.expect else Level.BAD, text)
    if baseline is None or (facts.changed is not None and baseline[1] < facts.changed <= at):
        baseline = (state, at)
    if state == baseline[0]:
        text = f"{facts.device}: the mail gateways are {state}, as they were"
        return Measured(Level.GOOD, text, baseline=baseline)
    text = f"{facts.device}: the mail gateways are {state}, were {baseline[0]}, and no run did it"
    return Measured(Level.BAD, text, baseline=baseline)


def _added(rule: OfCounters, facts: Facts, now: float) -> Measured:
    named = " + ".join(rule.counters)
    added, seconds = _known(rule, facts.seen, now)
    if not seconds:
        return Measured(Level.UNKNOWN, f"{facts.device}: {named}: no increment is known")
    if isinstance(rule, Rate):
        value, unit = added * rule.unit / seconds, f" per {rule.per}"
    else:
        value, unit = float(added), f" within {rule.within}"
    text = f"{facts.device}: {named}: {value:.6g}{unit}, the limit is {rule.above:g}"
    return Measured(_level(rule, value), text, value)


def _level(rule: OfCounters, value: float) -> Level:
    if value > rule.above:
        return Level.BAD
    clear = rule.above if rule.clear is None else rule.clear
    return Level.GOOD if value <= clear else Level.BETWEEN


def _known(rule: OfCounters, seen: Iterable[Observation], now: float) -> tuple[int, float]:
    """What was added within the window, and over how many seconds that is known.

    An increment that began before the window is not in it; a stretch over which no counter of
    the rule has an increment (a gap in the epochs) is not in the seconds.
    """
    before: float | None = None
    added, seconds = 0, 0.0
    inside = [one for one in seen if one.at > now - rule.window]
    by_sample: dict[float, list[Change]] = {}
    for change in changes(inside):
        by_sample.setdefault(change.at, []).append(change)
    for one in inside:
        found = [c.delta for c in by_sample.get(one.at, ()) if _is_meant(rule, c.label)]
        known = [delta for delta in found if delta is not None]
        if known and before is not None and one.at > before:
            added += sum(known)
            seconds += one.at - before
        before = one.at
    return added, seconds


def _is_meant(rule: OfCounters, label: Label) -> bool:
    return (
        label.engine == ENGINE
        and fnmatchcase(label.class_, rule.class_)
        and fnmatchcase(label.policy, rule.policy)
        and any(fnmatchcase(label.name, glob) for glob in rule.counters)
    )
