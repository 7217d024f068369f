"""The words that the ASA prints for numbers: its ``name`` table, ports and protocols."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from ipaddress import IPv4Address, ip_address

from asa_automate.config.feed import rows
from asa_automate.config.spelling import Spelling, as_printed, spelling_of
from asa_automate.config.tree import Bulk, Line
from asa_automate.model import Address
from asa_automate.show.templates import is_built_in

#: An address: IP version and number.
Number = tuple[int, int]
#: The words of a large configuration are few: so many are remembered.
_REMEMBERED = 1 << 14
_COMMAND = "show running-config name"
#: A line that is shorter is surely handed to its template.
_PLAIN = 1024

_BOTH = {
    "cifs": 3020, "discard": 9, "domain": 53, "echo": 7, "http": 80, "kerberos": 750, "nfs": 2049,
    "pim-auto-rp": 496, "sip": 5060, "sunrpc": 111, "tacacs": 49, "talk": 517, "www": 80,
}  # fmt: skip
_TCP = {
    "aol": 5190, "bgp": 179, "chargen": 19, "citrix-ica": 1494, "cmd": 514, "ctiqbe": 2748,
    "daytime": 13, "exec": 512, "finger": 79, "ftp": 21, "ftp-data": 20, "gopher": 70,
    "h323": 1720, "hostname": 101, "https": 443, "ident": 113, "imap4": 143, "irc": 194,
    "klogin": 543, "kshell": 544, "ldap": 389, "ldaps": 636, "login": 513, "lotusnotes": 1352,
    "lpd": 515, "netbios-ssn": 139, "nntp": 119, "pcanywhere-data": 5631, "pop2": 109,
    "pop3": 110, "pptp": 1723, "rsh": 514, "rtsp": 554, "smtp": 25, "sqlnet": 1521, "ssh": 22,
    "telnet": 23, "uucp": 540, "whois": 43,
}  # fmt: skip
_UDP = {
    "biff": 512, "bootpc": 68, "bootps": 67, "dnsix": 195, "isakmp": 500, "mobile-ip": 434,
    "nameserver": 42, "netbios-dgm": 138, "netbios-ns": 137, "ntp": 123,
    "pcanywhere-status": 5632, "radius": 1645, "radius-acct": 1646, "rip": 520,
    "secureid-udp": 5510, "snmp": 161, "snmptrap": 162, "syslog": 514, "tftp": 69, "time": 37,
    "vxlan": 4789, "who": 513, "xdmcp": 177,
}  # fmt: skip

#: Port names by word. No word means two ports, whatever the protocol.
#: Source: Cisco ASA general operations CLI guide, "Addresses, Protocols, and Ports".
PORTS: Mapping[str, int] = _BOTH | _TCP | _UDP

#: Of several words for one port, the one that is printed.
_PRINTED = {"www", "rsh"}
_TCP_UDP = "tcp-udp"


def _by_port(words: Mapping[str, int]) -> dict[int, str]:
    preferred = sorted(words, key=lambda word: word in _PRINTED)
    return {words[word]: word for word in preferred}


#: The word that is printed for a port, by protocol; a port of both only where both have it.
_WORDS: Mapping[str, Mapping[int, str]] = {
    "tcp": _by_port(_BOTH | _TCP), "udp": _by_port(_BOTH | _UDP), _TCP_UDP: _by_port(_BOTH),
}  # fmt: skip

#: Protocol numbers by word. Source: as for the ports.
PROTOCOLS: Mapping[str, int] = {
    "ip": 0, "icmp": 1, "igmp": 2, "ipinip": 4, "tcp": 6, "igrp": 9, "udp": 17, "gre": 47,
    "esp": 50, "ah": 51, "icmp6": 58, "eigrp": 88, "ospf": 89, "nos": 94, "pim": 103, "pcp": 108,
    "snp": 109, "sctp": 132,
}  # fmt: skip
_ALIASES = {"ipsec": "esp", "pptp": "gre"}
_BY_NUMBER = {str(number): name for name, number in PROTOCOLS.items()}


@dataclass(frozen=True, slots=True)
class Name:
    """One entry of the name table: ``name ADDRESS NAME [description TEXT]``."""

    name: str
    address: Address
    description: str = ""
    line: int = 0
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


def read_name_table(lines: Iterable[Line]) -> tuple[Name, ...]:
    """The ``name`` table among top-level ``lines``, in order; masked addresses are passed over."""
    found = []
    for row in rows(_COMMAND, lines):
        address = as_address(row["ADDRESS"])
        if address is not None:
            # The template's text has odd bytes replaced; a description is kept as it was printed.
            description = row.line.text.partition(" description ")[2] if row["DESCRIPTION"] else ""
            name = Name(row["NAME"], address, description.strip(), row.line.number)
            found.append(replace(name, spelling=spelling_of([row.line.text], [_name_line(name)])))
    return tuple(found)


class NameTable(Mapping[str, Address]):
    """Address by word. There can be thousands, of which a plan asks for few: an address is made
    when it is asked for.

    Args:
        texts: the addresses as printed.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, word: str) -> Address:
        address = _parsed(self._texts[word])
        if address is None:
            raise KeyError(word)
        return address

    def __contains__(self, word: object) -> bool:
        return word in self._texts and _parsed(self._texts[str(word)]) is not None

    def __iter__(self) -> Iterator[str]:
        return (word for word in self._texts if word in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))


