"""A class in a box: which of its rules matter there, and whether it takes all flows of the box."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from asa_automate.simulate.space.boxes import Box, Interval, common, covers, with_side
from asa_automate.simulate.space.chains import NOTHING, Action, Choice
from asa_automate.simulate.space.rules import Rule, Ruled

#: Where to cut is decided by so many rules of a list, evenly spread.
_SAMPLE = 64
#: Rules times excepted boxes: beyond, it is not worth while to look which rules are in which.
_WORTH = 3_000
#: A list of more rules is only looked at where the other classes do not decide.
_LONG = 64


@dataclass(frozen=True, slots=True)
class Part:
    """A class in a box.

    Args:
        place: its number among the classes of all chains.
        rules: those that matter there, in order; the last one may have all of the box.
        sure: whether it takes all flows of the box.
        acting: whether its engine inspects all that it takes.
        seen: whether ``rules`` are those of the box; else it may take none of its flows.
    """

    place: int
    choice: Choice
    rules: Sequence[Rule]
    guard: Sequence[Box]
    acts: Sequence[Box]
    sure: bool = False
    acting: bool = False
    seen: bool = True

    @property
    def final(self) -> bool:
        """Whether no class behind it matters."""
        return self.sure and (self.acting or self.choice.stops)

    @property
    def is_long(self) -> bool:
        """Whether it costs much to look at its rules."""
        return len(self.rules) > _LONG

    def own(self) -> set[Action]:
        """What may happen to the flows that go no further: at least all that does."""
        found = {self.choice.action} if self.acts else set()
        return found | {NOTHING} if self.choice.stops and not self.acting else found

    def fates(self) -> set[Action | None]:
        """What may happen to any flow; ``None`` where it goes on to the next class."""
        return {*self.own(), *(() if self.final else (None,))}

    def around(self, box: Box) -> "Part | None":
        """The class in a smaller box without a look at its rules; ``None`` where it changes
        nothing. What it is sure to take of the larger box, it takes of the smaller one."""
        guard = [g for g in self.guard if common(g, box)]
        acts = [a for a in self.acts if common(a, box)]
        if not guard or not (acts or self.choice.stops):
            return None
        if isinstance(self.rules, Ruled) and not any(common(r, box) for r in self.rules.reach):
            return None  # none of its permits has a flow of the box
        acting = any(covers(a, box) for a in acts)
        return Part(
            self.place, self.choice, self.rules, guard, acts, self.sure, acting, seen=False
        )

    def within(self, box: Box) -> "Part | None":
        """The class in a smaller box; ``None`` where it changes nothing."""
        part = self.around(box)
        rules = _near(self.rules, box) if part else []
        if part is None or not rules:
            return None
        first = rules[0]
        whole = first.parts is None and covers(first.box, box)
        sure = whole and any(covers(g, box) for g in part.guard)
        return Part(self.place, self.choice, rules, part.guard, part.acts, sure, part.acting)

    def excepting(self, but: Sequence[Box]) -> "Part":
        """The class without the rules whose flows are all excepted, if they are few."""
        if not self.worth(but):
            return self
        rules = [kept for rule in self.rules if (kept := _left(rule, but))]
        return replace(self, rules=rules)

    def worth(self, but: Sequence[Box]) -> bool:
        """Whether it is worth while to look which rules are in which excepted box."""
        return bool(but) and len(self.rules) * len(but) <= _WORTH

    def edges(self) -> Iterator[tuple[int, Interval]]:
        """Intervals on whose ends it may depend what happens, with their axis."""
        for box in (*self.guard, *self.acts):
            yield from enumerate(box)
        step = len(self.rules) // _SAMPLE + 1
        for rule in self.rules[::step]:
            yield from edges_of(rule)


def edges_of(rule: Rule) -> Iterator[tuple[int, Interval]]:
    """Intervals of a rule, with their axis."""
    if rule.parts is None:
        yield from enumerate(rule.box)
        return
    for protocol, low, high in rule.parts.services:
        yield from ((0, protocol), (3, low), (4, high))
    yield from ((1, source) for source in rule.parts.sources)
    yield from ((2, destination) for destination in rule.parts.destinations)


def _near(rules: Iterable[Rule], box: Box) -> list[Rule]:
    """The rules that matter in a box: the same flows of it are permitted by the first match."""
    (a, b), (c, d), (e, f), (g, h), (i, j) = box
    found: list[Rule] = []
    whole = False
    for rule in rules:
        (p, q), (r, s), (t, u), (v, w), (x, y) = rule.box
        if p > b or q < a or r > d or s < c or t > f or u < e or v > h or w < g or x > j or y < i:
            continue
        if rule.parts is not None:
            inside = rule.within(box)
            if inside is None:
                continue
            rule = inside  # the same rule, as far as it is in the box
            (p, q), (r, s), (t, u), (v, w), (x, y) = rule.box
        found.append(rule)
        if (p <= a and b <= q and r <= c and d <= s and t <= e and f <= u) and (
            v <= g and h <= w and x <= i and j <= y and rule.parts is None
        ):
            whole = True
            break
    while found and not found[-1].permit:
        found.pop()
        whole = False
    while whole and len(found) > 1 and found[-2].permit:
        del found[-2]
    return found


def _left(rule: Rule, but: Sequence[Box]) -> Rule | None:
    if rule.parts is None:
        return None if any(covers(b, rule.box) for b in but) else rule
    for axis, ranges in ((1, rule.parts.sources), (2, rule.parts.destinations)):
        if all(any(covers(b, with_side(rule.box, axis, r)) for b in but) for r in ranges):
            return None
    return rule
