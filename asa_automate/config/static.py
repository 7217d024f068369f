"""``static``: fixed translations before 8.3, as far as mail can use them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from asa_automate.config.feed import Row, rows
from asa_automate.config.names import as_address, port_number
from asa_automate.config.tree import Line
from asa_automate.model import Address

_COMMAND = "show running-config static"
_HOST = "255.255.255.255"
_SMTP = 25


@dataclass(frozen=True, slots=True)
class Static:
    """``static (real,mapped) MAPPED REAL``: a fixed translation before 8.3."""

    real: Address
    mapped: Address
    line: int = 0
    tcp_max: int = 0
    embryonic_max: int = 0


def read_statics(
    lines: Iterable[Line], names: Mapping[str, Address], interfaces: Mapping[str, Address]
) -> tuple[Static, ...]:
    """The translations of single hosts among top-level ``lines``, in order.

    Of those for one port only tcp with the mapped port 25 counts: another port of the mapped
    address may lead to another host. Networks and those by access-list are left out.

    Args:
        names: the ``name`` table.
        interfaces: address by nameif, for ``static ... interface ...``.
    """
    made = (_static(row, names, interfaces) for row in rows(_COMMAND, lines))
    return tuple(static for static in made if static)


def write_static(static: Static, real_interface: str, mapped_interface: str) -> list[str]:
    """The line of the translation of a host."""
    limits = f" tcp {static.tcp_max} {static.embryonic_max}"
    limited = limits if static.tcp_max or static.embryonic_max else ""
    where = f"({real_interface},{mapped_interface})"
    return [f"static {where} {static.mapped} {static.real} netmask {_HOST}{limited}"]


def _static(
    row: Row, names: Mapping[str, Address], interfaces: Mapping[str, Address]
) -> Static | None:
    if row["NETMASK"] not in ("", _HOST) or not _carries_mail(row):
        return None
    real = as_address(row["REAL"], names)
    if row["MAPPED"] == "interface":
        mapped = interfaces.get(row["MAPPED_INTERFACE"])
    else:
        mapped = as_address(row["MAPPED"], names)
    if not isinstance(real, IPv4Address) or not isinstance(mapped, IPv4Address):
        return None
    return Static(real, mapped, row.line.number, _limit(row, "TCP_MAX"), _limit(row, "EMBRYONIC"))


def _carries_mail(row: Row) -> bool:
    if not row["PROTOCOL"]:
        return True
    return row["PROTOCOL"] == "tcp" and port_number(row["MAPPED_PORT"]) == _SMTP


def _limit(row: Row, name: str) -> int:
    return int(row[name][:9] or 0)
