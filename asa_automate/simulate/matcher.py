"""An access-list made ready for many flows: the same answers as :func:`~.access.decide`.

An entry is a bit. For one address, protocol or port the entries that have it are found once, and
kept; a flow's entry is then the lowest bit that its parts have in common. 10,000 entries cost a
flow a few microseconds.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from asa_automate.config.access_list import Ace, Acl, Endpoint
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address
from asa_automate.simulate.access import UNIFIED, Hit, Truth, decide, endpoint_has, service_takes
from asa_automate.simulate.flow import Flow

#: Below this many entries it is quicker to ask them one by one.
WORTH_IT = 32

#: Entries that have something for certain, and those of which it is not known.
Bits = tuple[int, int]
Host = tuple[int, int]
#: First and last address.
Range = tuple[int, int]
_NAMED = ("object", "object-group")


class Lists:
    """Ready access-lists of one configuration, shared with those that differ from it elsewhere."""

    def __init__(self, running: RunningConfig, shared: "dict[int, list[Matcher]] | None" = None):
        self._running = running
        #: By the identity of the access-list; a matcher holds on to its access-list.
        self._shared = {} if shared is None else shared
        self._ready: dict[int, Matcher] = {}

    def of(self, running: RunningConfig) -> "Lists":
        """Those of another configuration."""
        return Lists(running, self._shared)

    def decide(self, acl: Acl, flow: Flow, *, addresses_only: bool) -> Hit:
        """As :func:`asa_automate.simulate.access.decide`."""
        if len(acl.entries) < WORTH_IT:
            return decide(self._running, acl, flow, addresses_only=addresses_only)
        return self.ready(acl).decide(flow, addresses_only=addresses_only)

    def ready(self, acl: Acl) -> "Matcher":
        """One of them."""
        return self._ready.get(id(acl)) or self._matcher(acl)

    def _matcher(self, acl: Acl) -> "Matcher":
        known = self._shared.setdefault(id(acl), [])
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
        self._entries = [entry for entry in acl.entries if entry.active]
        self._unknown = _mask(self._entries, lambda e: not e.understood or bool(e.time_range))
        self._nouns = dict(named_by(running, acl))
        self._source = _Side(running, [e.source for e in self._entries])
        self._destination = _Side(running, [e.destination for e in self._entries])
        self._services = _by_meaning([_service_of(e) for e in self._entries])
        self._by_service: dict[tuple[str, int | None, int], Bits] = {}

    def fits(self, running: RunningConfig) -> bool:
        """Whether the names that the entries use mean the same there."""
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
                (service_takes(self._running, entry, flow), mask)
                for entry, mask in self._services.items()
            )
            self._by_service[key] = _bits(truths)
        return self._by_service[key]


class _Side:
    """Sources or destinations of all entries."""

    def __init__(self, running: RunningConfig, ends: list[Endpoint]) -> None:
        self._running = running
        self._hosts: dict[Host, int] = {}
        self._others: list[tuple[Callable[[Address], Truth], int]] = []
        self._known: dict[Address, Bits] = {}
        flat = _Flat(running)
        for end, mask in _by_meaning(ends).items():
            network = end.network
            if end.kind == "network" and network and network.prefixlen == network.max_prefixlen:
                key = (network.version, int(network.network_address))
                self._hosts[key] = self._hosts.get(key, 0) | mask
            elif end.kind in _NAMED:
                self._others.append((flat.members(end).has, mask))
            else:
                self._others.append((_asking(running, end), mask))

    def bits(self, address: Address) -> Bits:
        found = self._known.get(address)
        if found is None:
            sure, open_ = _bits((has(address), mask) for has, mask in self._others)
            host = self._hosts.get((address.version, int(address)), 0)
            found = self._known[address] = (sure | host, open_)
        return found


def ranges_of(running: RunningConfig, end: Endpoint, version: int) -> list[Range]:
    """The addresses that an end has for certain, as first and last of each range.

    What is not understood has none here.
    """
    top = 2 ** (32 if version == 4 else 128) - 1
    if end.network is not None:
        network = end.network
        ends = (int(network.network_address), int(network.broadcast_address))
        return [ends] if network.version == version else []
    if end.kind in _NAMED:
        members = _Flat(running).members(end)
        nested = (r for run, other in members.others for r in ranges_of(run, other, version))
        return [*((host, host) for v, host in members.hosts if v == version), *nested]
    if end.kind == "interface":
        own = (a for a, name in running.own_addresses.items() if name == end.name)
        return [(int(a), int(a)) for a in own if a.version == version]
    everything = end.kind == "any" and (version == 4 or (running.version or UNIFIED) >= UNIFIED)
    return [(0, top)] if everything or end.kind == f"any{version}" else []


def _asking(running: RunningConfig, end: Endpoint) -> Callable[[Address], Truth]:
    return lambda address: endpoint_has(running, end, address)


@dataclass(frozen=True, slots=True)
class _Members:
    """Everything that an object or group holds, nested ones included."""

    hosts: frozenset[Host] = frozenset()
    others: tuple[tuple[RunningConfig, Endpoint], ...] = ()
    understood: bool = True

    def has(self, address: Address) -> Truth:
        if (address.version, int(address)) in self.hosts:
            return True
        unknown = not self.understood
        for running, end in self.others:
            inside = endpoint_has(running, end, address)
            if inside:
                return True
            unknown = unknown or inside is None
        return None if unknown else False


class _Flat:
    """Groups taken apart, each once."""

    def __init__(self, running: RunningConfig) -> None:
        self._running = running
        self._done: dict[tuple[str, str], _Members] = {}

    def members(self, end: Endpoint, above: frozenset[tuple[str, str]] = frozenset()) -> _Members:
        key = (end.kind, end.name)
        if key in above:  # a group in itself; no device lets that be typed
            return _Members(understood=False)
        if key not in self._done:
            made = self._made(key, above | {key})
            if above:
                return made
            self._done[key] = made
        return self._done[key]

    def _made(self, key: tuple[str, str], above: frozenset[tuple[str, str]]) -> _Members:
        noun = _noun(self._running, *key)
        if noun is None:
            return _Members(understood=False)
        hosts: set[Host] = set()
        others: list[tuple[RunningConfig, Endpoint]] = []
        understood = noun.understood
        for member in noun.endpoints if key[0] == "object" else noun.members:
            network = member.network
            if network is not None and network.prefixlen == network.max_prefixlen:
                hosts.add((network.version, int(network.network_address)))
            elif member.kind in _NAMED:
                nested = self.members(member, above)
                hosts |= nested.hosts
                others += nested.others
                understood = understood and nested.understood
            else:
                others.append((self._running, member))
        return _Members(frozenset(hosts), tuple(others), understood)


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


def _service_of(entry: Ace) -> Ace:
    """What the service of an entry depends on, and nothing else of it."""
    return replace(_BLANK, **{name: getattr(entry, name) for name in _SERVICE})


_BLANK = Ace("")
_SERVICE = ("protocol", "service", "source_ports", "destination_ports", "icmp")


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


def _bits(truths: Iterator[tuple[Truth, int]]) -> Bits:
    sure = open_ = 0
    for truth, mask in truths:
        if truth:
            sure |= mask
        elif truth is None:
            open_ |= mask
    return sure, open_
