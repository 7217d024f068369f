"""An access-list made ready for many flows: the same answers as :func:`~.access.decide`.

An entry is a bit. For one address, protocol or port the entries that have it are found once, and
kept; a flow's entry is then the lowest bit that its parts have in common. 10,000 entries cost a
flow a few microseconds.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from asa_automate.config.access_list import Ace, Acl, Endpoint, Network
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address
from asa_automate.simulate.access import UNIFIED, Hit, Truth, decide, service_takes
from asa_automate.simulate.flow import Flow

#: From so many entries on it is worth while to prepare a list for a single flow.
_LONG = 64
#: Entries that have something for certain, and those that may have it besides.
Bits = tuple[int, int]
Host = tuple[int, int]
#: First and last address.
Range = tuple[int, int]
_NAMED = ("object", "object-group")
_HALF, _NEAR = 16, 1 << 20


def decided(running: RunningConfig, acl: Acl, flow: Flow, *, addresses_only: bool) -> Hit:
    """As :func:`asa_automate.simulate.access.decide`; a long list is prepared first."""
    if len(acl.entries) < _LONG:
        return decide(running, acl, flow, addresses_only=addresses_only)
    return Lists(running).decide(acl, flow, addresses_only=addresses_only)


class Lists:
    """Ready access-lists of one configuration, shared with those that differ from it elsewhere."""

    def __init__(self, running: RunningConfig) -> None:
        self._running = running
        #: By the identity of the access-list; a matcher holds on to its access-list.
        self._ready: dict[int, Matcher] = {}
        self._flat = _Flat(running)

    def decide(self, acl: Acl, flow: Flow, *, addresses_only: bool) -> Hit:
        """As :func:`asa_automate.simulate.access.decide`."""
        return self.ready(acl).decide(flow, addresses_only=addresses_only)

    @property
    def own_addresses(self) -> Collection[Address]:
        """The firewall's own: what is sent to or by itself is not inspected."""
        return self._running.own_addresses

    def members(self, end: Endpoint) -> "Members":
        """What an end of an entry stands for."""
        return self._flat.members(end)

    def ready(self, acl: Acl) -> "Matcher":
        """One of them."""
        return self._ready.get(id(acl)) or self._matcher(acl)

    def _matcher(self, acl: Acl) -> "Matcher":
        known: list[Matcher] = self._running.prepared.setdefault(id(acl), [])
        fitting = next((m for m in known if m.fits(self._running)), None)
        if fitting is None:
            fitting = Matcher(self._running, acl)
            known.append(fitting)
        self._ready[id(acl)] = fitting
        return fitting


class Matcher:
    """One access-list with what its names mean in one configuration."""

    def __init__(self, running: RunningConfig, acl: Acl) -> None:
        self._running, self.acl = running, acl
        self._last = running
        self._entries = [entry for entry in acl.entries if entry.active]
        self._unknown = _mask(self._entries, lambda e: not e.understood or bool(e.time_range))
        self._nouns = dict(named_by(running, acl))
        flat = _Flat(running)
        self._source = _Side(flat, [e.source for e in self._entries])
        self._destination = _Side(flat, [e.destination for e in self._entries])
        self._services = _by_service(self._entries)
        self._by_service: dict[tuple[str, int | None, int], Bits] = {}

    def fits(self, running: RunningConfig) -> bool:
        """Whether the names that the entries use mean the same there."""
        if running is not self._last and self._same(running):
            self._last = running
        return running is self._last

    def _same(self, running: RunningConfig) -> bool:
        mine = self._running
        return (mine.version, mine.own_addresses) == (running.version, running.own_addresses) and (
            all(_noun(running, kind, name) is noun for (kind, name), noun in self._nouns.items())
        )

    def decide(self, flow: Flow, *, addresses_only: bool) -> Hit:
        """First match wins; see :func:`asa_automate.simulate.access.decide`."""
        sources, destinations = (
            self._source.bits(flow.source),
            self._destination.bits(flow.destination),
        )
        sure, open_ = sources[0] & destinations[0], 0
        possible = (sources[0] | sources[1]) & (destinations[0] | destinations[1])
        if not addresses_only and possible:
            services = self._service_bits(flow)
            sure, open_ = sure & services[0], services[1]
            possible &= services[0] | open_
        if not possible:
            return Hit(False, None)
        first = possible & -possible
        entry = self._entries[first.bit_length() - 1]
        return Hit(entry.permit if first & sure & ~self._unknown else None, entry)

    def concerned(self, flow: Flow, *, incoming: bool, addresses_only: bool) -> list[Ace]:
        """The entries that may take a flow of this kind, whoever its peer is, in order.

        Args:
            incoming: whether the peer is the source; its address and source port do not count.
        """
        side = self._destination if incoming else self._source
        sure, open_ = side.bits(flow.destination if incoming else flow.source)
        serving = self._serving(flow, addresses_only=addresses_only)
        return [self._entries[place] for place in _places((sure | open_) & serving)]

    def serving(self, flow: Flow, *, addresses_only: bool) -> list[Ace]:
        """The entries that may take a flow of this protocol and port, in order."""
        serving = self._serving(flow, addresses_only=addresses_only)
        return [self._entries[place] for place in _places(serving)]

    def _serving(self, flow: Flow, *, addresses_only: bool) -> int:
        if addresses_only:
            return (1 << len(self._entries)) - 1
        sure, open_ = self._service_bits(replace(flow, source_port=None))
        return sure | open_

    def _service_bits(self, flow: Flow) -> Bits:
        key = (flow.protocol, flow.source_port, flow.destination_port)
        if key not in self._by_service:
            truths = (
                (service_takes(self._running, entry, flow), mask) for entry, mask in self._services
            )
            self._by_service[key] = _bits(truths)
        return self._by_service[key]


