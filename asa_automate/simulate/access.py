"""Whether an access-list takes a flow: yes, no, or not to be known from the text.

In a class-map a ``deny`` entry does not block: the flow is no match for the class (Cisco ASA
7.x CLI guide, CSC SSM chapter, p.19-10). An ACL that ends without a hit is no match either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from asa_automate.config.access_list import Ace, Acl
from asa_automate.config.ends import TCP_UDP, Endpoint, Ports, Span
from asa_automate.config.running import RunningConfig
from asa_automate.config.services import Service
from asa_automate.model import Address
from asa_automate.simulate.flow import Flow

#: ``None`` is *cannot be known*: a word of the text that the model does not understand.
Truth: TypeAlias = bool | None

#: Unified access-lists, where ``any`` is IPv4 and IPv6, begin with this release.
UNIFIED = (9, 0)
_MAX_NESTING = 16
_IP = "ip"
_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1"}


def both(*parts: Truth) -> Truth:
    """Kleene's *and*."""
    if False in parts:
        return False
    return None if None in parts else True


def either(parts: Iterable[Truth]) -> Truth:
    """Kleene's *or*."""
    unknown = False
    for part in parts:
        if part:
            return True
        unknown = unknown or part is None
    return None if unknown else False


@dataclass(frozen=True, slots=True)
class Hit:
    """The outcome of an ACL for a flow and the entry that decided, ``None`` for its end."""

    match: Truth
    entry: Ace | None


def decide(running: RunningConfig, acl: Acl, flow: Flow, *, addresses_only: bool) -> Hit:
    """First match wins; ``addresses_only`` is how the ASA reads an ACL that is combined with
    ``match default-inspection-traffic`` (Cisco ASA command reference, *match access-list*)."""
    for entry in acl.entries:
        taken = _entry_takes(running, entry, flow, addresses_only=addresses_only)
        if taken is None:
            return Hit(None, entry)
        if taken:
            return Hit(entry.permit, entry)
    return Hit(False, None)


def _entry_takes(running: RunningConfig, entry: Ace, flow: Flow, *, addresses_only: bool) -> Truth:
    if not entry.active:
        return False
    known = None if not entry.understood or entry.time_range else True
    ends = both(
        known,
        endpoint_has(running, entry.source, flow.source),
        endpoint_has(running, entry.destination, flow.destination),
    )
    return (
        ends
        if addresses_only or ends is False
        else both(ends, service_takes(running, entry, flow))
    )


def endpoint_has(
    running: RunningConfig, endpoint: Endpoint, address: Address, depth: int = 0
) -> Truth:
    """Whether an end of an entry, or a member of a group, has an address."""
    match endpoint.kind:
        case "any":
            return address.version == 4 or (running.version or UNIFIED) >= UNIFIED
        case "any4":
            return address.version == 4
        case "any6":
            return address.version == 6
        case "network":
            return endpoint.span is not None and _is_in(address, endpoint.span)
        case "object" | "object-group" if depth < _MAX_NESTING:
            return _named_has(running, endpoint, address, depth)
        case "interface":
            owner = running.own_addresses.get(address)
            return (
                owner == endpoint.name if endpoint.name in running.own_addresses.values() else None
            )
        case _:
            return None


def _is_in(address: Address, span: Span) -> bool:
    version, first, last = span
    return address.version == version and first <= int(address) <= last


def _named_has(running: RunningConfig, endpoint: Endpoint, address: Address, depth: int) -> Truth:
    thing = running.network_objects.get(endpoint.name)
    group = running.network_groups.get(endpoint.name)
    if endpoint.kind == "object" and thing:
        members, understood = thing.endpoints, thing.understood
    elif endpoint.kind == "object-group" and group:
        members, understood = group.members, group.understood
    else:
        return None
    inside = either(endpoint_has(running, m, address, depth + 1) for m in members)
    return inside if inside or understood else None


def service_takes(running: RunningConfig, entry: Ace, flow: Flow) -> Truth:
    """Whether protocol and ports of an entry are those of a flow."""
    named = entry.protocol in ("object", "object-group")
    return both(
        _group_has(running, entry.service, flow)
        if named
        else _protocol_is(entry.protocol, flow.protocol),
        None if entry.icmp and flow.protocol == "icmp" else True,
        _port_in(running, entry.source_ports, flow.source_port),
        _port_in(running, entry.destination_ports, flow.destination_port),
    )


def _group_has(running: RunningConfig, name: str, flow: Flow, depth: int = 0) -> Truth:
    group = running.services.get(name)
    if group is None or depth > _MAX_NESTING:
        return None
    inside = either(_member_has(running, member, flow, depth) for member in group.members)
    return inside if inside or group.understood else None


def _member_has(running: RunningConfig, member: Service, flow: Flow, depth: int) -> Truth:
    if member.group:
        return _group_has(running, member.group, flow, depth + 1)
    return both(
        _protocol_is(member.protocol, flow.protocol),
        _port_in(running, member.source_ports, flow.source_port),
        _port_in(running, member.destination_ports, flow.destination_port),
    )


def _protocol_is(wanted: str, protocol: str) -> bool:
    if wanted in (_IP, protocol):
        return True
    if wanted == TCP_UDP:
        return protocol in ("tcp", "udp")
    return _NUMBERS.get(protocol, protocol) == _NUMBERS.get(wanted, wanted)


def _port_in(running: RunningConfig, ports: Ports | None, port: int | None) -> Truth:
    if ports is None:
        return True
    if port is None:
        # A flow without a source port stands for all of them: some match, some do not.
        return None
    match ports.operator:
        case "eq":
            return port == ports.low
        case "neq":
            return port != ports.low
        case "lt":
            return port < ports.low
        case "gt":
            return port > ports.low
        case "range":
            return ports.low <= port <= ports.high
        case _:
            return _port_group_has(running, ports.group, port)


def _port_group_has(running: RunningConfig, name: str, port: int, depth: int = 0) -> Truth:
    group = running.services.get(name)
    if group is None or depth > _MAX_NESTING:
        return None
    inside = either(
        _port_group_has(running, m.group, port, depth + 1)
        if m.group
        else _port_in(running, m.destination_ports, port)
        for m in group.members
    )
    return inside if inside or group.understood else None
