"""The text of a running-config as a tree of lines: the one reader and writer of its layout."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from asa_automate.config.bulk import Loose, find_bulk
from asa_automate.config.line import Bulk, Line
from asa_automate.config.nesting import base_of, nest

__all__ = ["Bulk", "CutTree", "Line", "Stanza", "Tree", "cut_tree", "read_tree", "write_tree"]

Stanza = Line | Bulk

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
#: One of these is in every line that ends a configuration.
_END_SIGNS = (": end", "Cryptochecksum")


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the commands of ``show running-config`` or ``show startup-config``.

    Args:
        header: ``:`` lines, version line and whatever stood before the first command.
        footer: from ``Cryptochecksum`` or ``: end`` to the end of the text.
        version: ``9.8(2)`` as in the version line, or ``None``.
        serial: of the ``: Serial Number:`` line, or ``None``.
        complete: whether the text has its end; without it, it was cut short.
    """

    header: tuple[str, ...]
    footer: tuple[str, ...]
    version: str | None
    serial: str | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Tree(Around):
    """A whole text, every line of it; ``stanzas`` are its top-level lines, comments included."""

    stanzas: tuple[Line, ...]

    def commands(self) -> Iterator[Line]:
        """The top-level lines that are commands."""
        return (line for line in self.stanzas if not line.is_comment)

    def with_stanzas(self, stanzas: Iterable[Line]) -> "Tree":
        """The same text around other stanzas."""
        return replace(self, stanzas=tuple(stanzas))


@dataclass(frozen=True, slots=True)
class CutTree(Around):
    """A whole text of which long runs of access-lists and objects are kept in bulk.

    Args:
        hashed: what :mod:`asa_automate.config.canonical` has hashed of it, for trees that begin
            in the same way.
    """

    stanzas: tuple[Stanza, ...]
    hashed: list[Any] = field(default_factory=list, compare=False, repr=False)

    def opened(self) -> Iterator[Line]:
        """The top-level lines that are commands, without those in bulk."""
        return (s for s in self.stanzas if isinstance(s, Line) and not s.is_comment)

    def commands(self) -> Iterator[Line]:
        """All top-level lines that are commands; this takes apart what is in bulk."""
        for stanza in self.stanzas:
            if isinstance(stanza, Bulk):
                yield from nest(stanza.lines(), 0)
            elif not stanza.is_comment:
                yield stanza

    def with_stanzas(self, stanzas: Iterable[Stanza]) -> "CutTree":
        """The same text around other stanzas."""
        return replace(self, stanzas=tuple(stanzas))


def read_tree(text: str) -> Tree:
    """Read a running-config into its tree, every line of it; never raises, whatever the text."""
    plain = _plain(text)
    parts, footer = _until_end(plain, [Loose(plain, 1)])
    reader = _Reader(footer, shifted=True)
    lines = tuple(x for part in parts if isinstance(part, Loose) for x in reader.stanzas(part))
    return Tree(**asdict(reader.around()), stanzas=lines)


def cut_tree(text: str, apart: str) -> CutTree:
    """As :func:`read_tree`, but long runs of access-lists and objects stay in bulk.

    Args:
        apart: stanzas with this word in them are taken apart wherever they stand.
    """
    plain = _plain(text)
    parts, footer = _until_end(plain, find_bulk(plain, apart))
    reader = _Reader(footer, shifted=not any(isinstance(part, Bulk) for part in parts))
    stanzas: list[Stanza] = []
    for part in parts:
        stanzas += (part,) if isinstance(part, Bulk) else reader.stanzas(part)
    return CutTree(**asdict(reader.around()), stanzas=tuple(stanzas))


def _plain(text: str) -> str:
    """The text with one kind of line end."""
    plain = text.removeprefix("\ufeff")
    if "\r" in plain:
        plain = plain.replace("\r\n", "\n").replace("\r", "\n")
    return plain


def _until_end(plain: str, parts: Iterable[Loose | Bulk]) -> tuple[list[Loose | Bulk], str | None]:
    """The parts before the end, and the text from there; ``None`` where it has no end."""
    kept: list[Loose | Bulk] = []
    for part in parts:
        ends = [] if isinstance(part, Bulk) else list(_ends(part.text))
        if isinstance(part, Loose) and ends:
            at = min(ends)
            kept += [Loose(part.text[: at - 1], part.number, part.at)] if at else []
            return kept, plain[part.at + at :]
        kept.append(part)
    return kept, None


def _ends(text: str) -> Iterator[int]:
    """For each sign of an end, where the first line with it begins that is one."""
    for sign in _END_SIGNS:
        found = text.find(sign)
        while found >= 0:
            start, stop = text.rfind("\n", 0, found) + 1, text.find("\n", found)
            if _END.match(text[start : stop if stop >= 0 else len(text)].strip()):
                yield start
                break
            found = text.find(sign, stop) if stop >= 0 else -1


class _Reader:
    """Loose parts to stanzas, one after the other.

    Args:
        shifted: whether the text may be shifted as a whole: not where a part of it was in bulk.
    """

    def __init__(self, footer: str | None, *, shifted: bool) -> None:
        self._footer, self._shifted = footer, shifted
        self._header: list[str] | None = None
        self._bare: list[str] = []

    def stanzas(self, part: Loose) -> tuple[Line, ...]:
        # Blanks only: an odd byte at the end of a line is a difference.
        raws = [raw.rstrip(" \t") for raw in part.text.split("\n")]
        start = 0
        if self._header is None:
            start = _end_of_header(raws)
            self._header = raws[:start]
        self._bare += (raw.strip() for raw in raws)
        numbered = enumerate(raws[start:], part.number + start)
        lines = [Line(raw, number) for number, raw in numbered if not _AROUND.match(raw)]
        return nest(lines, base_of(lines) if self._shifted else 0)

    def around(self) -> Around:
        footer = () if self._footer is None else self._footer.split("\n")
        return Around(
            header=tuple(self._header or ()),
            footer=tuple(raw.rstrip(" \t") for raw in footer),
            version=_first(_VERSION, self._bare),
            serial=_first(_SERIAL, self._bare),
            complete=self._footer is not None,
        )


def write_tree(tree: Tree | CutTree) -> str:
    """The text again: every line as it was printed, new lines indented by their depth."""
    body = [raw for stanza in tree.stanzas for raw in _printed(stanza, 0)]
    return "\n".join([*tree.header, *body, *tree.footer]).rstrip("\n") + "\n"


def _printed(line: Stanza, depth: int) -> Iterator[str]:
    if isinstance(line, Bulk):
        yield line.text
        return
    yield line.raw if line.number else " " * depth + line.text
    for child in line.children:
        yield from _printed(child, depth + 1)


def _end_of_header(raws: list[str]) -> int:
    """Index after the version line, or the leading ``:`` lines, blanks and echoes without one.

    Collectors put what ``show version`` says in front, as ``!`` lines.
    """
    plain = len(raws)
    for i, raw in enumerate(raws):
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
