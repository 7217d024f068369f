"""What chains of classes do with all flows of a box: the flows for which that is *bad*.

A box is cut in halves until each is decided. It is let go as soon as nothing bad can be in it:

- outside the regions that are asked about, and inside what is excepted;
- where all chains begin with the same classes, and behind these nothing bad can be: what those
  classes take, they take in all chains alike;
- where every class that may take a flow of it does the same.

A long access-list is only looked at where this does not decide without it.

So thousands of entries cost no more than finding those that overlap the box, as long as they do
not matter. A rule that has flows of an excepted box alone is left out: it decides about no other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from asa_automate.simulate.space.boxes import Box, common, covers, hull
from asa_automate.simulate.space.chains import NOTHING, Action, Chain, Choice
from asa_automate.simulate.space.cuts import cut, halves, of_boxes
from asa_automate.simulate.space.parts import Part, edges_of

Actions = tuple[Action, ...]
#: A box costs as much as so many rules.
_CELL = 100
#: By so many regions a box is cut before any long list is looked at.
_FEW = 8
#: For so many classes it is tried what each may do beside what the others do.
_TOGETHER = 5


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

    def spend(self, rules: int, parts: Iterable[Part]) -> None:
        """So many rules, for these classes.

        Raises:
            Undecided: there were too many.
        """
        self._left -= rules
        if self._left < 0:
            raise Undecided(max(parts, key=lambda part: len(part.choice.rules)).choice)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The classes that matter in a box.

    Args:
        start: those that all chains begin with; none for a single chain.
        rests: of each chain, those behind them that make a difference.
        outcomes: of each chain, what may happen to flows that ``start`` leaves.
    """

    start: Sequence[Part]
    rests: Sequence[Sequence[Part]]
    outcomes: Sequence[set[Action]]

    def may_be(self, is_bad: Callable[[Actions], bool]) -> bool:
        """Whether anything bad may happen."""
        if not any(is_bad(actions) for actions in product(*self.outcomes)):
            return False
        return any(is_bad(actions) for actions in self._at_once())

    def _at_once(self) -> Iterator[Actions]:
        """What may happen in all chains to one flow: at least all that does.

        A class takes a flow in all chains that ask it, or in none; so what one chain does tells
        of the others.
        """
        parts = {part.place: part for rest in self.rests for part in rest}
        if len(parts) > _TOGETHER:
            yield from product(*self.outcomes)
            return
        for fates in product(*(part.fates() for part in parts.values())):
            fate = dict(zip(parts, fates, strict=True))
            yield tuple(
                next((end for p in rest if (end := fate[p.place]) is not None), NOTHING)
                for rest in self.rests
            )

    def unseen(self) -> Sequence[Part]:
        """Classes to look at next: those behind the start decide more."""
        found = {part.place: part for rest in self.rests for part in rest if not part.seen}
        return list(found.values()) or [part for part in self.start if not part.seen]


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
        self._parts: dict[int, Part] = {}
        for choice, place in places.items():
            whole = Part(place, choice, choice.rules, choice.guard, choice.acts)
            budget.spend(_CELL, [whole])
            part = whole.around(region) if whole.is_long else self._looked_at(whole, region)
            if part:
                self._parts[place] = part.excepting(self._but) if part.seen else part

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
            parts = self._glance(above, box)
            rows = self._rows_of_interest(box, regions, parts, is_bad)
            if rows is None:
                continue
            at = _where(box, regions, but, rows)
            if at is None:
                yield box, tuple(next(iter(found)) for found in rows.outcomes)
                continue
            waiting += [(half, regions, but, parts) for half in halves(box, *at)]

    def _glance(self, above: dict[int, Part], box: Box) -> dict[int, Part]:
        """The classes that may matter in a box; of the long ones, none is looked at."""
        self._budget.spend(_CELL, above.values())
        seen = (p.around(box) if p.is_long else self._looked_at(p, box) for p in above.values())
        return {part.place: part for part in seen if part}

    def _looked_at(self, part: Part, box: Box) -> Part | None:
        self._budget.spend(len(part.rules), [part])
        return part.within(box)

    def _rows_of_interest(
        self,
        box: Box,
        regions: Sequence[Box],
        parts: dict[int, Part],
        is_bad: Callable[[Actions], bool],
    ) -> _Rows | None:
        """The rows where something bad may happen; ``None``: nothing can.

        A class that is not looked at counts as one that may take any flow, and leave any: so what
        is decided without a look at it holds whatever its rules are.

        Args:
            parts: those that are looked at take the place of the others.
        """
        rows = _rows(self._chains, parts)
        if not rows.may_be(is_bad):
            return None
        if len(regions) <= _FEW and not any(covers(region, box) for region in regions):
            return rows  # it is cut by the regions, whatever the rules are
        while unseen := rows.unseen():
            for part in unseen:
                del parts[part.place]
                looked = self._looked_at(part, box)
                if looked and not part.worth(self._but) and looked.worth(self._but):
                    looked = looked.excepting(self._but).within(box)
                if looked:
                    parts[part.place] = looked
            rows = _rows(self._chains, parts)
            if not rows.may_be(is_bad):
                return None
        return rows


def taken(chain: Chain, box: Box, budget: Budget) -> Iterator[tuple[Box, Action]]:
    """``box`` in pieces, each with what the engine does there."""
    for piece, (action,) in Walk([chain], box, budget).bad([box], lambda _: True):
        yield piece, action


def _row(chain: Iterable[int], parts: dict[int, Part]) -> Iterator[Part]:
    """The classes of a chain that matter in a box."""
    for place in chain:
        part = parts.get(place)
        if part is not None:
            yield part
            if part.final:
                return


def _same_start(rows: Sequence[Sequence[Part]]) -> int:
    """How many classes all rows begin with; none for a single one."""
    if len(rows) < 2:
        return 0
    place = 0
    for parts in zip(*rows, strict=False):
        if any(part is not parts[0] for part in parts):
            break
        place += 1
    return place


def _rows(chains: Sequence[Sequence[int]], parts: dict[int, Part]) -> _Rows:
    rows = [list(_row(chain, parts)) for chain in chains]
    start = _same_start(rows)
    told = [_telling(row[start:]) for row in rows]
    return _Rows(rows[0][:start], [rest for rest, _ in told], [found for _, found in told])


def _telling(row: Sequence[Part]) -> tuple[list[Part], set[Action]]:
    """The classes that make a difference, and what may happen: at least all that does.

    Where all flows get one thing behind a class, and what it takes gets the same or goes on, it
    makes none: whichever flows it takes, with or without it they get that thing.
    """
    kept: list[Part] = []
    behind = {NOTHING}
    for part in reversed(row):
        own = part.own()
        if len(behind) > 1 or not own <= behind:
            kept.append(part)
            behind = own if part.final else own | behind
    return kept[::-1], behind


def _where(
    box: Box, regions: Sequence[Box], but: Sequence[Box], rows: _Rows
) -> tuple[int, int] | None:
    """The axis and the number before which to cut; ``None``: the box is decided."""
    if not any(covers(region, box) for region in regions):
        return cut(box, of_boxes(regions))
    if any(len(found) > 1 for found in rows.outcomes):
        return _cut_by(box, [part for rest in rows.rests for part in rest])
    return _cut_by(box, rows.start) or cut(box, of_boxes(but))


def _cut_by(box: Box, parts: Sequence[Part]) -> tuple[int, int] | None:
    found = cut(box, (edge for part in parts for edge in part.edges()))
    if found is None:
        # No rule of the sample has an end inside.
        found = cut(box, (e for part in parts for rule in part.rules for e in edges_of(rule)))
    return found
