"""The results as tables of a README, and as a person reads them in a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.field import PEERS
from bench.markdown import grid

_DOES = {peer.name: peer.does for peer in PEERS}
_TITLES = {
    "small-acls": "the classes name a few entries",
    "large-acl": "a class names a tenth of all lines, with nested groups and names behind it",
}


def markdown(results: Mapping[str, Any]) -> str:
    """What stands between the markers of the README."""
    machine = results["machine"]
    lines = [
        f"Medians of {results['rounds']} interleaved rounds on {machine['cores']} cores, "
        f"Python {machine['python']}; every answer was checked first.",
    ]
    for kind, title in _TITLES.items():
        largest = max(row["lines"] for row in results["rows"])
        rows = [r for r in results["rows"] if (r["kind"], r["lines"]) == (kind, largest)]
        if rows:
            lines += ["", f"`{kind}`, {largest:,} lines: {title}", "", *_table(rows)]
    lines += [
        "",
        "ns per line; per further line from each size to the next; ratio of the last two:",
        "",
    ]
    lines += _growth(results["growth"])
    lines += ["", *(_goal(goal) for goal in results["goals"])]
    lines += ["", *(f"- {note}" for note in _notes(results["rows"]))]
    return "\n".join(lines)


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    head = ["", "does", "seconds", "lines/s", "MB/s", "peak MB", "x our time"]
    return grid(head, (_cells(row) for row in rows))


def _cells(row: Mapping[str, Any]) -> list[str]:
    start = [row["peer"], _DOES[row["peer"]]]
    if "seconds" not in row:
        return [*start, f"{row['status']}: {row['note']}", "", "", "", ""]
    note = " (see note)" if row["note"] else ""
    return [
        start[0] + note,
        start[1],
        f"{row['seconds']:.3f}",
        f"{row['lines_per_second']:,}",
        f"{row['mb_per_second']:,.1f}",
        f"{row['peak_mb']:.0f}",
        f"{row['times_ours']:.1f}" if row["times_ours"] is not None else "",
    ]


def _growth(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    rows = list(rows)
    sizes = sorted({size for row in rows for size in row["ns_per_line"]}, key=int)
    head = ["", "", *(f"{int(size):,}" for size in sizes), "further line", "ratio"]
    return grid(head, (_growth_cells(row, sizes) for row in rows))


def _growth_cells(row: Mapping[str, Any], sizes: Sequence[str]) -> list[str]:
    at_sizes = [f"{row['ns_per_line'].get(size, '')}" for size in sizes]
    steps = " / ".join(map(str, row["ns_per_further_line"]))
    ratio = "" if row["ratio"] is None else f"{row['ratio']}"
    return [row["kind"], row["peer"], *at_sizes, steps, ratio]


def _goal(goal: Mapping[str, Any]) -> str:
    said = {True: "reached", False: "NOT REACHED", None: "not measured"}[goal["holds"]]
    if "times" in goal:
        what = f"{goal['times']} times the lines per second of {goal['peer']}"
    elif "peak_mb_below" in goal:
        what = f"below {goal['peak_mb_below']} MB"
    else:
        what = f"a further line costs at most {goal['growth_at_most']} times as much"
    reached = "" if goal["reached"] is None else f" ({goal['reached']})"
    return f"- `{goal['kind']}`: {what}: {said}{reached}"


def _notes(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is to be known of single rows."""
    noted = {row["peer"]: row for row in rows if row["note"] and "seconds" in row}
    return [f"{peer} {row['note']}" for peer, row in noted.items()]
