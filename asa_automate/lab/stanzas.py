"""Finding and changing lines of a configuration tree; every change makes another tree."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from asa_automate.config.tree import Line

Stanzas = tuple[Line, ...]
Path = tuple[str, ...]


def key(line: Line) -> str:
    """The command with single blanks: what makes two lines the same command."""
    return squeeze(line.text)


def squeeze(text: str) -> str:
    """``text`` with single blanks between its words."""
    return " ".join(text.split())


def commands(lines: Stanzas) -> Iterator[Line]:
    """The lines that are commands, comments left out."""
    return (line for line in lines if not line.is_comment)


def starting(lines: Stanzas, prefix: str) -> Iterator[Line]:
    """The commands that begin with ``prefix``."""
    return (line for line in lines if key(line).startswith(prefix))


def first(lines: Stanzas, text: str) -> Line | None:
    """The first command that is ``text``."""
    return next((line for line in lines if key(line) == text), None)


def at(stanzas: Stanzas, path: Path) -> Line | None:
    """The line at the end of ``path``, each step a command beneath the one before."""
    lines, found = stanzas, None
    for step in path:
        found = first(lines, step)
        if found is None:
            return None
        lines = found.children
    return found


def beneath(stanzas: Stanzas, path: Path) -> Stanzas:
    """The children of the line at ``path``; the stanzas themselves for an empty path."""
    if not path:
        return stanzas
    line = at(stanzas, path)
    return line.children if line else ()


def changed(stanzas: Stanzas, path: Path, change: Callable[[Stanzas], Stanzas]) -> Stanzas:
    """The stanzas with the children at ``path`` put through ``change``."""
    if not path:
        return change(stanzas)
    done = False
    lines = []
    for line in stanzas:
        if not done and key(line) == path[0]:
            line = replace(line, children=changed(line.children, path[1:], change))
            done = True
        lines.append(line)
    return tuple(lines)


def added(lines: Stanzas, text: str, index: int | None = None) -> Stanzas:
    """``lines`` with a new command at ``index``, else at the end."""
    where = len(lines) if index is None else index
    return (*lines[:where], Line(text), *lines[where:])


def removed(lines: Stanzas, gone: Callable[[str], bool]) -> Stanzas:
    """``lines`` without the commands whose text is ``gone``."""
    return tuple(line for line in lines if line.is_comment or not gone(key(line)))


def replaced(lines: Stanzas, is_old: Callable[[str], bool], text: str) -> Stanzas:
    """``lines`` with the first old command changed to ``text``; added where there is none."""
    for i, line in enumerate(lines):
        if not line.is_comment and is_old(key(line)):
            return (*lines[:i], Line(text), *lines[i + 1 :])
    return added(lines, text)
