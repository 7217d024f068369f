"""Coming back after a lost link to a door that does not open: no password is tried again."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.apply.outcome import State
from asa_automate.errors import Exit, HostKeyRefused, Unreachable
from asa_automate.lab.faults import Fault

if TYPE_CHECKING:
    from tests.apply.rig import Rig

    Rigs = Callable[..., Rig]

GATEWAY = "192.168.1.1"
AT = 20


def in_mid_change(rigs: "Rigs") -> "tuple[Rig, Any]":
    """A box whose link breaks in mid-change, and the plan for it."""
    return rigs(None, None, (Fault(AT, "cut_after"),)), rigs().plan(GATEWAY)


def must_be_for_a_person(rig: "Rig", outcome: Any) -> None:
    assert (State.UNKNOWN, Exit.UNKNOWN) == (outcome.state, outcome.exit), outcome
    assert "inspect esmtp" in outcome.lines
    assert (AT, 0) == (rig.box.counts.config_lines, rig.box.counts.saves)
    assert 0 == rig.box.open_sessions


def enables(rig: "Rig") -> int:
    return sum(entry.line == "(enable password)" for entry in rig.box.transcript)


def changes_its_password(rig: "Rig") -> None:
    """Right when the link has broken."""

    def wait(_: float) -> None:
        rig.box.knobs = replace(rig.box.knobs, enable_password="another")

    rig.on_wait = wait


def test_another_password_is_for_a_person(rigs: "Rigs") -> None:
    rig, plan = in_mid_change(rigs)
    changes_its_password(rig)

    outcome = rig.apply(plan)

    must_be_for_a_person(rig, outcome)
    assert "enable password was refused" in str(outcome.reason)


def test_a_refused_password_is_tried_once(rigs: "Rigs") -> None:
    """Each try counts towards the account's being locked, and the person needs it now."""
    rig, plan = in_mid_change(rigs)
    changes_its_password(rig)
    before = 1

    rig.apply(plan)

    assert before + 1 == enables(rig)


@pytest.mark.parametrize("error", [HostKeyRefused("its key has CHANGED"), Unreachable("no route")])
def test_another_key_or_no_way_there(error: Exception, rigs: "Rigs") -> None:
    """Nothing is typed, the lines are given, within a bounded time."""
    rig, plan = in_mid_change(rigs)
    waits: list[float] = []
    links = [rig.link]

    def link() -> Any:
        if links:
            return links.pop()()
        raise error

    rig.link = link  # type: ignore[method-assign]  # another way there
    rig.on_wait = waits.append
    outcome = rig.apply(plan)

    must_be_for_a_person(rig, outcome)
    assert str(error) in str(outcome.reason)
    assert sum(waits) < 600


def test_a_box_that_takes_its_time(rigs: "Rigs") -> None:
    """It is away for a while, as after a reload: waited for, and brought back."""
    rig, plan = in_mid_change(rigs)
    first, tries = rig.link, [0]

    def link() -> Any:
        tries[0] += 1
        if 1 < tries[0] < 7:
            raise Unreachable("connection refused")
        return first()

    rig.link = link  # type: ignore[method-assign]  # another way there
    outcome = rig.apply(plan)

    assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit), outcome
