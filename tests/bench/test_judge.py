"""Times are taken from right answers only, and the figures follow from them."""

from pathlib import Path

import pytest

from bench.field import GOALS, LARGEST, OURS, PEERS, ROOT
from bench.generate import KINDS
from bench.judge import Shot, fault_of, goals, growth, summary
from bench.markdown import into
from bench.table import markdown

_REFERENCE = {"plan": ["one", "two"], "facts": {"entries": 7, "names": 2}}


def _shot(peer: str, seconds: float, *, round: int = 1, lines: int = LARGEST) -> Shot:
    details = {"peak_mb": 90.0, "start_seconds": 0.1}
    return Shot("small-acls", lines, round, peer, "ok", "", lines * 100, seconds, details)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"plan": ["one", "two"]}, ""),
        ({"facts": {"entries": 7}}, ""),
        ({"plan": ["two", "one"]}, "another order"),
        ({"plan": ["one"]}, "lacks ['two']"),
        ({"plan": ["one", "three", "two"]}, "has ['three'] beside"),
        ({"facts": {"entries": 6, "names": 2}}, "entries: 6, not 7"),
    ],
)
def test_an_answer_is_right_or_its_fault_is_named(answer: dict[str, object], fault: str) -> None:
    found = fault_of(answer, _REFERENCE)
    assert fault in found
    assert bool(fault) is bool(found)


def test_the_middle_of_the_rounds_counts_and_ratios_are_of_one_round() -> None:
    shots = [
        *(_shot(OURS, s, round=n) for n, s in enumerate((0.1, 0.2, 9.0))),
        *(_shot("TextFSM", s, round=n) for n, s in enumerate((3.0, 8.0, 9.0))),
    ]
    ours, peer = summary(shots)
    assert 0.2 == ours["seconds"]
    assert 500_000 == ours["lines_per_second"]
    assert 8.0 == peer["seconds"]
    assert 30.0 == peer["times_ours"]


def test_one_wrong_answer_takes_all_times_of_its_text() -> None:
    wrong = Shot("small-acls", LARGEST, 2, OURS, "wrong", "seed 2: its plan")
    (row,) = summary([_shot(OURS, 0.1), wrong])
    assert ("wrong", "seed 2: its plan") == (row["status"], row["note"])
    assert "seconds" not in row


def test_growth_is_what_a_further_line_costs() -> None:
    sizes = ((300, 0.1003), (5_000, 0.105), (100_000, 0.295))
    (found,) = growth(summary([_shot(OURS, s, lines=n) for n, s in sizes]))
    assert [1000, 2000] == found["ns_per_further_line"]
    assert 2.0 == found["ratio"]


def test_a_goal_is_reached_missed_or_not_measured() -> None:
    rows = summary([_shot(OURS, 0.1), _shot("TextFSM", 3.0), _shot("ciscoconfparse2", 9.9)])
    held = {(g["kind"], g.get("peer")): g["holds"] for g in goals(rows)}
    assert held[("small-acls", "TextFSM")] is True
    assert held[("small-acls", "ciscoconfparse2")] is False
    assert held[("large-acl", "TextFSM")] is None
    assert held[("small-acls", None)] is None


def test_goals_speak_of_what_is_measured() -> None:
    assert {goal.peer for goal in GOALS} <= {peer.name for peer in PEERS}
    assert {goal.kind for goal in GOALS} <= set(KINDS)
    modules = {path.stem for path in Path(ROOT, "bench", "peers").glob("*.py")}
    assert {peer.module for peer in PEERS} <= modules


def test_the_table_goes_between_the_markers_of_the_readme() -> None:
    rows = summary([_shot(OURS, 0.1), Shot("small-acls", LARGEST, 1, "ttp", "missing", "no ttp")])
    results = {
        "machine": {"cores": 2, "python": "3.11"},
        "rounds": 1,
        "rows": rows,
        "growth": growth(rows),
        "goals": list(goals(rows)),
    }
    table = markdown(results)
    assert "missing: no ttp" in table
    begin, end = "a\n<!-- BENCHMARK: begin -->\n", "\n<!-- BENCHMARK: end -->\nb"
    assert f"{begin}{table}{end}" == into(f"{begin}old{end}", "BENCHMARK", table)
    with pytest.raises(ValueError, match="BENCHMARK"):
        into("no markers", "BENCHMARK", table)


def test_the_readme_has_the_markers() -> None:
    into(Path(ROOT, "README.md").read_text(), "BENCHMARK", "")
