"""Which box answers and what it may do: ``show version``, ``failover``, ``mode``, ``curpriv``.

The templates take the lines that they know and leave the rest alone; a text that says nothing
gives facts that are all ``None``, never an error.
"""

import re
from collections.abc import Mapping
from typing import Literal

from asa_automate.model import Frozen
from asa_automate.show.templates import LINE_CAP, lines_of, records

Mode = Literal["single", "multiple"]

#: States of a unit, or a group, in which its configuration is being copied to it
#: (ASA command reference, `show failover`, table of states).
REPLICATING = ("sync config", "bulk sync", "config syncing", "sync file system")


class VersionFacts(Frozen):
    """``show version``.

    ``version`` is as printed, ``9.8(4)10``; ``in_context`` says that a context answered
    (``<context>`` behind the version), which prints no serial number, and ``in_system`` that the
    system execution space did (``<system>``). Uptimes are given as printed and in seconds, a year
    taken as 365 days.
    """

    hostname: str | None = None
    version: str | None = None
    serial: str | None = None
    hardware: str | None = None
    in_context: bool = False
    in_system: bool = False
    uptime: str | None = None
    uptime_seconds: int | None = None
    cluster_uptime: str | None = None
    cluster_uptime_seconds: int | None = None


class FailoverFacts(Frozen):
    """``show failover``, all in small letters: ``primary``, ``active``, ``standby ready``.

    ``state`` of a pair with failover groups is that of its groups if they agree, else ``None``;
    ``group_states`` has them all. A mate that is ``Unknown`` has no version and no serial number.
    """

    enabled: bool | None = None
    unit: str | None = None
    state: str | None = None
    mate_unit: str | None = None
    mate_state: str | None = None
    group_states: tuple[str, ...] = ()
    mate_group_states: tuple[str, ...] = ()
    version: str | None = None
    mate_version: str | None = None
    serial: str | None = None
    mate_serial: str | None = None

    @property
    def replicating(self) -> str | None:
        """The state that shows a configuration on its way from unit to unit, if one does."""
        states = (self.state, self.mate_state, *self.group_states, *self.mate_group_states)
        return next((s for s in states if s and s.startswith(REPLICATING)), None)


class ContextRow(Frozen):
    """One row of ``show context``."""

    name: str
    admin: bool = False


class ContextTable(Frozen):
    """``show context``; ``whole``: as many rows as its last line counts, where there is one."""

    rows: tuple[ContextRow, ...] = ()
    whole: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the order of the table."""
        return tuple(row.name for row in self.rows)


def parse_version(text: str) -> VersionFacts:
    """Read ``show version``."""
    says = _facts("show version", text, ("HOSTNAME", "CONTEXT", "CLUSTER_UPTIME"))
    uptime, cluster = _word(says, "UPTIME"), _word(says, "CLUSTER_UPTIME")
    return VersionFacts(
        hostname=_word(says, "HOSTNAME"),
        version=_word(says, "VERSION"),
        serial=_word(says, "SERIAL"),
        hardware=_word(says, "HARDWARE"),
        in_context=says.get("CONTEXT") == "<context>",
        in_system=says.get("CONTEXT") == "<system>",
        uptime=uptime,
        uptime_seconds=uptime_seconds(uptime),
        cluster_uptime=cluster,
        cluster_uptime_seconds=uptime_seconds(cluster),
    )


def parse_failover(text: str) -> FailoverFacts:
    """Read ``show failover``, of a pair with or without groups, or of one context."""
    says = _facts("show failover", text, ("MATE_UNIT", "SERIAL", "GROUP_STATES"))
    enabled = _word(says, "ENABLED")
    groups, mate_groups = _states(says, "GROUP_STATES"), _states(says, "MATE_GROUP_STATES")
    return FailoverFacts(
        enabled=None if enabled is None else enabled == "On",
        unit=_lower(says, "UNIT"),
        state=_lower(says, "STATE") or _common(groups),
        mate_unit=_lower(says, "MATE_UNIT"),
        mate_state=_lower(says, "MATE_STATE") or _common(mate_groups),
        group_states=groups,
        mate_group_states=mate_groups,
        version=_known(says, "VERSION"),
        mate_version=_known(says, "MATE_VERSION"),
        serial=_known(says, "SERIAL"),
        mate_serial=_known(says, "MATE_SERIAL"),
    )


def parse_contexts(text: str) -> ContextTable:
    """Read ``show context``, of the system execution space or of a context."""
    lines = [line for line in lines_of(text) if len(line) <= LINE_CAP]
    found = records("show context", "\n".join(lines), ("NAME", "ADMIN"))
    rows = [ContextRow(name=str(r["NAME"]), admin=bool(r["ADMIN"])) for r in found]
    total = _TOTAL.search(text)
    return ContextTable(rows=tuple(rows), whole=total is None or int(total[1]) == len(rows))


def parse_mode(text: str) -> Mode | None:
    """Read ``show mode``; ``None`` when the text does not say."""
    match _word(_facts("show mode", text, ("MODE",)), "MODE"):
        case "single":
            return "single"
        case "multiple":
            return "multiple"
        case _:
            return None


def parse_curpriv(text: str) -> int | None:
    """The privilege level, 0 to 15, of ``show curpriv``; ``None`` when the text does not say."""
    level = _word(_facts("show curpriv", text, ("LEVEL",)), "LEVEL")
    return None if level is None else int(level)


_TOTAL = re.compile(r"Total active Security Contexts: ([0-9]{1,6})")
_SECONDS = {"year": 365 * 86400, "day": 86400, "hour": 3600, "min": 60, "sec": 1}
_AMOUNT = re.compile(r"([0-9]{1,9}) (year|day|hour|min|sec)s?(?:$| )")


def uptime_seconds(text: str | None) -> int | None:
    """``3 days 22 hours`` in seconds; ``None`` for any other way of saying it."""
    if not text or _AMOUNT.sub("", text):
        return None
    return sum(int(number) * _SECONDS[unit] for number, unit in _AMOUNT.findall(text))


Facts = Mapping[str, str | list[str]]


def _facts(command: str, text: str, values: tuple[str, ...]) -> Facts:
    """The one record of a command whose template fills a single one."""
    lines = (" ".join(line.split()) for line in lines_of(text))
    found = records(command, "\n".join(li for li in lines if len(li) <= LINE_CAP), values)
    return found[0] if found else {}


def _word(says: Facts, name: str) -> str | None:
    value = says.get(name)
    return value if isinstance(value, str) and value else None


def _known(says: Facts, name: str) -> str | None:
    value = _word(says, name)
    return None if value == "Unknown" else value


def _lower(says: Facts, name: str) -> str | None:
    value = _word(says, name)
    return value.lower() if value else None


def _states(says: Facts, name: str) -> tuple[str, ...]:
    return tuple(state.lower() for state in says.get(name, ()))


def _common(states: tuple[str, ...]) -> str | None:
    return states[0] if len(set(states)) == 1 else None