class _Side:
    """Sources or destinations of all entries."""

    def __init__(self, flat: "_Flat", ends: list[Endpoint]) -> None:
        self._hosts: dict[Host, list[int]] = {}
        #: Ranges with their entries: those of few IPv4 addresses by the first half of these.
        self._near: dict[int, list[tuple[int, int, int]]] = {}
        self._wide: dict[int, list[tuple[int, int, int]]] = {4: [], 6: []}
        self._open = 0
        self._known: dict[Address, Bits] = {}
        for end, mask in _by_meaning(ends).items():
            ranges: Iterable[tuple[int, int, int]]
            if end.network is not None:
                ranges = (_range(end.network),)
            else:
                ranges = members = flat.members(end)
                self._open |= 0 if members.understood else mask
            for version, low, high in ranges:
                if low == high:
                    self._hosts.setdefault((version, low), []).append(mask)
                elif version == 4 and high - low < _NEAR:
                    for half in range(low >> _HALF, (high >> _HALF) + 1):
                        self._near.setdefault(half, []).append((low, high, mask))
                else:
                    self._wide[version].append((low, high, mask))

    def bits(self, address: Address) -> Bits:
        found = self._known.get(address)
        if found is None:
            version, value = address.version, int(address)
            sure = 0
            for mask in self._hosts.get((version, value), ()):
                sure |= mask
            near = self._near.get(value >> _HALF, ()) if version == 4 else ()
            for low, high, mask in chain(near, self._wide[version]):
                if low <= value <= high:
                    sure |= mask
            found = self._known[address] = (sure, self._open)
        return found


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


class _Flat:
    """Ends taken apart, each once."""

    def __init__(self, running: RunningConfig) -> None:
        self._running = running
        self._done: dict[tuple[str, str], Members] = {}

    def members(self, end: Endpoint, above: frozenset[tuple[str, str]] = frozenset()) -> Members:
        if end.kind not in _NAMED:
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
        noun = _noun(self._running, *key)
        if noun is None:
            return Members((), understood=False)
        ends = noun.endpoints if key[0] == "object" else noun.members
        parts = [self.members(end, above) for end in ends if end.network is None]
        plain = (_range(end.network) for end in ends if end.network is not None)
        understood = noun.understood and all(part.understood for part in parts)
        nested = (r for part in parts for r in part)
        return Members(chain(plain, nested), understood=understood)


def _range(network: Network) -> tuple[int, int, int]:
    """IP version, first and last address."""
    first = int(network.network_address)
    return network.version, first, first | (1 << network.max_prefixlen - network.prefixlen) - 1


def _plain(running: RunningConfig, end: Endpoint) -> Members:
    """An end that names neither object nor group."""
    if end.network is not None:
        return Members([_range(end.network)])
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


_LAST = {4: 2**32 - 1, 6: 2**128 - 1}


def _noun(running: RunningConfig, kind: str, name: str) -> Any:
    table: Mapping[str, Any] = {
        "object": running.network_objects,
        "object-group": running.network_groups,
        "service": running.services,
    }[kind]
    return table.get(name)


def named_by(running: RunningConfig, acl: Acl) -> Iterator[tuple[tuple[str, str], Any]]:
    """Every object and group that the entries name, nested ones included; ``None`` for a name
    that nothing has."""
    ends = (end for entry in acl.entries for end in (entry.source, entry.destination))
    wanted = {(end.kind, end.name) for end in ends if end.kind in _NAMED}
    seen: set[tuple[str, str]] = set()
    while wanted:
        seen |= wanted
        found = [(key, _noun(running, *key)) for key in sorted(wanted)]
        yield from found
        nested = (m for key, n in found if n and key[0] != "object" for m in n.members)
        wanted = {(m.kind, m.name) for m in nested if m.kind in _NAMED} - seen
    # Services are few: all of them.
    yield from ((("service", name), noun) for name, noun in running.services.items())


def _by_service(entries: list[Ace]) -> list[tuple[Ace, int]]:
    """An entry for each different service, and the entries that have it as bits."""
    found = _by_meaning(
        [(e.protocol, e.service, e.source_ports, e.destination_ports, e.icmp) for e in entries]
    )
    return [(entries[next(_places(mask))], mask) for mask in found.values()]


def _by_meaning(things: list[Any]) -> dict[Any, int]:
    """Each different thing, and the places where it stands as bits."""
    places: dict[Any, int] = {}
    for place, thing in enumerate(things):
        places[thing] = places.get(thing, 0) | 1 << place
    return places


def _places(bits: int) -> Iterator[int]:
    while bits:
        first = bits & -bits
        yield first.bit_length() - 1
        bits ^= first


def _mask(entries: list[Ace], has: Callable[[Ace], bool]) -> int:
    return sum(1 << place for place, entry in enumerate(entries) if has(entry))


def _bits(truths: Iterable[tuple[Truth, int]]) -> Bits:
    sure = open_ = 0
    for truth, mask in truths:
        if truth:
            sure |= mask
        elif truth is None:
            open_ |= mask
    return sure, open_
