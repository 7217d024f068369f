"""Who talks to a gateway: one peer for all that the access-lists of the classes treat alike.

The entries that can concern a gateway's SMTP are few, however long a list is. Where their other
ends begin and stop, the world of addresses falls into pieces; within one of them the same entry of
each list decides. One address of each kind of piece stands for all of them.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from itertools import product

from asa_automate.config.access_list import Ace, Acl
from asa_automate.config.ends import Endpoint, Ports
from asa_automate.config.policy_map import PolicyClass
from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.model import Address, Reading
from asa_automate.simulate.access import Truth
from asa_automate.simulate.classify import class_takes
from asa_automate.simulate.flow import SMTP, Flow
from asa_automate.simulate.matcher import Lists
from asa_automate.simulate.world import World

#: RFC 5737 TEST-NET-2, RFC 3849: addresses that are nobody's.
PEERS: tuple[Address, ...] = (IPv4Address("198.51.100.7"), IPv6Address("2001:db8:ffff::7"))
#: RFC 6056, section 2.1: a port that a client may have.
SOURCE_PORT = 40000
#: So many entries of one list are asked whom else they take, spread over the list.
MOST_ENTRIES = 256
#: So many kinds of peers are gone through for every line of a plan.
MOST_KINDS = 256
#: More than this cannot be gone through at all.
MOST_EVER = 4096


def flows_with(
    running: RunningConfig, gateway: Address, lists: Lists, *, incoming: bool, every: bool
) -> Iterator[Flow]:
    """SMTP to (``incoming``) or from a gateway: a flow for each kind of peer and source port.

    Args:
        every: whether some of them will not do.

    Raises:
        Refused: ``every`` kind is wanted, and there are too many to go through.
    """
    asked = _flow(gateway, gateway, SOURCE_PORT, incoming=incoming)
    found = [
        lists.ready(acl).concerned(asked, incoming=incoming, addresses_only=ignored)
        for acl, ignored in _acls(running)
    ]
    others = [[e.source if incoming else e.destination for e in entries] for entries in found]
    ports = _source_ports(e.source_ports for entries in found for e in entries)
    count = 0
    for peer in _peers(gateway, others, lists):
        for port in ports:
            count += 1
            if count > MOST_KINDS and not every:
                return
            if count > MOST_EVER:
                raise Refused(
                    f"the access-lists of its classes tell more than {MOST_EVER} kinds of peers "
                    f"of gateway {gateway} apart: undecided"
                )
            yield _flow(gateway, peer, port, incoming=incoming)


def flows_of_others(running: RunningConfig, lists: Lists) -> Iterator[Flow]:
    """SMTP that the access-lists of classes speak of: a flow for each pattern of classes.

    An entry that may take SMTP gives one flow from the first of its sources to the first of its
    destinations; of those that the same classes take one is enough.
    """
    seen: set[tuple[Truth, ...]] = set()
    classes, acls = list(_classes(running)), list(_acls(running))
    asked = _flow(PEERS[0], PEERS[0], SOURCE_PORT, incoming=True)
    for acl, ignored in acls:
        entries = lists.ready(acl).serving(asked, addresses_only=ignored)
        for flow in _of_entries(lists, entries[:: len(entries) // MOST_ENTRIES + 1]):
            if len(seen) == 2 ** len(acls):
                return
            world = World(Reading.PER_ENGINE)
            taken = tuple(class_takes(running, c, flow, world, lists=lists) for c in classes)
            if taken not in seen:
                seen.add(taken)
                yield flow


def _of_entries(lists: Lists, entries: list[Ace]) -> Iterator[Flow]:
    for entry, peer in product(entries, PEERS):
        low, high = (
            next(iter(lists.members(end).ranges[peer.version]), None)
            for end in (entry.source, entry.destination)
        )
        if low is not None and high is not None:
            make = type(peer)
            source, destination = make(_host(low)), make(_host(high))
            own = lists.own_addresses
            if source != destination and source not in own and destination not in own:
                yield Flow("tcp", source, destination, SMTP, SOURCE_PORT)


def _host(ends: tuple[int, int]) -> int:
    """An address within a range that a host can have."""
    return min(ends[0] + 1, ends[1]) if ends[0] == 0 else ends[0]


def _classes(running: RunningConfig) -> Iterator[PolicyClass]:
    """The classes that inspect, of attached policies."""
    attached = dict.fromkeys(a.policy for a in running.service_policies)
    for policy in (running.policy_maps[p] for p in attached if p in running.policy_maps):
        yield from (entry for entry in policy.classes if entry.inspects)


def _flow(gateway: Address, peer: Address, port: int, *, incoming: bool) -> Flow:
    source, destination = (peer, gateway) if incoming else (gateway, peer)
    return Flow("tcp", source, destination, SMTP, port)


def _acls(running: RunningConfig) -> Iterator[tuple[Acl, bool]]:
    """The access-lists of classes that inspect, and whether their ports may be ignored."""
    for name in sorted({entry.name for entry in _classes(running)}):
        class_map = running.class_maps.get(name)
        for match in class_map.matches if class_map else ():
            acl = running.acls.get(match.argument) if match.kind == "access-list" else None
            if acl and class_map:
                yield acl, class_map.is_default_inspection


def _source_ports(conditions: Iterator[Ports | None]) -> list[int]:
    """A port on either side of each condition's edges; groups of ports are asked as a whole."""
    ports = {SOURCE_PORT: None}
    for condition in conditions:
        if condition is not None and condition.operator != "object-group":
            edges = (condition.low - 1, condition.low, condition.high, condition.high + 1)
            ports |= {edge: None for edge in edges if 0 < edge < 65536}
    return list(ports)


def _peers(gateway: Address, found: list[list[Endpoint]], lists: Lists) -> Iterator[Address]:
    """One address for each combination of entries that come first in their lists."""
    toggles: dict[int, int] = {}
    shift, parts = 0, []
    for ends in found:
        for place, end in enumerate(ends):
            for low, high in lists.members(end).ranges[gateway.version]:
                toggles[low] = toggles.get(low, 0) ^ 1 << (shift + place)
                toggles[high + 1] = toggles.get(high + 1, 0) ^ 1 << (shift + place)
        parts.append((1 << shift + len(ends)) - (1 << shift))
        shift += len(ends)
    seen: set[tuple[int, ...]] = set()
    has, make = 0, type(gateway)
    last = 2**gateway.max_prefixlen - 1
    points = sorted({0, *toggles})
    for point, following in zip(points, [*points[1:], last + 1], strict=True):
        has ^= toggles.get(point, 0)
        first = tuple((has & part) & -(has & part) for part in parts)
        inside = _usual(point, min(following, last + 1) - 1, int(gateway))
        if first not in seen and inside is not None:
            seen.add(first)
            yield make(inside)


def _usual(low: int, high: int, gateway: int) -> int | None:
    """An address of the piece that is neither unspecified nor the gateway itself."""
    return next((n for n in range(low, min(high, low + 2) + 1) if n not in (0, gateway)), None)
