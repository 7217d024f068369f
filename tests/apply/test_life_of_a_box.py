"""What befalls a box in mid-change: switchover, reload, replication, flash, another box."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import pytest

from asa_automate.apply.applier import Options
from asa_automate.apply.outcome import State
from asa_automate.apply.resume import left_behind, resume
from asa_automate.config.tree import Tree
from asa_automate.errors import Exit
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from tests.apply.test_every_fault import count, run_all, tell

if TYPE_CHECKING:
    from asa_automate.plan.document import DevicePlan
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

    Rigs = Callable[..., Rig]
    Judges = Callable[..., Judge]

GATEWAY = "192.168.1.1"
PAIR = Knobs(failover="active")
#: Of how many of the last lines the mate has not heard; the last of them: of none of ours.
LAGS = (0, 1, 3, 99)
CONFIGURATION = ("show running-config", "show startup-config")

Flash = Literal["read-only", "full", "pretends"]
FLASHES: tuple[Flash, ...] = ("read-only", "full", "pretends")


def faultless(rigs: "Rigs", judges: "Judges", knobs: Knobs) -> "tuple[DevicePlan, Rig, Judge]":
    """The plan, a box that it was applied to, and the judge of both states."""
    plan = rigs(None, knobs).plan(GATEWAY)
    clean = rigs(None, knobs)
    judge = judges(clean, lambda rig: rig.apply(plan), GATEWAY)
    return plan, clean, judge


# --- the active unit fails -----------------------------------------------------------------------


def switchovers(clean: "Rig") -> Iterator[tuple[Fault, ...]]:
    """At every line, executed or not, and at every save; with every lag."""
    for lag in LAGS:
        for kind in ("switchover", "switchover_before"):
            for at in range(1 + lag % 2, clean.box.script.count("line") + 1, 2):
                yield (Fault(at, kind, lines=lag),)
    for lag in LAGS:
        for kind in ("switchover", "switchover_before"):
            for at in range(1, clean.box.script.count("write") + 1):
                yield (Fault(at, kind, on="write", lines=lag),)


def test_a_switchover_at_every_line(
    rigs: "Rigs", judges: "Judges", capsys: pytest.CaptureFixture[str]
) -> None:
    """The mate has any beginning of our lines: the old state, or the new one saved."""
    plan, clean, judge = faultless(rigs, judges, PAIR)

    ends = run_all(
        lambda faults: rigs(None, PAIR, faults),
        judge,
        switchovers(clean),
        lambda rig: rig.apply(plan),
    )

    tell(capsys, "switchover", ends)
    assert ends["old"] > 90
    assert ends["new"] > 0, "a save that the mate heard of is not taken back"


def test_a_switchover_at_every_reading(rigs: "Rigs", judges: "Judges") -> None:
    plan, clean, judge = faultless(rigs, judges, PAIR)
    cases = (
        (Fault(at, "switchover", on="show", command=command, lines=lag),)
        for command in (*CONFIGURATION, "show service-policy flow")
        for at in range(1, count(clean, command) + 1)
        for lag in (0, 2)
    )

    ends = run_all(
        lambda faults: rigs(None, PAIR, faults), judge, cases, lambda rig: rig.apply(plan)
    )

    assert set(ends) <= {"old", "new", "unreachable"}
    assert ends["old"] > 10


def test_back_to_the_first_unit_on_the_way_back(rigs: "Rigs", judges: "Judges") -> None:
    """Each of the two fails once; the first comes back with what its mate had."""
    plan, clean, judge = faultless(rigs, judges, PAIR)
    lines = clean.box.script.count("line")
    cases = (
        (Fault(at, "switchover", lines=2), Fault(at + later, "switchover", lines=1))
        for at in range(12, lines + 1, 2)
        for later in (1, 2, 4)
    )

    ends = run_all(
        lambda faults: rigs(None, PAIR, faults), judge, cases, lambda rig: rig.apply(plan)
    )

    assert set(ends) == {"old"}


def test_the_failed_unit_stays_away(rigs: "Rigs", judges: "Judges") -> None:
    """A pair of one: its mate is Failed, not in replication, and what is ours goes back."""
    plan, clean, judge = faultless(rigs, judges, PAIR)
    at = clean.box.script.count("line")
    rig = rigs(None, PAIR, (Fault(at, "switchover", text="Failed", lines=1),))

    outcome = rig.apply(plan)

    assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit), outcome
    judge.judge(rig, outcome)


def test_the_mate_takes_its_configuration_for_good(rigs: "Rigs", judges: "Judges") -> None:
    """It never comes out of replication: nothing is typed, and a person gets the lines."""
    plan, clean, _ = faultless(rigs, judges, PAIR)
    at = clean.box.script.count("line")
    rig = rigs(None, PAIR, (Fault(at, "switchover", text="Sync Config"),))

    outcome = rig.apply(plan)

    assert (State.UNKNOWN, Exit.UNKNOWN) == (outcome.state, outcome.exit), outcome
    assert "replication" in str(outcome.reason)
    assert at == rig.box.counts.config_lines
    assert 0 == rig.box.counts.saves
    assert "inspect esmtp" in outcome.lines


def test_a_resume_finds_the_mate(rigs: "Rigs", judges: "Judges") -> None:
    """Killed first, then the unit fails: the journal names both units, and the mate is undone."""
    plan, clean, judge = faultless(rigs, judges, PAIR)
    for at in range(1, clean.box.script.count("line") + 1, 3):
        rig = rigs(None, PAIR, (Fault(at, "switchover", lines=1),))
        dies_with_its_link(rig, plan)

        left = left_behind(rig.records)
        assert left is not None
        outcome = resume(left, rig.surroundings())

        assert (State.OLD, Exit.DONE) == (outcome.state, outcome.exit), (at, outcome)
        judge.ends_whole(rig.box)
        judge.hurts_nobody(rig.box)


class Killed(BaseException):
    """The process is gone: nothing of it handles this."""


def dies_with_its_link(rig: "Rig", plan: "DevicePlan") -> None:
    """Apply; where the way back would begin, the process is killed."""

    def die(stage: str) -> None:
        if stage == "undo":
            raise Killed

    rig.on_tell = die
    with pytest.raises(Killed):
        rig.apply(plan)
    rig.on_tell = lambda _: None


# --- the configuration is copied to the mate -----------------------------------------------------


def test_replication_at_every_command(rigs: "Rigs", judges: "Judges") -> None:
    """Once the box says that it copies, no line of configuration is typed until it is done."""
    plan, clean, judge = faultless(rigs, judges, PAIR)
    last = clean.box.counts.commands
    ends = []
    for first in range(1, last + 1, 2):
        knobs = replace(PAIR, replication=(first, first + 12))
        rig = rigs(None, knobs)
        outcome = rig.apply(plan)
        ends.append(outcome.state)
        judge.judge(rig, outcome)
        assert [] == typed_while_copying(rig), first
    assert State.OLD in ends
    assert State.REFUSED in ends


def typed_while_copying(rig: "Rig") -> list[str]:
    """Lines of configuration between the box's *Beginning* and its *End*.

    The line that is answered by *Beginning* was sent before anybody could know.
    """
    copying, typed = False, []
    for entry in rig.box.transcript:
        if copying and (entry.number is not None or entry.line == "write memory"):
            typed.append(entry.line)
        if "Beginning configuration replication" in entry.reply:
            copying = True
        if "End Configuration Replication" in entry.reply:
            copying = False
    return typed


# --- reload --------------------------------------------------------------------------------------


def test_a_reload_at_every_command(
    rigs: "Rigs", judges: "Judges", capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever was typed: the box starts from its startup-config, and that is said."""
    plan, clean, judge = faultless(rigs, judges, Knobs())
    commands = clean.box.script.count("command")

    ends = run_all(
        lambda faults: rigs(None, None, faults),
        judge,
        ((Fault(at, "reload", on="command"),) for at in range(1, commands + 1)),
        lambda rig: rig.apply(plan),
    )

    tell(capsys, "reload at a command", ends)
    assert ends["old"] > 30
    assert ends["new"] > 0


