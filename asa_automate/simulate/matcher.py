"""An access-list made ready for many flows: the same answers as :func:`~.access.decide`.

An entry is a bit. For one address, protocol or port the entries that have it are found once, and
kept; a flow's entry is then the lowest bit that its parts have in common. 10,000 entries cost a
flow a few microseconds.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from operator import is_
from typing import Any

from asa_automate.config.access_list import Ace, Acl
from asa_automate.config.ends import Endpoint
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address
from asa_automate.simulate.access import Hit, Truth, decide, service_takes
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.members import Flat, Members, flat_of, named_by, nouns_of

#: From so many entries on it is worth while to prepare a list for a single flow.
_LONG = 64
#: Entries that have something for certain, and those that may have it besides.
Bits = tuple[int, int]
Host = tuple[int, int]
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
        self._flat = flat_of(running)

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
        self._nouns = _by_kind(named_by(running, acl))
        flat = flat_of(running)
        self._source = _Side(flat, [e.source for e in self._entries])
        self._destination = _Side(flat, [e.destination for e in self._entries])
        self._exact: dict[tuple[str, int], int] = {}
        self._services = []
        for entry, mask in _by_service(self._entries):
            if _is_exact(entry) and entry.destination_ports is not None:
                self._exact[entry.protocol, entry.destination_ports.low] = mask
            else:
                self._services.append((entry, mask))
        self._by_service: dict[tuple[str, int | None, int], Bits] = {}

    def fits(self, running: RunningConfig) -> bool:
        """Whether the names that the entries use mean the same there."""
        if running is not self._last and self._same(running):
            self._last = running
        return running is self._last

    def _same(self, running: RunningConfig) -> bool:
        mine = self._running
        return (mine.version, mine.own_addresses) == (running.version, running.own_addresses) and (
            all(
                nouns_of(mine, kind) is (now := nouns_of(running, kind))
                or all(map(is_, map(now.get, names), nouns))
                for kind, (names, nouns) in self._nouns.items()
            )
        )

    def decide(self, flow: Flow, *, addresses_only: bool) -> Hit:
        """First match wins; see :func:`asa_automate.simulate.access.decide`."""
        sure, possible = self._bits(flow, addresses_only=addresses_only)
        if not possible:
            return Hit(False, None)
        first = possible & -possible
        entry = self._entries[first.bit_length() - 1]
        return Hit(entry.permit if first & sure & ~self._unknown else None, entry)

    def taking(self, flow: Flow, *, addresses_only: bool) -> list[Ace]:
        """The entries that may take a flow, whatever stands before them, in order."""
        _, possible = self._bits(flow, addresses_only=addresses_only)
        return [self._entries[place] for place in _places(possible)]

    def _bits(self, flow: Flow, *, addresses_only: bool) -> Bits:
        """The entries that have a flow for certain, and all that may have it."""
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
        return sure, possible

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
            sure, open_ = _bits(truths)
            protocol = _SPELT.get(flow.protocol, flow.protocol)
            exact = self._exact.get((protocol, flow.destination_port), 0)
            self._by_service[key] = (sure | exact, open_)
        return self._by_service[key]


def _by_kind(
    named: Iterable[tuple[tuple[str, str], Any]],
) -> dict[str, tuple[tuple[str, ...], tuple[Any, ...]]]:
    """Names and nouns of each kind, to be compared without a step for each."""
    kinds: dict[str, list[tuple[str, Any]]] = {}
    for (kind, name), noun in named:
        kinds.setdefault(kind, []).append((name, noun))
    return {
        kind: (tuple(name for name, _ in pairs), tuple(noun for _, noun in pairs))
        for kind, pairs in kinds.items()
    }


class _Side:
    """Sources or destinations of all entries."""

    def __init__(self, flat: Flat, ends: list[Endpoint]) -> None:
        self._hosts: dict[Host, list[int]] = {}
        #: Ranges with their entries: those of few IPv4 addresses by the first half of these.
        self._near: dict[int, list[tuple[int, int, int]]] = {}
        self._wide: dict[int, list[tuple[int, int, int]]] = {4: [], 6: []}
        self._open = 0
        self._known: dict[Address, Bits] = {}
        for end, mask in _by_meaning(ends).items():
            ranges: Iterable[tuple[int, int, int]]
            if end.span is not None:
                ranges = (end.span,)
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


#: Protocols that an entry may name either way.
_SPELT = {"6": "tcp", "17": "udp"}


def _is_exact(entry: Ace) -> bool:
    """Whether it takes one port of one protocol from all ports: such services are many."""
    to = entry.destination_ports
    return (
        entry.protocol in ("tcp", "udp")
        and entry.source_ports is None
        and to is not None
        and to.operator == "eq"
    )


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
