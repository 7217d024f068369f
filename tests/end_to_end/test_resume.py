"""A program killed in mid-change, and another that finishes: the box is the judge."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.faults import Fault
from tests.end_to_end.test_stopping import SLOW, wait_for_line

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

    PlanOf = Callable[..., Path]


def killed(site: "Site", at: int, *words: "str | Path") -> None:
    """Carry the words out; SIGKILL once line ``at`` of the box's life has been executed."""
    with site.start(*words) as program:
        wait_for_line(site, at)
        program.send_signal(signal.SIGKILL)
        program.communicate(timeout=60)


def runs_of(site: "Site") -> list[tuple[str, str, str | None]]:
    """Kind, status and the one device's outcome of every run."""
    found = site.run("runs", "--output", "json").json
    return [(r["kind"], r["status"], r["devices"][0]["outcome"]) for r in found]


@pytest.mark.parametrize("at", [1, 9, 14, 20, 23])
def test_killed_in_mid_change(bench: "Bench", plan_of: "PlanOf", at: int) -> None:
    site = bench.site(fw=bench.box(Fault(at, "delay", seconds=SLOW)))
    box = site.boxes["fw"]
    before = bench.was(box)
    killed(site, at, "apply", plan_of(site, "fw"), "--yes")
    site.run("plan").must_be(5, "fw")

    said = site.run("resume", "--all", "--yes", "--output", "json").must_be(0)

    assert [("fw", "old")] == [(d["device"], d["outcome"]) for d in said.json["devices"]]
    before.must_be_old()
    assert 0 == box.counts.saves
    assert [("apply", "stopped", "old"), ("resume", "done", "old")] == runs_of(site)
    lines = box.counts.config_lines
    again = site.run("resume", "--all", "--yes", "--output", "json").must_be(0)
    assert {"run": None, "devices": []} == again.json
    assert lines == box.counts.config_lines
    site.run("plan", "--detailed-exitcode").must_be(2)


def test_killed_while_it_saves(bench: "Bench", plan_of: "PlanOf") -> None:
    """What was verified is finished, not taken back."""
    site = bench.site(fw=bench.box(Fault(1, "delay", seconds=SLOW, on="write")))
    box = site.boxes["fw"]
    before = bench.was(box)
    with site.start("apply", plan_of(site, "fw"), "--yes") as program:
        while not box.counts.saves:
            assert program.poll() is None
        program.send_signal(signal.SIGKILL)
        program.communicate(timeout=60)

    said = site.run("resume", "--all", "--yes", "--output", "json").must_be(0)

    assert [("new", True)] == [(d["outcome"], d["saved"]) for d in said.json["devices"]]
    before.must_be_exempt_and_saved()
    assert [("apply", "done", "new"), ("resume", "done", "new")] == runs_of(site)
    site.run("plan", "--detailed-exitcode").must_be(0)


def test_a_rollback_killed_in_its_middle(bench: "Bench", plan_of: "PlanOf") -> None:
    site = bench.site(fw=bench.box(Fault(28, "delay", seconds=SLOW)))
    before = bench.was(site.boxes["fw"])
    site.run("apply", plan_of(site, "fw"), "--yes").must_be(0)
    [run] = site.run("runs", "--output", "json").json
    killed(site, 28, "rollback", run["id"], "--yes")

    site.run("resume", "--all", "--yes").must_be(0)

    before.must_be_old()
    ends = [("apply", "done", "new"), ("rollback", "done", "old"), ("resume", "done", "old")]
    assert ends == runs_of(site)


def test_a_resume_killed_in_its_middle(bench: "Bench", plan_of: "PlanOf") -> None:
    slow = [Fault(at, "delay", seconds=SLOW) for at in (23, 26)]
    site = bench.site(fw=bench.box(*slow))
    before = bench.was(site.boxes["fw"])
    killed(site, 23, "apply", plan_of(site, "fw"), "--yes")
    killed(site, 26, "resume", "--all", "--yes")

    site.run("resume", "--all", "--yes").must_be(0)

    before.must_be_old()
    assert ["stopped", "done", "done"] == [status for _, status, _ in runs_of(site)]


