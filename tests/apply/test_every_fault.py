"""Every mishap at every line of a first exemption: the box ends old or new, and nobody is hurt.

The judge (``conftest.py``) reads the box's texts, transcript and snapshots, not the tool's words.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from asa_automate.apply.outcome import State
from asa_automate.apply.rollback import roll_back
from asa_automate.errors import Exit, Unreachable
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Reading, Strategy
from asa_automate.plan.document import DevicePlan

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

GATEWAY, SECOND = "192.168.1.1", "192.168.1.2"
REFUSAL = "ERROR: % Invalid input detected at '^' marker."
#: A refusal that does not look like one.
MUMBLE = "Removing obj (x) from grp (y) failed; group is being used"

LINE_FAULTS: tuple[dict[str, object], ...] = (
    {"kind": "cut_before"},
    {"kind": "cut_after"},
    {"kind": "refuse", "text": REFUSAL},
    {"kind": "refuse", "text": MUMBLE},
    {"kind": "ignore"},
    {"kind": "delay", "seconds": 5.0},
    {"kind": "delay", "seconds": 400.0},
    {"kind": "reload"},
)
SHOW_FAULTS: tuple[dict[str, object], ...] = (
    {"kind": "garbage"},
    {"kind": "garbage", "text": REFUSAL},
    {"kind": "truncated", "lines": 3},
    {"kind": "truncated", "lines": 20},
    {"kind": "cut_after"},
    {"kind": "delay", "seconds": 4000.0},
    {"kind": "reload"},
)
SHOWS = ("show running-config", "show startup-config", "show service-policy flow")

BOTH = pytest.mark.parametrize("reading", [Reading.PER_ENGINE, Reading.PER_CLASS])


def faults_of(clean: "Rig") -> Iterator[Fault]:
    """Every fault at every event of the apply that ``clean`` went through."""
    script = clean.box.script
    for at in range(1, script.count("line") + 1):
        yield from (Fault(at, **fault) for fault in LINE_FAULTS)  # type: ignore[arg-type]
    for at in range(1, script.count("write") + 1):
        yield from (Fault(at, on="write", **fault) for fault in LINE_FAULTS)  # type: ignore[arg-type]
    for command in SHOWS:
        for at in range(1, count(clean, command) + 1):
            for fault in SHOW_FAULTS:
                yield Fault(at, on="show", command=command, **fault)  # type: ignore[arg-type]


def count(rig: "Rig", command: str) -> int:
    return sum(e.line.startswith(command) for e in rig.box.transcript)


def run_all(
    make: Callable[..., "Rig"],
    judge: "Judge",
    cases: "Iterator[tuple[Fault, ...]]",
    change: Callable[["Rig"], object],
) -> dict[str, int]:
    """Judge every case; how many ended how. All that fail are reported, not the first one only."""
    ends: dict[str, int] = {}
    wrong: list[str] = []
    for faults in cases:
        rig = make(faults)
        try:
            outcome = change(rig)
            judge.judge(rig, outcome)  # type: ignore[arg-type]
        except Exception as error:  # every way to fail is a finding, and the loop goes on
            text = str(error).split("\n")[0]
            wrong.append(f"{[_short(f) for f in faults]}: {type(error).__name__} {text}")
        else:
            ends[outcome.state.value] = ends.get(outcome.state.value, 0) + 1  # type: ignore[attr-defined]
    assert not wrong, f"{len(wrong)} wrong, {ends} right\n" + "\n".join(wrong)
    return ends


def _short(fault: Fault) -> str:
    what = fault.command or fault.on
    return f"{fault.kind}({fault.text[:12]} {fault.seconds} {fault.lines}) at {what} {fault.at}"


def tell(capsys: pytest.CaptureFixture[str], what: str, ends: dict[str, int]) -> None:
    """The count of cases, for whoever watches the run."""
    with capsys.disabled():
        print(f"\n    {what}: {sum(ends.values())} cases, ended {ends}")


@BOTH
def test_a_first_exemption(
    reading: Reading,
    rigs: "Callable[..., Rig]",
    judges: "Callable[..., Judge]",
    capsys: pytest.CaptureFixture[str],
) -> None:
    knobs = Knobs(reading=reading)
    plan = rigs(None, knobs).plan(GATEWAY)
    clean = rigs(None, knobs)
    judge = judges(clean, lambda rig: rig.apply(plan), GATEWAY)

    ends = run_all(
        lambda faults: rigs(None, knobs, faults),
        judge,
        ((fault,) for fault in faults_of(clean)),
        lambda rig: rig.apply(plan),
    )

    tell(capsys, f"first exemption, {reading}", ends)
    assert sum(ends.values()) > 120


# --- changes of every other kind -----------------------------------------------------------------

#: Of these many cases one is tried, always the same.
STRIDE = int(os.environ.get("ASA_AUTOMATE_FAULT_STRIDE", "4"))

#: Faults that differ in what the box has afterwards; the others are variants of these.
TELLING: tuple[dict[str, object], ...] = (
    {"kind": "cut_before"},
    {"kind": "cut_after"},
    {"kind": "refuse", "text": MUMBLE},
    {"kind": "ignore"},
    {"kind": "reload"},
)

#: Name: the sample, the gateways before (none: as delivered), those wanted, what to ask for.
CHANGES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], Strategy | None]] = {
    "two policies, custom map": ("interface", (), (GATEWAY, SECOND), None),
    "narrow-default": ("ordinary", (), (GATEWAY,), Strategy.NARROW_DEFAULT),
    "narrow-default, two policies": ("interface", (), (GATEWAY,), Strategy.NARROW_DEFAULT),
    "add a gateway": ("ordinary", (GATEWAY,), (GATEWAY, SECOND), None),
    "remove the last of two": ("ordinary", (GATEWAY, SECOND), (GATEWAY,), None),
    "remove the first of two": ("ordinary", (GATEWAY, SECOND), (SECOND,), None),
    "exchange a gateway": ("ordinary", (GATEWAY,), (SECOND,), None),
    "remove the exemption": ("ordinary", (GATEWAY,), (), None),
    "remove it from two policies": ("interface", (GATEWAY,), (), None),
    "class-first": ("ordinary", (), (GATEWAY,), Strategy.CLASS_FIRST),
    "class-first, two policies": ("interface", (), (GATEWAY,), Strategy.CLASS_FIRST),
    "class-first, several classes": ("several", (), (GATEWAY,), Strategy.CLASS_FIRST),
    "class-first, add a gateway": ("first", (GATEWAY,), (GATEWAY, SECOND), None),
    "class-first, removed": ("first", (GATEWAY,), (), None),
}

#: Behind the class that inspects mail stand two more, with actions of other kinds.
MORE_CLASSES = """\
 class VOICE
  inspect sip
  set connection timeout idle 2:00:00
 class BULK
  police input 1000000 1500
