"""The text of a running-config as a tree of lines: the one reader and writer of its layout.

Nesting follows the columns where they lie true. Captures found in the field also come without
any indentation, with a class and its ``inspect`` lines in one column, or shifted as a whole, so
the children of the stanzas in :data:`SUBMODES` are found by their keywords.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

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

#: A capture that stands around the configuration, not in it: prompt with echo, headings.
_AROUND = re.compile(
    r"""^(?:
        \S*[\w)][>\#]\s*(?:(?:sh|show|more|wr|write|term|terminal|en|enable|exit)\b.*)?
      | (?:sh|show)\ (?:run|running-config|start|startup-config|conf)\S*(?:\ all)?
      | Building\ configuration.*
      | Result\ of\ the\ command:.*
      | \#+
    )\s*$""",
    re.VERBOSE,
)
_VERSION = re.compile(r"^(?:ASA|PIX|FWSM) Version (\S+)")
_SERIAL = re.compile(r"^: Serial Number: (\S+)")
_END = re.compile(r"^(?:: end|Cryptochecksum\s*:.*)\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of configuration and the lines beneath it.

    Args:
        raw: the line as printed, without its line end and trailing blanks.
        number: where it stands in its text, from 1; 0 for a line that no text had.
        children: the lines of its sub-mode, in order.
    """

    raw: str
    number: int = 0
    children: tuple["Line", ...] = ()

    @property
    def text(self) -> str:
        """The command itself: no blanks around it, single blanks inside stay as they are."""
        return self.raw.strip()

    @property
    def is_comment(self) -> bool:
        """``!`` separators, ``#`` notes, ``:`` heads and empty lines carry no configuration."""
        return not self.text or self.text[0] in "!#:"

    def walk(self) -> Iterator["Line"]:
        """This line and everything beneath it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()

    def commands(self) -> Iterator["Line"]:
        """The children that are commands."""
        return (child for child in self.children if not child.is_comment)


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole ``show running-config`` or ``show startup-config``.

    Args:
        header: ``:`` lines, version line and whatever stood before the first command.
        stanzas: top-level lines in order, comments included.
        footer: from ``Cryptochecksum`` or ``: end`` to the end of the text.
        version: ``9.8(2)`` as in the version line, or ``None``.
        serial: of the ``: Serial Number:`` line, or ``None``.
        complete: whether the text has its end; without it, it was cut short.
    """

    header: tuple[str, ...]
    stanzas: tuple[Line, ...]
    footer: tuple[str, ...]
    version: str | None
    serial: str | None
    complete: bool

    def commands(self) -> Iterator[Line]:
        """The top-level lines that are commands."""
        return (line for line in self.stanzas if not line.is_comment)

    def with_stanzas(self, stanzas: Iterable[Line]) -> "Tree":
        """The same text around other stanzas."""
        return replace(self, stanzas=tuple(stanzas))


def read_tree(text: str) -> Tree:
    """Cut a running-config into its tree; never raises, whatever the text."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    # Blanks only: an odd byte at the end of a line is a difference.
    numbered = [(number, raw.rstrip(" \t")) for number, raw in enumerate(plain.split("\n"), 1)]
    end = next((i for i, (_, raw) in enumerate(numbered) if _END.match(raw.strip())), None)
    body = numbered if end is None else numbered[:end]
    start = _end_of_header(body)
    lines = [Line(raw, number) for number, raw in body[start:] if not _AROUND.match(raw)]
    head = [raw for _, raw in body[:start]]
    return Tree(
        header=tuple(head),
        stanzas=_nest(lines),
        footer=() if end is None else tuple(raw for _, raw in numbered[end:]),
        version=_first(_VERSION, (raw.strip() for _, raw in body)),
        serial=_first(_SERIAL, (raw.strip() for _, raw in body)),
        complete=end is not None,
    )


def write_tree(tree: Tree) -> str:
    """The text again: every line as it was printed, new lines indented by their depth."""
    body = [raw for stanza in tree.stanzas for raw in _printed(stanza, 0)]
    return "\n".join([*tree.header, *body, *tree.footer]).rstrip("\n") + "\n"


def _printed(line: Line, depth: int) -> Iterator[str]:
    yield line.raw if line.number else " " * depth + line.text
    for child in line.children:
        yield from _printed(child, depth + 1)


def _end_of_header(body: list[tuple[int, str]]) -> int:
    """Index after the version line, or the leading ``:`` lines, blanks and echoes without one.

    Collectors put what ``show version`` says in front, as ``!`` lines.
    """
    plain = len(body)
    for i, (_, raw) in enumerate(body):
        bare = raw.strip()
        if _VERSION.match(bare):
            return i + 1
        if bare and bare[0] == "!":
            plain = min(plain, i)
        elif bare and bare[0] != ":" and not _AROUND.match(raw):
            return min(plain, i)
    return plain


def _first(pattern: re.Pattern[str], lines: Iterable[str]) -> str | None:
    return next((found[1] for line in lines if (found := pattern.match(line))), None)


def _nest(lines: list[Line]) -> tuple[Line, ...]:
    base = min((_indent(line) for line in lines if not line.is_comment), default=0)
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
