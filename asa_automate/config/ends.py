"""The ends of an access-list entry and its port conditions; objects and groups have them too."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from asa_automate.config.names import as_address, port_number, port_word
from asa_automate.model import Address

Network = IPv4Network | IPv6Network
Words = tuple[str, ...]
_OPERATORS = {"eq": 1, "neq": 1, "lt": 1, "gt": 1, "range": 2}
_NAMED = ("object", "object-group", "interface")
TCP_UDP = "tcp-udp"


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


ANYBODY = Endpoint("any")


@dataclass(frozen=True, slots=True)
class Ports:
    """Port condition of an entry: ``operator`` is ``eq``, ``neq``, ``lt``, ``gt``, ``range`` or
    ``object-group`` (then ``group`` names it); numbers, never names."""

    operator: str
    low: int = 0
    high: int = 0
    group: str = ""


def write_endpoint(end: Endpoint) -> str:
    """``any``, ``host A``, ``A M``, ``A/N``, ``object X`` ..."""
    if end.network is None:
        return f"{end.kind} {end.name}" if end.kind in _NAMED else end.name or end.kind
    if end.network.prefixlen == end.network.max_prefixlen:
        return f"host {end.network.network_address}"
    if isinstance(end.network, IPv6Network):
        return str(end.network)
    return f"{end.network.network_address} {end.network.netmask}"


def write_ports(ports: Ports | None, protocol: str) -> str:
    """``eq smtp``, ``range 1 9``, ``object-group X``; nothing for ``None``.

    Args:
        protocol: whose names the ports are written by: ``tcp``, ``udp`` or ``tcp-udp``.
    """
    if ports is None:
        return ""
    if ports.operator == "object-group":
        return f"object-group {ports.group}"
    low, high = port_word(ports.low, protocol), port_word(ports.high, protocol)
    return f"range {low} {high}" if ports.operator == "range" else f"{ports.operator} {low}"


def take_endpoint(words: Words, names: Mapping[str, Address]) -> tuple[Endpoint, Words]:
    """The end that ``words`` begin with, and the words behind it."""
    match words:
        case ("any" | "any4" | "any6" as kind, *_):
            return Endpoint(kind), words[1:]
        case ("host", word, *_):
            address = as_address(word, names)
            if address is not None:
                return _host(address), words[2:]
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
    if not count:
        return None, words
    numbers = [port_number(word) for word in words[1 : 1 + count]]
    low, high = (numbers * 2)[:2] if len(numbers) == count else (None, None)
    if low is None or high is None:
        return None, words
    return Ports(words[0], low, high), words[1 + count :]


@lru_cache(1 << 14)
def _host(address: Address) -> Endpoint:
    """Most ends of a long list are hosts, and the same ones again."""
    return Endpoint("network", network=ip_network(address))


def _prefix(word: str) -> Endpoint:
    try:
        return Endpoint("network", network=IPv6Network(word, strict=False))
    except ValueError:
        return Endpoint("unknown", word)


@lru_cache(1 << 12)
def _masked(address: Address | None, mask: str) -> IPv4Network | None:
    """A network of address and netmask; a mask with holes is none."""
    bits = as_address(mask)
    if not (isinstance(address, IPv4Address) and isinstance(bits, IPv4Address)):
        return None
    hosts = int(bits) ^ 0xFFFFFFFF
    if hosts & (hosts + 1):
        return None
    return IPv4Network((address, 32 - hosts.bit_length()), strict=False)
