"""Changes that go well: what the box has then, and the order of what was written before it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from asa_automate.apply.applier import Options
from asa_automate.apply.outcome import State
from asa_automate.errors import Exit
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Reading

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

GATEWAY, SECOND = "192.168.1.1", "192.168.1.2"


def intents(rig: "Rig") -> list[str]:
    return [str(p["line"]) for kind, p in rig.records if kind in ("intent", "undo")]


def goes_well(rig: "Rig", judge: "Judge | None", *gateways: str, reading: Reading) -> list[str]:
    """Plan and apply; the plan's lines."""
    sent, written = len(rig.typed()), len(rig.records)
    plan = rig.plan(*gateways, reading=reading)
    assert plan.status == "change", plan.reason
    outcome = rig.apply(plan)
    assert (State.NEW, Exit.DONE, True) == (outcome.state, outcome.exit, outcome.saved)
    records = rig.records[written:]
    kinds = [kind for kind, _ in records]
    lines = [p["line"] for kind, p in records if kind in ("intent", "undo")]
    assert lines == rig.typed()[sent:], "a line was sent that was not written down"
    assert [c.line for c in plan.commands] == lines[-len(plan.commands) :]
    assert kinds[0] == "begin"
    tail = [k for k in kinds if k in ("verified", "save", "saved", "done")]
    assert tail == ["verified", "save", "saved", "done"]
    assert kinds.index("verified") > max(i for i, k in enumerate(kinds) if k == "ack")
    assert rig.box.running_text.split("\n")[-3:] == rig.box.startup_text.split("\n")[-3:]
    if judge:
        judge.hurts_nobody(rig.box)
    return [c.line for c in plan.commands]


def test_each_line_is_written_down_before_it_is_sent(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    plan = rig.plan(GATEWAY)

    def look(kind: str, payload: object) -> None:
        if kind in ("intent", "undo"):
            assert len(rig.typed()) == len(intents(rig))
        if kind == "verified":
            assert rig.box.counts.saves == 0
        del payload

    rig.on_write = look
    assert rig.apply(plan).state is State.NEW


@pytest.mark.parametrize("sample", ["ordinary", "interface"])
def test_a_life_of_an_exemption(sample: str, rigs: "Callable[..., Rig]") -> None:
    """The first gateway, a second one, the first one goes, then the last one."""
    rig = rigs(interface_policy("fw") if sample == "interface" else ordinary("fw"))
    before = rig.box.running_text
    engine = Reading.PER_ENGINE
    goes_well(rig, None, GATEWAY, reading=engine)
    if sample == "interface":
        assert "  inspect esmtp ESMTP_TLS" in rig.box.running_text
    added = goes_well(rig, None, GATEWAY, SECOND, reading=engine)
    assert added[-1] == f"network-object host {SECOND}"
    assert len(added) == 2
    removed = goes_well(rig, None, SECOND, reading=engine)
    assert removed[-1] == f"no network-object host {GATEWAY}"
    goes_well(rig, None, reading=engine)
    assert "ESA_EXEMPT" not in rig.box.running_text + rig.box.startup_text
    kept = [sorted(t.split("\n")[:-3]) for t in (before, rig.box.running_text)]
    assert kept[0] == kept[1]


def test_narrow_default_on_a_per_class_box(
    rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    knobs = Knobs(reading=Reading.PER_CLASS)
    rig = rigs(None, knobs)
    plan = rig.plan(GATEWAY)
    assert rig.apply(plan).state is State.DISPROVED
    known = rig.recall(plan.identity.serial, plan.identity.version)
    assert known is Reading.PER_CLASS
    old = rig.box.running
    lines = goes_well(rig, None, GATEWAY, reading=known)
    assert lines[-1] == "match access-list ESA_EXEMPT_ESMTP"
    fresh = rigs(None, knobs)
    fresh.box.running = old
    judge = judges(fresh, lambda one: setattr(one.box, "running", rig.box.running))
    judge.hurts_nobody(rig.box)


@pytest.mark.parametrize("sample", ["ordinary", "interface"])
def test_a_split_plan_on_a_per_class_box(sample: str, rigs: "Callable[..., Rig]") -> None:
    """Probed, refuted, exit 6; the box is what it was to the byte, and the answer is kept."""
    config = interface_policy("fw") if sample == "interface" else ordinary("fw")
    rig = rigs(config, Knobs(reading=Reading.PER_CLASS))
    plan = rig.plan(GATEWAY)
    running, startup = rig.box.running_text, rig.box.startup_text

    outcome = rig.apply(plan)

    assert (State.DISPROVED, Exit.DISPROVED) == (outcome.state, outcome.exit)
    assert "plan again" in str(outcome.reason)
    assert (running, startup) == (rig.box.running_text, rig.box.startup_text)
    assert rig.box.counts.saves == 0
    into = ("policy-map", "inspect")
    assert all("PROBE" in line or line.startswith(into) for line in rig.typed())
    assert rig.recall(plan.identity.serial, plan.identity.version) is Reading.PER_CLASS


def test_an_unknown_reading_needs_the_operators_will(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    outcome = rig.apply(rig.plan(GATEWAY), Options(probe=False))
    assert (State.DISPROVED, Exit.DISPROVED) == (outcome.state, outcome.exit)
    assert "--live-proof" in str(outcome.reason)
    assert rig.box.counts.config_lines == 0

    assert rig.apply(rig.plan(GATEWAY), Options(probe=False, live_proof=True)).state is State.NEW
