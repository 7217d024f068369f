"""A device that contradicts right after the commit line: the line is taken back at once."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from asa_automate.apply.applier import Options
from asa_automate.apply.outcome import State
from asa_automate.errors import Exit
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Reading

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

GATEWAY = "192.168.1.1"
SECTION = "\nGlobal policy: \n  Service-policy: global_policy\n"
DEFAULT = "    Class-map: inspection_default\n      Match: default-inspection-traffic\n"
ACTION = "      Action:\n        Input flow:  inspect esmtp"

#: What the device says, and for which question (0 and 1: the gateway's directions, 2: another's).
CONTRADICTIONS = {
    "the gateway is still inspected": (0, f"{SECTION}{DEFAULT}{ACTION} _default_esmtp_map\n"),
    "the way out is still inspected": (1, f"{SECTION}{DEFAULT}{ACTION} _default_esmtp_map\n"),
    "nobody is inspected": (2, f"{SECTION}    Class-map: class-default\n"),
    "others have another map": (2, f"{SECTION}{DEFAULT}{ACTION} STRICT\n"),
    "rubbish for the gateway": (0, ""),
    "rubbish for the others": (2, ""),
    "an error": (0, "ERROR: % Invalid input detected at '^' marker."),
    "no section": (0, "\nInterface dmz: \n  Service-policy: other\n"),
    "a line about inspection that nobody knows": (1, f"{SECTION}    esmtp is what it is\n"),
    "a cut page": (1, f"{SECTION}<--- More --->"),
}


def flow_shows(rig: "Rig") -> tuple[int, int]:
    """How many flows were asked before the last configuration line, and in all."""
    entries = rig.box.transcript
    last = max(i for i, e in enumerate(entries) if e.number is not None)
    asked = [i for i, e in enumerate(entries) if e.line.startswith("show service-policy flow")]
    return sum(i < last for i in asked), len(asked)


def lines_of(text: str) -> list[str]:
    """The commands; an inspection that is typed again stands last in its class."""
    return sorted(line for line in text.split("\n") if not line.startswith("Cryptochecksum"))


def after_the_commit(rig: "Rig", commit: str) -> list[str]:
    """What was typed after a line: the next lines of configuration, three of them."""
    entries = rig.box.transcript
    at = next(i for i, e in enumerate(entries) if e.line == commit)
    rest = [e for e in entries[at + 1 :] if e.line not in ("end", "configure terminal", "exit")]
    first = next(i for i, e in enumerate(rest) if e.number is not None)
    assert all(e.line.startswith("show ") for e in rest[:first]), rest[:first]
    return [e.line for e in rest[first:] if e.number is not None][:3]


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_a_contradiction_takes_the_commit_line_back(
    what: str, rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    question, text = CONTRADICTIONS[what]
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan))
    before, _ = flow_shows(clean)
    fault = Fault(
        before + 1 + question, "garbage", text, on="show", command="show service-policy flow"
    )
    rig = rigs(None, None, (fault,))

    outcome = rig.apply(plan)

    assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit)
    assert "live proof failed" in str(outcome.reason)
    judge.judge(rig, outcome)
    back = ["policy-map global_policy", "class inspection_default", "inspect esmtp"]
    assert after_the_commit(rig, "no inspect esmtp") == back


def test_each_later_answer_is_heard_as_well(
    rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    """The two verifications ask again; a device that changes its mind there is not believed."""
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan))
    before, count = flow_shows(clean)
    for at in range(before + 1, count + 1):
        fault = Fault(at, "garbage", "?", on="show", command="show service-policy flow")
        rig = rigs(None, None, (fault,))
        outcome = rig.apply(plan)
        assert (outcome.state, rig.box.counts.saves) == (State.OLD, 0)
        judge.judge(rig, outcome)


def test_a_device_that_reads_otherwise_after_the_commit_line(rigs: "Callable[..., Rig]") -> None:
    """It said per-engine, and is per-class: nobody is inspected, which the control shows."""
    rig = rigs()
    plan = rig.plan(GATEWAY)
    old = rig.box.running_text

    def flip(stage: str) -> None:
        if stage == "prove":
            rig.box.knobs = replace(rig.box.knobs, reading=Reading.PER_CLASS)

    rig.on_tell = flip
    outcome = rig.apply(plan)

    assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit)
    assert rig.box.counts.saves == 0
    assert lines_of(old) == lines_of(rig.box.running_text)
    back = ["policy-map global_policy", "class inspection_default", "inspect esmtp"]
    assert after_the_commit(rig, "no inspect esmtp") == back


def test_each_policy_has_its_own_proof(rigs: "Callable[..., Rig]") -> None:
    """On a box with two policies the first commit line is proved before the second is sent."""
    rig = rigs(interface_policy("fw"))
    outcome = rig.apply(rig.plan(GATEWAY))

    assert outcome.state is State.NEW
    lines = [e.line for e in rig.box.transcript]
    one, other = lines.index("no inspect esmtp"), lines.index("no inspect esmtp ESMTP_TLS")
    asked = [li for li in lines[one:other] if li.startswith("show service-policy flow")]
    assert len(asked) >= 3
    assert "show running-config" in lines[one:other]


def test_without_a_control_flow_nothing_is_sent(rigs: "Callable[..., Rig]") -> None:
    """A policy of which the device shows nothing is one that cannot be proved: exit 6."""
    faults = [
        Fault(n, "garbage", SECTION, on="show", command="show service-policy flow")
        for n in range(1, 40)
    ]
    rig = rigs(None, None, faults)
    outcome = rig.apply(rig.plan(GATEWAY))

    assert (State.DISPROVED, Exit.DISPROVED) == (outcome.state, outcome.exit)
    assert rig.box.counts.config_entries == 0


def test_an_answer_without_the_map_is_the_default_map(rigs: "Callable[..., Rig]") -> None:
    rig = rigs(ordinary("fw"), Knobs(flow_prints_map=False))

    assert rig.apply(rig.plan(GATEWAY)).state is State.NEW


def test_a_split_on_a_per_class_box_by_the_operators_will(rigs: "Callable[..., Rig]") -> None:
    """``--live-proof`` without a probe: the control flow says no, and the line goes back."""
    rig = rigs(None, Knobs(reading=Reading.PER_CLASS))
    plan = rig.plan(GATEWAY)
    outcome = rig.apply(plan, Options(live_proof=True, probe=False))

    assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit)
    assert "no longer inspected in global" in str(outcome.reason)
    assert not any("PROBE" in e.line for e in rig.box.transcript)
    back = ["policy-map global_policy", "class inspection_default", "inspect esmtp"]
    assert after_the_commit(rig, "no inspect esmtp") == back
    assert rig.box.counts.saves == 0
