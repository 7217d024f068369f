"""Increments: the truth of a ledger that the counters do not show, or nothing at all."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from asa_automate.collect.deltas import changes
from asa_automate.store.values import Label, Observation

A = Label("global", "gp", "c", "esmtp", "m", "mask-banner", "")
B = A._replace(name="drops")
OTHER_POLICY = A._replace(scope="interface:outside", policy="edge")


def seen(
    at: float,
    readings: Mapping[Label, int],
    serial: str | None = "JAD1",
    uptime: int | None = None,
    complete: bool = True,
) -> Observation:
    return Observation(at, serial, uptime, complete, readings)


def of(label: Label, *observations: Observation) -> list[tuple[int | None, int]]:
    """Delta and epoch of one counter."""
    return [(c.delta, c.epoch) for c in changes(observations) if c.label == label]


def test_the_first_has_no_increment_and_the_next_have() -> None:
    found = list(changes([seen(1, {A: 5}), seen(2, {A: 5}), seen(3, {A: 9})]))

    assert [(5, None, 0), (5, 0, 0), (9, 4, 0)] == [(c.value, c.delta, c.epoch) for c in found]
    assert [1, 2, 3] == [c.at for c in found]


def test_a_lower_value_begins_an_epoch() -> None:
    assert [(None, 0), (None, 1), (3, 1)] == of(
        A, seen(1, {A: 5}), seen(2, {A: 4}), seen(3, {A: 7})
    )


def test_cleared_counters_of_a_policy_begin_an_epoch_together() -> None:
    """One went back, so the other, which has grown beyond its old value, was cleared as well."""
    first = seen(1, {A: 5, B: 1, OTHER_POLICY: 1})
    second = seen(2, {A: 0, B: 2, OTHER_POLICY: 2})

    assert [(None, 0), (None, 1)] == of(B, first, second)
    assert [(None, 0), (1, 0)] == of(OTHER_POLICY, first, second)


def test_another_unit_begins_an_epoch() -> None:
    units = [seen(n, {A: n}, serial) for n, serial in enumerate(["JAD1", "JAD2", "JAD2", "JAD1"])]

    assert [(None, 0), (None, 1), (1, 1), (None, 2)] == of(A, *units)


def test_a_unit_that_did_not_say_its_serial_is_taken_for_the_same() -> None:
    units = [seen(n, {A: n}, serial) for n, serial in enumerate(["JAD1", None, "JAD1", "JAD2"])]

    assert [(None, 0), (1, 0), (1, 0), (None, 1)] == of(A, *units)


def test_a_lower_uptime_begins_an_epoch() -> None:
    assert [(None, 0), (None, 1)] == of(
        A, seen(1, {A: 5}, uptime=500), seen(2, {A: 9}, uptime=499)
    )


def test_an_uptime_that_grew_less_than_the_clock_is_a_reload() -> None:
    up = seen(0, {A: 5}, uptime=300)

    assert [(None, 0), (None, 1)] == of(A, up, seen(86_400, {A: 9}, uptime=80_000))
    assert [(None, 0), (4, 0)] == of(A, up, seen(86_400, {A: 9}, uptime=86_400))


def test_an_uptime_in_days_is_not_exact_to_the_second() -> None:
    year = 400 * 86_400

    assert [(None, 0), (4, 0)] == of(
        A, seen(0, {A: 5}, uptime=year), seen(80_000, {A: 9}, uptime=year)
    )


def test_a_reload_while_a_counter_was_away_counts() -> None:
    assert [(None, 0), (None, 1)] == of(
        A,
        seen(1, {A: 5}, uptime=500),
        seen(2, {}, uptime=10, complete=False),
        seen(3, {A: 9}, uptime=20),
    )


def test_a_counter_that_was_gone_begins_an_epoch() -> None:
    assert [(None, 0), (None, 1)] == of(A, seen(1, {A: 5}), seen(2, {B: 1}), seen(3, {A: 9}))


def test_a_counter_absent_from_an_incomplete_text_was_not_gone() -> None:
    cut = seen(2, {B: 1}, complete=False)

    assert [(None, 0), (4, 0)] == of(A, seen(1, {A: 5}), cut, seen(3, {A: 9}))


def test_nothing_seen_nothing_said() -> None:
    assert [] == list(changes([]))


@given(st.lists(st.integers(-1, 1000)))
def test_increments_add_up_to_the_ledger(steps: list[int]) -> None:
    """A firewall counts ``steps``; -1 reloads it. Increments never exceed what it counted."""
    value, uptime, told, true = 0, 0, 0, 0
    observations = []
    for at, step in enumerate(steps):
        uptime += 1
        if step < 0:
            value = uptime = 0
        else:
            value += step
        observations.append(seen(at, {A: value}, uptime=uptime))
    found = list(changes(observations))
    for step, change in zip(steps[1:], found[1:], strict=True):
        if change.delta is None:
            assert step < 0
        else:
            told, true = told + change.delta, true + max(step, 0)
            assert change.delta >= 0
    assert true == told
    epochs = [change.epoch for change in found]
    assert sorted(epochs) == epochs


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, "x", "y"]), st.booleans())))
def test_no_increment_is_ever_negative(things: list[tuple[int, str | None, bool]]) -> None:
    observations = [
        seen(at, {A: value} if value % 3 else {}, serial, uptime=value * 100, complete=whole)
        for at, (value, serial, whole) in enumerate(things)
    ]
    assert all(change.delta is None or change.delta >= 0 for change in changes(observations))
