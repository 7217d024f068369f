"""Where a secret is found: the four kinds of reference, told apart and taken to pieces.

Kinds: ``env:NAME``, ``file:PATH``, ``keyring:SERVICE/USER``, ``vault:PATH#FIELD``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

KINDS = "env:NAME, file:PATH, keyring:SERVICE/USER or vault:PATH#FIELD"

_FORMS = {
    "env": re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)"),
    "file": re.compile(r"(?P<path>[^\x00-\x1f\x7f]+)"),
    "keyring": re.compile(r"(?P<service>[^/\x00-\x20\x7f]+)/(?P<user>[^/\x00-\x20\x7f]+)"),
    "vault": re.compile(r"(?P<path>[^#\x00-\x20\x7f]+)#(?P<field>[^#\x00-\x20\x7f]+)"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference in pieces: ``vault:fw/ams#enable`` has the parts path and field."""

    text: str
    kind: str
    parts: Mapping[str, str]


def reference(text: str) -> Reference | None:
    """The reference that the text is, or ``None`` (then it may be a secret: do not print it)."""
    kind, colon, rest = text.partition(":")
    form = _FORMS.get(kind) if colon else None
    found = form.fullmatch(rest) if form else None
    return Reference(text, kind, found.groupdict()) if found else None
