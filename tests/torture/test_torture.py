"""A part of `make torture`, always the same: cases, seeded faults, a few kills, the README."""

import json
import subprocess
import sys
from typing import Any

import pytest

from bench.markdown import into
from tests.torture.field import FEW_KILLS, HUNT, README, RESULTS, ROOT
from tests.torture.kills import killed
from tests.torture.mutants import MUTANTS, SPLIT, Mutant, hunted
from tests.torture.records import Wrong
from tests.torture.report import killed as summary_of_kills
from tests.torture.report import markdown, told_of_kills

#: Those that are looked for in short runs; `make torture` looks for all.
SOON = [m for m in MUTANTS if not m.equivalent and SPLIT not in m.where]


def test_a_part_of_all_cases(capsys: pytest.CaptureFixture[str]) -> None:
    """Every change under both readings; in a process of its own, since it forks."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture.run", "--bounded", "--jobs", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    with capsys.disabled():
        print(f"\n{done.stdout}")

    assert 0 == done.returncode, done.stdout + done.stderr
    for what in Wrong:
        assert f"       0  {what.value}\n" in done.stdout


@pytest.mark.parametrize("mutant", SOON, ids=lambda m: m.name.replace(" ", "-"))
def test_a_seeded_fault_is_found(mutant: Mutant) -> None:
    found = hunted(mutant, HUNT, jobs=1)

    assert found.as_expected, found.told


def test_processes_that_are_killed(capsys: pytest.CaptureFixture[str]) -> None:
    found = summary_of_kills(killed(FEW_KILLS, seed=1, jobs=1), seed=1)
    with capsys.disabled():
        print(f"\n{told_of_kills(found)}")

    assert found["number"] >= FEW_KILLS - 2
    assert 0 == found["wrong"], found["found"]


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """What `make torture` has kept."""
    kept: dict[str, Any] = json.loads(RESULTS.read_text())
    return kept


def test_the_kept_results_reach_the_figures(results: dict[str, Any]) -> None:
    assert results["cases"] >= 50_000
    assert {what.value: 0 for what in Wrong} == results["wrong"]
    assert results["kills"]["number"] >= 200
    assert 0 == results["kills"]["wrong"]
    assert results["kills"]["times"]["p99"] < 60
    assert sum(bool(one["case"]) for one in results["mutants"]) >= 12
    assert all(bool(one["case"]) is not bool(one["equivalent"]) for one in results["mutants"])


def test_the_readme_has_the_kept_results(results: dict[str, Any]) -> None:
    readme = README.read_text()

    assert into(readme, "TORTURE", markdown(results)) == readme


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="no <!-- TORTURE"):
        into("nothing", "TORTURE", "table")
