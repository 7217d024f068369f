"""Two lists of rules, compared for every flow: where their first matches may differ.

*Reduction.* Take any common subsequence of two lists. A flow that matches no rule outside it has
the same first match in both: that match is a rule of the subsequence, and no other rule comes
before it in either list. So only the boxes of the other rules have to be looked into, which are
few after a small change, however long the lists are (a law: ``tests/simulate/test_space.py``).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TypeVar

from asa_automate.simulate.space.boxes import Box
from asa_automate.simulate.space.rules import Rule

T = TypeVar("T")


def others(first: Sequence[T], second: Sequence[T]) -> tuple[list[int], list[int]]:
    """The places outside a long common subsequence of both, in each.

    What is common at both ends is taken off; of the rest, what each has once and both have (the
    longest run of it that keeps its order, as in patience sorting) counts as common.
    """
    start = 0
    shortest = min(len(first), len(second))
    while start < shortest and _same(first[start], second[start]):
        start += 1
    end = 0
    while end < shortest - start and _same(first[-1 - end], second[-1 - end]):
        end += 1
    one = range(start, len(first) - end)
    other = range(start, len(second) - end)
    kept = _in_order(list(_pairs(first, one, second, other)))
    here, there = {a for a, _ in kept}, {b for _, b in kept}
    return [i for i in one if i not in here], [i for i in other if i not in there]


def _same(one: object, other: object) -> bool:
    return one is other or one == other


def _pairs(
    first: Sequence[T], one: range, second: Sequence[T], other: range
) -> Iterator[tuple[int, int]]:
    """Places of equal things, each thing once in order of appearance."""
    places: dict[T, list[int]] = {}
    for place in reversed(other):
        places.setdefault(second[place], []).append(place)
    for place in one:
        found = places.get(first[place])
        if found:
            yield place, found.pop()


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