"""
MORE_MAPS = """\
class-map VOICE
 match port tcp eq 5062
class-map BULK
 match port tcp range 8000 8010
"""


def several(hostname: str) -> str:
    """The ordinary box with two more classes."""
    text = ordinary(hostname)
    first = "class-map inspection_default\n"
    last = "!\nservice-policy global_policy global\n"
    return text.replace(first, MORE_MAPS + first).replace(last, MORE_CLASSES + last)


SAMPLES = {
    "ordinary": ordinary,
    "first": ordinary,
    "interface": interface_policy,
    "several": several,
}


def text_of(make: "Callable[..., Rig]", sample: str, gateways: tuple[str, ...]) -> str:
    """The running-config of a box of ours with an exemption."""
    rig = make(SAMPLES[sample]("fw"))
    strategy = Strategy.CLASS_FIRST if sample == "first" else None
    if gateways:
        assert rig.apply(rig.plan(*gateways, strategy=strategy)).exit is Exit.DONE
    return rig.box.running_text


def telling(clean: "Rig") -> Iterator[Fault]:
    """The telling faults at every line and write, and an unreadable answer to every question."""
    script = clean.box.script
    for fault in TELLING:
        yield from (Fault(at, **fault) for at in range(1, script.count("line") + 1))  # type: ignore[arg-type]
        yield from (
            Fault(at, on="write", **fault)  # type: ignore[arg-type]
            for at in range(1, script.count("write") + 1)
        )
    for command in SHOWS:
        for at in range(1, count(clean, command) + 1):
            yield Fault(at, "truncated", on="show", command=command, lines=20)


@pytest.mark.parametrize("what", CHANGES)
def test_other_changes(
    what: str,
    rigs: "Callable[..., Rig]",
    judges: "Callable[..., Judge]",
    capsys: pytest.CaptureFixture[str],
) -> None:
    sample, before, after, strategy = CHANGES[what]
    config = text_of(rigs, sample, before)
    plan = rigs(config).plan(*after, reading=Reading.PER_ENGINE, strategy=strategy)
    assert plan.status == "change", plan.reason
    clean = rigs(config)
    judge = judges(clean, lambda rig: rig.apply(plan), *after)
    judge = replace(judge, gap=any(f.code == "inspection-gap" for f in plan.findings))

    ends = run_all(
        lambda faults: rigs(config, None, faults),
        judge,
        ((fault,) for fault in islice(telling(clean), None, None, STRIDE)),
        lambda rig: rig.apply(plan),
    )

    tell(capsys, what, ends)
    assert ends["old"] > 0
    assert ends["new"] > 0


@pytest.mark.parametrize("sample", ["ordinary", "interface"])
def test_faults_during_a_rollback(
    sample: str,
    rigs: "Callable[..., Rig]",
    judges: "Callable[..., Judge]",
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Undoing a saved run: whatever happens, it ends in the old state."""
    config = text_of(rigs, sample, ())
    first = rigs(config)
    plan = first.plan(GATEWAY, reading=Reading.PER_ENGINE)
    judge = judges(first, lambda rig: rig.apply(plan), GATEWAY)
    goal, done = first.goal, first.box.running_text
    clean = rigs(done)
    assert roll_back(goal, clean.surroundings()).exit is Exit.DONE
    ends: dict[str, int] = {}
    for fault in islice(telling(clean), None, None, STRIDE):
        rig = rigs(done, None, (fault,))
        outcome = roll_back(goal, rig.surroundings())
        case = (_short(fault), outcome)
        judge.ends_whole(rig.box)
        judge.hurts_nobody(rig.box)
        assert rig.box.open_sessions == 0, case
        is_old = judge.mark(rig.box.running) == judge.mark(judge.old)
        assert is_old == (outcome.state is State.OLD), case
        untouched = (Exit.UNREACHABLE, Exit.REFUSED)
        assert outcome.exit in ((Exit.DONE,) if is_old else untouched), case
        ends[outcome.state.value] = ends.get(outcome.state.value, 0) + 1
    tell(capsys, f"rollback, {sample}", ends)


