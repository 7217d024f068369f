"""YAML text to plain values with lines, refusing what no inventory needs and what harms.

Aliases (a few hundred bytes of them unfold to billions of values), tags (they can name Python
objects), deep nesting (it exhausts the stack of whoever walks it), files above 1 MB, duplicate
keys (YAML readers silently keep one of them) and several documents in one file.
"""

import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError

from asa_automate.inventory.problems import Problem

#: Bytes; the inventory of several thousand firewalls has some hundred thousand.
SIZE_LIMIT = 1024 * 1024

#: Collections inside collections.
DEPTH_LIMIT = 20

Loc = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read.

    Attributes:
        value: dicts, lists, text, int, float, bool and ``None``; ``None`` for an empty file.
        lines: place of a value -> its line, from 1; for an item of a mapping the line of its key.
        problems: what is wrong; ``value`` is then as much as could be read.
    """

    path: Path
    value: Any = None
    lines: Mapping[Loc, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def line(self, loc: Iterable[str | int]) -> int:
        """The line of the value at ``loc``, or of the nearest thing around it that has one."""
        place = tuple(loc)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, loc: Iterable[str | int], text: str) -> Problem:
        """A problem at that place."""
        return Problem(self.path, self.line(loc), text)


class _Stop(Exception):
    def __init__(self, line: int | None, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


def read(path: Path) -> Document | None:
    """The file as a document; ``None`` if there is no such file."""
    try:
        text = _text(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Document(path, problems=(Problem(path, None, f"cannot be read: {error.strerror}"),))
    except _Stop as stop:
        return Document(path, problems=(Problem(path, stop.line, stop.text),))
    return parse(path, text)


def parse(path: Path, text: str) -> Document:
    """The text as a document; ``path`` is only for messages."""
    builder = _Builder(path)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.feed(event)
    except _Stop as stop:
        builder.problems.append(Problem(path, stop.line, stop.text))
    except YAMLError as error:
        builder.problems.append(_syntax_problem(path, text, error))
    return Document(path, builder.root, builder.lines, tuple(builder.problems))


def _text(path: Path) -> str:
    """At most ``SIZE_LIMIT`` bytes of a regular file: a pipe could keep us for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise _Stop(None, "is not a regular file")
    with path.open("rb") as file:
        content = file.read(SIZE_LIMIT + 1)
    if len(content) > SIZE_LIMIT:
        raise _Stop(None, f"is larger than {SIZE_LIMIT // 1024} KB; split the inventory")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Stop(line, "is not UTF-8; save the file as UTF-8") from error


def _syntax_problem(path: Path, text: str, error: YAMLError) -> Problem:
    """Only the reader's own words: its excerpt of the file could show a secret."""
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return Problem(path, line, "holds a control character; remove it")
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "cannot be read"
        return Problem(path, mark.line + 1 if mark else None, f"is not YAML: {what}")
    return Problem(path, None, "is not YAML")


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is still open; ``key`` is what the next value belongs to."""

    value: dict[str, Any] | list[Any]
    loc: Loc
    key: object = _NOTHING


class _Builder:
    """Events in, values and lines out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root: Any = None
        self.lines: dict[Loc, int] = {}
        self.problems: list[Problem] = []
        self._open: list[_Frame] = []
        self._documents = 0
        self._resolver = YAML(typ="safe", pure=True).resolver

    def feed(self, event: Any) -> None:
        match event:
            case AliasEvent():
                raise _Stop(_line(event), "uses an alias (*name); write the value out")
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise _Stop(_line(event), "holds a second document (---); one per file")
            case CollectionStartEvent():
                self._refuse_extras(event)
                self._start(event)
            case ScalarEvent():
                self._refuse_extras(event)
                self._scalar(event)
            case CollectionEndEvent():
                self._open.pop()

    def _refuse_extras(self, event: CollectionStartEvent | ScalarEvent) -> None:
        if event.anchor is not None:
            raise _Stop(_line(event), "uses an anchor (&name); write the value out")
        if event.tag is not None and str(event.tag) != "!":
            raise _Stop(_line(event), "uses a tag (!name); write a plain value")

    def _start(self, event: CollectionStartEvent) -> None:
        line = _line(event)
        if len(self._open) >= DEPTH_LIMIT:
            raise _Stop(line, f"is nested more than {DEPTH_LIMIT} deep")
        if self._wants_key():
            raise _Stop(line, "uses a list or mapping as a key; a key is one word")
        value: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
        loc = self._place(value, line)
        self._open.append(_Frame(value, loc))

    def _scalar(self, event: ScalarEvent) -> None:
        line = _line(event)
        if self._wants_key():
            self._take_key(event, line)
        else:
            self._place(self._plain_value(event, line), line)

    def _wants_key(self) -> bool:
        top = self._open[-1] if self._open else None
        return top is not None and isinstance(top.value, dict) and top.key is _NOTHING

    def _take_key(self, event: ScalarEvent, line: int) -> None:
        top = self._open[-1]
        if self._tag(event) != "str":
            self._report(line, f"the key {event.value} is not text to YAML; put quotes round it")
        if event.value in top.value:
            first = self.lines.get((*top.loc, event.value))
            self._report(line, f"the key '{event.value}' stands here again, first in line {first}")
        top.key = event.value
        self.lines[(*top.loc, event.value)] = line

    def _place(self, value: Any, line: int) -> Loc:
        """Put a value where it belongs; returns its place."""
        if not self._open:
            self.root = value
            self.lines[()] = line
            return ()
        top = self._open[-1]
        if isinstance(top.value, dict):
            key = str(top.key)
            top.value[key], top.key = value, _NOTHING
            return (*top.loc, key)
        top.value.append(value)
        loc = (*top.loc, len(top.value) - 1)
        self.lines[loc] = line
        return loc

    def _plain_value(self, event: ScalarEvent, line: int) -> Any:
        """The value, if YAML reads the text as what a person sees in it; else text, reported.

        ``00123``, ``1_000``, ``0x1f``, ``1.10`` and dates lose what was typed.
        """
        text = str(event.value)
        match self._tag(event):
            case "str":
                return text
            case "null":
                return None
            case "bool" if text in ("true", "false"):
                return text == "true"
            case "int" if text.lstrip("-").isdigit() and str(int(text)) == text:
                return int(text)
            case "float" if str(_float(text)) == text:
                return float(text)
        self._report(line, f"YAML reads {text} as something else than text; put quotes round it")
        return text

    def _tag(self, event: ScalarEvent) -> str:
        tag = str(self._resolver.resolve(ScalarNode, event.value, event.implicit))
        return tag.removeprefix(_TAG)

    def _report(self, line: int, text: str) -> None:
        self.problems.append(Problem(self.path, line, text))


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
