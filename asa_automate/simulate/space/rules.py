"""Rules: the boxes of each entry of an access-list, in order, the first match deciding."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from asa_automate.simulate.space.boxes import Box, Interval, common

#: Protocol, source and destination ports.
Sides = tuple[Interval, Interval, Interval]


class Parts(NamedTuple):
    """An entry that stands for many boxes: each of its services from each to each."""

    services: tuple[Sides, ...]
    sources: tuple[Interval, ...]
    destinations: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of an access-list.

    Args:
        box: all of its flows, and no others if there are no ``parts``.
        permit: ``None`` where the text does not say whether the entry takes all of the box.
        parts: what it stands for exactly, where that is more than one box.
    """

    box: Box
    permit: bool | None
    parts: Parts | None = None

    def within(self, box: Box) -> "Rule | None":
        """The same rule for the flows of a box alone; ``None`` if it has none of them."""
        inside = common(self.box, box)
        if inside is None or self.parts is None:
            return self if inside else None
        services = _overlapping(self.parts.services, box)
        sources = _near(self.parts.sources, box[1])
        destinations = _near(self.parts.destinations, box[2])
        if not services or not sources or not destinations:
            return None
        return rule_of(services, sources, destinations, self.permit)


class Ruled(tuple[Rule, ...]):
    """The rules of one access-list; what is asked of all of them is told once."""

    @cached_property
    def reach(self) -> Sequence[Box]:
        """Boxes that have all that is permitted: one for each service, so that what is cut to
        one protocol does not get the ports of another."""
        ends: dict[Sides, tuple[set[Interval], set[Interval]]] = {}
        for rule in self:
            if rule.permit is not False:
                protocol, source, destination, low, high = rule.box
                for side in rule.parts.services if rule.parts else ((protocol, low, high),):
                    sources, destinations = ends.setdefault(side, (set(), set()))
                    sources.add(source)
                    destinations.add(destination)
        return [
            (protocol, _over(sources), _over(destinations), low, high)
            for (protocol, low, high), (sources, destinations) in ends.items()
        ]


def ruled(rules: Sequence[Rule]) -> Ruled:
    """The same rules, in a list of them."""
    return rules if isinstance(rules, Ruled) else Ruled(rules)


def _over(intervals: Collection[Interval]) -> Interval:
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def rule_of(
    services: Sequence[Sides],
    sources: Sequence[Interval],
    destinations: Sequence[Interval],
    permit: bool | None,
) -> Rule:
    """A rule of all these services from all sources to all destinations.

    Args:
        sources: in order, without overlaps; ``destinations`` likewise.
    """
    if len(services) == len(sources) == len(destinations) == 1:
        (protocol, low, high), one, other = services[0], sources[0], destinations[0]
        return Rule((protocol, one, other, low, high), permit)
    protocol, low, high = services[0] if len(services) == 1 else _all_of(services)
    one, other = ((side[0][0], side[-1][1]) for side in (sources, destinations))
    parts = Parts(tuple(services), tuple(sources), tuple(destinations))
    return Rule((protocol, one, other, low, high), permit, parts)


def _all_of(services: Iterable[Sides]) -> Sides:
    protocol, low, high = (_over(side) for side in zip(*services, strict=True))
    return protocol, low, high


def _near(ranges: tuple[Interval, ...], wanted: Interval) -> tuple[Interval, ...]:
    """Those that overlap ``wanted``, of ranges in order that do not overlap each other."""
    if len(ranges) == 1:
        return ranges
    first = bisect_left(ranges, wanted[0], key=_last)
    return ranges[first : bisect_right(ranges, wanted[1], lo=first, key=_first)]


def _first(interval: Interval) -> int:
    return interval[0]


def _last(interval: Interval) -> int:
    return interval[1]


def _overlapping(services: Iterable[Sides], box: Box) -> list[Sides]:
    """The services that flows of a box may have; one alone where it has all of the box."""
    found = []
    for service in services:
        sides = list(zip(service, (box[0], box[3], box[4]), strict=True))
        if all(low <= last and first <= high for (low, high), (first, last) in sides):
            found.append(service)
            if all(low <= first and last <= high for (low, high), (first, last) in sides):
                return [service]
    return found
