"""Entries of access-lists in their usual form, each by one look.

An access-list behind a class may have 10,000 entries, and a template spends most of its time on
finding out where in an entry the traffic ends. Here one pattern cuts an entry into its parts, and
what a part means is found once for all entries that have it. A line that is not of the usual form
is left to the template (``show running-config access-list``); where both have an answer, it is
the same.
"""

import re
from collections.abc import Callable, Container, Mapping
from functools import lru_cache
from typing import TypeVar

from asa_automate.config.ends import Endpoint, Ports, take_endpoint, take_ports
from asa_automate.config.feed import rows
from asa_automate.config.line import Line
from asa_automate.config.names import protocol_name
from asa_automate.model import Address
from asa_automate.show.templates import is_built_in

COMMAND = "show running-config access-list"
WITH_PORTS = ("tcp", "udp", "sctp", "object-group")

#: Logging, time-range, and whether the entry counts: what stands behind the traffic.
Behind = tuple[str, str, bool]
#: Permit, protocol, service; source with ports, destination with ports; what stands behind.
Usual = tuple[bool, str, str, Endpoint, Ports | None, Endpoint, Ports | None, Behind]

_NOTHING: Behind = ("", "", True)
#: A line that is shorter is surely handed to its template.
_PLAIN = 1024

#: What stands behind the traffic begins with one of these, and as soon as it can.
_BEHIND = r"(?:log|time-range|inactive)(?= |$)"
_WORD = rf"(?!{_BEHIND})[!-~]++"
#: The first word tells how many there are.
_END = (
    rf"(?>any[46]?(?= |$)|(?:host|object|object-group|interface) {_WORD}"
    rf"|(?!{_BEHIND})[!-.0-~]*+/[!-~]*+|{_WORD} {_WORD})"
)
_CONDITION = rf"(?:eq|neq|lt|gt) {_WORD}|range {_WORD} {_WORD}"
#: Action, protocol, source, its ports, destination, its ports, and what stands behind.
_ENTRY = re.compile(
    rf"access-list [!-~]++ extended (permit|deny) (object(?:-group)? {_WORD}|[!-~]++)"
    rf" ({_END})(?: ({_CONDITION}))?+ ({_END})(?: ({_CONDITION}|object-group {_WORD}))?+"
    rf"(?: ({_BEHIND}[ -~]*+))?+"
)

Meaning = TypeVar("Meaning")


class _Known(dict[str, Meaning]):
    """What words mean, found when it is first asked for."""

    def __init__(self, find: Callable[[str], Meaning]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, words: str) -> Meaning:
        found = self[words] = self._find(words)
        return found


class Entries:
    """A reader for the entries of one firewall.

    Args:
        names: its ``name`` table.
        groups: of services, which can stand where ports stand.
    """

    def __init__(self, names: Mapping[str, Address], groups: Container[str]) -> None:
        self._names = names
        #: A site may have a template of its own, which takes what it takes.
        self._asked = is_built_in(COMMAND)
        self._is_group = _Known(lambda name: name in groups)
        self._ends = _Known(self._end)
        self._protocols = _Known(_protocol)
        self._ports = _Known(self._condition)

    def usual(self, text: str) -> Usual | None:
        """The entry on a line; ``None`` where the template has to be asked."""
        found = _ENTRY.fullmatch(text) if self._asked and len(text) < _PLAIN else None
        if found is None:
            return None
        action, traffic, one, low, other, high, words = found.groups()
        protocol, service = self._protocols[traffic]
        source, destination = self._ends[one], self._ends[other]
        behind = _said_behind(words) if words else _NOTHING
        if not protocol or source is None or destination is None or behind is None:
            return None
        low_ports = high_ports = None
        if protocol in WITH_PORTS:
            if destination.kind == "object-group" and self._is_group[destination.name]:
                return None
            low_ports = self._ports[low] if low else None
            high_ports = self._ports[high] if high else None
        # There are no such ports, or only the template knows what they are.
        if (low and not low_ports) or (high and not high_ports):
            return None
        permit = action == "permit"
        return permit, protocol, service, source, low_ports, destination, high_ports, behind

    def _end(self, text: str) -> Endpoint | None:
        end, rest = take_endpoint(tuple(text.split()), self._names)
        return None if rest or end.kind == "unknown" else end

    def _condition(self, text: str) -> Ports | None:
        word, _, name = text.partition(" ")
        if word == "object-group":
            return Ports(word, group=name) if self._is_group[name] else None
        return _ports(text)


@lru_cache(1 << 12)
def _ports(text: str) -> Ports | None:
    ports, rest = take_ports(tuple(text.split()))
    return None if rest else ports


def _protocol(text: str) -> tuple[str, str]:
    """A protocol; or a service object or a group of services and its name."""
    word, _, service = text.partition(" ")
    return (word, service) if service else (protocol_name(word) or "", "")


@lru_cache(1 << 12)
def _said_behind(text: str) -> Behind | None:
    """What the template makes of the words behind the traffic, whatever that is."""
    row = next(rows(COMMAND, [Line(f"access-list x extended permit ip {text}")]))
    if row["TRAFFIC"] != "ip":
        return None
    return row.words("LOG"), row["TIME_RANGE"], not row["INACTIVE"]