# --- a second mishap, on the way back ------------------------------------------------------------


def way_back(make: "Callable[..., Rig]", plan: DevicePlan, first: Fault) -> "tuple[Rig, int]":
    """An apply that ``first`` sends back, and how many lines it had sent until then."""
    rig = make((first,))
    sent: list[int] = []

    def note(stage: str) -> None:
        if stage == "undo":
            sent.append(rig.box.counts.config_lines)

    rig.on_tell = note
    rig.apply(plan)
    return rig, sent[0]


@pytest.mark.parametrize("first", ["refused commit line", "contradiction", "probe", "save"])
def test_a_second_fault_on_the_way_back(
    first: str,
    rigs: "Callable[..., Rig]",
    judges: "Callable[..., Judge]",
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every telling fault at every line of the undo, and at each of its readings."""
    plan = rigs().plan(GATEWAY)
    clean = rigs()
    judge = judges(clean, lambda rig: rig.apply(plan), GATEWAY)
    lines = clean.box.script.count("line")
    begin = {
        "refused commit line": Fault(lines, "refuse", MUMBLE),
        "contradiction": Fault(
            count(clean, "show service-policy flow") - 2,
            "garbage",
            "?",
            on="show",
            command="show service-policy flow",
        ),
        "probe": Fault(6, "cut_after"),
        "save": Fault(1, "ignore", on="write"),
    }[first]

    def make(faults: tuple[Fault, ...]) -> "Rig":
        return rigs(None, None, faults)

    undone, sent = way_back(make, plan, begin)
    assert undone.box.script.count("line") > sent
    seconds = [
        Fault(at, **fault)  # type: ignore[arg-type]
        for at in range(sent + 1, undone.box.script.count("line") + 1)
        for fault in (*TELLING, {"kind": "delay", "seconds": 400.0})
    ]
    shows = count(undone, "show running-config")
    for at in range(max(1, shows - 4), shows + 1):
        for kind in ("truncated", "cut_before", "reload"):
            seconds.append(Fault(at, kind, on="show", command="show running-config", lines=20))

    ends = run_all(
        make, judge, ((begin, second) for second in seconds[::STRIDE]), lambda rig: rig.apply(plan)
    )

    tell(capsys, f"second fault after: {first}", ends)
    assert ends["old"] > 5


def test_a_second_fault_while_classes_come_back(
    rigs: "Callable[..., Rig]",
    judges: "Callable[..., Judge]",
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The link is lost in the middle of the gap, and something else goes wrong on the way back."""
    config = several("fw")
    strategy = Strategy.CLASS_FIRST
    plan = rigs(config).plan(GATEWAY, strategy=strategy)
    clean = rigs(config)
    judge = replace(judges(clean, lambda rig: rig.apply(plan), GATEWAY), gap=True)

    def make(faults: tuple[Fault, ...]) -> "Rig":
        return rigs(config, None, faults)

    begin = Fault(clean.box.script.count("line") - 12, "cut_after")
    undone, sent = way_back(make, plan, begin)
    seconds = [
        Fault(at, **fault)  # type: ignore[arg-type]
        for at in range(sent + 1, undone.box.script.count("line") + 1)
        for fault in TELLING
    ]
    ends = run_all(
        make, judge, ((begin, second) for second in seconds[::STRIDE]), lambda rig: rig.apply(plan)
    )

    tell(capsys, "second fault in the gap", ends)
    assert ends["old"] > 5


def test_what_others_changed_since_in_a_moved_class_stays(rigs: "Callable[..., Rig]") -> None:
    """A rollback puts our class's place back, not a line that somebody took away since."""
    rig = rigs(several("fw"))
    assert rig.apply(rig.plan(GATEWAY, strategy=Strategy.CLASS_FIRST)).exit is Exit.DONE
    rig.box.edit(["policy-map global_policy", "class inspection_default", "no inspect tftp"])
    rig.box.save()

    outcome = roll_back(rig.goal, rig.surroundings())

    assert (State.OLD, Exit.DONE) == (outcome.state, outcome.exit), outcome
    assert "ESA_EXEMPT" not in rig.box.running_text
    assert "inspect tftp" not in rig.box.running_text
    assert "inspect esmtp" in rig.box.running_text


def test_a_way_back_that_is_refused_for_good(
    rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    """Every line of the undo is refused: exit 7, the lines to type, nobody hurt, nothing saved."""
    plan = rigs().plan(GATEWAY)
    clean = rigs()
    judge = judges(clean, lambda rig: rig.apply(plan), GATEWAY)
    stuck = 0
    for start in range(8, clean.box.script.count("line") + 1):
        faults = [Fault(at, "refuse", "Command authorization failed") for at in range(start, 99)]
        rig = rigs(None, None, faults)
        outcome = rig.apply(plan)
        judge.hurts_nobody(rig.box)
        assert judge.mark(rig.box.startup) == judge.mark(judge.old)
        assert rig.box.counts.saves == 0
        assert rig.box.open_sessions == 0
        if judge.mark(rig.box.running) == judge.mark(judge.old):
            # Nothing was there to undo: the first line that was refused was ours.
            assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit)
            continue
        stuck += 1
        assert (State.STUCK, Exit.UNKNOWN) == (outcome.state, outcome.exit)
        # What a person then types leads to the old state.
        assert outcome.lines[:2] == ("show running-config", "configure terminal")
        replies = rig.box.edit(outcome.lines[2:])
        assert not any(replies), replies
        assert judge.mark(rig.box.running) == judge.mark(judge.old)
    assert stuck > 10


def test_a_box_that_does_not_come_back(rigs: "Callable[..., Rig]") -> None:
    """Nobody can say what it has: exit 7, with the lines from the new state to the old one."""
    plan = rigs().plan(GATEWAY)
    rig = rigs(None, None, (Fault(20, "cut_after"),))
    link = rig.link
    links: list[int] = []

    def once() -> object:
        links.append(1)
        if len(links) > 1:
            raise Unreachable("no route to host")
        return link()

    rig.link = once  # type: ignore[assignment,method-assign]  # the link of a box that went away
    outcome = rig.apply(plan)

    assert (State.UNKNOWN, Exit.UNKNOWN) == (outcome.state, outcome.exit)
    assert "no route to host" in str(outcome.reason)
    assert "inspect esmtp" in outcome.lines
    assert "done" not in rig.kinds
