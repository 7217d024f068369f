"""The classes of a policy-map as one engine sees them, and where two such chains may differ."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from asa_automate.model import Reading
from asa_automate.simulate.space.boxes import Box, common, hull
from asa_automate.simulate.space.lists import changed, others
from asa_automate.simulate.space.rules import Rule, ruled

#: What an engine does with a flow: ``(map,)``, ``(None,)`` without a map; ``()`` for nothing.
Action = tuple[str | None, ...]
NOTHING: Action = ()
#: The entries of a class that goes away or comes are told apart up to so many.
_FEW = 16


@dataclass(frozen=True, slots=True)
class Choice:
    """One class, for one engine. Two are equal if their flows and what happens to them are.

    Args:
        meaning: what its flows depend on, besides ``guard``; equal for equal rules.
        guard: boxes that a flow must be in to match, besides the rules; they do not overlap.
        made: gives the rules of its access-list, the first match deciding; they are asked for
            only where two chains begin to differ.
        acts: boxes in which the engine inspects what the class takes; they do not overlap.
        stops: whether a flow that it takes goes no further although the engine does not inspect
            it (per class).
        acl: the name of its access-list, for a person.
    """

    name: str
    meaning: Hashable
    guard: tuple[Box, ...]
    made: Callable[[], tuple[Rule, ...]] = field(compare=False)
    acts: tuple[Box, ...]
    action: Action
    stops: bool
    acl: str = field(default="", compare=False)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Its rules."""
        return self.made()


Chain = tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Angle:
    """From where a policy-map is looked at.

    Args:
        assume: whether what cannot be known is taken as a match.
    """

    version: int
    engine: str
    reading: Reading
    ports_count: bool = False
    assume: bool = False


def may_differ(before: Chain, after: Chain) -> Iterator[Box]:
    """Boxes outside of which both chains do the same with every flow (the reduction of
    :mod:`~.lists`, with classes in the place of rules)."""
    one, other = others(before, after)
    paired = {before[i].name: (i, i - n) for n, i in enumerate(one)}
    last = -1
    for n, place in enumerate(other):
        now = after[place]
        at, ahead = paired.get(now.name, (-1, -1))
        # In its old place among the classes that stay, and not across another such one.
        if at > last and ahead == place - n and _only_rules_differ(before[at], now):
            last = at
            del paired[now.name]
            yield from _within(changed(before[at].rules, now.rules), now.guard)
        else:
            yield from _matched(now)
    for at, _ in paired.values():
        yield from _matched(before[at])


def _only_rules_differ(one: Choice, other: Choice) -> bool:
    same = (one.guard, one.acts, one.action, one.stops)
    return same == (other.guard, other.acts, other.action, other.stops)


def _matched(choice: Choice) -> Iterator[Box]:
    rules = choice.rules
    permits = [rule.box for rule in rules if rule.permit]
    if len(permits) <= _FEW:
        yield from _within(permits, choice.guard)
        return
    boxes = ruled(rules).reach
    for one in choice.guard:
        inside = [c for box in boxes if (c := common(box, one))]
        if inside:
            yield hull(inside)


def _within(boxes: Iterable[Box], guard: Iterable[Box]) -> Iterator[Box]:
    guard = tuple(guard)
    yield from (c for box in boxes for g in guard if (c := common(box, g)))
