"""Where a secret is found: the four kinds of reference, told apart and taken to pieces.

Kinds: ``env:NAME``, ``file:PATH``, ``keyring:SERVICE/USER``, ``vault:PATH#FIELD``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from asa_automate.errors import BadInput

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


Lookup = Callable[[Reference], str]


def secret(text: str, lookups: Mapping[str, Lookup]) -> SecretStr:
    """The secret that a reference stands for.

    Args:
        lookups: kind -> function that gets the secret; a kind that is missing cannot be used.

    Raises:
        BadInput: no reference, a kind without a lookup, or nothing is found there.
    """
    found = reference(text)
    if found is None:
        raise BadInput(f"a credential is no reference; write {KINDS}")
    if found.kind not in lookups:
        raise BadInput(f"{found.text}: this kind cannot be read here; use env: or file:")
    value = lookups[found.kind](found)
    if not value:
        raise BadInput(f"{found.text}: nothing is there; set it before the next run")
    return SecretStr(value)


def lookups(env: Mapping[str, str], base: Path) -> dict[str, Lookup]:
    """The kinds that need no further package.

    Args:
        base: directory that a relative ``file:PATH`` starts from (that of the inventory).
    """

    def from_file(found: Reference) -> str:
        try:
            return (base / found.parts["path"]).expanduser().read_text().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{found.text}: cannot be read: {type(error).__name__}") from error

    return {"env": lambda found: env.get(found.parts["name"], ""), "file": from_file}
