"""One writer: a process that slept past its lease, two hosts, one box under two names."""

import json
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.faults import Fault
from tests.end_to_end.test_resume import killed, runs_of
from tests.end_to_end.test_stopping import SERIAL, SLOW, wait_for_line

if TYPE_CHECKING:
    from asa_automate.lab.asa import VirtualAsa
    from tests.end_to_end.conftest import Bench, Site

    PlanOf = Callable[..., Path]

#: Configuration lines of a first exemption with its probe: in its middle, and the commit line.
MIDDLE, COMMIT = 14, 23


@contextmanager
def database(site: "Site") -> Iterator[sqlite3.Connection]:
    """The store, past the program: what happens to it from another host."""
    path = site.store.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=30)) as connection, connection:
        yield connection


def moved_to_another_host(site: "Site") -> None:
    """The process that holds leases and makes runs is one on a host that nobody here can see."""
    with database(site) as connection:
        connection.execute("UPDATE leases SET host = 'elsewhere' WHERE host IS NOT NULL")
        for run, detail in connection.execute("SELECT id, detail FROM runs").fetchall():
            told = json.loads(detail)
            told["process"]["host"] = "elsewhere"
            connection.execute("UPDATE runs SET detail = ? WHERE id = ?", (json.dumps(told), run))


def expired(site: "Site") -> None:
    """Time passes, as the row of the lease sees it."""
    with database(site) as connection:
        connection.execute("UPDATE leases SET expires = 1.0 WHERE host IS NOT NULL")


def fence(site: "Site") -> int:
    with database(site) as connection:
        [(number,)] = connection.execute("SELECT fence FROM leases WHERE key = ?", (SERIAL,))
    return int(number)


def typed(box: "VirtualAsa") -> int:
    """Lines that changed something or could have: configuration, and saves."""
    return box.counts.config_lines + box.counts.saves


@pytest.mark.parametrize("at", [MIDDLE, COMMIT])
def test_a_process_that_wakes_after_another_took_over(
    bench: "Bench", plan_of: "PlanOf", at: int
) -> None:
    """Stopped in mid-change, taken over and undone from another host; awake, it types nothing."""
    site = bench.site(fw=bench.box(Fault(at, "delay", seconds=SLOW)))
    box = site.boxes["fw"]
    before = bench.was(box)
    with site.start("apply", plan_of(site, "fw"), "--yes", "--output", "json") as sleeper:
        wait_for_line(site, at)
        sleeper.send_signal(signal.SIGSTOP)
        try:
            moved_to_another_host(site)
            expired(site)
            site.run("resume", "--all", "--yes").must_be(0)
            before.must_be_old()
            lines, saves = box.counts.config_lines, box.counts.saves
        finally:
            sleeper.send_signal(signal.SIGCONT)
        out, err = sleeper.communicate(timeout=60)

    said = site.heard(sleeper.returncode, out, err)
    assert (lines, saves) == (box.counts.config_lines, box.counts.saves)
    before.must_be_old()
    assert "lease" in said.first
    assert 0 != said.code


@pytest.mark.xfail(strict=True, reason="a lease that the journal finds lost has no outcome yet")
def test_a_process_that_wakes_behind_its_commit_line(bench: "Bench", plan_of: "PlanOf") -> None:
    """The other has not begun yet: nothing is undone or saved, and a person gets the lines."""
    site = bench.site(fw=bench.box(Fault(COMMIT, "delay", seconds=SLOW)))
    box = site.boxes["fw"]
    before = bench.was(box)
    with site.start("apply", plan_of(site, "fw"), "--yes", "--output", "json") as sleeper:
        wait_for_line(site, COMMIT)
        sleeper.send_signal(signal.SIGSTOP)
        with database(site) as connection:
            connection.execute(
                "UPDATE leases SET fence = fence + 1, host = 'elsewhere', pid = 1, "
                "holder = 'other@elsewhere', birth = '' WHERE host IS NOT NULL"
            )
        sleeper.send_signal(signal.SIGCONT)
        out, err = sleeper.communicate(timeout=60)

    said = site.heard(sleeper.returncode, out, err).must_be(7, "fw")
    assert ["unknown"] == [d["outcome"] for d in said.json["devices"]]
    assert "other@elsewhere" in said.first
    assert (COMMIT, 0) == (box.counts.config_lines, box.counts.saves)
    assert before.startup == bench.state_of(box.startup_text)
    assert "inspect esmtp" in said.err, "a person gets the lines"