def test_a_run_that_is_at_work_is_left_alone(bench: "Bench", plan_of: "PlanOf") -> None:
    site = bench.site(fw=bench.box(Fault(20, "delay", seconds=2 * SLOW)))
    before = bench.was(site.boxes["fw"])
    with site.start("apply", plan_of(site, "fw"), "--yes") as program:
        wait_for_line(site, 20)
        [run] = site.run("runs", "--output", "json").json
        site.run("resume", run["id"], "--yes").must_be(5)
        nothing = site.run("resume", "--all", "--yes", "--output", "json").must_be(0)
        out, err = program.communicate(timeout=60)

    assert [] == nothing.json["devices"]
    site.heard(program.returncode, out, err).must_be(0)
    before.must_be_exempt_and_saved()


def test_nothing_else_is_done_before_it(bench: "Bench", plan_of: "PlanOf") -> None:
    """A plan from before the crash waits as well; the message says what comes first."""
    site = bench.site(fw=bench.box(Fault(14, "delay", seconds=SLOW)))
    plan = plan_of(site, "fw")
    killed(site, 14, "apply", plan, "--yes")
    [run] = site.run("runs", "--output", "json").json

    said = site.run("apply", plan, "--yes").must_be(5, "fw")

    assert f"asa-automate resume {run['id']}" in said.first


def test_a_device_that_is_away_stays_open(bench: "Bench", plan_of: "PlanOf") -> None:
    site = bench.site(fw=bench.box(Fault(14, "delay", seconds=SLOW)))
    before = bench.was(site.boxes["fw"])
    killed(site, 14, "apply", plan_of(site, "fw"), "--yes")
    port = site.lab.ports["fw"]
    site.write_hosts({"fw": 1})
    site.run("resume", "--all", "--yes").must_be(4, "fw")
    assert ("apply", "running", None) == runs_of(site)[0]

    site.write_hosts({"fw": port})
    site.run("resume", "--all", "--yes").must_be(0)

    before.must_be_old()


@pytest.mark.parametrize("words", [(), ("--all", "20260101T000000-abcd")], ids=["none", "both"])
def test_one_run_or_all(bench: "Bench", words: tuple[str, ...]) -> None:
    bench.site(fw=bench.box()).run("resume", *words).must_be(64)


def test_no_such_run(bench: "Bench") -> None:
    bench.site(fw=bench.box()).run("resume", "20260101T000000-abcd", "--yes").must_be(64)


def test_a_firewall_that_the_inventory_lost_is_not_nothing(
    bench: "Bench", plan_of: "PlanOf"
) -> None:
    """Renamed meanwhile: no success is claimed while it is half changed."""
    site = bench.site(fw=bench.box(Fault(14, "delay", seconds=SLOW)))
    before = bench.was(site.boxes["fw"])
    killed(site, 14, "apply", plan_of(site, "fw"), "--yes")
    port = site.lab.ports["fw"]
    site.write_hosts({"renamed": port})

    said = site.run("resume", "--all", "--yes", "--output", "json").must_be(5, "fw")

    assert [("fw", "refused")] == [(d["device"], d["outcome"]) for d in said.json["devices"]]
    site.write_hosts({"fw": port})
    site.run("resume", "--all", "--yes").must_be(0)
    before.must_be_old()


def test_killed_before_it_began_after_other_runs(bench: "Bench", plan_of: "PlanOf") -> None:
    """An earlier run on the device has not overtaken it: it is closed for good."""
    slow = Fault(2, "delay", seconds=2 * SLOW, on="show", command="show failover")
    site = bench.site(fw=bench.box(slow))
    box = site.boxes["fw"]
    plan = plan_of(site, "fw")
    site.run("apply", plan, "--yes").must_be(0)
    [run] = site.run("runs", "--output", "json").json
    lines = box.counts.config_lines
    with site.start("rollback", run["id"], "--yes") as program:
        while not any(e.fault for e in box.transcript):
            assert program.poll() is None
        program.send_signal(signal.SIGKILL)
        program.communicate(timeout=60)
    assert lines == box.counts.config_lines

    said = site.run("resume", "--all", "--yes", "--output", "json").must_be(0)

    assert {"run": None, "devices": []} == said.json
    assert ["done", "done"] == [status for _, status, _ in runs_of(site)]
