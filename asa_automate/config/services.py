"""``object service``, and ``object-group`` of services and of protocols."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from asa_automate.config.ends import TCP_UDP, Ports, Words, take_ports, write_ports
from asa_automate.config.feed import Row
from asa_automate.config.names import protocol_name
from asa_automate.config.object_rows import (
    GROUP,
    OBJECT,
    argument_of,
    as_typed,
    beneath,
    by_name,
    described,
    read_rows,
    text_of,
)
from asa_automate.config.spelling import (
    Kept,
    Spelling,
    as_printed,
    spelling_of,
    with_kept,
)
from asa_automate.config.tree import Line


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


def read_services(lines: Iterable[Line]) -> dict[str, ServiceGroup]:
    """``object service`` and groups of services and protocols among top-level ``lines``."""
    given = list(lines)
    objects = [line for line in given if line.text.startswith("object ")]
    groups = [line for line in given if line.text.startswith("object-group ")]
    both = chain(read_rows(OBJECT, objects), read_rows(GROUP, groups))
    found = by_name(both, ("service", "protocol"))
    return {name: _service_group(name, its) for name, its in found.items()}


def write_service_group(group: ServiceGroup) -> list[str]:
    """The lines of an object or a group of services or protocols."""
    return as_printed(_service_lines(group), group.spelling)


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


def _service_group(name: str, its: list[Row]) -> ServiceGroup:
    below = beneath(its)
    description = described(below)
    printed = [(i, row) for i, row in enumerate(below) if _member_word(row) or row["UNKNOWN"]]
    found = [_service_of(_member_word(row), argument_of(row), row.values) for _, row in printed]
    opened = its[0]
    group = ServiceGroup(
        name,
        members=tuple(service for service in found if service),
        understood=None not in found,
        line=opened.line.number,
        opener=" ".join(opened.line.text.split(None, 2)[:2]),
        protocol=opened.values.get("PROTOCOL") or "",
        description=text_of(description),
        kept=tuple(
            Kept(row.line.text, i)
            for (i, row), service in zip(printed, found, strict=True)
            if service is None
        ),
    )
    return replace(group, spelling=spelling_of(as_typed(its), _service_lines(group)))


def _member_word(row: Row) -> str:
    return row.values.get("MEMBER") or row.values.get("KIND") or ""


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
    protocol = word if word == TCP_UDP else protocol_name(word)
    return Service(protocol) if protocol else None


def _with_ports(service: Service | None, words: Words) -> Service | None:
    if service is None or service.protocol in ("icmp", "icmp6"):
        return replace(service, icmp=" ".join(words)) if service else None
    source, words = take_ports(words[1:]) if words[:1] == ("source",) else (None, words)
    words = words[1:] if words[:1] == ("destination",) else words
    destination, rest = take_ports(words)
    return None if rest else replace(service, source_ports=source, destination_ports=destination)
