"""Finishing what broke off: by what the box has, whatever the journal counted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.apply.applier import Options
from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.resume import ended, left_behind, resume
from asa_automate.apply.rollback import roll_back
from asa_automate.errors import Exit, LeaseLost
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

GATEWAY, SECOND = "192.168.1.1", "192.168.1.2"


class Killed(BaseException):
    """The process is gone: nothing of it handles this."""


def killed_at(rig: "Rig", kind: str, plan: Any, options: Options | None = None) -> None:
    """Apply; the process dies when it would write the first record of this kind."""

    def die(now: str, payload: Mapping[str, Any]) -> None:
        del payload
        if now == kind:
            raise Killed

    rig.on_write = die
    with pytest.raises(Killed):
        rig.apply(plan, options)
    rig.on_write = lambda _, __: None
    rig.stages.clear()


def resumed(rig: "Rig", *, keep: bool = False) -> Outcome:
    left = left_behind(list(rig.records))
    assert left is not None
    return resume(left, rig.surroundings(), keep=keep)


@pytest.mark.parametrize("kind", ["probe", "gate", "proof", "verified"])
def test_what_was_not_verified_goes_back(
    kind: str, rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan), GATEWAY)
    rig = rigs()
    killed_at(rig, kind, plan)

    outcome = resumed(rig)

    assert (State.OLD, Exit.DONE, True) == (outcome.state, outcome.exit, outcome.saved)
    judge.ends_whole(rig.box)
    judge.hurts_nobody(rig.box)
    judge.keeps_to_the_table(rig, outcome)
    assert rig.box.counts.saves == 0


@pytest.mark.parametrize("kind", ["save", "saved", "done"])
def test_what_was_verified_is_finished(
    kind: str, rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan), GATEWAY)
    rig = rigs()
    killed_at(rig, kind, plan)

    outcome = resumed(rig)

    assert (State.NEW, Exit.DONE, True) == (outcome.state, outcome.exit, outcome.saved)
    judge.judge(rig, outcome)
    assert rig.box.counts.saves == 1
    assert (State.NEW, True) == (resumed(rig).state, True)
    assert rig.box.counts.saves == 1


def test_unsaved_as_asked_stays_unsaved(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    startup = rig.box.startup_text
    killed_at(rig, "done", rig.plan(GATEWAY), Options(save=False))

    outcome = resumed(rig)

    assert (State.NEW, False) == (outcome.state, outcome.saved)
    assert startup == rig.box.startup_text


def test_any_subset_of_our_lines_is_undone(
    rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    """Not prefixes alone: a mate that lagged, or a device that ignored lines, has others."""
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan), GATEWAY)
    broken = rigs()
    killed_at(broken, "gate", plan)
    groups = _stanzas([c.line for c in plan.commands if not c.commit])
    tried = 0
    for chosen in range(1, 2 ** len(groups)):
        rig = rigs()
        rig.records = list(broken.records)
        lines = [line for i, g in enumerate(groups) if chosen >> i & 1 for line in g]
        if any(rig.box.edit(lines)):
            continue  # the box itself does not take these without the others
        tried += 1
        outcome = resumed(rig)
        assert (State.OLD, Exit.DONE) == (outcome.state, outcome.exit), (lines, outcome)
        judge.ends_whole(rig.box)
    assert tried > 5


def _stanzas(lines: list[str]) -> list[list[str]]:
    """Lines with the mode lines that they need."""
    groups: list[list[str]] = []
    for line in lines:
        opens = line.startswith(("object-group", "access-list", "class-map", "policy-map"))
        if opens:
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def test_others_unsaved_changes_are_not_saved(rigs: "Callable[..., Rig]") -> None:
    """Verified, killed, and somebody else types: ours goes back, unless it is to be kept."""
    for keep in (False, True):
        rig = rigs()
        killed_at(rig, "save", rig.plan(GATEWAY))
        rig.box.edit(["snmp-server location cellar"])
        startup = rig.box.startup_text

        outcome = resumed(rig, keep=keep)

        assert "snmp-server location cellar" in rig.box.running_text
        assert startup == rig.box.startup_text
        wanted = (State.HOLD, Exit.UNKNOWN) if keep else (State.OLD, Exit.DONE)
        assert wanted == (outcome.state, outcome.exit), outcome
        assert keep == ("write memory" in outcome.lines)
        assert keep == ("ESA_EXEMPT" in rig.box.running_text)


def test_a_hold_is_resumed_once_others_have_saved(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    killed_at(rig, "save", rig.plan(GATEWAY))
    rig.box.edit(["snmp-server location cellar"])
    assert resumed(rig, keep=True).state is State.HOLD
    rig.box.save("operator")

    outcome = resumed(rig)

    assert (State.NEW, True) == (outcome.state, outcome.saved)


def test_a_rollback_goes_on(rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]") -> None:
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan), GATEWAY)
    rig = rigs()
    rig.apply(plan)
    goal = rig.goal
    rig.records.clear()

    def die(kind: str, payload: Mapping[str, Any]) -> None:
        del payload
        if kind == "gate":
            raise Killed

    rig.on_write = die
    with pytest.raises(Killed):
        roll_back(goal, rig.surroundings())
    rig.on_write = lambda _, __: None

    assert resumed(rig).state is State.OLD
    judge.ends_whole(rig.box)


def test_a_way_back_that_had_begun_is_not_turned(rigs: "Callable[..., Rig]") -> None:
    """Verified, but then taken back: the record of that counts."""
    rig = rigs(None, None, [Fault(1, "ignore", on="write")])
    plan = rig.plan(GATEWAY)
    killed_at(rig, "undo", plan)
    left = left_behind(rig.records)
    assert left is not None
    assert not left.verified
    assert resumed(rig).state is State.OLD


def test_nothing_begun_is_nothing_left(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    killed_at(rig, "begin", rig.plan(GATEWAY))
    assert left_behind(rig.records) is None
    assert ended(rig.records) is None


def test_a_journal_that_says_how_it_ended(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    assert rig.apply(rig.plan(GATEWAY)).state is State.NEW
    assert ended(rig.records) is State.NEW


def test_an_edit_in_our_lines_is_for_a_person(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    killed_at(rig, "gate", rig.plan(GATEWAY))
    rig.box.edit(["object-group network ESA_EXEMPT_HOSTS", "network-object host 10.9.9.9"])
    text = rig.box.running_text

    outcome = resumed(rig)

    assert (State.FOREIGN, Exit.UNKNOWN) == (outcome.state, outcome.exit)
    assert text == rig.box.running_text


def test_a_lost_lease_ends_it(rigs: "Callable[..., Rig]") -> None:
    """Not one line more, forward or back: another has the device."""
    rig = rigs()
    killed_at(rig, "proof", rig.plan(GATEWAY))
    sent = rig.box.counts.config_lines
    calls = [0]

    def guard() -> None:
        calls[0] += 1
        if calls[0] > 1:
            raise LeaseLost("somebody has it")

    rig.on_guard = guard
    outcome = resumed(rig)

    assert (State.UNKNOWN, Exit.UNKNOWN) == (outcome.state, outcome.exit)
    assert sent == rig.box.counts.config_lines


@pytest.mark.parametrize("what", ["serial", "version", "standby"])
def test_another_box_is_not_touched(what: str, rigs: "Callable[..., Rig]") -> None:
    knobs = Knobs(failover="active")
    rig = rigs(None, knobs)
    killed_at(rig, "proof", rig.plan(GATEWAY))
    text = rig.box.running_text
    changed = {
        "serial": text.replace("9AEDGE0000A", "9AOTHER0001"),
        "version": text.replace("9.16(4)", "9.18(1)"),
        "standby": text,
    }[what]
    other = rigs(changed, replace(knobs, failover="standby" if what == "standby" else "active"))
    other.records = rig.records

    outcome = resumed(other)

    assert (State.REFUSED, Exit.REFUSED) == (outcome.state, outcome.exit), outcome
    assert other.box.counts.config_lines == 0


def test_the_mate_of_the_pair_is_recognised(rigs: "Callable[..., Rig]") -> None:
    """Killed, and then the units changed places: the other one is resumed."""
    knobs = Knobs(failover="active")
    rig = rigs(None, knobs, [Fault(1, "switchover", on="show", command="show clock")])
    before = rig.box.running_text
    killed_at(rig, "proof", rig.plan(GATEWAY))
    shell = rig.box.open_session()
    shell.receive(f"enable\n{knobs.enable_password}\nshow clock\n".encode())

    outcome = resumed(rig)

    assert (State.OLD, Exit.DONE) == (outcome.state, outcome.exit), outcome
    assert "ESA_EXEMPT" not in rig.box.running_text
    assert len(before) == len(rig.box.running_text)


def test_two_gateways_and_one_left(rigs: "Callable[..., Rig]") -> None:
    """Adding a second gateway is killed behind its commit line: only that one goes away."""
    first = rigs()
    first.apply(first.plan(GATEWAY))
    config = first.box.running_text
    rig = rigs(config)
    plan = rig.plan(GATEWAY, SECOND, reading=first.box.knobs.reading)
    killed_at(rig, "proof", plan)
    assert f"host {SECOND}\n" in rig.box.running_text

    assert resumed(rig).state is State.OLD

    assert f"host {GATEWAY}" in rig.box.running_text
    assert f"host {SECOND}\n" not in rig.box.running_text


def test_the_plan_itself_is_not_needed(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    killed_at(rig, "proof", rig.plan(GATEWAY))
    rig.records = [(k, {n: v for n, v in p.items() if n != "plan"}) for k, p in rig.records]
    assert resumed(rig).state is State.OLD
