"""Where a running-config has long runs of access-lists and objects, found without reading them.

On a large firewall they are nearly all of the text, and the inspection of mail depends on few of
them. Only lines whose meaning is beyond doubt are taken: a command at column 0, its sub-mode lines
indented by one blank, no tab and no comment among them. The last stanza of a run is left out
unless another such stanza follows, since what stands behind it may belong to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from asa_automate.config.line import Bulk

#: What opens an object or a group: two words of keyword, and a name.
_HEAD = r"object(?:-group)? \S+ \S"
#: Possessive, so that nothing is kept to come back to.
_RUN = re.compile(
    r"\n(?:"
    r"access-list (\S+) [^\n]*+(?:\naccess-list \1 [^\n]*+)*+"
    rf"|{_HEAD}[^\n]*+(?:\n(?: [^\s!#:]|{_HEAD})[^\n]*+)*+"
    r")"
)
#: Devices print one or two; more are taken away line by line.
_BLANKS_AT_LINE_END = 2
_STARTS = ("access-list ", "object ", "object-group ")


@dataclass(frozen=True, slots=True)
class Loose:
    """Lines to be read one by one; ``number`` is where the first of them stands, from 1."""

    text: str
    number: int


def find_bulk(body: str, apart: str) -> Iterator[Loose | Bulk]:
    """``body`` in parts, in order; without the line ends between them.

    Args:
        body: whole lines.
        apart: a stanza with this word in it is never in bulk; nor is one with a tab.
    """
    position, number = 0, 1
    for start, stop, name in _spans(body, apart):
        if position < start:
            yield Loose(body[position : start - 1], number)
        number += body.count("\n", position, start)
        text = _trimmed(body[start:stop])
        yield Bulk("access-list" if name else "object", name, text, number)
        number += body.count("\n", start, stop) + 1
        position = stop + 1
    if position <= len(body):
        yield Loose(body[position:], number)


def _spans(body: str, apart: str) -> Iterator[tuple[int, int, str]]:
    """Begin and end of each part that can stay in bulk, and the name of its access-list."""
    for run in _RUN.finditer(body):
        start, stop = run.start() + 1, run.end()
        if not body.startswith(_STARTS, stop + 1):
            stop = _last_stanza(body, start, stop, run[1]) - 1
        for begin, end in _without(body, start, stop, apart, run[1]):
            for a, b in _without(body, begin, end, "\t", run[1]):
                yield a, b, run[1] or ""


def _without(
    body: str, start: int, stop: int, apart: str, name: str | None
) -> Iterator[tuple[int, int]]:
    """A span less the stanzas that have ``apart`` in them."""
    while start < stop:
        found = body.find(apart, start, stop)
        end = stop if found < 0 else _last_stanza(body, start, found, name) - 1
        if start < end:
            yield start, end
        if found < 0:
            return
        start = _next_stanza(body, found, stop, name)


def _trimmed(text: str) -> str:
    """``text`` without blanks at its line ends."""
    for _ in range(_BLANKS_AT_LINE_END):
        if " \n" not in text:
            return text.rstrip(" ")
        text = text.replace(" \n", "\n")
    return "\n".join(raw.rstrip(" ") for raw in text.split("\n"))


def _last_stanza(body: str, start: int, stop: int, name: str | None) -> int:
    """Where the last stanza before ``stop`` begins."""
    return max(start - 1, body.rfind("\n" if name else "\nobject", start, stop)) + 1


def _next_stanza(body: str, found: int, stop: int, name: str | None) -> int:
    after = body.find("\n" if name else "\nobject", found, stop)
    return after + 1 if after >= 0 else stop
