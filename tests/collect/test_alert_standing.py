"""States of a rule: it fires once and clears once, whatever its figure does in between."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from asa_automate.collect.alerts.standing import Event, Level, Phase, Standing, stepped

BAD, GOOD, BETWEEN, UNKNOWN = Level.BAD, Level.GOOD, Level.BETWEEN, Level.UNKNOWN


def run(
    *levels: Level, patience: tuple[float, float] = (0, 0), every: float = 60
) -> list[Event | None]:
    """What is said of a row of levels, one a minute."""
    standing, said = Standing(), []
    for number, level in enumerate(levels):
        standing, event = stepped(standing, level, number * every, patience)
        said.append(event)
    return said


def test_it_fires_once_and_clears_once() -> None:
    said = run(GOOD, BAD, BAD, BAD, GOOD, GOOD)

    assert [None, Event.FIRING, None, None, Event.RESOLVED, None] == said


def test_between_the_limits_it_stays_as_it_is() -> None:
    said = run(BETWEEN, BAD, BETWEEN, BAD, BETWEEN, GOOD, BETWEEN)

    assert [None, Event.FIRING, None, None, None, Event.RESOLVED, None] == said


def test_it_waits_before_it_fires_and_before_it_clears() -> None:
    patience = (120.0, 120.0)

    assert [None, None, Event.FIRING] == run(BAD, BAD, BAD, patience=patience)
    assert [None] * 6 == run(BAD, BAD, GOOD, BAD, BAD, GOOD, patience=patience)
    said = run(BAD, BAD, BAD, GOOD, GOOD, BAD, GOOD, GOOD, GOOD, patience=patience)
    assert [Event.FIRING, Event.RESOLVED] == [event for event in said if event]
    assert Event.RESOLVED is said[-1]


def test_what_is_not_known_changes_nothing() -> None:
    assert [Event.FIRING, None, None] == run(BAD, UNKNOWN, UNKNOWN)
    assert [None, None] == run(UNKNOWN, UNKNOWN)


def test_a_clock_that_goes_back_lets_nothing_last_long() -> None:
    pending, _ = stepped(Standing(), BAD, 10_000, (120, 0))
    back, event = stepped(pending, BAD, 500, (120, 0))

    assert (None, Phase.PENDING, 500) == (event, back.state, back.since)
    assert Event.FIRING is stepped(back, BAD, 620, (120, 0))[1]


@given(st.lists(st.sampled_from(list(Level))), st.integers(0, 4), st.integers(0, 4))
def test_no_flapping(levels: list[Level], for_: int, clear_for: int) -> None:
    """Firing and resolved take turns, and each was preceded by as much of its level as wanted."""
    said = run(*levels, patience=(for_, clear_for), every=1)
    events = [event for event in said if event]

    assert all(a is not b for a, b in pairwise(events))
    assert not events or events[0] is Event.FIRING
    for number, event in enumerate(said):
        if event is None:
            continue
        level, wanted = (BAD, for_) if event is Event.FIRING else (GOOD, clear_for)
        known = [one for one in levels[: number + 1] if one is not UNKNOWN]
        lasted = [one for one in levels[number - wanted : number + 1] if one is not UNKNOWN]
        assert known[-1] is level
        assert set(lasted) == {level}
