"""The machine of a rollout, told what happens by hand: what begins, what never does, and why."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from asa_automate.apply.outcome import Outcome, State
from asa_automate.errors import Exit
from asa_automate.fleet.members import Caps, Member
from asa_automate.fleet.rollout import Begin, Rollout
from asa_automate.fleet.rules import MEANINGS, Meaning, Rules, meaning_of, meaning_of_record
from asa_automate.fleet.waves import amount, amounts
from asa_automate.model import Window

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
#: Closed at noon of that day.
SHUT = Window(begin="22:00", end="04:00", zone="UTC")


def rollout(
    count: int = 10,
    wave: str | None = "1,50%,100%",
    max_fail: str | None = None,
    caps: Caps = Caps(),  # noqa: B008  # frozen
    extra: Sequence[Member] = (),
    unknown: bool = True,
) -> Rollout:
    members = [Member(f"fw{n}") for n in range(count)]
    rules = Rules(
        amounts(wave) if wave else (),
        amount(max_fail, "--max-fail") if max_fail else None,
        unknown,
    )
    return Rollout([*members, *extra], rules, caps, now=NOW)


def begun(machine: Rollout) -> tuple[list[str], list[Outcome]]:
    """Who begins now, and who never will."""
    names, never = [], []
    while (turn := machine.next(NOW)) is not None:
        if isinstance(turn, Begin):
            names.append(turn.member.name)
        else:
            never.append(turn)
    return names, never


def at_gate(machine: Rollout) -> bool:
    """Asked each time: it changes with what the machine is told."""
    return machine.gate


def is_done(machine: Rollout) -> bool:
    """The same of its end."""
    return machine.done


def run(machine: Rollout, ends: dict[str, State]) -> tuple[list[list[str]], list[Outcome]]:
    """All of it, gates open: who began together, and who was not begun."""
    together, never = [], []
    while not machine.done:
        names, left = begun(machine)
        never += left
        together += [names] if names else []
        for name in names:
            state = ends.get(name, State.NEW)
            machine.ended(Outcome(name, state, None if state is State.NEW else "because"))
        if machine.gate:
            machine.passed()
    return together, never


def test_one_wave_after_the_other() -> None:
    together, never = run(rollout(caps=Caps(workers=100)), {})

    assert [["fw0"], ["fw1", "fw2", "fw3", "fw4"], ["fw5", "fw6", "fw7", "fw8", "fw9"]] == together
    assert [] == never


def test_the_next_wave_waits_for_the_slowest_and_for_its_gate() -> None:
    machine = rollout(wave="2,100%")
    assert ["fw0", "fw1"] == begun(machine)[0]
    machine.ended(Outcome("fw0", State.NEW))
    assert ([], []) == begun(machine)
    assert not at_gate(machine)
    machine.ended(Outcome("fw1", State.NEW))
    assert at_gate(machine)
    assert ([], []) == begun(machine)
    machine.passed()
    assert 8 == len(begun(machine)[0])


@pytest.mark.parametrize(
    ("wave", "max_fail", "ends", "untouched", "code"),
    [
        ("1,50%,100%", None, {"fw0": State.OLD}, 9, Exit.FAILED),
        ("1,50%,100%", None, {"fw0": State.UNREACHABLE}, 9, Exit.UNREACHABLE),
        ("1,50%,100%", "5", {"fw0": State.UNREACHABLE}, 9, Exit.UNREACHABLE),  # proves nothing
        ("1,50%,100%", None, {"fw2": State.OLD}, 5, Exit.FAILED),
        ("1,50%,100%", None, {"fw2": State.UNREACHABLE}, 5, Exit.UNREACHABLE),
        ("1,50%,100%", "1", {"fw2": State.OLD}, 0, Exit.FAILED),
        ("1,50%,100%", "1", {"fw2": State.OLD, "fw3": State.REFUSED}, 5, Exit.FAILED),
        ("1,50%,100%", "20%", {"fw2": State.OLD, "fw3": State.OLD}, 0, Exit.FAILED),
        ("1,50%,100%", "10", {"fw2": State.STUCK}, 5, Exit.UNKNOWN),
        (None, None, {"fw2": State.OLD, "fw3": State.UNREACHABLE}, 0, Exit.FAILED),
        (None, None, {"fw2": State.DISPROVED}, 0, Exit.DISPROVED),
        ("1", None, {}, 9, Exit.DONE),
    ],
)
def test_who_is_left_alone(
    wave: str | None, max_fail: str | None, ends: dict[str, State], untouched: int, code: Exit
) -> None:
    machine = rollout(wave=wave, max_fail=max_fail)
    _, never = run(machine, ends)

    assert untouched == len(never)
    assert {State.NOT_BEGUN} >= {one.state for one in never}
    gravest = min(
        [Outcome(name, state).exit for name, state in ends.items()] + [one.exit for one in never],
        key=[7, 1, 130, 3, 6, 5, 4, 2, 0].index,
        default=Exit.DONE,
    )
    assert code == gravest


@pytest.mark.parametrize("state", [s for s in State if MEANINGS[s] is Meaning.UNKNOWN])
def test_an_unknown_state_stops_at_once(state: State) -> None:
    """Also in mid-wave, and without waves; those that are at work go on to their ends."""
    for wave in (None, "1,100%"):
        machine = rollout(wave=wave, caps=Caps(workers=2))
        first = begun(machine)[0]
        machine.ended(Outcome(first[0], state, "it does not answer"))
        names, never = begun(machine)
        assert [] == names
        assert 10 - len(first) == len(never)
        assert "not begun: the state of a firewall is not known" == never[0].reason
        for name in first[1:]:
            machine.ended(Outcome(name, State.NEW))
        assert is_done(machine)


def test_who_finishes_what_others_left_goes_on() -> None:
    _, never = run(rollout(wave=None, unknown=False), {"fw0": State.UNKNOWN})
    assert [] == never


def test_more_failures_than_allowed_stop_in_mid_wave() -> None:
    machine = rollout(count=20, wave=None, max_fail="0", caps=Caps(workers=2))
    begun(machine)
    machine.ended(Outcome("fw0", State.OLD, "refused"))

    names, never = begun(machine)

    assert ([], 18) == (names, len(never))
    assert "not begun: 1 failed, and --max-fail is 0" == never[0].reason


def test_a_window_that_is_closed() -> None:
    """Its firewall is in no wave: the canary is one that may be changed now."""
    machine = rollout(count=3, extra=[Member("late", window=SHUT, canary=True)])
    together, never = run(machine, {})

    assert [["fw0"], ["fw1"], ["fw2"]] == together
    [late] = never
    assert (State.NOT_BEGUN, Exit.REFUSED) == (late.state, late.exit)
    assert "it opens at Tue 2026-11-24 22:00 UTC" in str(late.reason)


def test_a_window_that_closes_meanwhile() -> None:
    soon = Window(begin="10:00", end="12:30", zone="UTC")
    members = [Member("a"), Member("b", window=soon)]
    machine = Rollout(members, Rules(), Caps(workers=1), now=NOW)
    assert isinstance(machine.next(NOW), Begin)
    machine.ended(Outcome("a", State.NEW))

    turn = machine.next(NOW.replace(hour=13))

    assert isinstance(turn, Outcome)
    assert "it opens at Wed 2026-11-25 10:00 UTC" in str(turn.reason)
    assert is_done(machine)


def test_the_user_stops() -> None:
    machine = rollout(wave="4,100%", caps=Caps(workers=2))
    begun(machine)
    machine.stop("stopped by the user", Exit.STOPPED)

    names, never = begun(machine)

    assert ([], 8) == (names, len(never))
    assert {Exit.STOPPED} == {one.exit for one in never}
    assert not is_done(machine)
    machine.ended(Outcome("fw0", State.NEW))
    machine.ended(Outcome("fw1", State.OLD, "stopped by the user", exit_code=Exit.STOPPED))
    assert is_done(machine)
    assert not at_gate(machine)


def test_a_capped_firewall_does_not_hold_up_those_behind_it() -> None:
    site = [Member(f"ams{n}", site="ams") for n in range(3)]
    machine = rollout(count=0, wave=None, caps=Caps(sites={"ams": 2}), extra=[*site, Member("x")])

    assert ["ams0", "x"] == begun(machine)[0]


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        (Outcome("fw", State.NEW), Meaning.VERIFIED),
        (Outcome("fw", State.OLD), Meaning.FAILED),
        (Outcome("fw", State.OLD, exit_code=Exit.DONE), Meaning.VERIFIED),  # of a rollback
        (Outcome("fw", State.OLD, exit_code=Exit.STOPPED), Meaning.NOT_BEGUN),
        (Outcome("fw", State.HOLD), Meaning.UNKNOWN),
        (Outcome("fw", State.NOT_BEGUN, exit_code=Exit.DONE), Meaning.NOT_BEGUN),
    ],
)
def test_what_an_end_means(outcome: Outcome, wanted: Meaning) -> None:
    assert wanted is meaning_of(outcome)


def test_every_state_has_a_meaning() -> None:
    assert set(State) == set(MEANINGS)
    assert Meaning.NOT_BEGUN is meaning_of_record("stopped", "old")
    assert Meaning.FAILED is meaning_of_record("failed", "old")
    assert meaning_of_record("running", None) is None
