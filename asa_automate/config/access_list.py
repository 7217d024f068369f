"""``access-list``: extended entries as class-maps use them."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from asa_automate.config.feed import Row, rows
from asa_automate.config.names import as_address, port_number, protocol_name
from asa_automate.config.tree import Line
from asa_automate.model import Address

Network = IPv4Network | IPv6Network
Words = tuple[str, ...]

_COMMAND = "show running-config access-list"
_OPERATORS = {"eq": 1, "neq": 1, "lt": 1, "gt": 1, "range": 2}
_NAMED = ("object", "object-group", "interface")
_WITH_PORTS = ("tcp", "udp", "sctp", "object-group")
_WITH_TYPES = ("icmp", "icmp6")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Source or destination of an entry, as written.

    Args:
        kind: ``any``, ``any4``, ``any6``, ``network``, ``object``, ``object-group``,
            ``interface`` or ``unknown`` (not readable as an address: never guessed).
        name: of the object, the group or the interface; the words of an unknown one.
        network: for ``network``; a host is a network of full length. Names of the ``name``
            table are already replaced.
    """

    kind: str
    name: str = ""
    network: Network | None = None


@dataclass(frozen=True, slots=True)
class Ports:
    """Port condition of an entry: ``operator`` is ``eq``, ``neq``, ``lt``, ``gt``, ``range`` or
    ``object-group`` (then ``group`` names it); numbers, never names."""

    operator: str
    low: int = 0
    high: int = 0
    group: str = ""


@dataclass(frozen=True, slots=True)
class Ace:
    """One entry of an extended access-list.

    Args:
        text: the whole line as printed, trailing blanks removed.
        permit: ``True`` for permit.
        protocol: ``ip``, ``tcp``, ``udp``, ``icmp`` ... or a number as text; ``object`` and
            ``object-group`` when a service object or group stands in its place.
        service: the name of that object or group.
        active: ``False`` for ``inactive`` entries.
        time_range: the name of its ``time-range``: whether it counts depends on the clock.
        icmp: type (and code) words of an ICMP entry, ``""`` for every type.
        understood: ``False`` when a word of the line was not understood.
    """

    text: str
    permit: bool = True
    protocol: str = "ip"
    service: str = ""
    source: Endpoint = Endpoint("any")
    source_ports: Ports | None = None
    destination: Endpoint = Endpoint("any")
    destination_ports: Ports | None = None
    active: bool = True
    time_range: str = ""
    understood: bool = True
    line: int = 0
    icmp: str = ""


