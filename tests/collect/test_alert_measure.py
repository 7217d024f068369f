"""A rule and a firewall's past, to a figure."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from asa_automate.collect.alerts.measure import Facts, Measured, measured
from asa_automate.collect.alerts.rules import AnyRule, Rule
from asa_automate.collect.alerts.standing import Level
from asa_automate.store.values import Label, Observation, State

MASK = Label("global", "gp", "inspection_default", "esmtp", "m", "mask-banner", "")
DROPS = MASK._replace(name="drops")
OTHER = DROPS._replace(class_="other")
NOW = 10_000.0


def rule(**words: Any) -> Rule:
    found: Rule = TypeAdapter(AnyRule).validate_python({"name": "r"} | words)
    return found


def seen(at: float, serial: str = "JAD1", **values: int) -> Observation:
    named = {"mask": MASK, "drops": DROPS, "other": OTHER}
    return Observation(at, serial, None, True, {named[k]: n for k, n in values.items()})


def of(found: Rule, *past: Observation, **facts: Any) -> Measured:
    return measured(found, Facts("fw1", seen=past, **facts), NOW, None)


def test_what_was_added_within_a_time() -> None:
    drops = rule(kind="threshold", counter="drops", above=9, within="10m")
    past = (seen(9_300, drops=0), seen(9_500, drops=900), seen(9_700, drops=905))

    assert (Level.GOOD, 5) == (of(drops, *past).level, of(drops, *past).value)
    assert Level.BAD is of(drops, *past, seen(9_900, drops=910)).level


def test_all_that_match_are_added_up() -> None:
    past = (seen(9_400, drops=1, other=1, mask=1), seen(9_700, drops=3, other=5, mask=9))

    def value(**words: Any) -> float | None:
        return of(rule(kind="threshold", above=9, **words), *past).value

    assert 6 == value(counter="drops")
    assert 2 == value(counter="drops", **{"class": "inspection_*"})
    assert 14 == value(counter=["drops", "mask*"])
    assert 0 == (value(counter="none") or 0)


def test_a_rate_is_over_the_time_that_is_known() -> None:
    """Another unit answered in between: of that stretch nothing is known; it does not count."""
    rate = rule(kind="rate", counter="drops", above=9, per="1m", within="1h")
    past = (
        seen(9_000, drops=0),
        seen(9_300, drops=50),
        seen(9_600, "JAD2", drops=9_999),
        seen(9_900, "JAD2", drops=10_049),
    )

    assert 10.0 == of(rate, *past).value
    assert Level.UNKNOWN is of(rate, past[0]).level
    assert Level.UNKNOWN is of(rate).level


def test_hysteresis() -> None:
    drops = rule(kind="threshold", counter="drops", above=9, clear=2)

    def level(added: int) -> Level:
        return of(drops, seen(9_000, drops=0), seen(9_300, drops=added)).level

    assert [Level.GOOD, Level.BETWEEN, Level.BETWEEN, Level.BAD] == [*map(level, (2, 3, 9, 10))]


def test_stale() -> None:
    stale = rule(kind="stale", older_than="10m")

    assert Level.BAD is of(stale).level
    assert (Level.GOOD, 600) == (of(stale, last=9_400).level, of(stale, last=9_400).value)
    assert Level.BAD is of(stale, last=9_399).level
    assert Level.GOOD is of(stale, last=NOW + 999).level  # the clock went back


def test_an_exemption_as_it_is_to_be() -> None:
    wanted = rule(kind="exemption", expect="exempt")

    assert Level.GOOD is of(wanted, exemption=(State.EXEMPT, 1.0)).level
    for state in (State.PARTLY, State.NOT_EXEMPT, State.CANNOT_TELL):
        assert Level.BAD is of(wanted, exemption=(state, 1.0)).level
    assert Level.UNKNOWN is of(wanted).level


def test_drift() -> None:
    """The first state that is seen holds, until a run of ours changes it."""
    drift = rule(kind="exemption")

    def then(state: State, at: float, before: Measured | None, changed: float | None) -> Measured:
        facts = Facts("fw1", exemption=(state, at), changed=changed)
        return measured(drift, facts, NOW, before.baseline if before else None)

    first = then(State.EXEMPT, 100, None, 50)
    gone = then(State.NOT_EXEMPT, 200, first, 50)
    assert (Level.GOOD, Level.BAD) == (first.level, gone.level)
    assert first.baseline == gone.baseline
    assert Level.GOOD is then(State.EXEMPT, 300, gone, 50).level
    too_early = then(State.NOT_EXEMPT, 250, gone, 260)
    assert Level.BAD is too_early.level
    rolled_back = then(State.NOT_EXEMPT, 300, gone, 260)
    assert (Level.GOOD, ("not-exempt", 300)) == (rolled_back.level, rolled_back.baseline)


@pytest.mark.parametrize("kind", ["threshold", "rate"])
def test_other_engines_do_not_count(kind: str) -> None:
    ftp = DROPS._replace(engine="ftp")
    past = [Observation(at, None, None, True, {ftp: n}) for at, n in ((9_000, 1), (9_300, 99))]

    assert Level.UNKNOWN is of(rule(kind=kind, counter="drops", above=1), *past).level
