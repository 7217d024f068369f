"""From single measurements to medians, ratios, growth, and whether the goals are reached."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from bench.field import GOALS, LARGEST, MOST_GROWTH, MOST_MEMORY, OURS

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shot:
    """One process: a peer on one text.

    Args:
        status: ``ok``, ``wrong`` (its answer is not the reference's), ``missing``, ``failed``.
        note: why it is not ``ok``, or what is to be known beside.
        seconds: the work alone; nothing where the answer is wrong.
    """

    kind: str
    lines: int
    round: int
    peer: str
    status: str
    note: str = ""
    size: int = 0
    seconds: float | None = None
    details: Mapping[str, float] = field(default_factory=dict)


def fault_of(answer: Answer, reference: Answer) -> str:
    """How an answer differs from the reference's; empty where nothing does.

    A peer answers as much as it reads; what it answers must be right.
    """
    if "plan" in answer and answer["plan"] != reference["plan"]:
        return f"its plan is not the reference's: {_first(answer['plan'], reference['plan'])}"
    wrong = [
        f"{key}: {value}, not {reference['facts'][key]}"
        for key, value in answer.get("facts", {}).items()
        if value != reference["facts"][key]
    ]
    return "; ".join(wrong)


def _first(ours: Sequence[str], theirs: Sequence[str]) -> str:
    lacks = [line for line in theirs if line not in ours][:1]
    beside = [line for line in ours if line not in theirs][:1]
    return f"it lacks {lacks}, and has {beside} beside" if lacks or beside else "another order"


def summary(shots: Sequence[Shot]) -> list[dict[str, Any]]:
    """One row for each kind, size and peer, in the order of the shots."""
    keys = dict.fromkeys((s.kind, s.lines, s.peer) for s in shots)
    return [_row(shots, *key) for key in keys]


def _row(shots: Sequence[Shot], kind: str, lines: int, peer: str) -> dict[str, Any]:
    here = [s for s in shots if (s.kind, s.lines) == (kind, lines)]
    own = [s for s in here if s.peer == peer]
    bad = next((s for s in own if s.status != "ok"), None)
    noted = bad or own[-1]
    row = {"kind": kind, "lines": lines, "peer": peer, "status": noted.status, "note": noted.note}
    times = [s.seconds for s in own if s.seconds is not None]
    if bad or not times:
        return row
    middle = median(times)
    return {
        **row,
        "bytes": own[0].size,
        "seconds": round(middle, 6),
        "all_seconds": [round(t, 6) for t in times],
        "lines_per_second": round(lines / middle),
        "mb_per_second": round(own[0].size / middle / 1e6, 2),
        "ns_per_line": round(middle / lines * 1e9),
        "times_ours": _ratio(here, peer),
        **{key: round(median(s.details[key] for s in own), 3) for key in own[0].details},
    }


def _ratio(here: Sequence[Shot], peer: str) -> float | None:
    """The median of the ratios of one round each: both saw the same text in the same minute."""
    ours = {s.round: s.seconds for s in here if s.peer == OURS and s.seconds}
    theirs = {s.round: s.seconds for s in here if s.peer == peer and s.seconds}
    ratios = [theirs[number] / ours[number] for number in theirs if number in ours]
    return round(median(ratios), 2) if ratios else None


def growth(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What one line more costs from each size to the next, and how the last two differ."""
    timed = [row for row in rows if "seconds" in row]
    found = []
    for kind, peer in dict.fromkeys((row["kind"], row["peer"]) for row in timed):
        own = [row for row in timed if (row["kind"], row["peer"]) == (kind, peer)]
        steps = [
            (b["seconds"] - a["seconds"]) / (b["lines"] - a["lines"]) * 1e9
            for a, b in pairwise(own)
        ]
        found.append(
            {
                "kind": kind,
                "peer": peer,
                "ns_per_line": {str(row["lines"]): row["ns_per_line"] for row in own},
                "ns_per_further_line": [round(step) for step in steps],
                "ratio": _quotient(steps),
            }
        )
    return found


def _quotient(steps: Sequence[float]) -> float | None:
    """The last step by the one before; ``None`` where that is lost in noise."""
    if len(steps) < 2 or steps[-2] <= 0:
        return None
    return round(steps[-1] / steps[-2], 2)


def goals(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The figures to reach; ``holds`` is ``None`` where they were not measured."""
    at = {(row["kind"], row["lines"], row["peer"]): row for row in rows}
    for goal in GOALS:
        reached = at.get((goal.kind, LARGEST, goal.peer), {}).get("times_ours")
        holds = None if reached is None else reached >= goal.times
        yield {**asdict(goal), "reached": reached, "holds": holds}
    for kind, most in MOST_MEMORY.items():
        reached = at.get((kind, LARGEST, OURS), {}).get("peak_mb")
        holds = None if reached is None else reached < most
        yield {"kind": kind, "peak_mb_below": most, "reached": reached, "holds": holds}
    for one in growth(rows):
        if one["peer"] == OURS:
            reached = one["ratio"]
            holds = None if reached is None else reached <= MOST_GROWTH
            yield {
                "kind": one["kind"],
                "growth_at_most": MOST_GROWTH,
                "reached": reached,
                "holds": holds,
            }