def test_after_the_save_a_reload_changes_nothing(rigs: "Rigs", judges: "Judges") -> None:
    plan, clean, judge = faultless(rigs, judges, Knobs())

    clean.box.reload()

    assert judge.mark(clean.box.running) == judge.mark(judge.new)
    assert clean.apply(plan).state is State.REFUSED


def test_a_change_that_is_never_saved_is_gone_with_a_reload(rigs: "Rigs") -> None:
    rig = rigs()
    before = rig.box.running_text
    assert rig.apply(rig.plan(GATEWAY), Options(save=False)).state is State.NEW

    rig.box.reload()

    assert before == rig.box.running_text


# --- the flash -----------------------------------------------------------------------------------


@pytest.mark.parametrize("flash", FLASHES)
def test_a_flash_that_does_not_save(flash: Flash, rigs: "Rigs", judges: "Judges") -> None:
    plan, _, judge = faultless(rigs, judges, Knobs())
    rig = rigs(None, Knobs(flash=flash))

    outcome = rig.apply(plan)

    assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit), outcome
    assert "`write memory` did not save" in str(outcome.reason)
    judge.judge(rig, outcome)


@pytest.mark.parametrize("flash", FLASHES)
def test_what_cannot_be_saved_may_be_held(flash: Flash, rigs: "Rigs", judges: "Judges") -> None:
    """Asked for: the exemption stays, unsaved; once the flash is well, a resume saves it."""
    plan, _, judge = faultless(rigs, judges, Knobs())
    rig = rigs(None, Knobs(flash=flash))

    outcome = rig.apply(plan, Options(keep=True))

    assert (State.HOLD, Exit.UNKNOWN, False) == (outcome.state, outcome.exit, outcome.saved)
    assert "write memory" in outcome.lines
    assert judge.mark(rig.box.running) == judge.mark(judge.new)
    assert judge.mark(rig.box.startup) == judge.mark(judge.old)
    rig.box.knobs = Knobs()
    left = left_behind(rig.records)
    assert left is not None
    assert resume(left, rig.surroundings()).state is State.NEW
    judge.ends_whole(rig.box)
    assert judge.mark(rig.box.startup) == judge.mark(judge.new)


