"""What people and programs see: results on stdout, talk on stderr.

Text that came from a device, a file or a user goes through :func:`escape` before it reaches a
terminal; :func:`table` and :func:`say` do that themselves.
"""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Literal, TextIO

from asa_automate.cli.settings import Settings
from asa_automate.report.escaping import escape as escape  # many say cli.output.escape

#: Columns of a table that goes into a pipe: wide, since nobody scrolls there.
PIPED_WIDTH = 200


def emit(text: str) -> None:
    """Print a result to stdout, line feeds kept, all else that is unsafe made visible."""
    sys.stdout.write(escape(text, keep="\n") + "\n")


def emit_json(value: object) -> None:
    """Print a result to stdout as one JSON document, ASCII only, keys in their order."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=True) + "\n")


def table(
    settings: Settings,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str | None = None,
) -> None:
    """Print a table to stdout; cells are plain text, never markup."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, title=Text(escape(title)) if title else None)
    for heading in headings:
        drawn.add_column(Text(escape(heading)), overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(escape(cell, keep="\n")) for cell in row))
    console = Console(
        file=sys.stdout,
        width=_width(sys.stdout),
        no_color=settings.no_color,
        color_system=_color_system(settings, sys.stdout),
        markup=False,
        highlight=False,
        emoji=False,
    )
    console.print(drawn)


def say(settings: Settings, text: str, *, level: int = 0) -> None:
    """Tell the user something on stderr.

    Args:
        level: 0 is silenced by ``-q``; 1 needs ``-v``, 2 needs ``-vv``.
    """
    if not settings.quiet and settings.verbose >= level:
        complain(text)


def complain(text: str) -> None:
    """One line on stderr that nothing silences: what went wrong."""
    sys.stderr.write(escape(text) + "\n")
    sys.stderr.flush()


def shows_progress(settings: Settings) -> bool:
    """True where a progress bar may be drawn: stderr is a terminal and ``-q`` is not given."""
    return sys.stderr.isatty() and not settings.quiet


def _width(stream: TextIO) -> int | None:
    """``None`` leaves the width of a terminal to rich; ``COLUMNS`` beats both."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns)
    return None if stream.isatty() else PIPED_WIDTH


def _color_system(settings: Settings, stream: TextIO) -> Literal["auto"] | None:
    return "auto" if stream.isatty() and not settings.no_color else None
