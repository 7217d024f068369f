"""``access-list``: extended entries and remarks."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple

from asa_automate.config.ends import (
    ANYBODY,
    TCP_UDP,
    Endpoint,
    Ports,
    Words,
    take_endpoint,
    take_ports,
    without_identity,
    write_endpoint,
    write_ports,
)
from asa_automate.config.entries import COMMAND, WITH_PORTS, Entries, Usual
from asa_automate.config.feed import Row, rows
from asa_automate.config.names import protocol_name
from asa_automate.config.tree import Bulk, Line
from asa_automate.model import Address

_WITH_TYPES = ("icmp", "icmp6")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What words mean on this firewall: its ``name`` table, and which groups are of services."""

    names: Mapping[str, Address] = field(default_factory=dict)
    service_groups: Container[str] = ()


class Ace(NamedTuple):
    """One entry of an extended access-list; a tuple holds it, since a list may have 10,000.

    Args:
        text: the whole line as printed, trailing blanks removed.
        permit: ``True`` for permit.
        protocol: ``ip``, ``tcp``, ``udp``, ``icmp`` ... or a number as text; ``object`` and
            ``object-group`` when a service object or group stands in its place.
        service: the name of that object or group.
        active: ``False`` for ``inactive`` entries.
        time_range: the name of its ``time-range``: whether it counts depends on the clock.
        icmp: type (and code) words of an ICMP entry, ``""`` for every type.
        understood: ``False`` when a word of the line was not understood.
        log: its logging words, ``log warnings interval 60`` say; ``""`` for none.
        number: of ``line N``, 0 where the text has none.
        vocabulary: what the words of ``text`` were read by; ``None`` for an entry of ours.
    """

    text: str
    permit: bool = True
    protocol: str = "ip"
    service: str = ""
    source: Endpoint = ANYBODY
    source_ports: Ports | None = None
    destination: Endpoint = ANYBODY
    destination_ports: Ports | None = None
    active: bool = True
    time_range: str = ""
    understood: bool = True
    line: int = 0
    icmp: str = ""
    log: str = ""
    number: int = 0
    vocabulary: Vocabulary | None = None

    def __eq__(self, other: object) -> bool:
        """By what it says, whatever it was read by."""
        return isinstance(other, Ace) and self[:-1] == other[:-1]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:-1])


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark: ``words`` behind the keyword, ``place`` among all lines of its list (from 0),
    ``text`` the line as printed, ``number`` of ``line N``."""

    words: str
    place: int
    line: int = 0
    number: int = 0
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Acl:
    """An access-list: entries in the order in which they are asked, and remarks in theirs.

    ``lines`` are both exactly as they were printed, in that order.
    """

    name: str
    entries: tuple[Ace, ...] = ()
    lines: tuple[str, ...] = ()
    line: int = 0
    remarks: tuple[Remark, ...] = ()


def read_access_lists(lines: Iterable[Line | Bulk], known: Vocabulary) -> dict[str, Acl]:
    """The extended access-lists among top-level ``lines``, by name.

    ``line N``, which only hand-made texts have, does what it does when it is typed: the entry
    goes in as the N-th, or at the end of a shorter list. Remarks count (Cisco ASA command
    reference, *access-list extended*, keyword *line*).
    """
    read = Entries(known.names, known.service_groups)
    given = [_first_look(stanza, read, known) for stanza in lines]
    others = (part for _, parts in given for part in parts if isinstance(part, Line))
    asked = rows(COMMAND, map(_alone, others))
    found: dict[str, list[Ace | Remark]] = {}
    for name, looked_at in given:
        parts = found.setdefault(name, [])
        for part in looked_at:
            if isinstance(part, Ace):
                parts.append(part)
            else:
                _put(parts, part, next(asked), known)
    return {name: _acl(name, parts) for name, parts in found.items()}


def _first_look(
    stanza: Line | Bulk, read: Entries, known: Vocabulary
) -> tuple[str, list[Ace | Line]]:
    """The name of a list and its entries in their usual form; the other lines as they are."""
    if isinstance(stanza, Line):
        found = None if stanza.children else read.usual(stanza.text)
        ace = _ace_of(stanza.text, stanza.number, found, known) if found else stanza
        return "".join(stanza.text.split(None, 2)[1:2]), [ace]
    parts: list[Ace | Line] = []
    for number, text in enumerate(stanza.text.split("\n"), stanza.number):
        found = read.usual(text)
        parts.append(_ace_of(text, number, found, known) if found else Line(text, number))
    return stanza.name, parts


def _ace_of(text: str, number: int, found: Usual, known: Vocabulary) -> Ace:
    permit, protocol, service, source, source_ports, destination, destination_ports, behind = found
    return Ace(
        text,
        permit,
        protocol,
        service,
        source,
        source_ports,
        destination,
        destination_ports,
        behind[2],
        behind[1],
        True,
        number,
        "",
        behind[0],
        0,
        known,
    )


def _put(parts: list[Ace | Remark], line: Line, row: Row, known: Vocabulary) -> None:
    """What the template says of a line to the lines before it."""
    number = int(row["NUMBER"][:9] or 0)
    part = _remark(line, number) if row["REMARK"] else _ace(row, line, number, known)
    parts.insert(max(number - 1, 0) if row["NUMBER"] else len(parts), part)


def write_access_list(acl: Acl) -> list[str]:
    """The lines of an access-list, remarks included, from what they mean.

    Where entries came with ``line N``, they are written as they were typed; if others have been
    added since, in the order in which they are asked, without numbers.
    """
    parts = parts_of(acl)
    if not any(part.number for part in parts):
        return [_line(acl.name, part) for part in parts]
    if all(part.line for part in parts):
        return [_line(acl.name, part) for part in sorted(parts, key=attrgetter("line"))]
    return [_line(acl.name, _unnumbered(part)) for part in parts]


def _unnumbered(part: Ace | Remark) -> Ace | Remark:
    return part._replace(number=0) if isinstance(part, Ace) else replace(part, number=0)


def parts_of(acl: Acl) -> list[Ace | Remark]:
    """Entries and remarks of a list, in order."""
    parts: list[Ace | Remark] = list(acl.entries)
    for remark in acl.remarks:
        parts.insert(remark.place, remark)
    return parts


def write_entry(name: str, entry: Ace) -> str:
    """The line of an entry, made from what the entry means, as the ASA prints it.

    An entry that was not understood is its text. The text stands as well where it says in other
    words (the names of addresses, say) what the entry means.
    """
    if not entry.understood:
        return entry.text
    made = entry_line(name, entry)
    return entry.text if made != entry.text and _still_says(name, entry) else made


def entry_line(name: str, entry: Ace) -> str:
    """The line of an entry from its meaning alone."""
    protocol = f"{entry.protocol} {entry.service}" if entry.service else entry.protocol
    number = f"line {entry.number} " if entry.number else ""
    ports = TCP_UDP if entry.service else entry.protocol
    words = [
        f"access-list {name} {number}extended {'permit' if entry.permit else 'deny'} {protocol}",
        write_endpoint(entry.source),
        write_ports(entry.source_ports, ports),
        write_endpoint(entry.destination),
        write_ports(entry.destination_ports, ports),
        entry.icmp,
        entry.log,
        f"time-range {entry.time_range}" if entry.time_range else "",
        "" if entry.active else "inactive",
    ]
    return " ".join(word for word in words if word)


def _alone(line: Line) -> Line:
    return replace(line, children=()) if line.children else line


def _acl(name: str, parts: list[Ace | Remark]) -> Acl:
    remarks = (replace(p, place=i) for i, p in enumerate(parts) if isinstance(p, Remark))
    return Acl(
        name,
        entries=tuple(part for part in parts if isinstance(part, Ace)),
        lines=tuple(part.text for part in parts),
        line=min(part.line for part in parts),
        remarks=tuple(remarks),
    )


def _line(name: str, part: Ace | Remark) -> str:
    return write_entry(name, part) if isinstance(part, Ace) else write_remark(name, part)


def write_remark(name: str, remark: Remark) -> str:
    """The line of a remark; the blanks in it stay as they were printed."""
    number = f"line {remark.number} " if remark.number else ""
    made = f"access-list {name} {number}remark {remark.words}".rstrip()
    return remark.text if remark.text.split() == made.split() else made


def _remark(line: Line, number: int) -> Remark:
    before = 5 if line.text.split(None, 3)[2] == "line" else 3
    words = line.text.split(None, before)[before:]
    return Remark("".join(words), 0, line.number, number, line.text)


def _still_says(name: str, entry: Ace) -> bool:
    """Whether the printed line, read again, means what the entry means now."""
    if entry.vocabulary is None:
        return False
    again = read_access_lists([Line(entry.text, entry.line)], entry.vocabulary).get(name)
    return again is not None and again.entries == (entry,)


def _ace(row: Row, line: Line, number: int, known: Vocabulary) -> Ace:
    permit = row["ACTION"] != "deny"
    if not row["ACTION"] or line.children:
        # What stands beneath an entry is the rest of a line that was broken.
        return Ace(line.text, permit, understood=False, line=line.number, number=number)
    protocol, service, words = _protocol(tuple(row["TRAFFIC"].split()))
    groups = known.service_groups if protocol in WITH_PORTS else ()
    words, of_somebody = without_identity(words)
    source, words = take_endpoint(words, known.names)
    source_ports, words = take_ports(words, groups)
    words, for_somebody = without_identity(words)
    destination, words = take_endpoint(words, known.names)
    destination_ports, words = take_ports(words, groups)
    types, words = (words, ()) if protocol in _WITH_TYPES else ((), words)
    ends = (source.kind, destination.kind)
    ported = source_ports is not None or destination_ports is not None
    return Ace(
        line.text,
        permit,
        protocol=protocol or "unknown",
        service=service,
        source=source,
        source_ports=source_ports,
        destination=destination,
        destination_ports=destination_ports,
        active=not row["INACTIVE"],
        time_range=row["TIME_RANGE"],
        understood=bool(protocol)
        and not (words or of_somebody or for_somebody)
        and "unknown" not in ends
        and (protocol in WITH_PORTS or not ported),
        line=line.number,
        icmp=" ".join(types),
        log=row.words("LOG"),
        number=number,
        vocabulary=known,
    )


def _protocol(words: Words) -> tuple[str, str, Words]:
    if len(words) >= 2 and words[0] in ("object", "object-group"):
        return words[0], words[1], words[2:]
    return protocol_name(words[0]) or "", "", words[1:]
