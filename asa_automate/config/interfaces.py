"""``interface``: what the firewall's own interfaces and addresses are called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from asa_automate.config.feed import rows
from asa_automate.config.names import as_address
from asa_automate.config.tree import Line
from asa_automate.model import Address

_COMMAND = "show running-config interface"


@dataclass(frozen=True, slots=True)
class Interfaces:
    """All interfaces.

    Args:
        nameifs: every ``nameif``, in order.
        own: nameif (or interface name) by address, those of the standby unit included.
        first: the IPv4 address by nameif, for ``static ... interface``.
    """

    nameifs: tuple[str, ...] = ()
    own: Mapping[Address, str] = field(default_factory=dict)
    first: Mapping[str, Address] = field(default_factory=dict)


def read_interfaces(lines: Iterable[Line], names: Mapping[str, Address]) -> Interfaces:
    """The interfaces among top-level ``lines``; ``dhcp`` and masked addresses are passed over."""
    nameifs: dict[str, None] = {}
    own: dict[Address, str] = {}
    first: dict[str, Address] = {}
    for row in rows(_COMMAND, lines):
        called = row["NAMEIF"] or row.words("INTERFACE")
        if row["NAMEIF"]:
            nameifs[called] = None
        for word in (row["ADDRESS"], row["STANDBY"]):
            address = as_address(word.split("/")[0], names)
            if address is not None:
                own[address] = called
        main = as_address(row["ADDRESS"], names)
        if main is not None and main.version == 4:
            first.setdefault(called, main)
    return Interfaces(tuple(nameifs), own, first)


def write_interface(interface: str, nameif: str, address: str) -> list[str]:
    """The lines of an interface with ``address`` as ``A M``, or ``A/N`` for IPv6."""
    ip = "ipv6" if ":" in address else "ip"
    return [f"interface {interface}", f" nameif {nameif}", f" {ip} address {address}"]
