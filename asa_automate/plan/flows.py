"""The flows that a plan is checked on: the gateways' own, and those that must not notice.

The addresses are drawn from the configuration itself: besides documentation addresses (RFC 5737,
RFC 3849) every boundary of an access-list, group or object that a class uses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from itertools import chain, islice

from asa_automate.config.access_list import Acl
from asa_automate.config.names import port_number
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address
from asa_automate.plan.peers import PEERS, SOURCE_PORT, flows_with
from asa_automate.simulate.engines import DEFAULT_TRAFFIC, ESMTP
from asa_automate.simulate.flow import SMTP, Flow
from asa_automate.simulate.matcher import Lists

#: RFC 5737 TEST-NET-3, RFC 3849: addresses that are nobody's either.
STRANGERS: tuple[Address, ...] = (IPv4Address("203.0.113.9"), IPv6Address("2001:db8:fffe::9"))

#: Ports that mail uses beside 25 and that no default inspection takes (RFC 8314, RFC 6409).
OTHER_PORTS = (465, 587, 2525)
_MOST_ADDRESSES = 24
_MOST_PORTS = 8


def gateway_flows(
    running: RunningConfig,
    gateways: Iterable[Address],
    lists: Lists | None = None,
    *,
    every_kind: bool = False,
) -> Iterator[Flow]:
    """SMTP to and from each gateway, over every pair of interfaces that matters.

    There is a flow for every kind of peer that the configuration can tell apart, up to
    :data:`~.peers.MOST_KINDS`: the proof over all flows does not need them all.

    Args:
        every_kind: for whoever has no such proof.

    Raises:
        Refused: there are too many of them, and all are needed.
    """
    own = tuple(gateways)
    lists = lists or Lists(running)
    for gateway in own:
        for peer in (*PEERS, *STRANGERS, *own):
            if peer.version == gateway.version and peer != gateway:
                for flow in _both_ways(gateway, peer):
                    yield from over_interfaces(running, flow)
        for incoming in (True, False):
            kinds = flows_with(running, gateway, lists, incoming=incoming, every=every_kind)
            for flow in kinds:
                yield from over_interfaces(running, flow)


def control_flows(running: RunningConfig, gateways: Iterable[Address]) -> Iterator[Flow]:
    """Flows that must keep their treatment: others' SMTP, and every engine for everybody."""
    own = tuple(gateways)
    near = [n for g in own for n in neighbours(g) if n not in own]
    others = [a for a in (*STRANGERS, *near, *addresses_of(running)) if a not in own]
    ports = (SMTP, *ports_of(running))
    for other in others:
        for peer in PEERS:
            if peer.version == other.version and peer not in own and peer != other:
                for flow in _both_ways(other, peer, ports):
                    yield from over_interfaces(running, flow)
    for end in (*STRANGERS, *own):
        peer = next(p for p in PEERS if p.version == end.version)
        if peer not in own:
            yield from _every_engine(running, end, peer)


def over_interfaces(running: RunningConfig, flow: Flow) -> Iterator[Flow]:
    """The flow between every two interfaces that have a policy of their own, or have none."""
    names: list[str | None] = [a.interface for a in running.service_policies if a.interface]
    names = [*dict.fromkeys(names), None]
    if names == [None]:
        yield flow
        return
    for came in names:
        for goes in names:
            if came is None or came != goes:
                yield replace(flow, in_interface=came, out_interface=goes)


def addresses_of(running: RunningConfig) -> list[Address]:
    """Addresses at the edges of what classes match, a bounded number of them."""
    entries = chain.from_iterable(acl.entries for acl in running.acls.values())
    ends = chain(
        chain.from_iterable((entry.source, entry.destination) for entry in entries),
        chain.from_iterable(group.members for group in running.network_groups.values()),
        chain.from_iterable(thing.endpoints for thing in running.network_objects.values()),
    )
    spans = (end.span for end in ends if end.span is not None)
    edges: dict[Address, None] = {}
    for version, first, last in islice(spans, _MOST_ADDRESSES * 4):
        make = IPv4Address if version == 4 else IPv6Address
        edges[make(first)] = None
        edges[make(first + (1 if last - first > 1 else 0))] = None
    return [a for a in edges if not a.is_unspecified][:_MOST_ADDRESSES]


def ports_of(running: RunningConfig) -> list[int]:
    """TCP ports at the edges of what classes that inspect mail match beside the default ports.

    Such a class may take more than port 25, which a class of ours does not take over.
    """
    classes = {
        entry.name
        for attached in running.service_policies
        if (policy := running.policy_maps.get(attached.policy))
        for entry in policy.classes
        if entry.inspect(ESMTP)
    }
    ports: dict[int, None] = {}
    for class_map in (m for n, m in running.class_maps.items() if n in classes):
        for match in class_map.matches if not class_map.is_default_inspection else ():
            found = [port_number(word) for word in match.argument.split()[1:]]
            if match.kind == "access-list" and match.argument in running.acls:
                found = [*_ports_in(running, running.acls[match.argument])]
            for port in found:
                ports |= dict.fromkeys((port, port + 1) if port is not None else ())
    return [p for p in ports if 0 < p < 65536 and p != SMTP][:_MOST_PORTS]


def _ports_in(running: RunningConfig, acl: Acl) -> Iterator[int]:
    """Destination ports that its entries name, those of groups of services too."""
    conditions = [e.destination_ports for e in acl.entries]
    conditions += [m.destination_ports for g in running.services.values() for m in g.members]
    for ports in conditions:
        if ports is not None and not ports.group:
            yield from (p for p in (ports.low, ports.high) if p)


def _both_ways(one: Address, other: Address, ports: Iterable[int] = (SMTP,)) -> Iterator[Flow]:
    for port in ports:
        yield Flow("tcp", other, one, port, SOURCE_PORT)
        yield Flow("tcp", one, other, port, SOURCE_PORT)


def neighbours(address: Address) -> Iterator[Address]:
    """The addresses before and after one."""
    for step in (-1, 1):
        value = int(address) + step
        if 0 < value < 2**address.max_prefixlen:
            yield type(address)(value)


def _every_engine(running: RunningConfig, one: Address, other: Address) -> Iterator[Flow]:
    ports = {(p.protocol, p.low) for p in DEFAULT_TRAFFIC} | {("tcp", p) for p in OTHER_PORTS}
    for protocol, port in sorted(ports - {("tcp", SMTP)}):
        for source, destination in ((one, other), (other, one)):
            flow = Flow(protocol, source, destination, port, SOURCE_PORT if port else None)
            yield from over_interfaces(running, flow)
