"""The boxes of what a class-map matches besides access-lists, and of what an engine inspects."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from asa_automate.config.class_map import Match
from asa_automate.config.names import port_number
from asa_automate.simulate.engines import DEFAULT_TRAFFIC, speaks
from asa_automate.simulate.space.boxes import Box, common, everything, less

_NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1}


def guard_of(matches: Iterable[Match], version: int) -> tuple[tuple[Box, ...], list[str]]:
    """The boxes of all matches in common, and the access-lists; the empty text for a match that
    is not understood."""
    guard, lists = [everything(version)], []
    for match in matches:
        if match.kind == "access-list":
            lists.append(match.argument)
            continue
        boxes = _boxes(match, version)
        if boxes is None:
            return tuple(guard), [""]
        guard = [c for g in guard for b in boxes if (c := common(g, b))]
    return tuple(guard), lists


def _boxes(match: Match, version: int) -> Sequence[Box] | None:
    match match.kind:
        case "any":
            return (everything(version),)
        case "default-inspection-traffic":
            return _default_traffic(version)
        case "port":
            return _port_boxes(match.argument, version)
    return None


@cache
def _default_traffic(version: int, engine: str | None = None) -> tuple[Box, ...]:
    """The default traffic of an engine, or of all, in boxes that do not overlap."""
    _, source, destination, low, ports = everything(version)
    found: list[Box] = []
    for port in DEFAULT_TRAFFIC:
        if engine in (None, port.engine):
            number = _NUMBERS[port.protocol]
            high = (port.low, port.high) if port.high else ports
            found += less([((number, number), source, destination, low, high)], found)
    return tuple(found)


def _port_boxes(argument: str, version: int) -> Sequence[Box] | None:
    """``match port tcp eq N`` and ``range A B``; ``None`` where it is not understood."""
    words = argument.split()
    numbers = [number for word in words[2:] if (number := port_number(word)) is not None]
    if len(words) < 3 or len(numbers) != len(words) - 2 or words[0] not in _NUMBERS:
        return None
    if (words[1], len(numbers)) not in (("eq", 1), ("range", 2)):
        return None
    protocol, ports = _NUMBERS[words[0]], (numbers[0], numbers[-1])
    _, source, destination, low, _ = everything(version)
    one = ((protocol, protocol), source, destination, low, ports)
    return (one,) if ports[0] <= ports[1] else ()


def acts_of(engine: str, version: int, *, default: bool) -> tuple[Box, ...]:
    """Where an engine inspects what its class takes: its default traffic, or its protocols."""
    return _default_traffic(version, engine) if default else _protocols_of(engine, version)


@cache
def _protocols_of(engine: str, version: int) -> tuple[Box, ...]:
    _, source, destination, low, high = everything(version)
    spoken = {n for name, n in _NUMBERS.items() if speaks(engine, name)}
    if speaks(engine, "any other"):
        spoken = set(range(256))
    return tuple((run, source, destination, low, high) for run in runs(sorted(spoken)))


def runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of numbers in order that follow each other."""
    for place, number in enumerate(numbers):
        if place == 0 or numbers[place - 1] != number - 1:
            end = place
            while end + 1 < len(numbers) and numbers[end + 1] == numbers[end] + 1:
                end += 1
            yield number, numbers[end]
