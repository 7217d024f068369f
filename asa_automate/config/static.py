"""``static``: fixed translations before 8.3, and those of them that mail can use.

Source: Cisco ASA command reference, *static*; releases print its options in different orders.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from asa_automate.config.ends import Words
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
    """A fixed translation before 8.3, as mail meets it; 0 is no limit.

    Args:
        real, mapped: the first address of each side; hosts of the two stand in the same order.
        prefix: how many leading bits the addresses of a side share; 32 for one host.
        shared: whether it is of one port: the mapped address may be others' as well.
    """

    real: IPv4Address
    mapped: IPv4Address
    line: int = 0
    tcp_max: int = 0
    embryonic_max: int = 0
    prefix: int = 32
    shared: bool = False

    def seen(self, host: Address) -> IPv4Address | None:
        """The mapped address of a host; ``None`` for one that it does not translate."""
        real, mapped = (
            IPv4Network((side, self.prefix), strict=False) for side in (self.real, self.mapped)
        )
        if not isinstance(host, IPv4Address) or host not in real:
            return None
        return mapped.network_address + (int(host) - int(real.network_address))


@dataclass(frozen=True, slots=True)
class Statics:
    """The translations that mail can use, and the lines of which it is not known whom they
    translate (text, line)."""

    known: tuple[Static, ...] = ()
    unknown: tuple[tuple[str, int], ...] = ()


def read_static_lines(lines: Iterable[Line]) -> tuple[StaticLine, ...]:
    """The translations among top-level ``lines``, in order; no line of another form."""
    made = (_static_line(row) for row in rows(_COMMAND, lines) if row["REAL_INTERFACE"])
    return tuple(static for static in made if static)


def read_statics(
    lines: Iterable[Line], names: Mapping[str, Address], interfaces: Mapping[str, Address]
) -> Statics:
    """The translations among top-level ``lines``, in order.

    Of those for one port only tcp with the mapped port 25 counts: another port of the mapped
    address may lead to another host. Whom one by access-list translates is not known.

    Args:
        names: the ``name`` table.
        interfaces: address by nameif, for ``static ... interface ...``.
    """
    known: list[Static] = []
    unknown: list[tuple[str, int]] = []
    for row in rows(_COMMAND, lines):
        line = _static_line(row) if row["REAL_INTERFACE"] else None
        if line is not None and not _carries_mail(line):
            continue
        static = _static(line, names, interfaces) if line else None
        if static:
            known.append(static)
        else:
            unknown.append((row.line.text, row.line.number))
    return Statics(tuple(known), tuple(unknown))


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


def _static_line(row: Row) -> StaticLine | None:
    by_list = bool(row["ACCESS_LIST"])
    tail = _tail(tuple(row["TAIL"].split()))
    if tail is None:
        return None
    static = StaticLine(
        row["REAL_INTERFACE"],
        row["MAPPED_INTERFACE"],
        row["MAPPED"],
        real="access-list" if by_list else row["REAL"],
        protocol=row["PROTOCOL"],
        mapped_port=row["MAPPED_PORT"],
        real_port=row["ACCESS_LIST"] or row["REAL_PORT"],
        line=row.line.number,
        **tail,
    )
    return replace(static, spelling=spelling_of([row.line.text], [_line(static)]))


def _tail(words: Words) -> dict[str, Any] | None:
    """Netmask, options and limits in any order; ``None`` where a word is none of these."""
    found: dict[str, Any] = {}
    options: list[str] = []
    while words:
        match words:
            case ("netmask", mask, *_):
                found["netmask"], words = mask, words[2:]
            case ("dns" | "norandomseq" | "nailed" as option, *_):
                options.append(option)
                words = words[1:]
            case ("udp", most, *_) if _is_number(most):
                found["udp_max"], words = int(most), words[2:]
            case ("tcp", most, *_) if _is_number(most):
                words = words[1:]
            case (most, embryonic, *_) if _is_number(most) and _is_number(embryonic):
                found |= {"tcp_max": int(most), "embryonic_max": int(embryonic)}
                words = words[2:]
            case (most, *_) if _is_number(most):
                found["tcp_max"], words = int(most), words[1:]
            case _:
                return None
    return {**found, "options": tuple(options)}


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 10


def _static(
    static: StaticLine, names: Mapping[str, Address], interfaces: Mapping[str, Address]
) -> Static | None:
    real = as_address(static.real, names)
    if static.mapped == "interface":
        mapped = interfaces.get(static.mapped_interface)
    else:
        mapped = as_address(static.mapped, names)
    prefix = _prefix(static.netmask or _HOST)
    if not (isinstance(real, IPv4Address) and isinstance(mapped, IPv4Address) and prefix):
        return None
    limits = (static.tcp_max or 0, static.embryonic_max or 0)
    return Static(real, mapped, static.line, *limits, prefix, shared=bool(static.protocol))


def _prefix(mask: str) -> int | None:
    """The length of a netmask; ``None`` for one with holes."""
    try:
        return IPv4Network(f"0.0.0.0/{mask}").prefixlen if "." in mask else None
    except ValueError:
        return None


def _carries_mail(static: StaticLine) -> bool:
    if not static.protocol:
        return True
    return static.protocol == "tcp" and port_number(static.mapped_port) == _SMTP
