"""One line of configuration, and stanzas that are kept as they were printed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

#: Small enough for the memory of the part before to be used again.
_PIECE = 1 << 16


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
class Bulk:
    """Stanzas in a row that inspection hardly ever depends on, not taken apart.

    A large firewall has 100,000 lines of them. Their text is canonical: one command per line,
    no comments, no blanks at line ends, sub-mode lines indented by one blank. It is not copied out
    of the text that it stands in: fresh memory costs more than all the searching.

    Args:
        keyword: ``access-list`` (entries of one list), ``object`` (objects and groups), ``name``
            or ``other`` (settings that no inspection depends on).
        name: of the access-list, else ``""``.
        source: a text with these lines from ``start`` to ``stop``, the line end behind the last
            left out.
        number: where the first of them stands in its text, from 1.
    """

    keyword: str
    name: str
    source: str = field(repr=False)
    start: int
    stop: int
    number: int

    @property
    def text(self) -> str:
        """The lines, without a line end behind the last."""
        return self.source[self.start : self.stop]

    def pieces(self) -> Iterator[str]:
        """The same in parts that are quick to handle one after the other."""
        for start in range(self.start, self.stop, _PIECE):
            yield self.source[start : min(start + _PIECE, self.stop)]

    def lines(self) -> list[Line]:
        """Its lines without regard to which stand beneath which."""
        return [Line(raw, self.number + i) for i, raw in enumerate(self.text.split("\n"))]
