"""What PIX and ASA do otherwise from release to release: one table, oldest first, with sources.

A box speaks the dialect of its version: the rows up to that release, one laid over the other.
Points that rest on recollection alone are marked *unconfirmed*; like all points they are knobs:
``Knobs(dialect={"flow_query": False})``. Guides are Cisco's CLI configuration guides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

from asa_automate.lab.knobs import Era, Knobs

#: Major, minor, maintenance; a shorter one stands for the first of its kind.
Release = tuple[int, ...]

_VERSION = re.compile(r"(\d+)\.(\d+)(?:\((\d+)\))?")
_WITHOUT_VERSION: Release = (9, 0)

_ENGINES_7_0 = (
    "dns maximum-length 512", "ftp", "h323 h225", "h323 ras", "rsh", "rtsp", "esmtp", "sqlnet",
    "skinny", "sunrpc", "xdmcp", "sip", "netbios", "tftp",
)  # fmt: skip
_ENGINES_7_2 = ("dns preset_dns_map", *_ENGINES_7_0[1:])
_ENGINES_8_3 = (*_ENGINES_7_2, "ip-options")
_ENGINES_9_1 = (
    "ip-options", "netbios", "rtsp", "sunrpc", "tftp", "xdmcp", "dns preset_dns_map", "ftp",
    "h323 h225", "h323 ras", "rsh", "esmtp", "sqlnet", "sip", "skinny",
)  # fmt: skip
_ENGINES_9_16 = (*_ENGINES_9_1, "snmp")


@dataclass(frozen=True, slots=True)
class Dialect:
    """Every point on which releases differ, as the oldest one, 7.0, has it.

    Args:
        inspection_maps: there is ``policy-map type inspect``, and counters name the map.
        tls_parameters: an ESMTP map knows ``allow-tls`` and ``special-character``.
        flow_query: there is ``show service-policy flow``.
        objects: there are ``object network`` and ``object service``, with translations of theirs.
        old_nat: ``static``, ``global``, ``nat-control`` and ``nat (real) ID`` are taken.
        class_sees: which address an access-list of a class is matched against: the ``real`` one,
            or the one that the ``interface`` of the policy sees.
        unified_acl: extended access-lists hold IPv6, ``any4`` and ``any6``; ``any`` is both.
        engines: the factory's inspections, as they stand behind ``inspect``.
        counters: form of the counters line.
        reporting_question: the first ``configure terminal`` asks about anonymous reporting.
        save_rate: ``write memory`` says bytes per second as well.
        login_history: a login is greeted with the count of logins.
        trailing_blanks: ``inspect`` lines are printed with a blank at their end.
        two_blanks: engines that are printed with two.
        head_names_serial: a running-config's head has serial number and hardware.
        head_has_gap: the head's second line is empty.
        failover_serials: ``show failover`` has the serial numbers and the newer settings.
        cluster_states: the words of a control unit and of a data unit of a cluster.
    """

    inspection_maps: bool = False
    tls_parameters: bool = False
    flow_query: bool = False
    objects: bool = False
    old_nat: bool = True
    class_sees: Literal["interface", "real"] = "interface"
    unified_acl: bool = False
    engines: tuple[str, ...] = _ENGINES_7_0
    counters: Era = Era.PRE_9
    reporting_question: bool = False
    save_rate: bool = True
    login_history: bool = False
    trailing_blanks: bool = False
    two_blanks: tuple[str, ...] = ("sip", "skinny")
    head_names_serial: bool = False
    head_has_gap: bool = False
    failover_serials: bool = False
    cluster_states: tuple[str, str] = ("MASTER", "SLAVE")


@dataclass(frozen=True, slots=True)
class Row:
    """What is otherwise from a release on, and how that is known."""

    since: Release
    source: str
    points: Mapping[str, Any] = field(default_factory=dict)


def _row(since: Release, source: str, **points: Any) -> Row:
    return Row(since, source, points)


TABLE = (
    _row((7, 2), "7.2 guide p.21-15: list of inspection maps and default policy",
         inspection_maps=True, engines=_ENGINES_7_2),
    _row((7, 2), "first release unconfirmed", flow_query=True),
    _row((7, 2, 3), "Security Manager guide p.17-34: from 7.2.3 and 8.0.3", tls_parameters=True),
    _row((8, 0), "the same page: not in the first 8.0", tls_parameters=False),
    _row((8, 0), "running-configs of 8.x boxes; 7.2 unconfirmed", trailing_blanks=True),
    _row((8, 0, 3), "Security Manager guide p.17-34", tls_parameters=True),
    _row((8, 2, 5), "logins to 8.2(5) boxes, recorded in public", reporting_question=True),
    _row((8, 3), "8.4 guide p.14-3: real addresses, for the policy framework by name",
         class_sees="real"),
    _row((8, 3), "release notes of 8.3, objects and translations; words unconfirmed",
         objects=True, old_nat=False),
    _row((8, 3), "8.4 ASDM guide p.36-7 and a running-config of 8.4(7)", engines=_ENGINES_8_3),
    _row((8, 3), "8.2(5) asks, 8.4 asks; whether 8.3 does is unconfirmed",
         reporting_question=False),
    _row((8, 4), "logins to 8.4 boxes, recorded in public", reporting_question=True),
    _row((8, 4, 7), "a running-config of 8.4(7)", head_names_serial=True),
    _row((9, 0), "9.0 guide: one kind of access-list for both, any4 and any6; unconfirmed",
         unified_acl=True),
    _row((9, 0), "a running-config of 9.0(1) has no serial number", head_names_serial=False),
    _row((9, 0), "outputs of 9.x boxes: lock fail", counters=Era.NINE),
    _row((9, 0), "outputs of 8.x name a rate, those of 9.x none; release unconfirmed",
         save_rate=False),
    _row((9, 0), "outputs of 7.2 and of 9.12; release unconfirmed", failover_serials=True),
    _row((9, 1), "running-configs of 9.5 to 9.16; first release unconfirmed",
         head_has_gap=True),
    _row((9, 1), "9.0/9.1 guide and genieparser's outputs: order of the default policy",
         engines=_ENGINES_9_1),
    _row((9, 2), "running-configs of 9.2 and later", head_names_serial=True),
    _row((9, 5), "genieparser's outputs: rate, v6-fail-close", counters=Era.NINE_FIVE),
    _row((9, 8), "9.8 release notes, login-history; unconfirmed", login_history=True),
    _row((9, 16), "a running-config of 9.16(1): skinny with one blank, snmp",
         two_blanks=("sip",), engines=_ENGINES_9_16),
    _row((9, 19), "9.19 release notes: control node and data node; words unconfirmed",
         cluster_states=("CONTROL_NODE", "DATA_NODE")),
)  # fmt: skip

#: Commands that not every release knows -> the point that says whether it does.
LATER_COMMANDS = {
    "object network": "objects",
    "object service": "objects",
    "allow-tls": "tls_parameters",
    "special-character": "tls_parameters",
}


def release_of(version: str) -> Release:
    """``(9, 8, 2)`` for ``9.8(2)12``; ``(9, 0)`` for a text that is no version."""
    found = _VERSION.match(version)
    return tuple(int(part) for part in found.groups() if part) if found else _WITHOUT_VERSION


@lru_cache
def spoken_at(release: Release) -> Dialect:
    """The dialect of a release, whatever the box."""
    dialect = Dialect()
    for row in TABLE:
        if release >= row.since:
            dialect = replace(dialect, **row.points)
    return dialect


#: The dialect of the newest release.
NEWEST = spoken_at((99,))


def dialect_of(release: Release, knobs: Knobs) -> Dialect:
    """The dialect of one box: its release's, but for what its knobs say."""
    said = {
        "counters": knobs.era,
        "reporting_question": knobs.ask_error_reporting,
        "login_history": knobs.login_history,
        "trailing_blanks": knobs.trailing_blanks,
    }
    given = {point: value for point, value in said.items() if value is not None}
    points = {**given, **knobs.dialect}
    return replace(spoken_at(release), **points) if points else spoken_at(release)


def is_later(phrase: str, dialect: Dialect) -> bool:
    """Whether a command came only after this dialect."""
    point = LATER_COMMANDS.get(phrase)
    return point is not None and not getattr(dialect, point)