def test_a_lease_of_another_host_is_waited_for(bench: "Bench", plan_of: "PlanOf") -> None:
    """Whether that process lives cannot be seen from here: nothing is typed until it ends."""
    site = bench.site(fw=bench.box(Fault(MIDDLE, "delay", seconds=SLOW)))
    box = site.boxes["fw"]
    before = bench.was(box)
    killed(site, MIDDLE, "apply", plan_of(site, "fw"), "--yes")
    moved_to_another_host(site)
    lines, number = typed(box), fence(site)

    refused = site.run("resume", "--all", "--yes").must_be(5, "fw")

    assert "elsewhere" in refused.first
    assert lines == typed(box)
    expired(site)
    site.run("resume", "--all", "--yes").must_be(0)
    before.must_be_old()
    assert number < fence(site)
    assert ("apply", "stopped", "old") == runs_of(site)[0]


def test_nothing_of_the_first_host_is_needed(bench: "Bench", plan_of: "PlanOf") -> None:
    """Its plan file is gone with it: the journal has all that the second host needs."""
    site = bench.site(fw=bench.box(Fault(COMMIT, "delay", seconds=SLOW)))
    before = bench.was(site.boxes["fw"])
    plan = plan_of(site, "fw")
    killed(site, COMMIT, "apply", plan, "--yes")
    plan.unlink()
    moved_to_another_host(site)
    expired(site)

    site.run("resume", "--all", "--yes").must_be(0)

    before.must_be_old()


def test_one_box_under_two_names(bench: "Bench") -> None:
    """Two addresses lead to it, and both are applied at once: one forward pass, one refusal."""
    box = bench.box(Fault(3, "delay", seconds=SLOW))
    site = bench.site(fw=box, alias=box)
    before = bench.was(box)
    site.run("plan", "--out", "plan.json").must_be(0)

    said = site.run("apply", "plan.json", "--yes", "--output", "json").must_be(5)

    ends = sorted(d["outcome"] for d in said.json["devices"])
    assert ["new", "refused"] == ends
    before.must_be_exempt_and_saved()
    assert 1 == [e.line for e in box.transcript].count("no inspect esmtp")


def test_delivered_five_times_at_once(bench: "Bench", plan_of: "PlanOf") -> None:
    """One of them does it; the others type nothing, and say why."""
    site = bench.site(fw=bench.box(Fault(MIDDLE, "delay", seconds=SLOW), max_sessions=20))
    box = site.boxes["fw"]
    before = bench.was(box)
    plan = plan_of(site, "fw")

    programs = [site.start("apply", plan, "--yes") for _ in range(5)]
    codes = []
    for program in programs:
        with program:
            out, err = program.communicate(timeout=120)
        codes.append(site.heard(program.returncode, out, err).code)

    assert [0, 5, 5, 5, 5] == sorted(codes)
    before.must_be_exempt_and_saved()
    assert 1 == [e.line for e in box.transcript].count("no inspect esmtp")
    assert 1 == box.counts.saves


def test_two_runs_died_on_one_box(bench: "Bench", plan_of: "PlanOf") -> None:
    """The later one is finished by what the box has; the earlier one is left out, and said."""
    site = bench.site(fw=bench.box(Fault(MIDDLE, "delay", seconds=SLOW)))
    box = site.boxes["fw"]
    before = bench.was(box)
    plan = plan_of(site, "fw")
    killed(site, MIDDLE, "apply", plan, "--yes")
    site.run("resume", "--all", "--yes").must_be(0)
    first = site.run("runs", "--output", "json").json[0]["id"]
    at = box.counts.config_lines + 5
    box.script.add(Fault(at, "delay", seconds=SLOW))
    killed(site, at, "apply", plan, "--yes")
    with database(site) as connection:
        connection.execute("UPDATE runs SET status = 'running' WHERE id = ?", (first,))
        connection.execute("UPDATE run_devices SET status = 'running' WHERE run_id = ?", (first,))

    said = site.run("resume", "--all", "--yes").must_be(0)

    assert f"run {first} was overtaken by run" in said.err
    before.must_be_old()
