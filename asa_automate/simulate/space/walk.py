"""What chains of classes do with all flows of a box: the flows for which that is *bad*.

A box is cut in halves until each is decided. It is let go as soon as nothing bad can be in it:

- outside the regions that are asked about, and inside what is excepted;
- where all chains begin with the same classes, and behind these nothing bad can be: what those
  classes take, they take in all chains alike;
- where every class that may take a flow of it does the same.

So thousands of entries cost no more than finding those that overlap the box, as long as they do
not matter. A rule that has flows of an excepted box alone is left out: it decides about no other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from asa_automate.simulate.space.boxes import Box, Interval, common, covers, hull
from asa_automate.simulate.space.chains import NOTHING, Action, Chain, Choice
from asa_automate.simulate.space.rules import Rule

Actions = tuple[Action, ...]
#: A box costs as much as so many rules.
_CELL = 100
#: Where to cut is decided by so many rules of a list, evenly spread.
_SAMPLE = 64
#: Rules times excepted boxes: beyond, it is not worth while to look which rules are in which.
_WORTH = 3_000


class Undecided(Exception):
    """More work than the budget allows: nothing is claimed, least of all equality.

    Args:
        choice: the class that it took most work to tell apart.
    """

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice.name)
        self.choice = choice


class Budget:
    """How many rules may be looked at, over all comparisons of one proof."""

    def __init__(self, rules: int) -> None:
        self._left = rules

    def spend(self, parts: Iterable["_Part"]) -> None:
        """The rules of these.

        Raises:
            Undecided: there were too many.
        """
        parts = list(parts)
        self._left -= _CELL + sum(len(part.rules) for part in parts)
        if self._left < 0:
            raise Undecided(max(parts, key=lambda part: len(part.choice.rules)).choice)


@dataclass(frozen=True, slots=True)
class _Part:
    """A class in a box.

    Args:
        rules: those that matter there, in order; the last one may have all of the box.
        sure: whether it takes all flows of the box.
        acting: whether its engine inspects all that it takes.
    """

    choice: Choice
    rules: Sequence[Rule]
    guard: Sequence[Box]
    acts: Sequence[Box]
    sure: bool = False
    acting: bool = False

    @property
    def final(self) -> bool:
        """Whether no class behind it matters."""
        return self.sure and (self.acting or self.choice.stops)

    def within(self, box: Box) -> "_Part | None":
        """The class in a smaller box; ``None`` where it changes nothing."""
        guard = [g for g in self.guard if common(g, box)]
        acts = [a for a in self.acts if common(a, box)]
        if not guard or not (acts or self.choice.stops):
            return None
        rules = _near(self.rules, box)
        if not rules:
            return None
        first = rules[0]
        whole = first.parts is None and covers(first.box, box)
        sure = whole and any(covers(g, box) for g in guard)
        return _Part(self.choice, rules, guard, acts, sure, any(covers(a, box) for a in acts))

    def edges(self) -> Iterator[tuple[int, Interval]]:
        """Intervals on whose ends it may depend what happens, with their axis."""
        for box in (*self.guard, *self.acts):
            yield from enumerate(box)
        step = len(self.rules) // _SAMPLE + 1
        for rule in self.rules[::step]:
            yield from _edges(rule)


def _edges(rule: Rule) -> Iterator[tuple[int, Interval]]:
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


class Walk:
    """Several chains, made ready for the boxes of one region.

    Args:
        region: has all the boxes that will be asked about.
        but: boxes whose flows do not count.
    """

    def __init__(
        self, chains: Sequence[Chain], region: Box, budget: Budget, but: Sequence[Box] = ()
    ) -> None:
        self._budget = budget
        self._but = [box for box in but if common(box, region)]
        places: dict[Choice, int] = {}
        for chain in chains:
            for choice in chain:
                places.setdefault(choice, len(places))
        self._chains = [[places[choice] for choice in chain] for chain in chains]
        self._parts: dict[int, _Part] = {}
        for choice, place in places.items():
            whole = _Part(choice, choice.rules, choice.guard, choice.acts)
            budget.spend([whole])
            part = whole.within(region)
            if part:
                self._parts[place] = _excepting(part, self._but)

    def bad(
        self, regions: Sequence[Box], is_bad: Callable[[Actions], bool]
    ) -> Iterator[tuple[Box, Actions]]:
        """Boxes in each of which each chain does one thing with all flows, and that is bad.

        Args:
            is_bad: of the actions of all chains; the same one of all must not be bad, unless
                there is one chain alone.
        """
        waiting = [(hull(regions), list(regions), self._but, self._parts)] if regions else []
        while waiting:
            box, regions, but, above = waiting.pop()
            regions = [region for region in regions if common(region, box)]
            but = [b for b in but if common(b, box)]
            if not regions or any(covers(b, box) for b in but):
                continue
            self._budget.spend(above.values())
            parts = {p: now for p, part in above.items() if (now := part.within(box))}
            rows = [list(_row(chain, parts)) for chain in self._chains]
            start = _same_start(rows)
            rests = [row[start:] for row in rows]
            outcomes = [_outcomes(rest) for rest in rests]
            if not any(is_bad(actions) for actions in product(*outcomes)):
                continue
            cut = _where(box, regions, but, outcomes, rests, rows[0][:start])
            if cut is None:
                yield box, tuple(next(iter(found)) for found in outcomes)
                continue
            waiting += [(half, regions, but, parts) for half in _halves(box, *cut)]


def taken(chain: Chain, box: Box, budget: Budget) -> Iterator[tuple[Box, Action]]:
    """``box`` in pieces, each with what the engine does there."""
    for piece, (action,) in Walk([chain], box, budget).bad([box], lambda _: True):
        yield piece, action


def _row(chain: Iterable[int], parts: dict[int, _Part]) -> Iterator[_Part]:
    """The classes of a chain that matter in a box."""
    for place in chain:
        part = parts.get(place)
        if part is not None:
            yield part
            if part.final:
                return


def _same_start(rows: Sequence[Sequence[_Part]]) -> int:
    """How many classes all rows begin with; none for a single one."""
    if len(rows) < 2:
        return 0
    place = 0
    for parts in zip(*rows, strict=False):
        if any(part is not parts[0] for part in parts):
            break
        place += 1
    return place


def _outcomes(row: Iterable[_Part]) -> set[Action]:
    """What may happen to flows of a box: at least all that does."""
    found: set[Action] = set()
    for part in row:
        if part.acts:
            found.add(part.choice.action)
        if not part.acting and part.choice.stops:
            found.add(NOTHING)
        if part.final:
            return found
    return found | {NOTHING}


def _where(
    box: Box,
    regions: Sequence[Box],
    but: Sequence[Box],
    outcomes: Sequence[set[Action]],
    rests: Sequence[Sequence[_Part]],
    start: Sequence[_Part],
) -> tuple[int, int] | None:
    """The axis and the number before which to cut; ``None``: the box is decided."""
    if not any(covers(region, box) for region in regions):
        return _cut(box, _of_boxes(regions))
    if any(len(found) > 1 for found in outcomes):
        return _cut_by(box, [part for rest in rests for part in rest])
    return _cut_by(box, start) or _cut(box, _of_boxes(but))


def _cut_by(box: Box, parts: Sequence[_Part]) -> tuple[int, int] | None:
    found = _cut(box, (edge for part in parts for edge in part.edges()))
    if found is None:
        # No rule of the sample has an end inside.
        found = _cut(box, (e for part in parts for rule in part.rules for e in _edges(rule)))
    return found


def _of_boxes(boxes: Iterable[Box]) -> Iterator[tuple[int, Interval]]:
    for box in boxes:
        yield from enumerate(box)


def _cut(box: Box, edges: Iterable[tuple[int, Interval]]) -> tuple[int, int] | None:
    """In the middle of the ends of an axis: where fewest intervals are cut in two, and of such
    axes the one that has fewest ends inside the box."""
    axes: tuple[list[Interval], ...] = ([], [], [], [], [])
    for axis, interval in edges:
        axes[axis].append(interval)
    found: list[tuple[int, int, int, int]] = []
    for axis, intervals in enumerate(axes):
        first, last = box[axis]
        ends = {low for low, _ in intervals if first < low <= last}
        ends |= {high + 1 for _, high in intervals if first <= high < last}
        if ends:
            middle = sorted(ends)[len(ends) // 2]
            torn = sum(low < middle <= high for low, high in intervals)
            found.append((torn, len(ends), axis, middle))
    return min(found)[2:] if found else None


def _halves(box: Box, axis: int, number: int) -> Iterator[Box]:
    low, high = box[axis]
    yield _with(box, axis, (number, high))
    yield _with(box, axis, (low, number - 1))


def _with(box: Box, axis: int, interval: Interval) -> Box:
    sides = [*box[:axis], interval, *box[axis + 1 :]]
    return (sides[0], sides[1], sides[2], sides[3], sides[4])


def _excepting(part: _Part, but: Sequence[Box]) -> _Part:
    """The class without the rules whose flows are all excepted."""
    if not but or len(part.rules) * len(but) > _WORTH:
        return part
    rules = [kept for rule in part.rules if (kept := _left(rule, but))]
    return _Part(part.choice, rules, part.guard, part.acts, part.sure, part.acting)


def _left(rule: Rule, but: Sequence[Box]) -> Rule | None:
    if rule.parts is None:
        return None if any(covers(b, rule.box) for b in but) else rule
    for axis, ranges in ((1, rule.parts.sources), (2, rule.parts.destinations)):
        if all(any(covers(b, _with(rule.box, axis, r)) for b in but) for r in ranges):
            return None
    return rule
