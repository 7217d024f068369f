"""An account that may not type everything: found out before, or left where nobody is hurt."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from asa_automate.apply.outcome import State
from asa_automate.errors import Exit
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from tests.apply.test_life_of_a_box import GATEWAY, faultless

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

    Rigs = Callable[..., Rig]
    Judges = Callable[..., Judge]


def held_to_old(rig: "Rig", judge: "Judge", outcome_state: State) -> None:
    """Prefix-safe and unsaved, whatever was denied."""
    judge.hurts_nobody(rig.box)
    assert judge.mark(rig.box.startup) == judge.mark(judge.old)
    assert 0 == rig.box.counts.saves
    assert 0 == rig.box.open_sessions
    if outcome_state is State.OLD:
        assert judge.mark(rig.box.running) == judge.mark(judge.old)


def test_one_line_in_the_middle_is_denied(rigs: "Rigs", judges: "Judges") -> None:
    plan, _, judge = faultless(rigs, judges, Knobs())
    for command in plan.commands:
        rig = rigs(None, Knobs(denied=(f"^{command.line}$",)))
        outcome = rig.apply(plan)
        held_to_old(rig, judge, outcome.state)
        # `no inspect esmtp` is the commit line alone; `class-map X` and the like are typed by
        # the way back, too, where what stands there must be entered.
        assert outcome.exit in (Exit.FAILED, Exit.UNKNOWN), (command.line, outcome)
        if outcome.exit is Exit.UNKNOWN:
            assert outcome.state is State.STUCK
            rig.box.knobs = Knobs()
            assert not any(rig.box.edit(outcome.lines[2:]))
            assert judge.mark(rig.box.running) == judge.mark(judge.old)


@pytest.mark.parametrize("pattern", ["^no ", ""], ids=["all no forms", "everything"])
def test_the_server_dies_at_every_line(pattern: str, rigs: "Rigs", judges: "Judges") -> None:
    """From there on the way back is denied as well: stuck, with the lines, and nobody hurt."""
    plan, clean, judge = faultless(rigs, judges, Knobs())
    stuck = 0
    for at in range(1, clean.box.script.count("line") + 1):
        rig = rigs(None, None, (Fault(at, "deny", text=pattern),))
        outcome = rig.apply(plan)
        held_to_old(rig, judge, outcome.state)
        if outcome.state is State.OLD:
            assert outcome.exit is Exit.FAILED, (at, outcome)
            continue
        stuck += 1
        assert (State.STUCK, Exit.UNKNOWN) == (outcome.state, outcome.exit), (at, outcome)
        rig.box.chassis.denied.clear()
        assert not any(rig.box.edit(outcome.lines[2:])), at
        assert judge.mark(rig.box.running) == judge.mark(judge.old), at
    assert stuck > 10


#: Among lines of its kind, as firewalls print it.
AUTHORIZED = ordinary("fw").replace(
    "\nclass-map inspection_default",
    "\naaa authentication ssh console TACACS LOCAL"
    "\naaa authorization command TACACS LOCAL"
    "\nsnmp-server location lab"
    "\nclass-map inspection_default",
    1,
)


def test_a_rehearsal_costs_nothing_where_all_no_forms_are_denied(rigs: "Rigs") -> None:
    """Found out before anything was made: not even an empty object-group is left behind."""
    rig = rigs(AUTHORIZED, Knobs(denied=("^no ",)))
    before, startup = rig.box.running_text, rig.box.startup_text
    assert "aaa authorization command" in before

    outcome = rig.apply(rig.plan(GATEWAY))

    assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit), outcome
    assert "not authorized" in str(outcome.reason)
    assert (before, startup, 0) == (
        rig.box.running_text,
        rig.box.startup_text,
        rig.box.counts.saves,
    )


@pytest.mark.parametrize("kind", ["access-list", "class-map", "object-group"])
@pytest.mark.parametrize("form", ["", "no "])
def test_a_rehearsal_finds_each_right_that_is_missing(form: str, kind: str, rigs: "Rigs") -> None:
    rig = rigs(AUTHORIZED, Knobs(denied=(f"^{form}{kind}",)))
    before = rig.box.running_text
    policy_lines = ("inspect", "no inspect")

    outcome = rig.apply(rig.plan(GATEWAY))

    assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit), outcome
    assert before == rig.box.running_text
    assert not [line for line in rig.typed() if line.startswith(policy_lines)]


def test_an_account_with_every_right_is_rehearsed_and_goes_on(
    rigs: "Rigs", judges: "Judges"
) -> None:
    rig = rigs(AUTHORIZED)
    judge = judges(rigs(AUTHORIZED), lambda one: one.apply(one.plan(GATEWAY)), GATEWAY)

    outcome = rig.apply(rig.plan(GATEWAY))

    assert (State.NEW, True) == (outcome.state, outcome.saved), outcome
    assert "rehearse" in rig.stages
    judge.judge(rig, outcome)


def test_without_authorization_nothing_is_rehearsed(rigs: "Rigs") -> None:
    rig = rigs()

    assert rig.apply(rig.plan(GATEWAY)).state is State.NEW
    assert "rehearse" not in rig.stages


def test_pieces_of_an_earlier_rehearsal_do_not_stand_in_the_way(
    rigs: "Rigs", judges: "Judges"
) -> None:
    """The change takes them away; a rehearsal under the same name would find them in its place."""
    left = "\nobject-group network ESA_EXEMPT_PROBE\nclass-map inspection_default"
    text = AUTHORIZED.replace("\nclass-map inspection_default", left, 1)
    judge = judges(rigs(text), lambda one: one.apply(one.plan(GATEWAY)), GATEWAY)
    rig = rigs(text)

    outcome = rig.apply(rig.plan(GATEWAY))

    assert (State.NEW, True) == (outcome.state, outcome.saved), outcome
    assert "rehearse" not in rig.stages
    assert "ESA_EXEMPT_PROBE" not in rig.box.running_text
    judge.judge(rig, outcome)