@dataclass(frozen=True, slots=True)
class Acl:
    """An access-list: its entries in order; ``lines`` has remarks as well, exactly as printed."""

    name: str
    entries: tuple[Ace, ...] = ()
    lines: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What words mean on this firewall: its ``name`` table, and which groups are of services."""

    names: Mapping[str, Address] = field(default_factory=dict)
    service_groups: Container[str] = ()


def read_access_lists(lines: Iterable[Line], known: Vocabulary) -> dict[str, Acl]:
    """The extended access-lists among top-level ``lines``, by name.

    ``line N``, which only hand-made texts have, does what it does when it is typed: the entry
    goes in as the N-th, or at the end of a shorter list. Remarks count (Cisco ASA command
    reference, *access-list extended*, keyword *line*).
    """
    entries: dict[str, list[tuple[Line, Ace | None]]] = {}
    for line in lines:
        (row,) = rows(_COMMAND, [replace(line, children=())])
        acl = entries.setdefault("".join(line.text.split()[1:2]), [])
        place = int(row["NUMBER"][:9]) - 1 if row["NUMBER"] else len(acl)
        acl.insert(max(place, 0), (line, None if row["REMARK"] else _ace(row, line, known)))
    return {name: _acl(name, found) for name, found in entries.items()}


def write_access_list(acl: Acl) -> list[str]:
    """The lines of an access-list, remarks included, as they were printed."""
    return list(acl.lines) or [entry.text for entry in acl.entries]


def write_entry(name: str, entry: Ace) -> str:
    """The line of an entry as the ASA prints it, made from what the entry means.

    A port is written as a number: the ASA puts the name in where it has one.
    """
    protocol = f"{entry.protocol} {entry.service}" if entry.service else entry.protocol
    words = [
        f"access-list {name} extended {'permit' if entry.permit else 'deny'} {protocol}",
        write_endpoint(entry.source),
        write_ports(entry.source_ports),
        write_endpoint(entry.destination),
        write_ports(entry.destination_ports),
        entry.icmp,
        f"time-range {entry.time_range}" if entry.time_range else "",
        "" if entry.active else "inactive",
    ]
    return " ".join(word for word in words if word)


def write_endpoint(end: Endpoint) -> str:
    """``any``, ``host A``, ``A M``, ``A/N``, ``object X`` ..."""
    if end.network is None:
        return f"{end.kind} {end.name}" if end.kind in _NAMED else end.name or end.kind
    if end.network.prefixlen == end.network.max_prefixlen:
        return f"host {end.network.network_address}"
    if isinstance(end.network, IPv6Network):
        return str(end.network)
    return f"{end.network.network_address} {end.network.netmask}"


def write_ports(ports: Ports | None) -> str:
    """``eq 25``, ``range 1 9``, ``object-group X``; nothing for ``None``."""
    if ports is None:
        return ""
    if ports.operator == "object-group":
        return f"object-group {ports.group}"
    high = f" {ports.high}" if ports.operator == "range" else ""
    return f"{ports.operator} {ports.low}{high}"


def take_endpoint(words: Words, names: Mapping[str, Address]) -> tuple[Endpoint, Words]:
    """The end that ``words`` begin with, and the words behind it."""
    match words:
        case ("any" | "any4" | "any6" as kind, *_):
            return Endpoint(kind), words[1:]
        case ("host", word, *_):
            address = as_address(word, names)
            if address is not None:
                return Endpoint("network", network=ip_network(address)), words[2:]
        case ("object" | "object-group" | "interface" as kind, name, *_):
            return Endpoint(kind, name), words[2:]
        case (word, *_) if "/" in word:
            return _prefix(word), words[1:]
        case (word, mask, *_):
            network = _masked(as_address(word, names), mask)
            if network is not None:
                return Endpoint("network", network=network), words[2:]
    return Endpoint("unknown", " ".join(words[:2])), words[2:]


def take_ports(words: Words, groups: Container[str] = ()) -> tuple[Ports | None, Words]:
    """The port condition that ``words`` begin with (``None`` if they do not), and the rest."""
    if len(words) >= 2 and words[0] == "object-group" and words[1] in groups:
        return Ports("object-group", group=words[1]), words[2:]
    count = _OPERATORS.get(words[0], 0) if words else 0
    numbers = [port_number(word) for word in words[1 : 1 + count]]
    low, high = (numbers * 2)[:2] if count and len(numbers) == count else (None, None)
    if low is None or high is None:
        return None, words
    return Ports(words[0], low, high), words[1 + count :]


def _prefix(word: str) -> Endpoint:
    try:
        return Endpoint("network", network=IPv6Network(word, strict=False))
    except ValueError:
        return Endpoint("unknown", word)


def _masked(address: Address | None, mask: str) -> IPv4Network | None:
    """A network of address and netmask; a mask with holes is none."""
    bits = as_address(mask)
    if not (isinstance(address, IPv4Address) and isinstance(bits, IPv4Address)):
        return None
    hosts = int(bits) ^ 0xFFFFFFFF
    if hosts & (hosts + 1):
        return None
    return IPv4Network((address, 32 - hosts.bit_length()), strict=False)


def _acl(name: str, found: list[tuple[Line, Ace | None]]) -> Acl:
    return Acl(
        name,
        entries=tuple(ace for _, ace in found if ace),
        lines=tuple(line.text for line, _ in found),
        line=min(line.number for line, _ in found),
    )


def _ace(row: Row, line: Line, known: Vocabulary) -> Ace:
    blank = Ace(line.text, permit=row["ACTION"] != "deny", line=line.number)
    if not row["ACTION"] or line.children:
        # What stands beneath an entry is the rest of a line that was broken.
        return replace(blank, understood=False)
    entry = replace(blank, active=not row["INACTIVE"], time_range=row["TIME_RANGE"])
    return _with_traffic(entry, tuple(row["TRAFFIC"].split()), known)


def _with_traffic(entry: Ace, words: Words, known: Vocabulary) -> Ace:
    protocol, service, words = _protocol(words)
    groups = known.service_groups if protocol in _WITH_PORTS else ()
    source, words = take_endpoint(words, known.names)
    source_ports, words = take_ports(words, groups)
    destination, words = take_endpoint(words, known.names)
    destination_ports, words = take_ports(words, groups)
    types, words = (words, ()) if protocol in _WITH_TYPES else ((), words)
    ends = (source.kind, destination.kind)
    ported = source_ports is not None or destination_ports is not None
    return replace(
        entry,
        protocol=protocol or "unknown",
        service=service,
        source=source,
        source_ports=source_ports,
        destination=destination,
        destination_ports=destination_ports,
        icmp=" ".join(types),
        understood=bool(protocol)
        and not words
        and "unknown" not in ends
        and (protocol in _WITH_PORTS or not ported),
    )


def _protocol(words: Words) -> tuple[str, str, Words]:
    if len(words) >= 2 and words[0] in ("object", "object-group"):
        return words[0], words[1], words[2:]
    return protocol_name(words[0]) or "", "", words[1:]
