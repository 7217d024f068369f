"""What an end of an entry stands for: objects and nested groups as ranges of addresses."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from asa_automate.config.access_list import Acl
from asa_automate.config.ends import Endpoint
from asa_automate.config.running import RunningConfig
from asa_automate.simulate.access import UNIFIED

#: First and last address.
Range = tuple[int, int]
NAMED = ("object", "object-group")
#: Where they are among what is prepared; no access-list has this identity.
_FLAT = 0
_LAST = {4: 2**32 - 1, 6: 2**128 - 1}


class Members:
    """The addresses that an end of an entry stands for, those of nested groups included.

    Args:
        ranges: IP version, first and last address.
        understood: ``False`` where it may stand for others besides.
    """

    __slots__ = ("ranges", "understood")

    def __init__(self, ranges: Iterable[tuple[int, int, int]], *, understood: bool = True) -> None:
        given = list(ranges)
        self.ranges = {v: _apart([(a, b) for w, a, b in given if w == v]) for v in (4, 6)}
        self.understood = understood

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        return ((v, low, high) for v in (4, 6) for low, high in self.ranges[v])


def _apart(ranges: list[Range]) -> list[Range]:
    """The same addresses in ranges that neither meet nor overlap, in order."""
    if len(ranges) < 2:
        return ranges
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return found


class Flat:
    """Ends taken apart, each once."""

    def __init__(self, running: RunningConfig) -> None:
        self._running = running
        self._done: dict[tuple[str, str], Members] = {}

    def fits(self, running: RunningConfig) -> bool:
        """Whether all ends stand for the same there: the same tables, not only equal ones."""
        mine = self._running
        return (
            mine.network_objects is running.network_objects
            and mine.network_groups is running.network_groups
            and mine.version == running.version
            and mine.own_addresses == running.own_addresses
        )

    def members(self, end: Endpoint, above: frozenset[tuple[str, str]] = frozenset()) -> Members:
        if end.kind not in NAMED:
            return _plain(self._running, end)
        key = (end.kind, end.name)
        if key in above:  # a group in itself; no device lets that be typed
            return Members((), understood=False)
        if key not in self._done:
            made = self._made(key, above | {key})
            if above:
                return made
            self._done[key] = made
        return self._done[key]

    def _made(self, key: tuple[str, str], above: frozenset[tuple[str, str]]) -> Members:
        noun = noun_of(self._running, *key)
        if noun is None:
            return Members((), understood=False)
        ends = noun.endpoints if key[0] == "object" else noun.members
        parts = [self.members(end, above) for end in ends if end.span is None]
        plain = (end.span for end in ends if end.span is not None)
        understood = noun.understood and all(part.understood for part in parts)
        nested = (r for part in parts for r in part)
        return Members(chain(plain, nested), understood=understood)


def flat_of(running: RunningConfig) -> Flat:
    """Shared by all that ask about the same names, whatever else of a configuration changes."""
    known: list[Flat] = running.prepared.setdefault(_FLAT, [])
    fitting = next((flat for flat in known if flat.fits(running)), None)
    if fitting is None:
        fitting = Flat(running)
        known.append(fitting)
    return fitting


def _plain(running: RunningConfig, end: Endpoint) -> Members:
    """An end that names neither object nor group."""
    if end.span is not None:
        return Members([end.span])
    match end.kind:
        case "any" | "any4" | "any6":
            six = end.kind == "any6" or (
                end.kind == "any" and (running.version or UNIFIED) >= UNIFIED
            )
            versions = [v for v, has in ((4, end.kind != "any6"), (6, six)) if has]
            return Members((v, 0, _LAST[v]) for v in versions)
        case "interface":
            own = [a for a, name in running.own_addresses.items() if name == end.name]
            return Members(((a.version, int(a), int(a)) for a in own), understood=bool(own))
    return Members((), understood=False)


def noun_of(running: RunningConfig, kind: str, name: str) -> Any:
    """The object, group or service called so; ``None`` where there is none."""
    return nouns_of(running, kind).get(name)


def nouns_of(running: RunningConfig, kind: str) -> Mapping[str, Any]:
    """All objects, groups or services."""
    if kind == "object":
        return running.network_objects
    return running.network_groups if kind == "object-group" else running.services


def named_by(running: RunningConfig, acl: Acl) -> Iterator[tuple[tuple[str, str], Any]]:
    """Every object and group that the entries name, nested ones included; ``None`` for a name
    that nothing has."""
    ends = (end for entry in acl.entries for end in (entry.source, entry.destination))
    wanted = {(end.kind, end.name) for end in ends if end.kind in NAMED}
    seen: set[tuple[str, str]] = set()
    while wanted:
        seen |= wanted
        found = [(key, noun_of(running, *key)) for key in sorted(wanted)]
        yield from found
        nested = (m for key, n in found if n and key[0] != "object" for m in n.members)
        wanted = {(m.kind, m.name) for m in nested if m.kind in NAMED} - seen
    # Services are few: all of them.
    yield from ((("service", name), noun) for name, noun in running.services.items())
