"""Ctrl-C and its like in mid-change, and two programs at one firewall."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.faults import Fault
from asa_automate.store.engine import open_store
from asa_automate.store.leases import acquire, lease_key
from asa_automate.store.processes import dead_here, this_process

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Said, Site

    PlanOf = Callable[..., Path]

SERIAL = "9AENDTOEND1"
#: How long the box thinks about one line: time enough for a signal to arrive.
SLOW = 2.0


def wait_for_line(site: "Site", number: int) -> None:
    """Until the box has executed that configuration line; its answer is then still to come."""
    box = site.boxes["fw"]
    for _ in range(2_000):
        if box.counts.config_lines >= number:
            return
        time.sleep(0.01)
    pytest.fail(f"line {number} was never sent")


def interrupted(site: "Site", plan: Path, at: int, signals: list[signal.Signals]) -> "Said":
    """Apply; once line ``at`` has been sent, the signals, one after the other."""
    with site.start("apply", plan, "--yes", "--output", "json") as program:
        wait_for_line(site, at)
        for number in signals:
            program.send_signal(number)
            time.sleep(0.3)
        out, err = program.communicate(timeout=60)
    return site.heard(program.returncode, out, err)


@pytest.mark.parametrize(
    ("at", "signals"),
    [
        (3, [signal.SIGINT]),
        (14, [signal.SIGINT]),
        (23, [signal.SIGINT]),
        (20, [signal.SIGTERM]),
        (12, [signal.SIGHUP]),
        (23, [signal.SIGINT, signal.SIGINT, signal.SIGTERM]),
    ],
    ids=str,
)
def test_stopped_in_mid_change(
    bench: "Bench", plan_of: "PlanOf", at: int, signals: list[signal.Signals]
) -> None:
    site = bench.site(fw=bench.box(Fault(at, "delay", seconds=SLOW)))
    box = site.boxes["fw"]
    before = bench.was(box)

    said = interrupted(site, plan_of(site, "fw"), at, signals)

    said.must_be(130)
    assert ["old"] == [device["outcome"] for device in said.json["devices"]]
    assert "fw: stopped by the user" in said.err.splitlines()
    before.must_be_old()
    assert 0 == box.counts.saves
    assert ["stopped"] == [r["status"] for r in site.run("runs", "--output", "json").json]


def test_stopped_while_the_box_still_goes_back(bench: "Bench", plan_of: "PlanOf") -> None:
    """The way back is slow too, and is not to be stopped half way by an impatient user."""
    slow = [Fault(n, "delay", seconds=SLOW) for n in (23, 26, 28)]
    site = bench.site(fw=bench.box(*slow))
    before = bench.was(site.boxes["fw"])

    with site.start("apply", plan_of(site, "fw"), "--yes") as program:
        for at in (23, 26, 28):
            wait_for_line(site, at)
            program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)

    site.heard(program.returncode, out, err).must_be(130)
    before.must_be_old()


def test_stopped_in_mid_rollback(bench: "Bench", plan_of: "PlanOf") -> None:
    """It goes on to its end, or back to the new state; between them it does not stop."""
    site = bench.site(fw=bench.box(Fault(28, "delay", seconds=SLOW)))
    box = site.boxes["fw"]
    before = bench.was(box)
    site.run("apply", plan_of(site, "fw"), "--yes").must_be(0)
    [run] = site.run("runs", "--output", "json").json

    with site.start("rollback", run["id"], "--yes") as program:
        wait_for_line(site, 28)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)

    said = site.heard(program.returncode, out, err)
    assert said.code in (0, 130), said
    before.must_be_old()


def test_stopped_before_anything_was_sent(bench: "Bench", plan_of: "PlanOf") -> None:
    """`show running-config` of the comparison hangs: there is nothing to take back yet."""
    slow = Fault(1, "delay", seconds=SLOW, on="show", command="show running-config")
    site = bench.site(fw=bench.box(slow))
    box = site.boxes["fw"]
    before = bench.was(box)

    with site.start("apply", plan_of(site, "fw"), "--yes") as program:
        for _ in range(2_000):
            if any(entry.fault for entry in box.transcript):
                break
            time.sleep(0.01)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)

    site.heard(program.returncode, out, err).must_be(130)
    before.must_be_old()
    assert 0 == box.counts.saves


def test_ctrl_c_while_planning(bench: "Bench") -> None:
    slow = Fault(1, "delay", seconds=SLOW, on="show", command="show running-config")
    site = bench.site(fw=bench.box(slow))
    box = site.boxes["fw"]
    before = bench.was(box)

    with site.start("plan", "--out", "plan.json") as program:
        for _ in range(2_000):
            if any(entry.fault for entry in box.transcript):
                break
            time.sleep(0.01)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)

    site.heard(program.returncode, out, err).must_be(130)
    assert not (site.place / "plan.json").exists()
    before.must_be_untouched()


@contextmanager
def held_lease(site: "Site") -> Iterator[None]:
    """This process changes the firewall, as far as the store knows."""
    with closing(open_store(site.store)) as store:
        me = this_process("somebody@elsewhere")
        acquire(store, lease_key(SERIAL), me, 600.0, time.time(), dead_here)
    yield


@pytest.mark.parametrize("command", ["apply", "rollback"])
def test_somebody_else_is_at_it(bench: "Bench", plan_of: "PlanOf", command: str) -> None:
    site = bench.site(fw=bench.box())
    box = site.boxes["fw"]
    words: list[str | Path] = ["apply", plan_of(site, "fw"), "--yes"]
    if command == "rollback":
        site.run(*words).must_be(0)
        [run] = site.run("runs", "--output", "json").json
        words = ["rollback", run["id"], "--yes"]
    before, tried = bench.was(box), box.counts.logins_tried

    with held_lease(site):
        said = site.run(*words).must_be(5, "fw")

    assert "somebody@elsewhere" in said.first
    assert tried == box.counts.logins_tried
    before.must_be_untouched()


def test_two_applies_at_once(bench: "Bench", plan_of: "PlanOf") -> None:
    """One changes the box; the other is refused, by the lease or because the box has changed."""
    site = bench.site(fw=bench.box(Fault(23, "delay", seconds=SLOW)))
    before = bench.was(site.boxes["fw"])
    plan = plan_of(site, "fw")

    with site.start("apply", plan, "--yes") as first:
        wait_for_line(site, 1)
        second = site.run("apply", plan, "--yes")
        out, err = first.communicate(timeout=60)

    second.must_be(5, "fw")
    site.heard(first.returncode, out, err).must_be(0)
    before.must_be_exempt_and_saved()
    assert 1 == site.boxes["fw"].counts.saves
