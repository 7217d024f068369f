"""How a stanza was printed, where that differs from how its writer would print it.

A writer writes from what a noun means. A text may say the same in other words: an address by its
name, ``eq 25`` for ``eq smtp``, lines in another order, a stanza in two blocks. Such a text is
kept beside the noun and stands as long as the noun means what it meant when it was read; a noun
that was changed is written from its meaning.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from asa_automate.config.tree import Line


@dataclass(frozen=True, slots=True)
class Spelling:
    """``printed`` is what the text had, ``made`` what the writer made of it when it was read."""

    printed: tuple[str, ...]
    made: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of a stanza that its noun does not model, verbatim.

    Args:
        place: how many lines of the stanza stand before it, its head not counted.
        depth: 1 beneath the head, 2 beneath a class of a policy-map.
    """

    text: str
    place: int
    depth: int = 1


class Later(NamedTuple):
    """The spelling of a noun that hardly anybody writes: it is found out when somebody does.

    Args:
        stanzas: the noun was read from.
        made_of: gives what the writer makes of these.
    """

    stanzas: tuple[Line, ...]
    made_of: Callable[[tuple[Line, ...]], list[str]]

    @property
    def printed(self) -> tuple[str, ...]:
        """As :class:`Spelling` has it."""
        return tuple(printed_lines(self.stanzas))

    @property
    def made(self) -> tuple[str, ...]:
        """As :class:`Spelling` has it."""
        return tuple(self.made_of(self.stanzas))


def spelling_of(printed: Iterable[str], made: Iterable[str]) -> Spelling | None:
    """``None`` where the writer prints what was printed."""
    spelling = Spelling(tuple(printed), tuple(made))
    return None if spelling.printed == spelling.made else spelling


def as_printed(made: list[str], spelling: Spelling | Later | None) -> list[str]:
    """The lines as they were printed if they still mean what they meant, else ``made``."""
    if spelling is None or spelling.made != tuple(made):
        return made
    return list(spelling.printed)


def with_kept(made: Iterable[str], kept: Iterable[Kept]) -> list[str]:
    """The lines of a stanza, head first, with what was kept back in its places."""
    lines = list(made)
    for one in kept:
        lines.insert(one.place + 1, f"{' ' * one.depth}{one.text}")
    return lines


def printed_lines(stanzas: Iterable[Line]) -> list[str]:
    """The commands of stanzas as the device prints them: indented by one blank per depth."""
    return [line for stanza in stanzas for line in _printed(stanza, 0)]


def _printed(line: Line, depth: int) -> Iterator[str]:
    if not line.is_comment:
        yield f"{' ' * depth}{line.text}"
    for child in line.children:
        yield from _printed(child, depth + 1)
