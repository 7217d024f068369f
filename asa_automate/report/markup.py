"""HTML and SVG in which nothing from outside can be anything but text.

There is one way to make markup, :func:`element`. A plain string that is put into it is escaped;
only what it made itself is not. A page is ASCII: other characters stand as references.
"""

import base64
import hashlib
from collections.abc import Iterable
from html import escape as as_text

from asa_automate.report.escaping import escape

#: Elements that have no content, and so no end tag (HTML, 13.1.2 "void elements").
_VOID = frozenset({"br", "col", "hr", "meta"})


class Markup(str):
    """Text that is markup already; made by this module alone."""

    __slots__ = ()


def element(name: str, *content: str | Iterable[str], **attributes: str | float) -> Markup:
    """An element with its content, every plain string escaped.

    Args:
        content: strings, markup, and iterables of these.
        attributes: ``class_="x"`` is ``class="x"``, ``text_anchor`` is ``text-anchor``.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(str(value))}"'
        for key, value in attributes.items()
    )
    if name in _VOID:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{joined(content)}</{name}>")


def joined(content: Iterable[str | Iterable[str]]) -> Markup:
    """Pieces one after the other, every plain string escaped."""
    return Markup("".join(_piece(piece) for piece in content))


def text(plain: str) -> Markup:
    """A plain string as markup: the same characters, and those that hide or move spelt out."""
    shown = as_text(escape(plain, keep="\n"))
    return Markup(shown.encode("ascii", "xmlcharrefreplace").decode("ascii"))


def document(title: str, style: str, *body: str | Iterable[str]) -> Markup:
    """A whole page that loads nothing and runs nothing: its policy allows this one style sheet.

    Args:
        style: of the page; never with anything from outside.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name_="referrer", content="no-referrer"),
        element("title", title),
        Markup(f"<style>{style}</style>"),
    )
    return Markup(f"<!DOCTYPE html>\n{element('html', head, element('body', *body), lang='en')}\n")


def _piece(piece: str | Iterable[str]) -> Markup:
    if isinstance(piece, Markup):
        return piece
    return text(piece) if isinstance(piece, str) else joined(piece)
