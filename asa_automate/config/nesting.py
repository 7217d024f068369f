"""How lines become stanzas: by columns where those lie true, by keywords where they do not.

Captures found in the field also come without any indentation, with a class and its ``inspect``
lines in one column, or shifted as a whole, so the children of the stanzas in :data:`SUBMODES`
are found by their keywords.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from asa_automate.config.line import Line

#: Keywords that stand beneath an opening line and never open a stanza of their own.
#: Source: the sub-mode command lists of the ASA command reference.
SUBMODES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(opener), re.compile(child))
    for opener, child in (
        (r"class-map\s", r"match\s|description\s"),
        (
            r"policy-map\s",
            r"class\s|inspect\s|no inspect\s|parameters\b|match\s|description\s|set connection\s"
            r"|priority$|police\s|flow-export\s|user-statistics\s|ips\s|csc\s|cxsc\s|sfr\s"
            r"|message-length\s|drop-connection\b|reset\b|log$|mask\b|allow-tls|mask-banner"
            r"|no (mask-banner|allow-tls|mail-relay|special-character|tcp-inspection)\b"
            r"|mail-relay\s|special-character\s",
        ),
        (
            r"object-group\s",
            r"(no )?(network|service|port|group|protocol|icmp|security|user)-object\s"
            r"|description\s",
        ),
        (
            r"object (network|service)\s",
            r"(host|subnet|range|fqdn)\s|description\s|service (?!reset|password|sw-|call)"
            # A translation that begins with "source" is not the object's own.
            r"|nat (\(\S+,\S+\) )?(static|dynamic)\s",
        ),
        (
            r"interface\s",
            r"(no )?(nameif|security-level|shut(down)?|management-only|duplex|speed|vlan)\b"
            r"|(channel-group|bridge-group|member-interface|flowcontrol|zone-member)\s"
            r"|(no )?ip(v6)? address\b|switchport\s|description\s|no forward\s",
        ),
    )
)

#: No sub-mode lies deeper; what is indented further stands in one column.
_DEEPEST = 8

_OPENS_TYPED = re.compile(r"(class|parameters|match|description)\b")
_OPENS_CLASS = re.compile(r"class\s")


def base_of(lines: list[Line]) -> int:
    """The column where top-level commands stand: a pasted text may be shifted as a whole."""
    return min((_indent(line) for line in lines if not line.is_comment), default=0)


def nest(lines: list[Line], base: int) -> tuple[Line, ...]:
    """``lines`` as stanzas, each with the lines of its sub-mode beneath it."""
    stanzas: list[Line] = []
    block: list[Line] = []
    waiting: list[Line] = []
    for line in lines:
        if line.is_comment:
            # Whether it stands in the block or ends it is for the next command to say: blank
            # lines and notes inside a block are forum damage and end nothing.
            waiting.append(line)
        elif block and (_indent(line) > base or _belongs_beneath(line, block[0])):
            block += [*waiting, line]
            waiting = []
        else:
            stanzas += [*_closed(block), *waiting]
            block, waiting = [line], []
    return (*stanzas, *_closed(block), *waiting)


def _belongs_beneath(line: Line, head: Line) -> bool:
    return any(o.match(head.text) and c.match(line.text) for o, c in SUBMODES)


def _closed(block: list[Line]) -> list[Line]:
    """A block as one stanza."""
    if not block:
        return []
    head, beneath = block[0], block[1:]
    if not beneath:
        return [head]
    if head.text.startswith("policy-map "):
        children = _by_keyword(head, beneath)
    elif head.text.startswith("class-map "):
        children = tuple(beneath)
    else:
        children = _by_column(beneath)
    return [replace(head, children=children)]


def _by_column(lines: list[Line], depth: int = 1) -> tuple[Line, ...]:
    """Children by indentation: a line belongs to the nearest earlier one that is less indented."""
    if depth == _DEEPEST:
        return tuple(lines)
    children: list[Line] = []
    for group in _groups(lines, lambda line, head: _indent(line) <= _indent(head)):
        children.append(replace(group[0], children=_by_column(group[1:], depth + 1)))
    return tuple(children)


def _by_keyword(head: Line, lines: list[Line]) -> tuple[Line, ...]:
    """Children of a policy-map: ``class``, ``parameters`` and ``match`` open, the rest follows."""
    opens = _OPENS_TYPED if head.text.startswith("policy-map type ") else _OPENS_CLASS
    groups = _groups(lines, lambda line, head: head.is_comment or bool(opens.match(line.text)))
    return tuple(replace(group[0], children=tuple(group[1:])) for group in groups)


def _groups(lines: list[Line], opens: Callable[[Line, Line], bool]) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and opens(line, group[0]):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _indent(line: Line) -> int:
    return len(line.raw) - len(line.raw.lstrip())
