"""Two lists of rules, compared for every flow: where their first matches differ.

*Reduction.* Take any common subsequence of two lists. A flow that matches no rule outside it has
the same first match in both: that match is a rule of the subsequence, and no other rule comes
before it in either list. So only the boxes of the other rules have to be looked into, which are
few after a small change, however long the lists are (a law: ``tests/simulate/test_space.py``).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TypeVar

from asa_automate.simulate.space.boxes import Box, common, covers, without
from asa_automate.simulate.space.rules import Rule

T = TypeVar("T")


class Undecided(Exception):
    """More pieces than the budget allows: nothing is claimed, least of all equality."""


class Budget:
    """How many rules may be looked at, over all comparisons of one proof."""

    def __init__(self, rules: int) -> None:
        self._left = rules

    def spend(self, count: int = 1) -> None:
        """So many rules.

        Raises:
            Undecided: there were too many.
        """
        self._left -= count
        if self._left < 0:
            raise Undecided


def others(first: Sequence[T], second: Sequence[T]) -> tuple[list[int], list[int]]:
    """The places outside a long common subsequence of both, in each.

    What is common at both ends is taken off; of the rest, what each has once and both have (the
    longest run of it that keeps its order, as in patience sorting) counts as common.
    """
    start = 0
    shortest = min(len(first), len(second))
    while start < shortest and first[start] == second[start]:
        start += 1
    end = 0
    while end < shortest - start and first[-1 - end] == second[-1 - end]:
        end += 1
    one = range(start, len(first) - end)
    other = range(start, len(second) - end)
    kept = _in_order([(a, b) for a, b in _pairs(first, one, second, other)])
    here, there = {a for a, _ in kept}, {b for _, b in kept}
    return [i for i in one if i not in here], [i for i in other if i not in there]


def _pairs(
    first: Sequence[T], one: range, second: Sequence[T], other: range
) -> Iterator[tuple[int, int]]:
    """Places of equal things, each thing once in order of appearance."""
    places: dict[T, list[int]] = {}
    for place in other:
        places.setdefault(second[place], []).append(place)
    for place in one:
        found = places.get(first[place])
        if found:
            yield place, found.pop(0)


def _in_order(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs, whose first places rise, in which the second ones rise, too."""
    tails: list[int] = []
    at: list[int] = []
    before: list[int] = [-1] * len(pairs)
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(tails, place)
        before[number] = at[length - 1] if length else -1
        tails[length : length + 1] = [place]
        at[length : length + 1] = [number]
    found = []
    number = at[-1] if at else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def changed(first: Sequence[Rule], second: Sequence[Rule]) -> list[Box]:
    """The boxes outside of which both lists have the same first match for every flow."""
    one, other = others(first, second)
    return [first[i].box for i in one] + [second[i].box for i in other]


def pieces(rules: Sequence[Rule], box: Box, budget: Budget) -> Iterator[tuple[Box, Rule | None]]:
    """``box`` in pieces, each with its first match; ``None`` for those that no rule has."""
    budget.spend(len(rules))
    near = [rule for rule in rules if common(rule.box, box) is not None]
    waiting = [(box, 0)]
    while waiting:
        box, start = waiting.pop()
        budget.spend(1 + len(near) - start)
        for place in range(start, len(near)):
            rule = near[place]
            inside = common(rule.box, box)
            if inside is None:
                continue
            yield inside, rule
            if not covers(rule.box, box):
                waiting += [(piece, place + 1) for piece in without(box, rule.box)]
            break
        else:
            yield box, None


def differences(first: Sequence[Rule], second: Sequence[Rule], budget: Budget) -> Iterator[Box]:
    """Boxes of flows that one list permits and the other does not (or does not surely)."""
    for box in changed(first, second):
        for piece, rule in pieces(first, box, budget):
            for part, other in pieces(second, piece, budget):
                if not _same(rule, other):
                    yield part


def _same(rule: Rule | None, other: Rule | None) -> bool:
    one, two = (False if r is None else r.permit for r in (rule, other))
    return rule == other if None in (one, two) else one is two
