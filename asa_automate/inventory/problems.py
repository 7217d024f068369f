"""What is wrong with a file: where, what, and what to do about it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    """Whether the files can be used in spite of it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; ``line`` counts from 1, ``None`` where it is the whole file."""

    path: Path
    line: int | None
    text: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else f"{self.path}"
        kind = "warning: " if self.severity is Severity.WARNING else ""
        return f"{place}: {kind}{self.text}"


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once; files in the order of first mention, lines ascending."""
    unique = list(dict.fromkeys(problems))
    files = list(dict.fromkeys(problem.path for problem in unique))
    return tuple(sorted(unique, key=lambda p: (files.index(p.path), p.line or 0)))


def near(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> tuple[str, ...]:
    """Up to three of the known words that look like ``word``, the likeliest first."""
    return tuple(difflib.get_close_matches(word, list(known), n=3, cutoff=cutoff))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`` (did you mean 'x'?)``, or a list of what is known where nothing comes near."""
    words = list(known)
    if found := near(word, words):
        return f"; did you mean {' or '.join(repr(one) for one in found)}?"
    return f"; known are {', '.join(words[:12])}" if words else ""


def is_slip_of(word: str, known: str) -> bool:
    """True if ``word`` is ``known`` with one slip of the fingers.

    A slip is a letter too many or too few, or two neighbours swapped; in words of six letters or
    more also one wrong letter, in long ones two slips. Short words are left more room: ``size``
    is no misspelt ``site``.
    """
    if len(known) >= 8 and word != known:
        return difflib.SequenceMatcher(None, word, known).ratio() >= 0.88
    if word == known or abs(len(word) - len(known)) > 1:
        return False
    if len(word) != len(known):
        shorter, longer = sorted((word, known), key=len)
        return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
    wrong = [i for i, (a, b) in enumerate(zip(word, known, strict=True)) if a != b]
    if len(wrong) == 1:
        return len(known) >= 6
    swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
    return swapped and word[wrong[0]] == known[wrong[1]] and word[wrong[1]] == known[wrong[0]]
