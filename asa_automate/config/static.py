"""``static``: fixed translations before 8.3, and those of them that mail can use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

from asa_automate.config.feed import Row, rows
from asa_automate.config.names import as_address, port_number
from asa_automate.config.spelling import Spelling, as_printed, spelling_of
from asa_automate.config.tree import Line
from asa_automate.model import Address

_COMMAND = "show running-config static"
_HOST = "255.255.255.255"
_SMTP = 25


@dataclass(frozen=True, slots=True)
class StaticLine:
    """``static (REAL_IF,MAPPED_IF) [tcp|udp] MAPPED [PORT] REAL [PORT] ...``, in words.

    Args:
        mapped: an address, a name, or ``interface``.
        real: an address or a name; ``access-list`` when ``real_port`` names a list instead.
        options: ``dns``, ``norandomseq``, ``nailed``, as given.
        tcp_max, embryonic_max, udp_max: the limits, ``None`` where the text has none.
    """

    real_interface: str
    mapped_interface: str
    mapped: str
    real: str
    protocol: str = ""
    mapped_port: str = ""
    real_port: str = ""
    netmask: str = ""
    options: tuple[str, ...] = ()
    tcp_max: int | None = None
    embryonic_max: int | None = None
    udp_max: int | None = None
    line: int = 0
    spelling: Spelling | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Static:
    """A fixed translation of one host before 8.3, as mail meets it; 0 is no limit."""

    real: Address
    mapped: Address
    line: int = 0
    tcp_max: int = 0
    embryonic_max: int = 0


def read_static_lines(lines: Iterable[Line]) -> tuple[StaticLine, ...]:
    """The translations among top-level ``lines``, in order; no line of another form."""
    return tuple(_static_line(row) for row in rows(_COMMAND, lines) if row["REAL_INTERFACE"])


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
    made = (_static(line, names, interfaces) for line in read_static_lines(lines))
    return tuple(static for static in made if static)


def write_static(static: StaticLine) -> list[str]:
    """The line of a translation."""
    return as_printed([_line(static)], static.spelling)


def _line(static: StaticLine) -> str:
    tcp = [str(n) for n in (static.tcp_max, static.embryonic_max) if n is not None]
    words = [
        f"static ({static.real_interface},{static.mapped_interface})",
        static.protocol,
        static.mapped,
        static.mapped_port,
        static.real,
        static.real_port,
        f"netmask {static.netmask}" if static.netmask else "",
        *static.options,
        " ".join(["tcp", *tcp]) if tcp else "",
        "" if static.udp_max is None else f"udp {static.udp_max}",
    ]
    return " ".join(word for word in words if word)


def _static_line(row: Row) -> StaticLine:
    by_list = bool(row["ACCESS_LIST"])
    static = StaticLine(
        row["REAL_INTERFACE"],
        row["MAPPED_INTERFACE"],
        row["MAPPED"],
        real="access-list" if by_list else row["REAL"],
        protocol=row["PROTOCOL"],
        mapped_port=row["MAPPED_PORT"],
        real_port=row["ACCESS_LIST"] or row["REAL_PORT"],
        netmask=row["NETMASK"],
        options=tuple(row["OPTIONS"].split()),
        tcp_max=_limit(row, "TCP_MAX"),
        embryonic_max=_limit(row, "EMBRYONIC"),
        udp_max=_limit(row, "UDP_MAX"),
        line=row.line.number,
    )
    return replace(static, spelling=spelling_of([row.line.text], [_line(static)]))


def _static(
    static: StaticLine, names: Mapping[str, Address], interfaces: Mapping[str, Address]
) -> Static | None:
    if static.netmask not in ("", _HOST) or not _carries_mail(static):
        return None
    real = as_address(static.real, names)
    if static.mapped == "interface":
        mapped = interfaces.get(static.mapped_interface)
    else:
        mapped = as_address(static.mapped, names)
    if not isinstance(real, IPv4Address) or not isinstance(mapped, IPv4Address):
        return None
    return Static(real, mapped, static.line, static.tcp_max or 0, static.embryonic_max or 0)


def _carries_mail(static: StaticLine) -> bool:
    if not static.protocol:
        return True
    return static.protocol == "tcp" and port_number(static.mapped_port) == _SMTP


def _limit(row: Row, name: str) -> int | None:
    return int(row[name][:9]) if row[name] else None
