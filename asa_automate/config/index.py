"""Top-level commands sorted by what they are, with string comparisons only."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from asa_automate.config.line import Bulk, Line

#: An access-list of these is not one that a class-map can read as traffic of layer 3/4.
_OTHER_ACLS = ("standard", "ethertype", "webtype")
#: These look like an access-list, but are settings.
_ACL_SETTINGS = ("alert-interval", "deny-flow-max", "dynamic-group")
_SERVICES = ("object service", "object-group service", "object-group protocol")
_NETWORKS = ("object network", "object-group network")
_TYPED = ("object", "object-group")
#: So many objects are searched for by name before it is worth while to sort all of them.
_FEW = 16
_NAMED = ("class-map", "policy-map", "access-list", "object", "object-group")
_HEADER = re.compile(r"(?:^|\n)(object(?:-group)? \S+) (\S+)")

Key = tuple[str, str]


class Index:
    """Where things are in a tree; what is in bulk is searched when it is first asked for.

    Args:
        stanzas: of a running-config, perhaps with parts in bulk.
    """

    def __init__(self, stanzas: Iterable[Line | Bulk]) -> None:
        self._bulk = _Objects()
        #: Lines of the ``name`` table, in order.
        self.name_table: list[Line | Bulk] = []
        self._lists: list[Bulk] = []
        #: Lines by their first word, for words that have no name behind them.
        self.stanzas: defaultdict[str, list[Line]] = defaultdict(list)
        #: Lines by keyword and name: ``("object-group network", "X")``; a ``type`` of a class-map
        #: or policy-map is left out of the keyword.
        self._named: defaultdict[Key, list[Line]] = defaultdict(list)
        for line in stanzas:
            if isinstance(line, Bulk):
                self._keep(line)
                continue
            if line.is_comment:
                continue
            words = line.text.split(None, 4)
            self.stanzas[words[0]].append(line)
            if words[0] == "name":
                self.name_table.append(line)
            key = _key(words) if words[0] in _NAMED else None
            if key:
                self._named[key].append(line)

    def _keep(self, bulk: Bulk) -> None:
        match bulk.keyword:
            case "access-list":
                self._lists.append(bulk)
            case "object":
                self._bulk.parts.append(bulk)
            case "name":
                self.name_table.append(bulk)

    def access_list(self, name: str) -> list[Line | Bulk]:
        """The lines of an extended access-list, in order; none of another type."""
        named = self._named.get(("access-list", name), ())
        lines: list[Line | Bulk] = [x for x in named if _third_word(x) not in _OTHER_ACLS]
        in_bulk = [b for b in self._lists if b.name == name and name not in _ACL_SETTINGS]
        for bulk in in_bulk:
            headers = (f"access-list {name} {kind}" for kind in _OTHER_ACLS)
            if any(bulk.source.find(h, bulk.start, bulk.stop) >= 0 for h in headers):
                lines += [x for x in bulk.lines() if _third_word(x) not in _OTHER_ACLS]
            else:
                lines.append(bulk)
        return sorted(lines, key=lambda line: line.number) if in_bulk else lines

    def networks(self, names: Iterable[str]) -> list[Line]:
        """The stanzas of network objects and groups called so."""
        return self._of(_NETWORKS, names)

    def services(self, names: Iterable[str]) -> list[Line]:
        """The stanzas of service objects and of groups of services or protocols called so."""
        return self._of(_SERVICES, names)

    @property
    def service_groups(self) -> Container[str]:
        """The names of all groups that can stand where ports stand."""
        return _ServiceGroups(self)

    def __contains__(self, key: Key) -> bool:
        return key in self._named or bool(self._bulk.find(key))

    def names_in_use(self, prefix: str) -> dict[str, tuple[str, ...]]:
        """Names that begin with ``prefix``, each with the keywords of its stanzas.

        Only of what was taken apart: a tree is cut so that such names are there.
        """
        used: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
        for keyword, name in self._named:
            if name.startswith(prefix):
                used[name] += (keyword,)
        return dict(used)

    def names(self, keyword: str, prefix: str) -> Iterator[str]:
        """The names of stanzas with this keyword that begin with ``prefix``, as above."""
        return (n for kind, n in self._named if kind == keyword and n.startswith(prefix))

    def _of(self, keywords: Iterable[str], names: Iterable[str]) -> list[Line]:
        wanted = [(keyword, name) for keyword in keywords for name in names]
        return [line for key in wanted for line in self._lines(key)]

    def _lines(self, key: Key) -> list[Line]:
        opened = self._named.get(key, [])
        in_bulk = [place.stanza() for place in self._bulk.find(key)]
        return sorted([*opened, *in_bulk], key=lambda line: line.number) if in_bulk else opened


@dataclass(frozen=True, slots=True)
class _ServiceGroups:
    index: Index

    def __contains__(self, name: object) -> bool:
        return any((keyword, str(name)) in self.index for keyword in _SERVICES)


class _Objects:
    """The objects and groups in bulk."""

    def __init__(self) -> None:
        self.parts: list[Bulk] = []
        self._found: dict[Key, tuple[_Place, ...]] = {}
        self._all: dict[Key, list[_Place]] | None = None

    def find(self, key: Key) -> Sequence["_Place"]:
        """Where an object stands: the first few are searched for, then all are sorted."""
        if self._all is None and len(self._found) > _FEW:
            self._all = {}
            for bulk in self.parts:
                for name, place in _places(bulk):
                    self._all.setdefault(name, []).append(place)
        if self._all is not None:
            return self._all.get(key, ())
        if key not in self._found:
            places = (place for bulk in self.parts for place in _searched(bulk, " ".join(key)))
            self._found[key] = tuple(places)
        return self._found[key]


class _Place(NamedTuple):
    """An object or group within bulk: where its text begins, and the number of its first line."""

    bulk: Bulk
    start: int
    number: int

    def stanza(self) -> Line:
        """The stanza with the lines beneath it, which are indented by one blank in bulk."""
        text, end = self.bulk.source, self.bulk.stop
        stop = text.find("\nobject", self.start, end)
        head, *beneath = text[self.start : stop if stop >= 0 else end].split("\n")
        children = tuple(Line(raw, self.number + i) for i, raw in enumerate(beneath, 1))
        return Line(head, self.number, children)


def _searched(bulk: Bulk, header: str) -> Iterator[_Place]:
    """The stanzas with this header, one after the other."""
    text, found = bulk.source, bulk.start
    while (found := text.find(header, found, bulk.stop)) >= 0:
        before = text[found - 1] if found > bulk.start else "\n"
        stop = found + len(header)
        behind = text[stop] if stop < bulk.stop else "\n"
        if before == "\n" and behind in (" ", "\n"):
            yield _Place(bulk, found, bulk.number + text.count("\n", bulk.start, found))
        found = stop


def _places(bulk: Bulk) -> Iterator[tuple[Key, _Place]]:
    number, counted = bulk.number, bulk.start
    # From the line end before, where there is one: a pattern's "^" is the start of the source.
    for head in _HEADER.finditer(bulk.source, max(bulk.start - 1, 0), bulk.stop):
        start = head.start(1)
        number += bulk.source.count("\n", counted, start)
        counted = start
        yield (head[1], head[2]), _Place(bulk, start, number)


def _key(words: list[str]) -> Key | None:
    """Keyword and name of a stanza."""
    if len(words) < 2:
        return None
    if words[0] in _TYPED:
        return (f"{words[0]} {words[1]}", words[2]) if len(words) > 2 else None
    if words[0] == "access-list":
        return None if words[1] in _ACL_SETTINGS else ("access-list", words[1])
    return words[0], _map_name(words)


def _map_name(words: list[str]) -> str:
    """``class-map [type WORD [WORD]] [match-any] NAME``: the name is the last word."""
    rest = [word for part in words[1:] for word in part.split()]
    return next((word for word in reversed(rest) if word not in ("match-any", "match-all")), "")


def _third_word(line: Line) -> str:
    words = line.text.split(None, 3)
    return words[2] if len(words) > 2 else ""