def read_names(stanzas: Iterable[Line | Bulk]) -> NameTable:
    """The ``name`` table among top-level stanzas: address by word."""
    texts: dict[str, str] = {}
    for stanza in stanzas:
        found = _in_bulk(stanza) if isinstance(stanza, Bulk) else _with_template(stanza)
        for word, address in found:
            # A masked address is passed over, and what stood there before goes on to count.
            if word not in texts or _parsed(address) is not None:
                texts[word] = address
    return NameTable(texts)


def _in_bulk(bulk: Bulk) -> Iterator[tuple[str, str]]:
    """Words and addresses, by the template only where a line is not of the usual form."""
    usual = is_built_in(_COMMAND)
    for line in bulk.lines():
        words = line.raw.split()
        plain = usual and len(line.raw) < _PLAIN and line.raw.isascii() and line.raw.isprintable()
        if plain and (len(words) == 3 or words[3] == "description"):
            yield words[2], words[1]
        else:
            yield from _with_template(line)


def _with_template(line: Line) -> Iterator[tuple[str, str]]:
    return ((name.name, str(name.address)) for name in read_name_table([line]))


def write_name(name: Name) -> list[str]:
    """The line of one name."""
    return as_printed([_name_line(name)], name.spelling)


def _name_line(name: Name) -> str:
    family = "ipv6 " if name.address.version == 6 else ""
    description = f" description {name.description}" if name.description else ""
    return f"{family}name {name.address} {name.name}{description}"


def as_address(word: str, names: Mapping[str, Address] | None = None) -> Address | None:
    """The address that ``word`` is, by the name table first; ``None`` when it is none."""
    if names is not None and word in names:
        return names[word]
    return _parsed(word)


def as_number(word: str, names: Mapping[str, Address] | None = None) -> Number | None:
    """As :func:`as_address`, for a list of thousands: no object is made."""
    if names is None or word not in names:
        number = _four(word)
        if number is not None:
            return 4, number
    address = as_address(word, names)
    return None if address is None else (address.version, int(address))


#: As ``ipaddress`` takes them: no sign, no blank, no leading zero.
_OCTETS = {str(number): number for number in range(256)}


def _four(word: str) -> int | None:
    """An IPv4 address: what ``ipaddress`` takes for one costs a long list dear."""
    try:
        a, b, c, d = word.split(".")
        return _OCTETS[a] << 24 | _OCTETS[b] << 16 | _OCTETS[c] << 8 | _OCTETS[d]
    except (ValueError, KeyError):
        return None


@lru_cache(_REMEMBERED)
def _parsed(word: str) -> Address | None:
    number = _four(word)
    if number is not None:
        return IPv4Address(number)
    try:
        return ip_address(word)
    except ValueError:
        return None


@lru_cache(_REMEMBERED)
def port_number(word: str) -> int | None:
    """The number of a port as the ASA prints it (``smtp``, ``8025``); ``None`` if unknown."""
    if word in PORTS:
        return PORTS[word]
    number = int(word) if word.isascii() and word.isdigit() and len(word) <= 5 else -1
    return number if 0 <= number <= 65535 else None


def port_word(number: int, protocol: str) -> str:
    """The port as the ASA prints it: its name where ``protocol`` (``tcp``, ``udp``, ``tcp-udp``)
    has one, else the number."""
    return _WORDS.get(protocol, {}).get(number) or str(number)


def protocol_name(word: str) -> str | None:
    """The protocol that ``word`` means: its name, a number as text where it has none."""
    if word in PROTOCOLS:
        return word
    if word.isascii() and word.isdigit() and len(word) <= 3 and int(word) <= 255:
        return _BY_NUMBER.get(str(int(word)), str(int(word)))
    return _ALIASES.get(word)
