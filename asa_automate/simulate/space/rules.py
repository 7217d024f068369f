"""Access-lists as rules: the boxes of each entry, in order, the first match deciding."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from asa_automate.config.access_list import Ace, Acl
from asa_automate.config.ends import TCP_UDP, Ports
from asa_automate.config.names import PROTOCOLS as NUMBERS
from asa_automate.config.running import RunningConfig
from asa_automate.config.services import Service
from asa_automate.simulate.matcher import Lists
from asa_automate.simulate.space.boxes import PORTS, PROTOCOLS, Box, Interval

_MAX_NESTING = 16
#: Protocol, source and destination ports.
Services = list[tuple[Interval, Interval, Interval]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One box of an entry.

    Args:
        permit: ``None`` where the text does not say whether the entry takes all of the box.
    """

    box: Box
    permit: bool | None


class Spender(Protocol):
    """Somebody who pays for rules, and has only so much."""

    def spend(self, count: int = 1) -> None:
        """Pay."""


class Unclear(Exception):
    """What a service or a port condition stands for cannot be known."""


def rules_of(
    running: RunningConfig,
    lists: Lists,
    acl: Acl,
    version: int,
    *,
    addresses_only: bool,
    budget: Spender,
) -> tuple[Rule, ...]:
    """The rules of an access-list for flows of one IP version.

    Args:
        addresses_only: as beside ``match default-inspection-traffic``, where ports are ignored.
    """
    found: list[Rule] = []
    for entry in acl.entries:
        if entry.active:
            for rule in _rules(running, lists, entry, version, addresses_only=addresses_only):
                budget.spend()
                found.append(rule)
    return tuple(found)


def _rules(
    running: RunningConfig, lists: Lists, entry: Ace, version: int, *, addresses_only: bool
) -> Iterator[Rule]:
    source, destination = lists.members(entry.source), lists.members(entry.destination)
    known = entry.understood and not entry.time_range
    known = known and source.understood and destination.understood
    services: Services = [(PROTOCOLS, PORTS, PORTS)]
    if not addresses_only:
        try:
            services = _services(running, entry)
        except Unclear:
            known = False
    if not known:
        whole = (0, 2**32 - 1 if version == 4 else 2**128 - 1)
        sources = source.ranges[version] if source.understood else [whole]
        destinations = destination.ranges[version] if destination.understood else [whole]
    else:
        sources, destinations = source.ranges[version], destination.ranges[version]
    for (protocol, low, high), one, other in product(services, sources, destinations):
        yield Rule((protocol, one, other, low, high), entry.permit if known else None)


def _services(running: RunningConfig, entry: Ace) -> Services:
    if entry.icmp:
        raise Unclear
    own = list(
        product(_ports(running, entry.source_ports), _ports(running, entry.destination_ports))
    )
    if entry.protocol not in ("object", "object-group"):
        return [(p, low, high) for p in _protocols(entry.protocol) for low, high in own]
    found: Services = []
    for protocol, low, high in _group(running, entry.service):
        found += [
            (protocol, one, other)
            for a, b in own
            if (one := _both(a, low)) and (other := _both(b, high))
        ]
    return found


def _group(running: RunningConfig, name: str, depth: int = 0) -> Services:
    group = running.services.get(name)
    if group is None or depth > _MAX_NESTING or not group.understood:
        raise Unclear
    found: Services = []
    for member in group.members:
        found += (
            _group(running, member.group, depth + 1) if member.group else _one(running, member)
        )
    return found


def _one(running: RunningConfig, member: Service) -> Services:
    if member.icmp:
        raise Unclear
    sources, destinations = (
        _ports(running, ports) for ports in (member.source_ports, member.destination_ports)
    )
    return list(product(_protocols(member.protocol), sources, destinations))


def _protocols(name: str) -> list[Interval]:
    if name == "ip":
        return [PROTOCOLS]
    if name == TCP_UDP:
        return [(6, 6), (17, 17)]
    number = NUMBERS.get(name, int(name) if name.isdigit() else None)
    if number is None:
        raise Unclear
    return [(number, number)]


def _ports(running: RunningConfig, ports: Ports | None, depth: int = 0) -> list[Interval]:
    if ports is None:
        return [PORTS]
    match ports.operator:
        case "eq" | "range":
            return [(ports.low, ports.high)]
        case "neq":
            return [i for i in ((0, ports.low - 1), (ports.low + 1, PORTS[1])) if i[0] <= i[1]]
        case "lt":
            return [(0, ports.low - 1)] if ports.low else []
        case "gt":
            return [(ports.low + 1, PORTS[1])] if ports.low < PORTS[1] else []
    group = running.services.get(ports.group)
    if group is None or depth > _MAX_NESTING or not group.understood:
        raise Unclear
    found: list[Interval] = []
    for member in group.members:
        nested = Ports("object-group", group=member.group) if member.group else None
        found += _ports(running, nested or member.destination_ports, depth + 1)
    return found


def _both(one: Interval, other: Interval) -> Interval | None:
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else None
