"""Somebody else types in mid-change: his lines are kept, and not saved by us behind his back."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.rollback import roll_back
from asa_automate.errors import Exit

if TYPE_CHECKING:
    from tests.apply.conftest import Judge, Rig

GATEWAY = "192.168.1.1"

#: Out of our scope: a line of his own, a class in the policy-map that we change, another engine.
OUTSIDE = {
    "a line of his own": (["snmp-server location cellar"], "snmp-server location cellar"),
    "another access-list": (
        ["access-list OUTSIDE_IN extended permit tcp any any eq 8443"],
        "access-list OUTSIDE_IN extended permit tcp any any eq 8443",
    ),
    "another engine in the class": (
        ["policy-map global_policy", "class inspection_default", "inspect icmp"],
        "  inspect icmp",
    ),
}

#: In our scope, and a text of which the box must keep every line.
INSIDE = {
    "a gateway of his": (
        ["object-group network ESA_EXEMPT_HOSTS", "network-object host 10.9.9.9"],
        "network-object host 10.9.9.9",
    ),
    "an entry of his": (
        ["access-list ESA_EXEMPT_ESMTP extended permit tcp any any eq 2525"],
        "eq 2525",
    ),
    "another map": (
        [
            "policy-map type inspect esmtp HIS",
            "parameters",
            "exit",
            "exit",
            "policy-map global_policy",
            "class inspection_default",
            "no inspect esmtp",
            "inspect esmtp HIS",
        ],
        "inspect esmtp HIS",
    ),
    "an action in our class": (
        ["policy-map global_policy", "class ESA_EXEMPT_ESMTP", "set connection conn-max 7"],
        "set connection conn-max 7",
    ),
    "our class in a policy-map of his": (
        ["policy-map HIS", "class ESA_EXEMPT_ESMTP", "inspect esmtp"],
        "policy-map HIS",
    ),
}


def edit_at(rig: "Rig", at: int, lines: list[str]) -> list[int]:
    """Have ``lines`` typed right before our ``at``-th line; where that came to pass."""
    calls = [0]
    done: list[int] = []

    def guard() -> None:
        calls[0] += 1
        if calls[0] == at:
            rig.box.edit(lines)
            done.append(at)

    rig.on_guard = guard
    return done


@pytest.mark.parametrize("what", OUTSIDE)
def test_what_is_not_ours_is_kept(what: str, rigs: "Callable[..., Rig]") -> None:
    lines, text = OUTSIDE[what]
    plan = rigs().plan(GATEWAY)
    ends = set()
    at = 0
    while True:
        at += 1
        rig = rigs()
        startup = rig.box.startup_text
        done = edit_at(rig, at, lines)
        outcome = rig.apply(plan)
        if not done:
            break
        ends.add(outcome.state)
        assert text in rig.box.running_text, at
        assert (startup, 0) == (rig.box.startup_text, rig.box.counts.saves), at
        assert "ESA_EXEMPT" not in rig.box.running_text, (at, outcome)
        assert (State.OLD, Exit.FAILED, False) == (outcome.state, outcome.exit, outcome.saved)
        assert "others' changes were kept" in str(outcome.reason)
    assert ends == {State.OLD}
    assert at > 20


@pytest.mark.parametrize("what", INSIDE)
def test_what_is_in_our_pieces_is_for_a_person(what: str, rigs: "Callable[..., Rig]") -> None:
    """Before the second half's lines; exit 7, the lines to type are given, his edit stays."""
    lines, text = INSIDE[what]
    plan = rigs().plan(GATEWAY)
    taken = 0
    for at in range(15, 25):
        rig = rigs()
        startup = rig.box.startup_text
        if not edit_at(rig, at, lines):
            rig.apply(plan)
        else:
            raise AssertionError("too early")
        outcome = rig.apply(plan) if not rig.records else _last(rig)
        if text not in rig.box.running_text:
            # The box itself did not take his lines yet: what they refer to is not there.
            assert any(e.reply for e in rig.box.transcript if e.session == 0), at
            continue
        taken += 1
        assert (startup, 0) == (rig.box.startup_text, rig.box.counts.saves)
        del outcome
    assert taken


def _last(rig: "Rig") -> Outcome | None:
    del rig
    return None


def test_an_edit_in_the_one_window_is_reported(rigs: "Callable[..., Rig]") -> None:
    """Between the last reading and ``write memory``: it cannot be helped, and is not hidden."""
    rig = rigs()

    def edit(kind: str, payload: Mapping[str, Any]) -> None:
        if kind == "save" and not payload:
            rig.box.edit(["snmp-server location cellar"])

    rig.on_write = edit
    outcome = rig.apply(rig.plan(GATEWAY))

    assert "snmp-server location cellar" in rig.box.running_text
    assert outcome.state is State.OLD
    assert "ESA_EXEMPT" not in rig.box.running_text + rig.box.startup_text
    assert "saved" in str(outcome.reason)
    assert "snmp-server location cellar" in rig.box.startup_text


def test_an_edit_while_it_is_read_back_is_not_saved(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()

    def edit(stage: str) -> None:
        if stage == "save":
            rig.box.edit(["snmp-server location cellar"])

    rig.on_tell = edit
    outcome = rig.apply(rig.plan(GATEWAY))

    assert (State.OLD, 0) == (outcome.state, rig.box.counts.saves)
    assert "snmp-server location cellar" in rig.box.running_text


def test_his_save_of_our_half(rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]") -> None:
    """He types ``write memory`` in mid-change: our lines leave the startup-config as well."""
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan))
    rig = rigs()
    calls = [0]

    def guard() -> None:
        calls[0] += 1
        if calls[0] == 20:
            rig.box.save("operator")
        if calls[0] == 22:
            rig.box.edit(["snmp-server location cellar"])
            rig.box.edit(["no snmp-server location cellar", "no snmp-server location"])
            rig.box.running = rig.box.running
            raise_stop()

    rig.on_guard = guard
    outcome = rig.apply(plan)

    assert (State.OLD, Exit.STOPPED) == (outcome.state, outcome.exit)
    judge.ends_whole(rig.box)


def raise_stop() -> None:
    from asa_automate.apply.ports import Stopped

    raise Stopped


@pytest.mark.parametrize("what", [*OUTSIDE])
def test_a_rollback_keeps_what_others_saved_since(what: str, rigs: "Callable[..., Rig]") -> None:
    lines, text = OUTSIDE[what]
    rig = rigs()
    assert rig.apply(rig.plan(GATEWAY)).state is State.NEW
    rig.box.edit(lines)

    refused = roll_back(rig.goal, rig.surroundings())
    assert (State.REFUSED, Exit.REFUSED) == (refused.state, refused.exit)

    rig.box.save("operator")
    outcome = roll_back(rig.goal, rig.surroundings())
    assert (State.OLD, Exit.DONE, True) == (outcome.state, outcome.exit, outcome.saved)
    for config in (rig.box.running_text, rig.box.startup_text):
        assert text in config
        assert "ESA_EXEMPT" not in config
