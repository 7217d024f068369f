"""The ends of an access-list entry and its port conditions; objects and groups have them too."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import NamedTuple

from asa_automate.config.names import Number, as_number, port_number, port_word
from asa_automate.model import Address

Network = IPv4Network | IPv6Network
#: IP version, first and last address.
Span = tuple[int, int, int]
Words = tuple[str, ...]
#: Of ports, and how many ports stand behind each.
OPERATORS = {"eq": 1, "neq": 1, "lt": 1, "gt": 1, "range": 2}
_NAMED = ("object", "object-group", "interface")
TCP_UDP = "tcp-udp"


class Endpoint(NamedTuple):
    """Source or destination of an entry, as written.

    Addresses are numbers here, and a tuple holds them: a long list has thousands of ends, which
    are compared and looked up, and hardly ever printed.

    Args:
        kind: ``any``, ``any4``, ``any6``, ``network``, ``object``, ``object-group``,
            ``interface`` or ``unknown`` (not readable as an address: never guessed).
        name: of the object, the group or the interface; the words of an unknown one.
        span: IP version, first and last address, for ``network``; a host is a network of full
            length. Names of the ``name`` table are already replaced.
    """

    kind: str
    name: str = ""
    span: Span | None = None

    @property
    def network(self) -> Network | None:
        """The network, where this is one."""
        if self.span is None:
            return None
        version, first, last = self.span
        make, bits = (IPv4Network, 32) if version == 4 else (IPv6Network, 128)
        return make((first, bits - (last - first).bit_length()))

    @property
    def host(self) -> Address | None:
        """The address, where this is a single one."""
        if self.span is None or self.span[1] != self.span[2]:
            return None
        return IPv4Address(self.span[1]) if self.span[0] == 4 else IPv6Address(self.span[1])


def network_end(network: Network) -> Endpoint:
    """The end that is a network."""
    first = int(network.network_address)
    last = first | (1 << network.max_prefixlen - network.prefixlen) - 1
    return Endpoint("network", span=(network.version, first, last))


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
    if end.host is not None:
        return f"host {end.host}"
    network = end.network
    if network is None:
        return f"{end.kind} {end.name}" if end.kind in _NAMED else end.name or end.kind
    if isinstance(network, IPv6Network):
        return str(network)
    return f"{network.network_address} {network.netmask}"


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
            number = as_number(word, names)
            if number is not None:
                return Endpoint("network", "", (*number, number[1])), words[2:]
        case ("object" | "object-group" | "interface" as kind, name, *_):
            return Endpoint(kind, name), words[2:]
        case (word, *_) if "/" in word:
            return _prefix(word), words[1:]
        case (word, mask, *_):
            span = _masked(as_number(word, names), mask)
            if span is not None:
                return Endpoint("network", "", span), words[2:]
    return Endpoint("unknown", " ".join(words[:2])), words[2:]


#: Identity firewall and TrustSec: who, before an end (ASA command reference, *access-list
#: extended*). Whom that is, no configuration says: such an entry may take what its ends allow.
_IDENTITY = ("user", "user-group", "object-group-user", "object-group-security")


def without_identity(words: Words) -> tuple[Words, bool]:
    """The words behind those that say who stands at an end, and whether there were any."""
    taken = 0
    while words[taken : taken + 1]:
        if words[taken] in _IDENTITY:
            taken += 2
        elif words[taken] == "security-group" and words[taken + 1 : taken + 2] != ():
            taken += 3
        else:
            break
    return words[taken:], taken > 0


def take_ports(words: Words, groups: Container[str] = ()) -> tuple[Ports | None, Words]:
    """The port condition that ``words`` begin with (``None`` if they do not), and the rest."""
    if len(words) >= 2 and words[0] == "object-group" and words[1] in groups:
        return Ports("object-group", group=words[1]), words[2:]
    count = OPERATORS.get(words[0], 0) if words else 0
    if not count:
        return None, words
    numbers = [port_number(word) for word in words[1 : 1 + count]]
    low, high = (numbers * 2)[:2] if len(numbers) == count else (None, None)
    if low is None or high is None:
        return None, words
    return Ports(words[0], low, high), words[1 + count :]


def _prefix(word: str) -> Endpoint:
    try:
        return network_end(IPv6Network(word, strict=False))
    except ValueError:
        return Endpoint("unknown", word)


def _masked(number: Number | None, mask: str) -> Span | None:
    """A network of an IPv4 address and its netmask."""
    hosts = _hosts(mask)
    if number is None or number[0] != 4 or hosts is None:
        return None
    last = number[1] | hosts
    return 4, last ^ hosts, last


@lru_cache(1 << 8)
def _hosts(mask: str) -> int | None:
    """The bits of the hosts in a netmask; one with holes is none."""
    number = as_number(mask)
    if number is None or number[0] != 4:
        return None
    hosts = number[1] ^ 0xFFFFFFFF
    return None if hosts & (hosts + 1) else hosts
