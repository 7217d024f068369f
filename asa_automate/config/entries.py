"""Entries of access-lists in their usual form, read word by word.

An access-list behind a class may have 10,000 entries, and a template spends most of its time on
finding out where in an entry the traffic ends. Here a line is cut at its blanks, and what a part
means is found once for all entries that have it. A line that is not of the usual form is left to
the template (``show running-config access-list``); where both have an answer, it is the same.
"""

from collections.abc import Container, Mapping
from functools import lru_cache

from asa_automate.config.ends import OPERATORS, Endpoint, Ports, Words, take_endpoint, take_ports
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

_BEHIND = ("log", "time-range", "inactive")
_NOTHING: Behind = ("", "", True)
_ACTIONS = {"permit": True, "deny": False}
#: Where the protocol stands.
_TRAFFIC = 4
#: A line that is shorter is surely handed to its template.
_PLAIN = 1024


class Entries:
    """A reader for the entries of one firewall.

    Args:
        names: its ``name`` table.
        groups: of services, which can stand where ports stand.
    """

    def __init__(self, names: Mapping[str, Address], groups: Container[str]) -> None:
        self._names, self._groups = names, groups
        #: A site may have a template of its own, which takes what it takes.
        self._asked = is_built_in(COMMAND)
        self._known_groups: dict[str, bool] = {}
        self._ends: dict[tuple[str, ...], tuple[Endpoint, int]] = {}

    def usual(self, text: str) -> Usual | None:
        """The entry on a line; ``None`` where the template has to be asked."""
        words = tuple(text.split())
        if len(words) <= _TRAFFIC or words[2] != "extended" or not self._is_plain(text):
            return None
        permit, stop, behind = _ACTIONS.get(words[3]), len(words), _NOTHING
        if "log" in text or "time-range" in text or "inactive" in text:
            stop, found = _behind(words)
            if found is None:
                return None
            behind = found
        return None if permit is None else self._entry(permit, words[_TRAFFIC:stop], behind)

    def _is_plain(self, text: str) -> bool:
        return self._asked and len(text) < _PLAIN and text.isascii() and text.isprintable()

    def _entry(self, permit: bool, words: Words, behind: Behind) -> Usual | None:
        service, at = "", 1
        protocol = words[0]
        if protocol in ("object", "object-group"):
            service, at = "".join(words[1:2]), 2
        else:
            protocol = protocol_name(protocol) or ""
        has_ports = protocol in WITH_PORTS
        source_ports = destination_ports = None
        source, at = self._end(words, at)
        if has_ports and at < len(words):
            source_ports, at = self._port_condition(words, at)
        destination, at = self._end(words, at)
        if has_ports and at < len(words):
            destination_ports, at = self._port_condition(words, at)
        if not protocol or at != len(words) or "unknown" in (source.kind, destination.kind):
            return None
        return (
            permit,
            protocol,
            service,
            source,
            source_ports,
            destination,
            destination_ports,
            behind,
        )

    def _end(self, words: Words, at: int) -> tuple[Endpoint, int]:
        """An end, which is one word or two, and the place behind it."""
        key = words[at : at + 2]
        found = self._ends.get(key)
        if found is None:
            end, rest = take_endpoint(key, self._names)
            found = self._ends[key] = (end, len(key) - len(rest))
        return found[0], at + found[1]

    def _port_condition(self, words: Words, at: int) -> tuple[Ports | None, int]:
        """As :func:`asa_automate.config.ends.take_ports`."""
        word = words[at]
        if word == "object-group" and at + 1 < len(words) and self._is_group(words[at + 1]):
            return Ports("object-group", group=words[at + 1]), at + 2
        if word not in OPERATORS:
            return None, at
        ports, taken = _ports(words[at : at + 1 + OPERATORS[word]])
        return ports, at + taken

    def _is_group(self, name: str) -> bool:
        known = self._known_groups.get(name)
        if known is None:
            known = self._known_groups[name] = name in self._groups
        return known


@lru_cache(1 << 12)
def _ports(words: Words) -> tuple[Ports | None, int]:
    ports, rest = take_ports(words)
    return ports, len(words) - len(rest)


def _behind(words: Words) -> tuple[int, Behind | None]:
    """Where the traffic stops, and what stands behind it; ``None`` where that is not clear."""
    # The traffic has one word at least. It stops as soon as it can.
    places = [words.index(w, _TRAFFIC + 1) for w in _BEHIND if w in words[_TRAFFIC + 1 :]]
    if not places:
        return len(words), _NOTHING
    stop = min(places)
    return stop, _said_behind(" ".join(words[stop:]))


@lru_cache(1 << 12)
def _said_behind(text: str) -> Behind | None:
    """What the template makes of the words behind the traffic, whatever that is."""
    row = next(rows(COMMAND, [Line(f"access-list x extended permit ip {text}")]))
    if row["TRAFFIC"] != "ip":
        return None
    return row.words("LOG"), row["TIME_RANGE"], not row["INACTIVE"]
