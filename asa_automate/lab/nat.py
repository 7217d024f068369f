"""``static`` before 8.3: which address of a host is in use on which side of the box.

Source: PIX/ASA 7.2 command reference, `static`; that a class sees the address of its interface is
deduced from the 8.4 CLI guide p.14-3, which says that only 8.3 brought real addresses.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address

from asa_automate.lab.access import Address, Packet
from asa_automate.lab.addresses import names
from asa_automate.lab.stanzas import Stanzas, first, key, starting


@dataclass(frozen=True, slots=True)
class Translation:
    """A host that is known by ``mapped`` on the interface ``side``, and by ``real`` elsewhere.

    ``port`` is the mapped port of a translation of one port, else 0.
    """

    side: str
    mapped: Address
    real: Address
    port: int = 0


@dataclass(frozen=True, slots=True)
class Translations:
    """All of a configuration."""

    hosts: tuple[Translation, ...] = ()

    @classmethod
    def of(cls, stanzas: Stanzas) -> "Translations":
        """Those of single hosts; networks and those by access-list are left out."""
        return cls(tuple(_read(stanzas)))

    def seen_at(self, interface: str, packet: Packet) -> Packet:
        """The packet as this interface sees it, whichever of its addresses it was asked by.

        Without an interface, and without translations, it is as it was asked.
        """
        if not interface or not self.hosts:
            return packet
        port = packet.destination_port
        return replace(
            packet,
            source=self._seen(interface, packet.source, 0),
            destination=self._seen(interface, packet.destination, port),
        )

    def _seen(self, interface: str, address: Address, port: int) -> Address:
        mine = [t for t in self.hosts if address in (t.mapped, t.real) and t.port in (0, port)]
        here = next((t.mapped for t in mine if t.side == interface), None)
        return here or next((t.real for t in mine), address)


def _read(stanzas: Stanzas) -> Iterator[Translation]:
    """``static (real,side) [tcp] MAPPED [PORT] REAL [PORT] [netmask M] ...``."""
    table = names(stanzas)
    for line in starting(stanzas, "static ("):
        words = key(line).split()[1:]
        side = words.pop(0).strip("()").partition(",")[2]
        by_port = words[:1] in (["tcp"], ["udp"])
        taken = words[1:5:2] if by_port else words[:2]
        if words[:1] == ["udp"] or not _is_host(words):
            continue
        mapped = _interface_address(stanzas, side) if taken[:1] == ["interface"] else taken[0]
        ends = [_address(table.get(end, end)) for end in (mapped, *taken[1:])]
        if len(ends) == 2 and ends[0] and ends[1]:
            yield Translation(side, ends[0], ends[1], _SMTP if by_port else 0)


_SMTP = 25


def _is_host(words: list[str]) -> bool:
    """A whole host, or its port for mail; no other port matters to the lab."""
    mask = words[words.index("netmask") + 1] if "netmask" in words[:-1] else "255.255.255.255"
    mail = words[:1] != ["tcp"] or words[2:3] in (["smtp"], ["25"])
    return mask == "255.255.255.255" and mail


def _interface_address(stanzas: Stanzas, name: str) -> str:
    for head in starting(stanzas, "interface "):
        if first(head.children, f"nameif {name}"):
            lines = (key(line).split() for line in starting(head.children, "ip address "))
            return next((words[2] for words in lines), "")
    return ""


def _address(word: str) -> Address | None:
    try:
        return ip_address(word)
    except ValueError:
        return None
