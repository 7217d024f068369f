"""Somebody else types in mid-change: his lines are kept, and not saved by us behind his back."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.apply.outcome import State
from asa_automate.apply.ports import Stopped
from asa_automate.apply.rollback import roll_back
from asa_automate.errors import Exit

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

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
    for at in count(1, 2):
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
        assert "others' changes elsewhere were kept" in str(outcome.reason)
    assert ends == {State.OLD}
    assert at > 20


@pytest.mark.parametrize("what", INSIDE)
def test_what_is_in_our_pieces_is_for_a_person(what: str, rigs: "Callable[..., Rig]") -> None:
    """Exit 7, the lines to type are given, his edit stays, and we take nothing away any more."""
    lines, text = INSIDE[what]
    plan = rigs().plan(GATEWAY)
    taken = 0
    for at in count(1, 2):
        rig = rigs()
        startup = rig.box.startup_text
        done = edit_at(rig, at, lines)
        outcome = rig.apply(plan)
        if not done:
            break
        entries = rig.box.transcript
        his = [i for i, e in enumerate(entries) if e.session == 0]
        assert (startup, 0) == (rig.box.startup_text, rig.box.counts.saves)
        if any(entries[i].reply for i in his):
            # The box did not take his lines: what they refer to is not there yet.
            continue
        if what == "another map" and at > 20:
            # Between the gate and the commit line: the one line that may take his away.
            continue
        taken += 1
        assert (State.FOREIGN, Exit.UNKNOWN) == (outcome.state, outcome.exit), (at, outcome)
        assert text in rig.box.running_text
        assert outcome.lines[0] == "show running-config"
        assert len(outcome.lines) > 3
        ours = [e.line for e in entries[his[-1] :] if e.number is not None]
        assert not [line for line in ours if _takes_from_him(line)], ours
        assert rig.box.open_sessions == 0
    assert taken > 3


def _takes_from_him(line: str) -> bool:
    """The commit line takes nothing of his away, and a probe that is done is ours alone."""
    return line.startswith("no ") and "PROBE" not in line and line != "no inspect esmtp"


@pytest.mark.parametrize("stage", ["prove", "verify", "save"])
def test_a_gateway_of_his_at_the_end(stage: str, rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    plan = rig.plan(GATEWAY)

    def edit(now: str) -> None:
        if now == stage and "10.9.9.9" not in rig.box.running_text:
            rig.box.edit(INSIDE["a gateway of his"][0])

    rig.on_tell = edit
    outcome = rig.apply(plan)

    assert (State.FOREIGN, Exit.UNKNOWN) == (outcome.state, outcome.exit)
    assert "10.9.9.9" in rig.box.running_text
    assert rig.box.counts.saves == 0
    assert "no object-group network ESA_EXEMPT_HOSTS" in outcome.lines


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
            raise Stopped

    rig.on_guard = guard
    outcome = rig.apply(plan)

    assert (State.OLD, Exit.STOPPED) == (outcome.state, outcome.exit)
    judge.ends_whole(rig.box)


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
