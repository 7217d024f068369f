"""What came of collecting, as rows: for the table and for scripts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from asa_automate.cli.output import emit_json, table
from asa_automate.cli.settings import Settings

if TYPE_CHECKING:
    from asa_automate.collect.collector import Outcome


def show_rows(
    settings: Settings,
    rows: Sequence[Mapping[str, object]],
    besides: Iterable[Mapping[str, object]] = (),
) -> None:
    """The table, or the JSON, on stdout.

    Args:
        besides: what the array of the JSON has behind the rows.
    """
    names = ("device", "outcome", "counters", "serial")
    if settings.json:
        shown = [{name: row.get(name) for name in (*names, *_MORE)} for row in rows]
        emit_json([*shown, *besides])
        return
    cells = [["" if row.get(name) is None else str(row[name]) for name in names] for row in rows]
    table(settings, list(names), cells)


_MORE = ("unparsed", "message")


def as_json(outcome: "Outcome") -> dict[str, object]:
    """A row of the JSON of this command."""
    return {
        "device": outcome.device,
        "outcome": _word(outcome),
        "counters": count(outcome),
        "serial": _serial(outcome),
        "unparsed": list(outcome.sample.unparsed) if outcome.sample else [],
        "message": outcome.message,
    }


def _word(outcome: "Outcome") -> str:
    if outcome.sample is None:
        return "failed"
    return "collected" if outcome.sample.seen.complete else "incomplete"


def count(outcome: "Outcome") -> int:
    """How many counters its sample has."""
    return len(outcome.sample.seen.readings) if outcome.sample else 0


def _serial(outcome: "Outcome") -> str | None:
    return outcome.sample.seen.serial if outcome.sample else None