@pytest.mark.parametrize(
    ("seconds", "kind"), [(100.0, "delay"), (200.0, "delay"), (400.0, "delay"), (0.0, "cut_after")]
)
def test_a_slow_save(seconds: float, kind: str, rigs: "Rigs", judges: "Judges") -> None:
    """It saved, whenever its answer comes or if it is lost: the startup-config says so."""
    plan, _, judge = faultless(rigs, judges, Knobs())
    rig = rigs(None, None, (Fault(1, kind, seconds=seconds, on="write"),))

    outcome = rig.apply(plan)

    assert (State.NEW, True) == (outcome.state, outcome.saved), outcome
    judge.judge(rig, outcome)
    assert 1 == rig.box.counts.saves, "what is slow is not typed twice"


# --- another box, another configuration ----------------------------------------------------------


def test_another_box_comes_back_after_a_lost_link(rigs: "Rigs") -> None:
    """Somebody swapped it meanwhile: not one line is typed into the one that answers."""
    plan = rigs().plan(GATEWAY)
    for at in (3, 12, 18, 23):
        rig = rigs(None, None, (Fault(at, "cut_after"),))
        other = rigs(ordinary("fw", serial="9AOTHER0001"))
        first = rig.link
        links = [first, *[other.link] * 99]

        def next_link(links: list[Any] = links) -> Any:
            return links.pop(0)()

        rig.link = next_link  # type: ignore[method-assign]  # the address is another's
        outcome = rig.apply(plan)

        assert outcome.exit is Exit.UNKNOWN, (at, outcome)
        assert "9AOTHER0001" in str(outcome.reason)
        assert outcome.lines
        assert 0 == other.box.counts.config_entries
        assert 0 == other.box.counts.saves
        assert 0 == other.box.open_sessions


