"""``interface``: what the firewall's own interfaces and addresses are called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Interface, IPv6Interface, ip_interface

from asa_automate.config.feed import Row, rows
from asa_automate.config.names import as_address
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

_COMMAND = "show running-config interface"


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """``ip address A M [standby B]`` or ``ipv6 address A/N [standby B]``."""

    active: IPv4Interface | IPv6Interface
    standby: Address | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface.

    Args:
        hardware: ``GigabitEthernet0/0``, ``Vlan2`` ...
        nameif: ``""`` where it has none.
        level: its security-level, ``None`` where the text has none.
        addresses: those that are written as addresses; ``dhcp`` and the like are kept.
        kept: all other lines, in their places.
    """

    hardware: str
    nameif: str = ""
    level: int | None = None
    addresses: tuple[OwnAddress, ...] = ()
    kept: tuple[Kept, ...] = ()
    line: int = 0
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


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


def read_interface_stanzas(
    lines: Iterable[Line], names: Mapping[str, Address]
) -> tuple[Interface, ...]:
    """Each ``interface`` among top-level ``lines``, in order."""
    found: list[list[Row]] = []
    for row in rows(_COMMAND, lines):
        if row.line.text.startswith("interface "):
            found.append([row])
        elif found:
            found[-1].append(row)
    return tuple(_interface(its, names) for its in found)


def write_interface(interface: Interface) -> list[str]:
    """The lines of an interface, indented as the device prints them."""
    return as_printed(_lines(interface), interface.spelling)


def _lines(interface: Interface) -> list[str]:
    lines = [f"interface {interface.hardware}"]
    lines += [f" nameif {interface.nameif}"] if interface.nameif else []
    lines += [f" security-level {interface.level}"] if interface.level is not None else []
    lines += [f" {_address_line(own)}" for own in interface.addresses]
    return with_kept(lines, interface.kept)


def _address_line(own: OwnAddress) -> str:
    standby = f" standby {own.standby}" if own.standby else ""
    if isinstance(own.active, IPv6Interface):
        return f"ipv6 address {own.active}{standby}"
    return f"ip address {own.active.ip} {own.active.netmask}{standby}"


def _interface(its: list[Row], names: Mapping[str, Address]) -> Interface:
    opens, beneath = its[0], its[1:]
    addresses = [_own(row, names) for row in beneath]
    lost = (
        Kept(row.line.text, i)
        for i, (row, own) in enumerate(zip(beneath, addresses, strict=True))
        if not (own or row["LEVEL"] or row.line.text.startswith("nameif "))
    )
    levels = [int(row["LEVEL"]) for row in beneath if row["LEVEL"]]
    interface = Interface(
        opens["INTERFACE"],
        nameif=its[-1]["NAMEIF"],
        level=levels[-1] if levels else None,
        addresses=tuple(own for own in addresses if own),
        kept=tuple(lost),
        line=opens.line.number,
    )
    printed = printed_lines([opens.line])
    return replace(interface, spelling=spelling_of(printed, _lines(interface)))


def _own(row: Row, names: Mapping[str, Address]) -> OwnAddress | None:
    word, _, length = row["ADDRESS"].partition("/")
    address = as_address(word, names)
    standby = as_address(row["STANDBY"], names)
    if address is None or (standby is None and row["STANDBY"]):
        return None
    try:
        return OwnAddress(ip_interface(f"{address}/{row['MASK'] or length}"), standby)
    except ValueError:
        return None
