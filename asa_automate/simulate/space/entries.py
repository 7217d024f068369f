"""From the entries of an access-list to rules."""

from collections.abc import Hashable, Sequence
from itertools import product

from asa_automate.config.access_list import Ace, Acl
from asa_automate.config.ends import TCP_UDP, Endpoint, Ports
from asa_automate.config.names import PROTOCOLS as NUMBERS
from asa_automate.config.running import RunningConfig
from asa_automate.config.services import Service
from asa_automate.simulate.matcher import Lists
from asa_automate.simulate.space.boxes import LAST, PORTS, PROTOCOLS, Interval
from asa_automate.simulate.space.rules import Rule, Sides, rule_of

_MAX_NESTING = 16
Services = list[Sides]


class Unclear(Exception):
    """What a service or a port condition stands for cannot be known."""


#: Rules of entries that name nothing, by their text; each is read once.
Known = dict[str, "Rule | None"]


def rules_of(
    running: RunningConfig,
    lists: Lists,
    acl: Acl,
    version: int,
    *,
    addresses_only: bool,
    known: Known,
) -> tuple[Rule, ...]:
    """The rules of an access-list for flows of one IP version.

    Args:
        addresses_only: as beside ``match default-inspection-traffic``, where ports are ignored.
        known: is used and added to; only for configurations with the same release and the same
            ``name`` lines, the same IP version and ``addresses_only``.
    """
    made: dict[Hashable, Services | None] = {}
    found = []
    for entry in acl.entries:
        source, destination = entry.source.span, entry.destination.span
        if (source is not None and source[0] != version) or (
            destination is not None and destination[0] != version
        ):
            continue  # it takes no flow of the IP version
        text = entry.text
        if text in known:
            rule = known[text]
        else:
            rule = _rule(running, lists, entry, version, None if addresses_only else made)
            if _names_nothing(entry):
                known[text] = rule
        if rule is not None:
            found.append(rule)
    return tuple(found)


_ANY: Sides = (PROTOCOLS, PORTS, PORTS)
_PLAIN = ("network", "any", "any4", "any6")


def _names_nothing(entry: Ace) -> bool:
    low, high = entry.source_ports, entry.destination_ports
    return (
        entry.source.kind in _PLAIN
        and entry.destination.kind in _PLAIN
        and not entry.service
        and (low is None or not low.group)
        and (high is None or not high.group)
    )


def _rule(
    running: RunningConfig,
    lists: Lists,
    entry: Ace,
    version: int,
    made: dict[Hashable, Services | None] | None,
) -> Rule | None:
    """``None`` for an entry that takes no flow; without ``made`` ports do not count."""
    if not entry.active:
        return None
    services = [_ANY] if made is None else _known_services(running, entry, made)
    return _made(lists, entry, version, services)


def _known_services(
    running: RunningConfig, entry: Ace, made: dict[Hashable, Services | None]
) -> Services | None:
    """``None`` where they cannot be known; each kind is read once."""
    ports = (entry.source_ports, entry.destination_ports)
    key = (entry.protocol, entry.service, *ports, entry.icmp)
    if key not in made:
        try:
            made[key] = _services(running, entry)
        except Unclear:
            made[key] = None
    return made[key]


def _made(lists: Lists, entry: Ace, version: int, services: Services | None) -> Rule | None:
    source, source_known = _ranges(lists, entry.source, version)
    destination, destination_known = _ranges(lists, entry.destination, version)
    known = entry.understood and not entry.time_range and services is not None
    if not source or not destination or services == []:
        return None
    permit = entry.permit if known and source_known and destination_known else None
    return rule_of(services or [_ANY], source, destination, permit)


def _ranges(lists: Lists, end: Endpoint, version: int) -> tuple[Sequence[Interval], bool]:
    """The addresses of an end, and whether these are all."""
    if end.span is not None:
        _, low, high = end.span
        return [(low, high)], True
    members = lists.members(end)
    if members.understood:
        return members.ranges[version], True
    return [(0, LAST[version])], False


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
