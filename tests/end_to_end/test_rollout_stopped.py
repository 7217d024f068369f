"""A rollout that is stopped, killed, or whose store is full: who is at work is left whole."""

import os
import resource
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.faults import Fault
from tests.end_to_end.test_rollout import MIDDLE, apply, ends, fleet

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench

SLOW = 2.0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_stopped_in_mid_wave(bench: "Bench", number: signal.Signals) -> None:
    """Who is at work is left whole, nobody else is called."""
    site, before = fleet(bench, 4, {1: Fault(MIDDLE, "delay", seconds=SLOW)})

    words = ("apply", "plan.json", "--yes", "--output", "json", "--wave", "1,100%")
    with site.start(*words, "--workers", "1") as program:
        wait_for(lambda: site.boxes["fw1"].counts.config_lines >= MIDDLE)
        program.send_signal(number)
        out, err = program.communicate(timeout=60)

    said = site.heard(program.returncode, out, err).must_be(130)
    assert {"fw0": "new", "fw1": "old", "fw2": "not begun", "fw3": "not begun"} == ends(said)
    assert "fw2, fw3: not begun: stopped by the user" in said.err
    before["fw0"].must_be_exempt_and_saved()
    before["fw1"].must_be_old()
    before["fw2"].must_be_untouched()
    run = said.json["run"]
    again = apply(site, "--only", "not-begun", "--from-run", run).must_be(0)
    assert {"fw1": "new", "fw2": "new", "fw3": "new"} == ends(again)


def test_killed_in_mid_wave(bench: "Bench") -> None:
    """One resume finishes who was at work; who was not begun is as before, and can be begun."""
    site, before = fleet(bench, 3, {1: Fault(MIDDLE, "delay", seconds=SLOW)})
    words = ("apply", "plan.json", "--yes", "--wave", "1,100%", "--workers", "1")
    with site.start(*words) as program:
        wait_for(lambda: site.boxes["fw1"].counts.config_lines >= MIDDLE)
        program.send_signal(signal.SIGKILL)
        program.communicate(timeout=60)

    site.run("resume", "--all", "--yes").must_be(0)

    [run, resumed] = site.run("runs", "--output", "json").json
    assert "resume" == resumed["kind"]
    assert ["new", "old", "old"] == [d["outcome"] for d in run["devices"]]
    assert [True, True, False] == [d["began"] is not None for d in run["devices"]]
    before["fw0"].must_be_exempt_and_saved()
    before["fw1"].must_be_old()
    before["fw2"].must_be_untouched()
    again = apply(site, "--only", "not-begun", "--from-run", run["id"]).must_be(0)
    assert {"fw1": "new", "fw2": "new"} == ends(again)


def test_stopped_at_a_gate(bench: "Bench") -> None:
    site, before = fleet(bench, 2)

    words = ("apply", "plan.json", "--yes", "--output", "json", "--wave", "1,100%")
    with site.start(*words, "--pause", "10m") as program:
        wait_for(lambda: site.boxes["fw0"].counts.saves > 0)
        time.sleep(1.0)
        program.send_signal(signal.SIGTERM)
        out, err = program.communicate(timeout=60)

    said = site.heard(program.returncode, out, err).must_be(130)
    assert {"fw0": "new", "fw1": "not begun"} == ends(said)
    before["fw1"].must_be_untouched()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=str)
def test_a_signal_before_anybody_is_called(bench: "Bench", number: signal.Signals) -> None:
    """Anywhere from the first imports to the question: a message and a code, no death."""
    site = bench.site(fw=bench.box())
    place = site.place / "plan.fifo"

    os.mkfifo(place)
    # Once the pipe is open at both ends, the program waits for what stands in its plan.
    with site.start("apply", place, "--yes") as program, place.open("wb"):
        program.send_signal(number)
        out, err = program.communicate(timeout=60)

    said = site.heard(program.returncode, out, err).must_be(130)
    assert "asa-automate: stopped by the user" == said.err.strip()


def test_a_full_disk_keeps_every_outcome(bench: "Bench") -> None:
    """The store takes nothing more once the first firewall saves: each end is shown."""
    site, before = fleet(bench, 3, {0: Fault(1, "delay", seconds=SLOW, on="write")})

    words = ("apply", "plan.json", "--yes", "--output", "json", "--workers", "1")
    with site.start(*words) as program:
        wait_for(lambda: any(e.fault for e in site.boxes["fw0"].transcript))
        resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (4096, 4096))
        out, err = program.communicate(timeout=60)

    said = site.heard(program.returncode, out, err)
    assert said.code in (3, 5, 7), said
    assert set(site.boxes) == set(ends(said))
    [first] = [d for d in said.json["devices"] if d["device"] == "fw0"]
    assert any("not recorded" in note and "resume" in note for note in first["notes"])
    before["fw1"].must_be_untouched()
    before["fw2"].must_be_untouched()
    site.run("resume", "--all", "--yes").must_be(0)
    assert [] == [r for r in site.run("runs", "--output", "json").json if r["status"] == "running"]


def wait_for(true: Callable[[], bool]) -> None:
    for _ in range(6_000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it never came to that")
