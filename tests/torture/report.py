"""The results in figures: as JSON, in a terminal, and as a table of the README."""

import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.torture.explore import Search
from tests.torture.field import LINK_FAULTS
from tests.torture.judge import Wrong

BEGIN, END = "<!-- TORTURE: begin -->", "<!-- TORTURE: end -->"
Row = Mapping[str, Any]


def summary(rows: Sequence[Row], begun: Sequence[str], search: Search, took: float) -> dict[str, Any]:
    """All that is kept of a run."""
    return {
        "schema": "asa-automate/torture/1",
        "machine": {
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
        },
        "seed": search.seed,
        "of": {"first": search.first, "second": search.second},
        "seconds": round(took),
        "cases": len(rows),
        "twice": sum(len(_faults(row)) > 1 for row in rows),
        "operations": [_operation(name, rows, begun) for name in sorted({_name(r) for r in rows})],
        "faults": dict(sorted(Counter(_faults(row)[0] for row in rows).items())),
        "wrong": {what.value: _count(rows, what) for what in Wrong},
        "found": [
            {"case": row["case"], **one} for row in rows for one in row["wrong"]
        ][:100],
        "link": times([row["seconds"] for row in rows if _is_link(row)]),
    }


def _operation(name: str, rows: Sequence[Row], begun: Sequence[str]) -> dict[str, Any]:
    mine = [row for row in rows if _name(row) == name]
    events = max(int(row["case"].split("/")[2].partition(".")[0]) for row in mine)
    return {
        "operation": name,
        "events": events,
        "cases": len(mine),
        "recoveries broken": sum(one.startswith(name.replace("/", "-") + "-") for one in begun),
        "ends": dict(Counter(row["end"] for row in mine).most_common()),
    }


def _name(row: Row) -> str:
    return "/".join(row["case"].split("/")[:2])


def _faults(row: Row) -> list[str]:
    return [step.partition(".")[2] for step in row["case"].split("/")[2:]]


def _count(rows: Iterable[Row], what: Wrong) -> int:
    return sum(any(one["what"] == what for one in row["wrong"]) for row in rows)


def _is_link(row: Row) -> bool:
    return row["seconds"] is not None and _faults(row)[0].startswith(LINK_FAULTS)


def times(seconds: Iterable[float]) -> dict[str, Any]:
    """Number, median and 99th percentile (nearest rank)."""
    ordered = sorted(seconds)
    if not ordered:
        return {"number": 0, "median": None, "p99": None}
    return {
        "number": len(ordered),
        "median": round(ordered[len(ordered) // 2], 2),
        "p99": round(ordered[max(0, -(-99 * len(ordered) // 100) - 1)], 2),
    }


def told(results: Row) -> str:
    """For a terminal."""
    lines = [
        f"{results['cases']:,} cases, {results['twice']:,} of them with a second fault in the "
        f"recovery, in {results['seconds']} s (seed {results['seed']})",
        *(_line(one) for one in results["operations"]),
        *(f"  {number:6,}  {what}" for what, number in results["wrong"].items()),
        _times("a lost link to a safe state, virtual clock", results["link"]),
        *(f"  {one['case']}: {one['what']}: {one['text']}" for one in results["found"][:20]),
    ]
    return "\n".join(lines)


def _line(one: Row) -> str:
    ends = ", ".join(f"{number} {end}" for end, number in one["ends"].items())
    return (
        f"  {one['operation']:24} {one['events']:4} events {one['cases']:7,} cases "
        f"{one['recoveries broken']:5} recoveries broken  {ends}"
    )


def _times(what: str, found: Row) -> str:
    return f"  {what}: median {found['median']} s, p99 {found['p99']} s ({found['number']:,})"


def into(readme: str, table: str) -> str:
    """A README with ``table`` between its markers.

    Raises:
        ValueError: it has no markers.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no {BEGIN} and {END}")
    return f"{before}{begin}\n{table}\n{end}{after}"


def markdown(results: Row) -> str:
    """What stands between the markers of the README."""
    return told(results)
