"""Where a running-config has long runs of access-lists, objects and settings, found without
reading them.

On a large firewall they are nearly all of the text, and the inspection of mail depends on few of
them. Only lines whose meaning is beyond doubt are taken: a command at column 0, its sub-mode lines
indented by one blank, no tab and no comment among them. The last stanza of a run is left out
unless another such stanza follows, since what stands behind it may belong to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from asa_automate.config.line import Bulk

#: What opens an object or a group: two words of keyword, and a name.
_HEAD = r"object(?:-group)? \S+ \S"
#: Settings of which there can be thousands. None of them is a line of somebody else's sub-mode,
#: and no inspection depends on any.
_OTHER = (
    r"(?:route|nat \(\S+,\S+\) (?:after-auto )?source|access-group|logging|snmp-server|crypto|mtu"
    r"|aaa|aaa-server|tunnel-group|group-policy|username|http|ssh|telnet|ntp|dhcpd|timeout|icmp) "
)
#: The rest of a line. The empty group tells that a blank stands at the end of some line of a run:
#: to look for one afterwards costs as much as finding the runs.
_REST = r"[^\n]*+(?:(?<= )())?+"
#: Possessive, so that nothing is kept to come back to.
_RUN = re.compile(
    r"\n(?:"
    rf"access-list (\S+) {_REST}(?:\naccess-list \1 {_REST})*+"
    rf"|{_HEAD}{_REST}(?:\n(?: [^\s!#:]|{_HEAD}){_REST})*+"
    rf"|name \S+ \S{_REST}(?:\nname \S+ \S{_REST})*+"
    rf"|{_OTHER}{_REST}(?:\n(?: [^\s!#:]|{_OTHER}){_REST})*+"
    r")"
)
#: Devices print one or two; more are taken away line by line.
_BLANKS_AT_LINE_END = 2
_STARTS = ("access-list ", "object ", "object-group ")


@dataclass(frozen=True, slots=True)
class Loose:
    """Lines to be read one by one.

    Args:
        number: where the first of them stands, from 1.
        at: the same in characters, from 0.
    """

    text: str
    number: int
    at: int = 0


def find_bulk(body: str, apart: str) -> Iterator[Loose | Bulk]:
    """``body`` in parts, in order; without the line ends between them.

    Args:
        body: whole lines.
        apart: a stanza with this word in it is never in bulk; nor is one with a tab.
    """
    position, number = 0, 1
    for span in _spans(body, apart):
        start, stop = span.start, span.stop
        if position < start:
            yield Loose(body[position : start - 1], number, position)
        number += body.count("\n", position, start)
        source = _trimmed(body[start:stop]) if span.blanks else body
        place = (0, len(source)) if span.blanks else (start, stop)
        yield Bulk(span.keyword, span.name, source, *place, number)
        number += body.count("\n", start, stop) + 1
        position = stop + 1
    if position <= len(body):
        yield Loose(body[position:], number, position)


@dataclass(frozen=True, slots=True)
class _Span:
    """A part of the text that may stay in bulk; ``blanks`` where some stand at line ends."""

    keyword: str
    name: str
    start: int
    stop: int
    blanks: bool

    @property
    def opener(self) -> str:
        """What stands before each of its stanzas, and before nothing beneath them."""
        return {"access-list": "\n", "name": "\n", "object": "\nobject"}.get(self.keyword, "")

    def between(self, start: int, stop: int) -> "_Span":
        return replace(self, start=start, stop=stop)


def _spans(body: str, apart: str) -> Iterator[_Span]:
    words = [word for word in (apart, "\t") if word in body]
    for run in _RUN.finditer(body):
        start, stop = run.start() + 1, run.end()
        kept = next((k for k in ("object", "name") if body.startswith(k, start)), "other")
        keyword, blanks = "access-list" if run[1] else kept, "" in run.groups()[1:]
        span = _Span(keyword, run[1] or "", start, stop, blanks)
        if not body.startswith(_STARTS, stop + 1):
            span = span.between(start, _last_stanza(body, span, stop) - 1)
        parts = [span]
        for word in words:
            parts = [left for part in parts for left in _without(body, part, word)]
        yield from (part for part in parts if part.start < part.stop)


def _without(body: str, span: _Span, apart: str) -> Iterator[_Span]:
    """A span less the stanzas that have ``apart`` in them."""
    start, stop = span.start, span.stop
    while start < stop:
        rest = span.between(start, stop)
        found = body.find(apart, start, stop)
        end = stop if found < 0 else _last_stanza(body, rest, found) - 1
        if start < end:
            yield span.between(start, end)
        if found < 0:
            return
        start = _next_stanza(body, rest, found)


def _last_stanza(body: str, span: _Span, before: int) -> int:
    """Where the last stanza that begins before a place begins."""
    at = body.rfind(span.opener or "\n", span.start, before)
    while not span.opener and at >= 0 and body[at + 1 : at + 2] == " ":
        at = body.rfind("\n", span.start, at)
    return max(span.start - 1, at) + 1


def _next_stanza(body: str, span: _Span, found: int) -> int:
    at = body.find(span.opener or "\n", found, span.stop)
    while not span.opener and at >= 0 and body[at + 1 : at + 2] == " ":
        at = body.find("\n", at + 1, span.stop)
    return at + 1 if at >= 0 else span.stop


def _trimmed(text: str) -> str:
    """``text`` without blanks at its line ends."""
    for _ in range(_BLANKS_AT_LINE_END):
        if " \n" not in text:
            return text.rstrip(" ")
        text = text.replace(" \n", "\n")
    return "\n".join(raw.rstrip(" ") for raw in text.split("\n"))
