"""``object`` and ``object-group``: what an access-list entry refers to by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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
from asa_automate.config.spelling import (
    Kept,
    Spelling,
    as_printed,
    printed_lines,
    spelling_of,
    with_kept,
)
from asa_automate.config.tree import Line
from asa_automate.model import Address

_OBJECT = "show running-config object"
_GROUP = "show running-config object-group"
_TCP_UDP = "tcp-udp"


_OPENERS = ("object ", "object-group ")


@dataclass(frozen=True, slots=True)
class NetworkObject:
    """``object network``: a range is its networks; ``fqdn`` has none and is not understood.

    Args:
        span: first and last address of a range.
        fqdn: what follows ``fqdn``.
        kept: translations and lines that were not understood.
    """

    name: str
    endpoints: tuple[Endpoint, ...] = ()
    understood: bool = True
    line: int = 0
    span: tuple[Address, Address] | None = None
    fqdn: str = ""
    description: str = ""
    kept: tuple[Kept, ...] = ()
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NetworkGroup:
    """``object-group network``: members in order (``object-group`` members are nested groups).

    ``lines`` are the members as they were printed, those that were not understood included.
    """

    name: str
    members: tuple[Endpoint, ...] = ()
    lines: tuple[str, ...] = ()
    understood: bool = True
    line: int = 0
    description: str = ""
    kept: tuple[Kept, ...] = ()
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Service:
    """One protocol (``tcp-udp`` is both) with its ports.

    Args:
        group: the name of a nested group or, with ``is_object``, of an object instead.
        icmp: type (and code) words of ICMP.
    """

    protocol: str
    source_ports: Ports | None = None
    destination_ports: Ports | None = None
    group: str = ""
    is_object: bool = False
    icmp: str = ""


@dataclass(frozen=True, slots=True)
class ServiceGroup:
    """``object service``, ``object-group service`` (with or without protocol) and ``protocol``.

    In a group with a protocol (``object-group service X tcp``) each member is a port condition:
    ``destination_ports`` holds it, wherever an entry uses the group.

    Args:
        opener: what stands before the name.
        protocol: what stands behind it.
        kept: lines that were not understood.
    """

    name: str
    members: tuple[Service, ...] = ()
    understood: bool = True
    line: int = 0
    opener: str = "object-group service"
    protocol: str = ""
    description: str = ""
    kept: tuple[Kept, ...] = ()
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


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
    """The lines of an object; its translations stand in it, as they are typed."""
    return as_printed(_object_lines(thing), thing.spelling)


def write_network_group(group: NetworkGroup) -> list[str]:
    """The lines of a group."""
    return as_printed(_group_lines(group), group.spelling)


def write_member(member: Endpoint) -> str:
    """The line of one member of a network group."""
    if member.kind == "object-group":
        return f"group-object {member.name}"
    return f"network-object {write_endpoint(member)}"


def write_service_group(group: ServiceGroup) -> list[str]:
    """The lines of an object or a group of services or protocols."""
    return as_printed(_service_lines(group), group.spelling)


def _object_lines(thing: NetworkObject) -> list[str]:
    lines = [f"object network {thing.name}"]
    address = _address_line(thing)
    lines += [f" {address}"] if address else []
    lines += [f" description {thing.description}"] if thing.description else []
    return with_kept(lines, thing.kept)


def _address_line(thing: NetworkObject) -> str:
    if thing.span and _range(*thing.span) == thing.endpoints:
        return f"range {thing.span[0]} {thing.span[1]}"
    if not thing.endpoints:
        return f"fqdn {thing.fqdn}" if thing.fqdn else ""
    written = write_endpoint(thing.endpoints[0])
    return written if written.startswith("host ") else f"subnet {written}"


def _group_lines(group: NetworkGroup) -> list[str]:
    lines = [f"object-group network {group.name}"]
    lines += [f" description {group.description}"] if group.description else []
    lines += [f" {write_member(member)}" for member in group.members]
    return with_kept(lines, group.kept)


def _service_lines(group: ServiceGroup) -> list[str]:
    lines = [f"{group.opener} {group.name} {group.protocol}".rstrip()]
    description = [f" description {group.description}"] if group.description else []
    members = [f" {_member(group, member)}" for member in group.members]
    # An object's description is printed behind what it is, a group's in front.
    first, last = (members, description) if _is_object(group.opener) else (description, members)
    return with_kept([*lines, *first, *last], group.kept)


def _is_object(opener: str) -> bool:
    return opener.startswith("object ")


def _member(group: ServiceGroup, service: Service) -> str:
    if service.group:
        return (
            f"{'service-object object' if service.is_object else 'group-object'} {service.group}"
        )
    source = write_ports(service.source_ports, service.protocol)
    destination = write_ports(service.destination_ports, service.protocol)
    if group.opener == "object-group protocol":
        return f"protocol-object {service.protocol}"
    if group.protocol:
        return f"port-object {destination}"
    words = ["service" if _is_object(group.opener) else "service-object", service.protocol]
    words += ["source", source] if source else []
    words += ["destination", destination] if destination else []
    words += [service.icmp] if service.icmp else []
    return " ".join(words)


def _by_name(found: Iterable[Row], types: tuple[str, ...]) -> dict[str, list[Row]]:
    """The rows of each object or group; the first is the one that opens it."""
    named: dict[str, list[Row]] = {}
    for row in found:
        if row["TYPE"] in types and row["NAME"]:
            named.setdefault(row["NAME"], []).append(row)
    return named


def _opens(row: Row) -> bool:
    return row.line.text.startswith(_OPENERS)


def _beneath(its: list[Row]) -> list[Row]:
    return [row for row in its if not _opens(row)]


def _as_typed(its: list[Row]) -> list[str]:
    return printed_lines(row.line for row in its if _opens(row))


def _description(its: list[Row]) -> Row | None:
    """A description that is typed again takes the place of the first."""
    return next((row for row in reversed(its) if _is_description(row)), None)


def _is_description(row: Row) -> bool:
    return row.line.text.startswith("description ")


def _text_of(row: Row | None) -> str:
    return row.line.text.partition(" ")[2].strip() if row else ""


def _network_object(name: str, its: list[Row], names: Mapping[str, Address]) -> NetworkObject:
    # An address that is typed again takes the place of the first.
    beneath = _beneath(its)
    last = next((row for row in reversed(beneath) if row["KIND"]), None)
    ends = _addresses(last["KIND"], _argument(last), names) if last else ()
    described = _description(beneath)
    fqdn = " ".join(_argument(last)) if last and last["KIND"] == "fqdn" else ""
    modelled = (last if ends or fqdn else None, described)
    thing = NetworkObject(
        name,
        ends,
        understood=bool(ends) and not any(row["UNKNOWN"] for row in beneath),
        line=its[0].line.number,
        span=_span(last, names),
        fqdn=fqdn,
        description=_text_of(described),
        kept=_kept(beneath, modelled),
    )
    return replace(thing, spelling=spelling_of(_as_typed(its), _object_lines(thing)))


def _kept(beneath: list[Row], modelled: tuple[Row | None, ...]) -> tuple[Kept, ...]:
    lost = ((i, row) for i, row in enumerate(beneath) if not any(row is m for m in modelled))
    return tuple(Kept(row.line.text, i) for i, row in lost)


def _span(row: Row | None, names: Mapping[str, Address]) -> tuple[Address, Address] | None:
    if row is None or row["KIND"] != "range":
        return None
    ends = [as_address(word, names) for word in _argument(row)]
    return (ends[0], ends[1]) if len(ends) == 2 and ends[0] and ends[1] else None


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
    beneath = _beneath(its)
    described = _description(beneath)
    printed = [(i, row) for i, row in enumerate(beneath) if row["MEMBER"] or row["UNKNOWN"]]
    members = [_network_member(row, names) for _, row in printed]
    group = NetworkGroup(
        name,
        members=tuple(member for member in members if member),
        lines=tuple(row.line.text for _, row in printed),
        understood=None not in members,
        line=its[0].line.number,
        description=_text_of(described),
        kept=tuple(
            Kept(row.line.text, i)
            for (i, row), member in zip(printed, members, strict=True)
            if member is None
        ),
    )
    return replace(group, spelling=spelling_of(_as_typed(its), _group_lines(group)))


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
    beneath = _beneath(its)
    described = _description(beneath)
    printed = [(i, row) for i, row in enumerate(beneath) if _member_word(row) or row["UNKNOWN"]]
    found = [_service_of(_member_word(row), _argument(row), row.values) for _, row in printed]
    opened = its[0]
    group = ServiceGroup(
        name,
        members=tuple(service for service in found if service),
        understood=None not in found,
        line=opened.line.number,
        opener=" ".join(opened.line.text.split(None, 2)[:2]),
        protocol=opened.values.get("PROTOCOL") or "",
        description=_text_of(described),
        kept=tuple(
            Kept(row.line.text, i)
            for (i, row), service in zip(printed, found, strict=True)
            if service is None
        ),
    )
    return replace(group, spelling=spelling_of(_as_typed(its), _service_lines(group)))


def _member_word(row: Row) -> str:
    return row.values.get("MEMBER") or row.values.get("KIND") or ""


def _argument(row: Row) -> Words:
    return tuple(row["ARGUMENT"].split())


def _service_of(member: str, words: Words, values: Mapping[str, str]) -> Service | None:
    match member, words:
        case "group-object", (name,):
            return Service("", group=name)
        case "service-object", ("object", name):
            return Service("", group=name, is_object=True)
        case "port-object", _ if values.get("PROTOCOL"):
            ports, rest = take_ports(words)
            return Service(values["PROTOCOL"], None, ports) if ports and not rest else None
        case "protocol-object", (word,):
            return _of_protocol(word)
        case "service-object" | "service", (word, *_):
            return _with_ports(_of_protocol(word), words[1:])
    return None


def _of_protocol(word: str) -> Service | None:
    protocol = word if word == _TCP_UDP else protocol_name(word)
    return Service(protocol) if protocol else None


def _with_ports(service: Service | None, words: Words) -> Service | None:
    if service is None or service.protocol in ("icmp", "icmp6"):
        return replace(service, icmp=" ".join(words)) if service else None
    source, words = take_ports(words[1:]) if words[:1] == ("source",) else (None, words)
    words = words[1:] if words[:1] == ("destination",) else words
    destination, rest = take_ports(words)
    return None if rest else replace(service, source_ports=source, destination_ports=destination)
