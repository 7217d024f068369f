"""Top-level lines sorted by what they are, with string comparisons only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asa_automate.config.tree import Line

#: An access-list of these is not one that a class-map can read as traffic of layer 3/4.
_OTHER_ACLS = ("standard", "ethertype", "webtype")
#: These look like an access-list, but are settings.
_ACL_SETTINGS = ("alert-interval", "deny-flow-max", "dynamic-group")
_SERVICES = ("object service", "object-group service", "object-group protocol")
_NETWORKS = ("object network", "object-group network")
_TYPED = ("object", "object-group")
_NAMED = ("class-map", "policy-map", "access-list", "object", "object-group")


@dataclass(frozen=True, slots=True)
class Index:
    """Where things are.

    Args:
        stanzas: lines by their first word, for words that have no name behind them.
        named: lines by keyword and name: ``("object-group network", "X")``; a ``type`` of a
            class-map or policy-map is left out of the keyword.
    """

    stanzas: defaultdict[str, list[Line]]
    named: defaultdict[tuple[str, str], list[Line]]

    def access_list(self, name: str) -> list[Line]:
        """The lines of an extended access-list; none of another type."""
        lines = self.named.get(("access-list", name), [])
        return [line for line in lines if _third_word(line) not in _OTHER_ACLS]

    def networks(self, names: Iterable[str]) -> list[Line]:
        """The stanzas of network objects and groups called so."""
        return self._of(_NETWORKS, names)

    def services(self, names: Iterable[str]) -> list[Line]:
        """The stanzas of service objects and of groups of services or protocols called so."""
        return self._of(_SERVICES, names)

    def service_groups(self) -> frozenset[str]:
        """The names of all groups that can stand where ports stand."""
        return frozenset(name for keyword, name in self.named if keyword in _SERVICES)

    def names_in_use(self) -> dict[str, tuple[str, ...]]:
        """Every name with the keywords of its stanzas."""
        used: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
        for keyword, name in self.named:
            used[name] += (keyword,)
        return dict(used)

    def names(self, keyword: str) -> Iterator[str]:
        """The names of all stanzas with this keyword."""
        return (name for kind, name in self.named if kind == keyword)

    def _of(self, keywords: Iterable[str], names: Iterable[str]) -> list[Line]:
        wanted = [(keyword, name) for keyword in keywords for name in names]
        return [line for key in wanted for line in self.named.get(key, ())]


def index_of(lines: Iterable[Line]) -> Index:
    """Sort top-level ``lines``."""
    index = Index(defaultdict(list), defaultdict(list))
    for line in lines:
        words = line.text.split(None, 4)
        index.stanzas[words[0]].append(line)
        if words[0] in _NAMED:
            key = _key(words)
            if key:
                index.named[key].append(line)
    return index


def _key(words: list[str]) -> tuple[str, str] | None:
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
