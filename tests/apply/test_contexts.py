"""A change in one context of a box: what goes wrong ends as anywhere, and the others are spared.

The lab's transcript says in which space each line was typed; the neighbours' texts say the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.rollback import roll_back
from asa_automate.errors import Exit
from asa_automate.lab.contexts import MultipleAsa, system_text
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Reading
from asa_automate.plan.document import DevicePlan

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

GATEWAY = "192.168.1.1"
NAMES = ("admin", "mail", "web")
SERIAL = "9AMULTI0001"

#: Of these many cases one is tried, always the same.
STRIDE = 3
TELLING: tuple[dict[str, Any], ...] = (
    {"kind": "cut_before"},
    {"kind": "cut_after"},
    {"kind": "refuse", "text": "Removing obj (x) from grp (y) failed; group is being used"},
    {"kind": "ignore"},
    {"kind": "reload"},
)
SHOWS = (
    *("show running-config", "show startup-config", "show service-policy flow"),
    *("show context", "show version", "show failover", "show mode"),
)


@dataclass
class Neighbours:
    """The other spaces of a box as they were."""

    box: MultipleAsa
    texts: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, box: MultipleAsa) -> "Neighbours":
        return cls(box, cls._now(box))

    @staticmethod
    def _now(box: MultipleAsa) -> dict[str, tuple[str, str]]:
        spaces = box.chassis.spaces.items()
        return {n: (s.running_text, s.startup_text) for n, s in spaces if n != "mail"}

    def typed(self) -> list[tuple[str, str]]:
        """The lines that change something, and saves, in other spaces than the context."""
        return [
            (e.space, e.line)
            for e in self.box.transcript
            if e.space != "mail" and (e.number is not None or e.line == "write memory")
        ]

    def must_be_spared(self) -> None:
        """Not a line was typed there, nothing saved, not a byte differs."""
        assert [] == self.typed()
        assert self.texts == self._now(self.box)


Make = Callable[..., "tuple[Rig, Neighbours]"]


@pytest.fixture
def make(rigs: "Callable[..., Rig]") -> Make:
    """``make(*faults, text=..., **knobs)``: a rig whose box is context ``mail`` of three."""

    def made(
        *faults: Fault, text: str | None = None, groups: dict[str, int] | None = None, **knobs: Any
    ) -> "tuple[Rig, Neighbours]":
        mail = text or ordinary("mail")
        texts = {"admin": ordinary("admin"), "mail": mail, "web": mail}
        system = system_text("fw", NAMES, groups=groups)
        box = MultipleAsa(system, texts, Knobs(**knobs), faults)
        rig = rigs()
        rig.box, rig.door, rig.context = box.contexts["mail"], box, "mail"
        return rig, Neighbours.of(box)

    return made


def planned(make: Make, **more: Any) -> DevicePlan:
    rig, _ = make(**more)
    plan = rig.plan(GATEWAY)
    assert plan.status == "change"
    return plan


def judged(rig: "Rig", near: Neighbours, judge: "Judge", outcome: Outcome) -> None:
    """Old or new, and truly so; *foreign* where a line was under way when the session went off.

    Then this context is whole, and the end names the one line that a person must look for: it was
    typed elsewhere if the session went off between the last look and that line, unseen.
    """
    if outcome.state is not State.FOREIGN:
        judge.judge(rig, outcome)
        near.must_be_spared()
        return
    judge.ends_whole(rig.box)
    judge.saved_only_what_was_proved(rig)
    judge.hurts_nobody(rig.box)
    assert outcome.exit is Exit.UNKNOWN
    assert "may have been typed there: look at it" in str(outcome.reason)
    typed = near.typed()
    assert len(typed) <= 1, typed
    assert all(f"`{line}`" in str(outcome.reason) for _, line in typed), outcome
    if not typed:
        near.must_be_spared()


@pytest.mark.parametrize(
    "knobs", [{}, {"prompt_names_context": False, "prompt_suffix": "/pri/act"}], ids=["", "prompt"]
)
def test_there_and_back(make: Make, knobs: dict[str, Any]) -> None:
    rig, near = make(**knobs)
    before = rig.box.running_text
    plan = rig.plan(GATEWAY)
    assert ("mail", SERIAL, "9.16(4)") == (
        plan.context,
        plan.identity.serial,
        plan.identity.version,
    )

    done = rig.apply(plan)

    assert (State.NEW, True) == (done.state, done.saved), done
    assert rig.readings == {(SERIAL, "9.16(4)"): Reading.PER_ENGINE}
    near.must_be_spared()
    assert roll_back(rig.goal, rig.surroundings()).exit is Exit.DONE
    near.must_be_spared()
    assert state_of(before) == state_of(rig.box.running_text)
    assert near.box.open_sessions == 0


def state_of(text: str) -> list[str]:
    """The lines in any order: an ``inspect`` that comes back lands last in its class."""
    return sorted(line for line in text.split("\n") if not line.startswith("Cryptochecksum"))


# --- every mishap --------------------------------------------------------------------------------


def mishaps(clean: "Rig") -> Iterator[Fault]:
    """Ordinary mishaps at every line, write and answer, those that tell the context included."""
    script = clean.box.script
    for on in ("line", "write"):
        for at in range(1, script.count(on) + 1):
            yield from (Fault(at, on=on, **fault) for fault in TELLING)
    for command in SHOWS:
        for at in range(1, shown(clean, command) + 1):
            for kind in ("garbage", "truncated", "cut_after"):
                yield Fault(at, kind, on="show", command=command, lines=1)


def carried_off(clean: "Rig") -> Iterator[Fault]:
    """After every line, write and answer the session is in another space, in the same mode."""
    script = clean.box.script
    for space in ("web", "admin", "system"):
        for on in ("line", "write"):
            yield from (
                Fault(at, "changeto", space, on=on) for at in range(1, script.count(on) + 1)
            )
        yield from (
            Fault(at, "changeto", space, on="show") for at in range(1, script.count("show") + 1)
        )


def shown(rig: "Rig", command: str) -> int:
    return sum(e.line.startswith(command) for e in rig.box.transcript)


def run_all(
    cases: Iterator[Fault], judge: "Judge", change: Callable[[Fault], "tuple[Rig, Any, Outcome]"]
) -> dict[str, int]:
    ends: dict[str, int] = {}
    wrong = []
    for fault in cases:
        try:
            rig, near, outcome = change(fault)
            judged(rig, near, judge, outcome)
        except Exception as error:  # every way to fail is a finding, and the loop goes on
            wrong.append(f"{fault}: {type(error).__name__} {str(error)[:300]}")
        else:
            ends[outcome.state.value] = ends.get(outcome.state.value, 0) + 1
    assert not wrong, f"{len(wrong)} wrong, {ends} right\n" + "\n".join(wrong)
    return ends


@pytest.mark.parametrize(
    ("cases", "knobs", "stride"),
    [
        (mishaps, {}, STRIDE * 2),
        (carried_off, {}, STRIDE),
        (carried_off, {"prompt_names_context": False}, STRIDE),
    ],
    ids=["mishaps", "carried off", "carried off unseen"],
)
def test_every_fault(
    cases: "Callable[[Rig], Iterator[Fault]]",
    knobs: dict[str, Any],
    stride: int,
    make: Make,
    judges: "Callable[..., Judge]",
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = planned(make, **knobs)
    clean, near = make(**knobs)
    judge = judges(clean, lambda rig: rig.apply(plan), GATEWAY)
    near.must_be_spared()

    def change(fault: Fault) -> "tuple[Rig, Neighbours, Outcome]":
        rig, near = make(fault, **knobs)
        return rig, near, rig.apply(plan)

    ends = run_all(islice(cases(clean), None, None, stride), judge, change)

    with capsys.disabled():
        print(f"\n    in a context: {sum(ends.values())} cases, ended {ends}")
    assert ends["old"] > 5
    assert ends["new"] > 0 or cases is carried_off


@pytest.mark.parametrize("named", [True, False], ids=["prompt tells", "prompt does not tell"])
def test_carried_off_between_two_lines(
    named: bool, make: Make, judges: "Callable[..., Judge]"
) -> None:
    """Somebody, or the box, moves the session while nothing is under way: at every line."""
    knobs = {"prompt_names_context": named}
    plan = planned(make, **knobs)
    clean, _ = make(**knobs)
    judge = judges(clean, lambda rig: rig.apply(plan), GATEWAY)
    lines = clean.box.counts.config_lines
    ends = set()
    for number in range(1, lines + 1, 2):
        rig, near = make(**knobs)
        calls: list[int] = []

        def guard(
            calls: list[int] = calls, number: int = number, box: MultipleAsa = near.box
        ) -> None:
            calls.append(1)
            if len(calls) == number:
                box.carry_off("web")

        rig.on_guard = guard
        outcome = rig.apply(plan)
        judged(rig, near, judge, outcome)
        near.must_be_spared()
        ends.add(outcome.state)
    assert ends & {State.OLD, State.FOREIGN}


def test_a_rollback_that_is_carried_off(make: Make) -> None:
    first, _ = make()
    assert first.apply(first.plan(GATEWAY)).state is State.NEW
    goal, text = first.goal, first.box.running_text
    clean, _ = make(text=text)
    assert roll_back(goal, clean.surroundings()).exit is Exit.DONE
    for on in ("line", "show", "write"):
        for at in range(1, clean.box.script.count(on) + 1, STRIDE * 2):
            rig, near = make(Fault(at, "changeto", "web", on=on), text=text)
            outcome = roll_back(goal, rig.surroundings())
            near.must_be_spared()
            assert outcome.state in (State.OLD, State.FOREIGN, State.REFUSED, State.UNREACHABLE)
            back = "ESA_EXEMPT" not in rig.box.running_text + rig.box.startup_text
            assert back == (outcome.state in (State.OLD, State.FOREIGN)), (on, at, outcome)
            assert back or rig.box.running_text == text, (on, at, outcome)


# --- who is refused ------------------------------------------------------------------------------

STANDBY = {"failover": "active", "failover_groups": ("active", "standby")}
#: Name: what the box is like, the context of the session, a word of the reason.
SYNC, BULK = ("", "Sync Config"), ("", "Bulk Sync")
GUARDS: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "its group stands by": (STANDBY | {"groups": {"mail": 2}}, "mail", "standby ready on this"),
    "sync config": (
        {"failover": "active", "failover_states": SYNC},
        "mail",
        "sync config",
    ),
    "bulk sync": (
        {"failover": "active", "failover_states": BULK},
        "mail",
        "bulk sync",
    ),
    "no context in the inventory": ({}, None, "one of its contexts (admin, mail, web)"),
    "the login leads to the system": ({"login_space": "system"}, None, "system execution space"),
    "a session with another context": ({}, "web", "the plan is for mail"),
    "a context that is gone": ({}, "gone", "there is no context gone"),
}


@pytest.mark.parametrize("what", GUARDS)
def test_a_guard_says_no(what: str, make: Make) -> None:
    plan = planned(make)
    knobs, context, words = GUARDS[what]
    if context is None:
        plan = plan.model_copy(update={"context": None})
    rig, near = make(**knobs)
    rig.context = context
    before = rig.box.running_text, rig.box.startup_text

    outcome = rig.apply(plan)

    assert (State.REFUSED, Exit.REFUSED) == (outcome.state, outcome.exit), outcome
    assert words in str(outcome.reason)
    assert rig.box.counts.config_entries == rig.box.counts.saves == 0
    assert before == (rig.box.running_text, rig.box.startup_text)
    assert "begin" not in rig.kinds
    near.must_be_spared()
    assert near.box.open_sessions == 0


def test_the_other_group_is_active_here(make: Make) -> None:
    rig, near = make(groups={"web": 2}, **STANDBY)
    assert rig.apply(rig.plan(GATEWAY)).state is State.NEW
    near.must_be_spared()


def test_a_plan_for_a_context_is_not_for_a_box_in_single_mode(
    make: Make, rigs: "Callable[..., Rig]"
) -> None:
    plan = planned(make)
    rig = rigs(ordinary("mail", serial=SERIAL))
    for context, words in ((None, "plan is for mail"), ("mail", "single context mode")):
        rig.context = context
        outcome = rig.apply(plan)
        assert State.REFUSED is outcome.state
        assert words in str(outcome.reason)
    assert rig.box.counts.config_entries == 0


@pytest.mark.parametrize("state", ["Sync Config", "Bulk Sync", "Config Syncing"])
def test_a_pair_in_replication_in_single_mode(rigs: "Callable[..., Rig]", state: str) -> None:
    plan = rigs().plan(GATEWAY)
    rig = rigs(None, Knobs(failover="active", failover_states=("", state)))

    outcome = rig.apply(plan)

    assert State.REFUSED is outcome.state
    assert state.lower() in str(outcome.reason)
    assert rig.box.counts.config_entries == 0


def test_two_policies_in_a_context(make: Make) -> None:
    rig, near = make(text=interface_policy("mail"))
    assert rig.apply(rig.plan(GATEWAY)).state is State.NEW
    near.must_be_spared()
