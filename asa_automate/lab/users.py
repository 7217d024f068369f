"""Who uses a named thing: the question that a box asks itself before it lets one go."""

import re
from collections.abc import Iterator

from asa_automate.lab.stanzas import Stanzas, key

#: Kind of thing -> how a line that uses ``{name}`` reads (anywhere in it). The ASA refuses to
#: remove what a command uses (ASA 8.4 CLI guide p.13-3 for groups; the rest by the same rule).
_USES = {
    "access-list": (
        r"^ *match access-list {name}$",
        r"^access-group {name} ",
        r"match (ip )?address {name}$",
        r"\b(nat|vpn-filter value|split-tunnel-network-list value) .*{name}$",
        r"^nat .*access-list {name}\b",
    ),
    "object-group": (
        r"\bobject-group {name}( |$)",
        r"^ *group-object {name}$",
        r"^nat .* {name}( |$)",
    ),
    "object": (r"\bobject {name}( |$)", r"^nat .* {name}( |$)"),
    "class-map": (r"^ *class {name}$",),
    "policy-map": (r"^service-policy {name} ",),
    "inspect-map": (r"^ *inspect .* {name}$", r"^ *service-policy {name}$"),
}
#: Lines that are the thing rather than a user of it.
_ITSELF = {
    "access-list": r"^access-list ",
    "object-group": r"^object-group \S+ {name}( |$)",
    "object": r"^object \S+ {name}$",
    "class-map": r"^class-map ",
    "policy-map": r"^policy-map ",
    "inspect-map": r"^policy-map type ",
}


def users(stanzas: Stanzas, kind: str, name: str) -> Iterator[str]:
    """The top-level commands that use the thing, each once for every line that does."""
    uses = re.compile("|".join(_named(pattern, name) for pattern in _USES[kind]))
    itself = re.compile(_named(_ITSELF[kind], name))
    for stanza in stanzas:
        if stanza.is_comment:
            continue
        for line in stanza.walk():
            text = key(line)
            if name in text and uses.search(text) and not itself.match(text):
                yield key(stanza)


def user(stanzas: Stanzas, kind: str, name: str) -> str | None:
    """The first user, or ``None``."""
    return next(users(stanzas, kind, name), None)


def _named(pattern: str, name: str) -> str:
    return pattern.replace("{name}", re.escape(name))
