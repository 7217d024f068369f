"""Lines of configuration to the records of a TextFSM template, each with the line it came from.

A template is fed canonical text: one command per row, indented by its depth in the tree, comments
left out. In front of each row stands its ordinal and a TAB; the templates of ``show
running-config`` take the ordinal as the value ``LINE`` (and do without it when a person feeds them
plain device output). So a record leads back to the very line, whatever its blanks were.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asa_automate.config.tree import Line
from asa_automate.show.templates import LINE_CAP, line_of, reader

#: Stands in for a line that is too long to be one of a firewall: no rule takes it.
_TOO_LONG = "?"


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a template and the line that it speaks of."""

    line: Line
    values: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def words(self, name: str) -> str:
        """A value with single blanks between its words."""
        return " ".join(self.values[name].split())


def rows(command: str, lines: Iterable[Line]) -> Iterator[Row]:
    """What the template of ``command`` finds in ``lines`` and beneath them, in order.

    Each stanza is read by itself: nothing fills down into one whose head is not understood.
    """
    read = reader(command)
    given = list(lines)
    if read.is_flat and not any(top.children for top in given):
        fed = [top for top in given if not top.is_comment]
        for record in read([_row(i, line.text, 0) for i, line in enumerate(fed)]):
            yield Row(fed[int(record["LINE"])], record)
        return
    for top in given:
        block = list(_commands(top, 0))
        for record in read([_row(i, x.text, depth) for i, (x, depth) in enumerate(block)]):
            yield Row(block[int(record["LINE"])][0], record)


def _commands(line: Line, depth: int) -> Iterator[tuple[Line, int]]:
    if not line.is_comment:
        yield line, depth
    for child in line.children:
        yield from _commands(child, depth + 1)


def _row(ordinal: int, text: str, depth: int) -> str:
    row = f"{ordinal}\t{' ' * depth}{line_of(text)}"
    return row if len(row) < LINE_CAP else f"{ordinal}\t{_TOO_LONG}"
