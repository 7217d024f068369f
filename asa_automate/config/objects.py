"""``name``, ``object`` and ``object-group``: what an access-list entry refers to by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, summarize_address_range
from itertools import chain

from asa_automate.config.access_list import (
    Endpoint,
    Ports,
    Words,
    take_endpoint,
    take_ports,
    write_endpoint,
    write_ports,
)
from asa_automate.config.feed import Row, rows
from asa_automate.config.names import as_address, protocol_name
from asa_automate.config.tree import Line
from asa_automate.model import Address

_OBJECT = "show running-config object"
_GROUP = "show running-config object-group"
_TCP_UDP = "tcp-udp"


@dataclass(frozen=True, slots=True)
class NetworkObject:
    """``object network``: a range is its networks; ``fqdn`` has none and is not understood."""

    name: str
    endpoints: tuple[Endpoint, ...] = ()
    understood: bool = True
    line: int = 0


@dataclass(frozen=True, slots=True)
class NetworkGroup:
    """``object-group network``: members in order (``object-group`` members are nested groups)."""

    name: str
    members: tuple[Endpoint, ...] = ()
    lines: tuple[str, ...] = ()
    understood: bool = True
    line: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """One protocol with its ports; ``group`` names a nested group or object instead."""

    protocol: str
    source_ports: Ports | None = None
    destination_ports: Ports | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    """``object service``, ``object-group service`` (with or without protocol) and ``protocol``.

    In a group with a protocol (``object-group service X tcp``) each member is a port condition:
    ``destination_ports`` holds it, wherever an entry uses the group. A member of ``tcp-udp`` is
    two members. ``service-object icmp TYPE`` is ICMP of any type here.
    """

    name: str
    members: tuple[Service, ...] = ()
    understood: bool = True
    line: int = 0


def read_network_objects(
    lines: Iterable[Line], names: Mapping[str, Address]
) -> dict[str, NetworkObject]:
    """The ``object network`` among top-level ``lines``, by name.

    The second block of an object, which holds its NAT line, leaves the first as it is.
    """
    found = _by_name(rows(_OBJECT, lines), ("network",))
    return {name: _network_object(name, its, names) for name, its in found.items()}


def read_network_groups(
    lines: Iterable[Line], names: Mapping[str, Address]
) -> dict[str, NetworkGroup]:
    """The ``object-group network`` among top-level ``lines``, by name."""
    found = _by_name(rows(_GROUP, lines), ("network",))
    return {name: _network_group(name, its, names) for name, its in found.items()}


def read_services(lines: Iterable[Line]) -> dict[str, ServiceGroup]:
    """``object service`` and groups of services and protocols among top-level ``lines``."""
    given = list(lines)
    objects = [line for line in given if line.text.startswith("object ")]
    groups = [line for line in given if line.text.startswith("object-group ")]
    both = chain(rows(_OBJECT, objects), rows(_GROUP, groups))
    found = _by_name(both, ("service", "protocol"))
    return {name: _service_group(name, its) for name, its in found.items()}


def write_network_object(thing: NetworkObject) -> list[str]:
    """The lines of an object of one host or network."""
    lines = [f"object network {thing.name}"]
    for end in thing.endpoints[:1]:
        written = write_endpoint(end)
        lines.append(f" {written}" if written.startswith("host ") else f" subnet {written}")
    return lines


def write_network_group(group: NetworkGroup) -> list[str]:
    """The lines of a group: its members as they were printed, or made from what they mean."""
    members = group.lines or tuple(write_member(member) for member in group.members)
    return [f"object-group network {group.name}", *(f" {line}" for line in members)]


def write_member(member: Endpoint) -> str:
    """The line of one member of a network group."""
    if member.kind == "object-group":
        return f"group-object {member.name}"
    return f"network-object {write_endpoint(member)}"


def write_service_group(group: ServiceGroup) -> list[str]:
    """The lines of ``object-group service`` without a protocol."""
    return [f"object-group service {group.name}", *(f" {_member(m)}" for m in group.members)]


def _member(service: Service) -> str:
    if service.group:
        return f"group-object {service.group}"
    source, destination = write_ports(service.source_ports), write_ports(service.destination_ports)
    words = ["service-object", service.protocol]
    words += ["source", source] if source else []
    words += ["destination", destination] if destination else []
    return " ".join(words)


def _by_name(found: Iterable[Row], types: tuple[str, ...]) -> dict[str, list[Row]]:
    """The rows of each object or group; the first is the one that opens it."""
    named: dict[str, list[Row]] = {}
    for row in found:
        if row["TYPE"] in types and row["NAME"]:
            named.setdefault(row["NAME"], []).append(row)
    return named


def _network_object(name: str, its: list[Row], names: Mapping[str, Address]) -> NetworkObject:
    # An address that is typed again takes the place of the first.
    last = next((row for row in reversed(its) if row["KIND"]), None)
    ends = _addresses(last["KIND"], _argument(last), names) if last else ()
    odd = any(row["UNKNOWN"] for row in its)
    return NetworkObject(name, ends, understood=bool(ends) and not odd, line=its[0].line.number)


def _addresses(kind: str, words: Words, names: Mapping[str, Address]) -> tuple[Endpoint, ...]:
    if kind == "range" and len(words) == 2:
        return _range(as_address(words[0], names), as_address(words[1], names))
    if kind not in ("host", "subnet"):
        return ()
    end, rest = take_endpoint(("host", *words) if kind == "host" else words, names)
    return (end,) if end.kind == "network" and not rest else ()


def _range(low: Address | None, high: Address | None) -> tuple[Endpoint, ...]:
    if isinstance(low, IPv4Address) and isinstance(high, IPv4Address) and low <= high:
        return tuple(Endpoint("network", network=n) for n in summarize_address_range(low, high))
    if isinstance(low, IPv6Address) and isinstance(high, IPv6Address) and low <= high:
        return tuple(Endpoint("network", network=n) for n in summarize_address_range(low, high))
    return ()


def _network_group(name: str, its: list[Row], names: Mapping[str, Address]) -> NetworkGroup:
    printed = [row for row in its if row["MEMBER"] or row["UNKNOWN"]]
    members = [_network_member(row, names) for row in printed]
    return NetworkGroup(
        name,
        members=tuple(member for member in members if member),
        lines=tuple(row.line.text for row in printed),
        understood=None not in members,
        line=its[0].line.number,
    )


def _network_member(row: Row, names: Mapping[str, Address]) -> Endpoint | None:
    words = _argument(row)
    if row["MEMBER"] == "group-object":
        return Endpoint("object-group", words[0]) if len(words) == 1 else None
    if row["MEMBER"] != "network-object":
        return None
    if len(words) == 1 and "/" not in words[0]:
        words = ("host", *words)
    end, rest = take_endpoint(words, names)
    return end if end.kind in ("network", "object") and not rest else None


def _service_group(name: str, its: list[Row]) -> ServiceGroup:
    printed = [row for row in its if _member_word(row) or row["UNKNOWN"]]
    found = [_services(_member_word(row), _argument(row), row.values) for row in printed]
    return ServiceGroup(
        name,
        members=tuple(chain.from_iterable(found)),
        understood=all(found),
        line=its[0].line.number,
    )


def _member_word(row: Row) -> str:
    return row.values.get("MEMBER") or row.values.get("KIND") or ""


def _argument(row: Row) -> Words:
    return tuple(row["ARGUMENT"].split())


def _services(member: str, words: Words, values: Mapping[str, str]) -> tuple[Service, ...]:
    match member, words:
        case "group-object", (name,):
            return (Service("", group=name),)
        case "service-object", ("object", name):
            return (Service("", group=name),)
        case "port-object", _ if values.get("PROTOCOL"):
            ports, rest = take_ports(words)
            return _each(values["PROTOCOL"], None, ports) if ports and not rest else ()
        case "protocol-object", (word,):
            return _each(word, None, None)
        case "service-object" | "service", (word, *_):
            return _service(word, words[1:])
    return ()


def _service(protocol: str, words: Words) -> tuple[Service, ...]:
    if protocol in ("icmp", "icmp6"):
        return _each(protocol, None, None)
    source, words = take_ports(words[1:]) if words[:1] == ("source",) else (None, words)
    words = words[1:] if words[:1] == ("destination",) else words
    destination, rest = take_ports(words)
    return () if rest else _each(protocol, source, destination)


def _each(protocol: str, source: Ports | None, destination: Ports | None) -> tuple[Service, ...]:
    names = ("tcp", "udp") if protocol == _TCP_UDP else (protocol_name(protocol),)
    return tuple(Service(name, source, destination) for name in names if name)
