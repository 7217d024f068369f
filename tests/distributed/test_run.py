"""The run of `python -m tests.distributed.run` in small, and its judge on trial."""

import json
from pathlib import Path
from typing import Any

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from tests.distributed.judge import Round
from tests.distributed.run import RESULTS, tried

#: A plan of one line.
LINE = "no inspect esmtp"
PLAN: dict[str, Any] = {"commands": [{"line": LINE}], "inverse": [], "probe": None}
WAY = ("configure terminal", "policy-map global_policy", "class inspection_default", LINE)


def test_killed_workers_and_jobs_delivered_again(database: str, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    tally = tried(tmp_path / "site", database, firewalls=3, kills=2, seed=7, rounds=2)

    assert [] == tally.faults
    assert 2 == tally.kills
    assert tally.jobs >= 6


def test_the_kept_run_found_nothing() -> None:
    kept = json.loads(RESULTS.read_text())

    assert [] == kept["faults"]
    assert 10 == kept["workers killed in mid-apply"]
    assert {"new", "old"} >= set(kept["ends"]), "never in between"
    assert kept["deliveries"] > kept["jobs"]


def typed(*by: tuple[int, tuple[str, ...]]) -> list[str]:
    """What the judge says of a box where these sessions typed these lines in turn."""
    fw = VirtualAsa(ordinary("fw"), Knobs(pager_lines=0, privileged_at_login=True))
    one = Round.of("fw", fw, PLAN, ("192.168.1.1",))
    shells = {number: fw.open_session() for number, _ in by}
    for number, lines in by:
        for line in lines:
            shells[number].receive(f"{line}\n".encode())
    return list(one.faults("unknown"))


def test_the_judge_finds_two_writers() -> None:
    first, second = WAY[:2], ("configure terminal", "policy-map global_policy", "end")

    assert [] == typed((1, (*first, "end")), (2, second))
    [found] = typed((1, first), (2, second), (1, ("class inspection_default",)))
    assert "two writers" in found


def test_the_judge_finds_a_line_typed_again_and_a_state_between() -> None:
    found = typed((1, (*WAY, "inspect esmtp", "end")), (2, (*WAY, "end")))

    assert ["typed 2 times", "neither old nor new"] == [
        next(w for w in ("typed 2 times", "neither old nor new") if w in one) for one in found
    ]