def test_upgraded_while_it_was_away(rigs: "Rigs") -> None:
    """The same box with other software: what its lines mean may have changed."""
    plan = rigs().plan(GATEWAY)
    rig = rigs(None, None, (Fault(20, "cut_after"),))
    upgraded = rigs(ordinary("fw", version="9.18(1)"))
    links = [rig.link, *[upgraded.link] * 99]
    rig.link = lambda: links.pop(0)()  # type: ignore[method-assign]  # another answers

    outcome = rig.apply(plan)

    assert outcome.exit is Exit.UNKNOWN
    assert "9.18(1)" in str(outcome.reason)
    assert 0 == upgraded.box.counts.config_entries


EMPTY = "hostname fw\n"


def emptied(rig: "Rig") -> Tree:
    """A box after ``clear configure all``: its licence and serial are left, and nothing else."""
    bare = type(rig)(type(rig.box)(EMPTY, replace(rig.box.knobs, serial=rig.box.serial)))
    return bare.box.running


@pytest.mark.parametrize("saved", [True, False])
def test_cleared_before_the_apply(saved: bool, rigs: "Rigs") -> None:
    rig = rigs()
    plan = rig.plan(GATEWAY)
    rig.box.running = emptied(rig)
    if saved:
        rig.box.save()
    saves = rig.box.counts.saves

    outcome = rig.apply(plan)

    assert (State.REFUSED, Exit.REFUSED) == (outcome.state, outcome.exit)
    assert (0, saves) == (rig.box.counts.config_entries, rig.box.counts.saves)


def test_cleared_in_mid_change(rigs: "Rigs") -> None:
    """All of it is gone, ours included: nothing is put back line by line, a person is called."""
    plan = rigs().plan(GATEWAY)
    for at in (2, 12, 16, 20, 22):
        rig = rigs()
        bare = emptied(rig)
        calls: list[int] = []

        def clear(
            rig: "Rig" = rig, at: int = at, calls: list[int] = calls, bare: Tree = bare
        ) -> None:
            calls.append(1)
            if len(calls) == at:
                rig.box.running = bare

        startup = rig.box.startup_text
        rig.on_guard = clear
        outcome = rig.apply(plan)

        assert outcome.exit is Exit.UNKNOWN, (at, outcome)
        assert outcome.state in (State.FOREIGN, State.STUCK), (at, outcome)
        assert (startup, 0) == (rig.box.startup_text, rig.box.counts.saves)


def lines_of(text: str) -> list[str]:
    """The lines in any order: an inspection that is typed again stands last in its class."""
    return sorted(line for line in text.split("\n") if not line.startswith("Cryptochecksum"))


def test_another_tool_rewrites_everything(rigs: "Rigs") -> None:
    """At every line: another manager's configuration, whole, is in force then and stays."""
    plan = rigs().plan(GATEWAY)
    theirs = rigs(ordinary("fw").replace("mtu dmz 1500", "mtu dmz 1400"))
    for at in range(1, 23):
        rig = rigs()
        calls: list[int] = []

        def rewrite(rig: "Rig" = rig, at: int = at, calls: list[int] = calls) -> None:
            calls.append(1)
            if len(calls) == at:
                rig.box.running = theirs.box.running

        startup = rig.box.startup_text
        rig.on_guard = rewrite
        outcome = rig.apply(plan)

        assert outcome.exit is not Exit.DONE, (at, outcome)
        assert (startup, 0) == (rig.box.startup_text, rig.box.counts.saves), at
        if outcome.state is State.OLD:
            assert lines_of(theirs.box.running_text) == lines_of(rig.box.running_text), at
        else:
            assert outcome.exit is Exit.UNKNOWN, (at, outcome)
            assert "mtu dmz 1400" in rig.box.running_text


# --- the clock of the device ---------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [3.2e8, -3.2e8])
def test_a_device_whose_clock_is_years_out(seconds: float, rigs: "Rigs") -> None:
    """Nothing is decided by what the device thinks the time is."""
    plan, one, other = rigs().plan(GATEWAY), rigs(), rigs()
    other.box.seconds += seconds

    def jump(stage: str) -> None:
        if stage == "send":
            other.box.seconds -= 2 * seconds

    other.on_tell = jump
    ends = [rig.apply(plan) for rig in (one, other)]

    assert ends[0] == ends[1]
    assert [e.line for e in one.box.transcript] == [e.line for e in other.box.transcript]
