"""``object network`` and ``object-group network``: what an entry calls its ends."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from asa_automate.config.ends import (
    Endpoint,
    Words,
    take_endpoint,
    write_endpoint,
)
from asa_automate.config.feed import Row
from asa_automate.config.names import Number, as_address, as_number
from asa_automate.config.object_rows import (
    GROUP,
    OBJECT,
    argument_of,
    as_typed,
    beneath,
    by_name,
    described,
    read_rows,
    text_of,
)
from asa_automate.config.spelling import (
    Kept,
    Later,
    Spelling,
    as_printed,
    spelling_of,
    with_kept,
)
from asa_automate.config.tree import Line
from asa_automate.config.usual_objects import usual_stanza
from asa_automate.model import Address
from asa_automate.show.templates import is_built_in


@dataclass(frozen=True, slots=True)
class NetworkObject:
    """``object network``: a range is its networks; ``fqdn`` has none and is not understood.

    Args:
        span: first and last address of a range.
        fqdn: what follows ``fqdn``.
        kept: translations and lines that were not understood.
    """

    name: str
    endpoints: tuple[Endpoint, ...] = ()
    understood: bool = True
    line: int = 0
    span: tuple[Address, Address] | None = None
    fqdn: str = ""
    description: str = ""
    kept: tuple[Kept, ...] = ()
    spelling: Spelling | Later | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NetworkGroup:
    """``object-group network``: members in order (``object-group`` members are nested groups).

    ``lines`` are the members as they were printed, those that were not understood included.
    """

    name: str
    members: tuple[Endpoint, ...] = ()
    lines: tuple[str, ...] = ()
    understood: bool = True
    line: int = 0
    description: str = ""
    kept: tuple[Kept, ...] = ()
    spelling: Spelling | Later | None = field(default=None, compare=False, repr=False)


Noun = TypeVar("Noun", NetworkObject, NetworkGroup)


def read_network_objects(
    lines: Iterable[Line], names: Mapping[str, Address]
) -> dict[str, NetworkObject]:
    """The ``object network`` among top-level ``lines``, by name.

    The second block of an object, which holds its NAT line, leaves the first as it is.
    """
    return _read(OBJECT, list(lines), names, _usual_object, _network_object)


def read_network_groups(
    lines: Iterable[Line], names: Mapping[str, Address]
) -> dict[str, NetworkGroup]:
    """The ``object-group network`` among top-level ``lines``, by name."""
    return _read(GROUP, list(lines), names, _usual_group, _network_group)


def _read(
    command: str,
    lines: list[Line],
    names: Mapping[str, Address],
    usual: Callable[[Line, Mapping[str, Address]], Noun | None],
    from_rows: Callable[[str, list[Row], Mapping[str, Address]], Noun],
) -> dict[str, Noun]:
    """Nouns by name: from rows where one has not its usual form, or several stanzas."""
    asked = is_built_in(command)
    read = [usual(line, names) if asked else None for line in lines]
    found = {noun.name: noun for noun in read if noun}
    rows = by_name(read_rows(command, _others(lines, read, ())), ("network",))
    times = Counter(noun.name for noun in read if noun)
    clash = {name for name, many in times.items() if many > 1 or name in rows}
    if clash:
        rows = by_name(read_rows(command, _others(lines, read, clash)), ("network",))
    return {**found, **{name: from_rows(name, its, names) for name, its in rows.items()}}


def _others(lines: list[Line], read: Sequence[Noun | None], names: Container[str]) -> list[Line]:
    """The stanzas that were not read, and those called so."""
    return [x for x, noun in zip(lines, read, strict=True) if noun is None or noun.name in names]


def _usual_object(line: Line, names: Mapping[str, Address]) -> NetworkObject | None:
    found = usual_stanza("object", line)
    if found is None or len(found.members) != 1:
        return None
    kind, argument = found.members[0]
    words = tuple(argument.split())
    ends = _addresses(kind, words, names)
    if not ends:
        return None
    span = _span(words, names) if kind == "range" else None
    later = Later((line,), partial(_made_of_object, names))
    return NetworkObject(
        found.name, ends, True, line.number, span, "", found.description, (), later
    )


def _made_of_object(names: Mapping[str, Address], stanzas: tuple[Line, ...]) -> list[str]:
    rows = by_name(read_rows(OBJECT, stanzas), ("network",))
    return [x for n, its in rows.items() for x in _object_lines(_network_object(n, its, names))]


def _usual_group(line: Line, names: Mapping[str, Address]) -> NetworkGroup | None:
    found = usual_stanza("object-group", line)
    if found is None:
        return None
    members = []
    for word, argument in found.members:
        member = _network_member(word, tuple(argument.split()), names)
        if member is None:
            return None
        members.append(member)
    later = Later((line,), partial(_made_of_group, names))
    lines = tuple(found.lines)
    return NetworkGroup(
        found.name, tuple(members), lines, True, line.number, found.description, (), later
    )


def _made_of_group(names: Mapping[str, Address], stanzas: tuple[Line, ...]) -> list[str]:
    rows = by_name(read_rows(GROUP, stanzas), ("network",))
    return [x for n, its in rows.items() for x in _group_lines(_network_group(n, its, names))]


def write_network_object(thing: NetworkObject) -> list[str]:
    """The lines of an object; its translations stand in it, as they are typed."""
    return as_printed(_object_lines(thing), thing.spelling)


def write_network_group(group: NetworkGroup) -> list[str]:
    """The lines of a group."""
    return as_printed(_group_lines(group), group.spelling)


def write_member(member: Endpoint) -> str:
    """The line of one member of a network group."""
    if member.kind == "object-group":
        return f"group-object {member.name}"
    return f"network-object {write_endpoint(member)}"


def _object_lines(thing: NetworkObject) -> list[str]:
    lines = [f"object network {thing.name}"]
    address = _address_line(thing)
    lines += [f" {address}"] if address else []
    lines += [f" description {thing.description}"] if thing.description else []
    return with_kept(lines, thing.kept)


def _address_line(thing: NetworkObject) -> str:
    if thing.span and _range(*((a.version, int(a)) for a in thing.span)) == thing.endpoints:
        return f"range {thing.span[0]} {thing.span[1]}"
    if not thing.endpoints:
        return f"fqdn {thing.fqdn}" if thing.fqdn else ""
    written = write_endpoint(thing.endpoints[0])
    return written if written.startswith("host ") else f"subnet {written}"


def _group_lines(group: NetworkGroup) -> list[str]:
    lines = [f"object-group network {group.name}"]
    lines += [f" description {group.description}"] if group.description else []
    lines += [f" {write_member(member)}" for member in group.members]
    return with_kept(lines, group.kept)


def _network_object(name: str, its: list[Row], names: Mapping[str, Address]) -> NetworkObject:
    # An address that is typed again takes the place of the first.
    below = beneath(its)
    last = next((row for row in reversed(below) if row["KIND"]), None)
    ends = _addresses(last["KIND"], argument_of(last), names) if last else ()
    description = described(below)
    fqdn = " ".join(argument_of(last)) if last and last["KIND"] == "fqdn" else ""
    modelled = (last if ends or fqdn else None, description)
    thing = NetworkObject(
        name,
        ends,
        understood=bool(ends) and not any(row["UNKNOWN"] for row in below),
        line=its[0].line.number,
        span=_span(argument_of(last), names) if last and last["KIND"] == "range" else None,
        fqdn=fqdn,
        description=text_of(description),
        kept=_kept(below, modelled),
    )
    return replace(thing, spelling=spelling_of(as_typed(its), _object_lines(thing)))


def _kept(below: list[Row], modelled: tuple[Row | None, ...]) -> tuple[Kept, ...]:
    lost = ((i, row) for i, row in enumerate(below) if not any(row is m for m in modelled))
    return tuple(Kept(row.line.text, i) for i, row in lost)


def _span(words: Words, names: Mapping[str, Address]) -> tuple[Address, Address] | None:
    ends = [as_address(word, names) for word in words]
    return (ends[0], ends[1]) if len(ends) == 2 and ends[0] and ends[1] else None


def _addresses(kind: str, words: Words, names: Mapping[str, Address]) -> tuple[Endpoint, ...]:
    if kind == "range" and len(words) == 2:
        return _range(as_number(words[0], names), as_number(words[1], names))
    if kind not in ("host", "subnet"):
        return ()
    end, rest = take_endpoint(("host", *words) if kind == "host" else words, names)
    return (end,) if end.kind == "network" and not rest else ()


def _range(low: Number | None, high: Number | None) -> tuple[Endpoint, ...]:
    """The networks of a range, the widest that fit one after the other."""
    if low is None or high is None or low[0] != high[0]:
        return ()
    version, first, last = *low, high[1]
    found = []
    while first <= last:
        widest = 1 << (last - first + 1).bit_length() - 1
        size = min(first & -first, widest) if first else widest
        found.append(Endpoint("network", "", (version, first, first + size - 1)))
        first += size
    return tuple(found)


def _network_group(name: str, its: list[Row], names: Mapping[str, Address]) -> NetworkGroup:
    below = beneath(its)
    description = described(below)
    printed = [(i, row) for i, row in enumerate(below) if row["MEMBER"] or row["UNKNOWN"]]
    members = [_network_member(row["MEMBER"], argument_of(row), names) for _, row in printed]
    group = NetworkGroup(
        name,
        members=tuple(member for member in members if member),
        lines=tuple(row.line.text for _, row in printed),
        understood=None not in members,
        line=its[0].line.number,
        description=text_of(description),
        kept=tuple(
            Kept(row.line.text, i)
            for (i, row), member in zip(printed, members, strict=True)
            if member is None
        ),
    )
    return replace(group, spelling=spelling_of(as_typed(its), _group_lines(group)))


def _network_member(word: str, words: Words, names: Mapping[str, Address]) -> Endpoint | None:
    if word == "group-object":
        return Endpoint("object-group", words[0]) if len(words) == 1 else None
    if word != "network-object":
        return None
    if len(words) == 1 and "/" not in words[0]:
        words = ("host", *words)
    end, rest = take_endpoint(words, names)
    return end if end.kind in ("network", "object") and not rest else None
