"""Commands as the ASA's parser sees them: keywords that may be shortened, then arguments.

A grammar is a table from phrases (``show running-config``) to whatever acts on them. A word that
fits no keyword is invalid *at its place*; words that end too early are incomplete.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


class Unparsed(Exception):
    """A line that the parser turns down; ``offset`` is where the caret goes, if anywhere."""

    def __init__(self, reply: str, offset: int | None = None) -> None:
        super().__init__(reply)
        self.reply = reply
        self.offset = offset


def invalid(offset: int) -> Unparsed:
    """The caret error, under the character at ``offset`` of the typed line."""
    return Unparsed("ERROR: % Invalid input detected at '^' marker.", offset)


def incomplete() -> Unparsed:
    """The line ended before its command did."""
    return Unparsed("ERROR: % Incomplete command")


def ambiguous(line: str) -> Unparsed:
    """A shortened word fits several keywords."""
    return Unparsed(f'ERROR: % Ambiguous command:  "{line}"')


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands in the typed line."""

    text: str
    offset: int


@dataclass(slots=True)
class Words:
    """The words of a line, taken from the left."""

    line: str
    words: tuple[Word, ...]
    at: int = 0

    @classmethod
    def of(cls, line: str) -> "Words":
        """The words of ``line``, with their places."""
        return cls(line, tuple(Word(m[0], m.start()) for m in re.finditer(r"\S+", line)))

    def __bool__(self) -> bool:
        return self.at < len(self.words)

    def peek(self) -> str:
        """The next word, or an empty text."""
        return self.words[self.at].text if self else ""

    def take(self) -> Word:
        """The next word; incomplete when there is none."""
        if not self:
            raise incomplete()
        self.at += 1
        return self.words[self.at - 1]

    def text(self) -> str:
        """The next word's text."""
        return self.take().text

    def back(self) -> Word:
        """The word taken last."""
        return self.words[self.at - 1]

    def skip(self, word: str) -> bool:
        """Take ``word`` if it is next."""
        found = self.peek().lower() == word
        self.at += found
        return found

    def rest(self) -> str:
        """All that is left, with single blanks."""
        left = " ".join(word.text for word in self.words[self.at :])
        self.at = len(self.words)
        return left

    def tail(self) -> str:
        """All that is left, as typed."""
        left = self.line[self.words[self.at].offset :].rstrip() if self else ""
        self.at = len(self.words)
        return left

    def end(self) -> None:
        """Nothing may be left."""
        if self:
            raise invalid(self.words[self.at].offset)


@dataclass(slots=True)
class _Node(Generic[T]):
    action: T | None = None
    following: dict[str, "_Node[T]"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase that was found: its action, its full words and the arguments left."""

    action: T
    phrase: str
    words: Words


class Grammar(Generic[T]):
    """A table from phrase to action, looked up by shortened words."""

    def __init__(self, rows: Mapping[str, T] | Iterable[tuple[str, T]]) -> None:
        self._root: _Node[T] = _Node()
        for phrase, action in rows.items() if isinstance(rows, Mapping) else rows:
            node = self._root
            for word in phrase.split():
                node = node.following.setdefault(word, _Node())
            node.action = action

    def keyword(self, word: str) -> str | None:
        """The first keyword of a line that ``word`` is, or is short for."""
        return self._step(self._root, word)

    def knows(self, word: str) -> bool:
        """Whether a line may begin with ``word``, spelt out or shortened without doubt."""
        return self._step(self._root, word) is not None

    def knows_exactly(self, word: str) -> bool:
        """Whether a line may begin with ``word`` as it stands."""
        return word.lower() in self._root.following

    def find(self, words: Words) -> Found[T]:
        """The longest phrase that ``words`` begin with; ``Unparsed`` where there is none."""
        node, phrase = self._root, list[str]()
        while words and node.following:
            step = self._step(node, words.peek())
            if step is None:
                break
            phrase.append(step)
            node = node.following[step]
            words.take()
        if node.action is not None:
            return Found(node.action, " ".join(phrase), words)
        raise self._why_not(node, words)

    def _why_not(self, node: _Node[T], words: Words) -> Unparsed:
        if not words:
            return incomplete()
        if len(_fitting(node, words.peek())) > 1:
            return ambiguous(words.line)
        return invalid(words.take().offset)

    def _step(self, node: _Node[T], word: str) -> str | None:
        if word.lower() in node.following:
            return word.lower()
        fitting = _fitting(node, word)
        return fitting[0] if len(fitting) == 1 else None


def _fitting(node: _Node[T], word: str) -> list[str]:
    return [keyword for keyword in node.following if keyword.startswith(word.lower())]
