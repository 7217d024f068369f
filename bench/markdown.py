"""Tables of Markdown, and where they stand: between two markers of a page."""

from collections.abc import Iterable, Sequence


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def into(page: str, name: str, table: str) -> str:
    """``page`` with ``table`` between its markers ``<!-- NAME: begin -->`` and ``... end -->``.

    Raises:
        ValueError: it has no such markers.
    """
    first, last = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begin, rest = page.partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end:
        raise ValueError(f"no {first} and {last}")
    return f"{before}{first}\n{table}\n{last}{after}"
