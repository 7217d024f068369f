"""The probe by itself, under both readings, with every mishap at every line of it.

No flow but that of the probe is ever treated otherwise, and nothing of the probe stays.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from asa_automate.apply.outcome import State
from asa_automate.apply.probe_only import probe_device
from asa_automate.apply.resume import left_behind, resume
from asa_automate.errors import Exit, Unreachable
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Reading
from tests.apply.test_every_fault import faults_of

if TYPE_CHECKING:
    from asa_automate.apply.outcome import Outcome
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

BOTH = pytest.mark.parametrize("reading", [Reading.PER_ENGINE, Reading.PER_CLASS])
SAMPLES = {"ordinary": ordinary("fw"), "interface": interface_policy("fw")}


def probed(rig: "Rig") -> "Outcome":
    return probe_device("fw", None, rig.surroundings())


@BOTH
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_reading_is_found_and_kept(
    sample: str, reading: Reading, rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    rig = rigs(SAMPLES[sample], Knobs(reading=reading))
    judge = judges(rig, lambda _: None)
    outcome = probed(rig)
    assert (State.NOOP, Exit.DONE) == (outcome.state, outcome.exit)
    assert outcome.reason == f"it reads {reading.value}"
    assert list(rig.readings.values()) == [reading]
    assert rig.kinds[0] == "begin"
    assert rig.kinds[-1] == "done"
    assert rig.box.counts.saves == 0
    assert any("inspect " in line for line in rig.typed())
    whole(rig, judge, outcome)
    assert rig.plan("192.168.1.1").status == "change"


def whole(rig: "Rig", judge: "Judge", outcome: "Outcome") -> None:
    """What must hold whatever happened."""
    judge.ends_whole(rig.box)
    judge.hurts_nobody(rig.box)
    judge.keeps_to_the_table(rig, outcome)
    assert set(rig.readings.values()) <= {rig.box.knobs.reading, Reading.UNKNOWN}
    assert rig.box.open_sessions == 0


@BOTH
def test_every_mishap_at_every_line(
    reading: Reading, rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    knobs = Knobs(reading=reading)
    clean = rigs(None, knobs)
    judge = judges(clean, lambda _: None)
    assert probed(clean).state is State.NOOP
    ends: dict[State, int] = {}
    for fault in faults_of(clean):
        rig = rigs(None, knobs, [fault])
        outcome = probed(rig)
        ends[outcome.state] = ends.get(outcome.state, 0) + 1
        try:
            whole(rig, judge, outcome)
        except AssertionError as wrong:
            raise AssertionError(f"{fault}: {outcome}: {wrong}") from wrong
    assert ends[State.OLD] > 20
    assert ends[State.NOOP] > 5


@pytest.mark.parametrize("at", range(1, 11))
def test_a_run_that_dies_is_finished_by_resume(
    at: int, rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    """The link goes for good right behind a line, as if the program had died."""
    rig = rigs(None, None, [Fault(at, "cut_after")])
    judge = judges(rig, lambda _: None)
    links = iter([rig.link()])

    def once() -> object:
        try:
            return next(links)
        except StopIteration:
            raise Unreachable("gone") from None

    dead = replace(rig.surroundings(), link=once, reconnect=())  # type: ignore[arg-type]
    assert probe_device("fw", None, dead).state is State.UNKNOWN
    left = left_behind(rig.records)
    assert left is not None
    rig.stages.clear()
    outcome = resume(left, rig.surroundings())
    assert (State.OLD, Exit.DONE) == (outcome.state, outcome.exit)
    judge.ends_whole(rig.box)
    judge.hurts_nobody(rig.box)


def test_somebody_saves_while_the_probe_is_there(
    rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    rig = rigs(None, None, [Fault(6, "saved_by_other")])
    judge = judges(rig, lambda _: None)
    outcome = probed(rig)
    assert outcome.state is State.OLD, outcome
    judge.ends_whole(rig.box)


def test_no_engine_is_free(rigs: "Callable[..., Rig]") -> None:
    lines = "".join(
        f"  inspect {engine}\n"
        for engine in ("http", "ils", "ctiqbe", "mgcp", "rtsp", "rsh", "tftp", "sqlnet", "xdmcp")
    )
    text = ordinary("fw")
    for line in lines.splitlines(keepends=True):
        text = text.replace(line, "")
    rig = rigs(text.replace("  inspect esmtp\n", f"  inspect esmtp\n{lines}"))
    outcome = probed(rig)
    assert (State.DISPROVED, Exit.DISPROVED) == (outcome.state, outcome.exit)
    assert "no engine is free" in (outcome.reason or "")
    assert rig.typed() == []


def test_unsaved_changes_are_refused(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    rig.box.edit(["hostname other"])
    outcome = probed(rig)
    assert outcome.state is State.REFUSED
    assert rig.typed() == []
