"""Every mishap at every line of a first exemption: the box ends old or new, and nobody is hurt.

The judge (``conftest.py``) reads the box's texts, transcript and snapshots, never the tool's words.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.model import Reading

if TYPE_CHECKING:
    from tests.apply.conftest import Judge, Rig

GATEWAY = "192.168.1.1"
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
    {"kind": "truncated", "lines": 0},
    {"kind": "truncated", "lines": 3},
    {"kind": "truncated", "lines": 20},
    {"kind": "cut_before"},
    {"kind": "cut_after"},
    {"kind": "delay", "seconds": 4000.0},
    {"kind": "reload"},
)
SHOWS = ("show running-config", "show startup-config", "show service-policy flow")

BOTH = pytest.mark.parametrize("reading", (Reading.PER_ENGINE, Reading.PER_CLASS))


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
    more = f"({fault.text[:12]}{fault.seconds or ''}{fault.lines if fault.kind == 'truncated' else ''})"
    return f"{fault.kind}{more} at {what} {fault.at}"


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
    judge = judges(clean, lambda rig: rig.apply(plan))

    ends = run_all(
        lambda faults: rigs(None, knobs, faults),
        judge,
        ((fault,) for fault in faults_of(clean)),
        lambda rig: rig.apply(plan),
    )

    tell(capsys, f"first exemption, {reading}", ends)
    assert sum(ends.values()) > 150
