"""``name``, ``object`` and ``object-group``: what an access-list entry refers to by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, summarize_address_range

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
    objects: dict[str, NetworkObject] = {}
    for row in rows(_OBJECT, lines):
        if row["TYPE"] != "network" or not row["NAME"]:
            continue
        thing = objects.setdefault(row["NAME"], NetworkObject(row["NAME"], line=row.line.number))
        objects[row["NAME"]] = _with_address(thing, row, names)
    return objects


def read_network_groups(
    lines: Iterable[Line], names: Mapping[str, Address]
) -> dict[str, NetworkGroup]:
    """The ``object-group network`` among top-level ``lines``, by name."""
    groups: dict[str, NetworkGroup] = {}
    for row in rows(_GROUP, lines):
        if row["TYPE"] != "network" or not row["NAME"]:
            continue
        group = groups.setdefault(row["NAME"], NetworkGroup(row["NAME"], line=row.line.number))
        groups[row["NAME"]] = _with_member(group, row, names)
    return groups


def read_services(lines: Iterable[Line]) -> dict[str, ServiceGroup]:
    """``object service`` and groups of services and protocols among top-level ``lines``."""
    found: dict[str, ServiceGroup] = {}
    kinds = ("service", "protocol")
    both = [*rows(_OBJECT, lines), *rows(_GROUP, lines)]
    for row in both:
        if row["TYPE"] in kinds and row["NAME"]:
            thing = found.setdefault(row["NAME"], ServiceGroup(row["NAME"], line=row.line.number))
            found[row["NAME"]] = _with_service(thing, row)
    return found


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


def _with_address(
    thing: NetworkObject, row: Row, names: Mapping[str, Address]
) -> NetworkObject:
    if row["UNKNOWN"]:
        return replace(thing, understood=False)
    if not row["KIND"]:
        return thing
    ends = _addresses(row["KIND"], tuple(row["ARGUMENT"].split()), names)
    return replace(thing, endpoints=ends, understood=bool(ends))


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


def _with_member(group: NetworkGroup, row: Row, names: Mapping[str, Address]) -> NetworkGroup:
    if not row["MEMBER"] and not row["UNKNOWN"]:
        return group
    kept = replace(group, lines=(*group.lines, row.line.text))
    member = _network_member(row, names)
    if member is None:
        return replace(kept, understood=False)
    return replace(kept, members=(*group.members, member))


def _network_member(row: Row, names: Mapping[str, Address]) -> Endpoint | None:
    words = tuple(row["ARGUMENT"].split())
    if row["MEMBER"] == "group-object":
        return Endpoint("object-group", words[0]) if len(words) == 1 else None
    if row["MEMBER"] != "network-object":
        return None
    if len(words) == 1 and "/" not in words[0]:
        words = ("host", *words)
    end, rest = take_endpoint(words, names)
    return end if end.kind in ("network", "object") and not rest else None


def _with_service(thing: ServiceGroup, row: Row) -> ServiceGroup:
    member = row.values.get("MEMBER") or row.values.get("KIND")
    if not member and not row["UNKNOWN"]:
        return thing
    services = _services(member or "", tuple(row["ARGUMENT"].split()), row.values)
    if not services:
        return replace(thing, understood=False)
    return replace(thing, members=(*thing.members, *services))


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
