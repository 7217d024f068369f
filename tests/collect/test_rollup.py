"""Hourly figures and retention: what a counter did is the same before and after."""

import random
import signal
import subprocess
import sys
from collections.abc import Iterable

import pytest

from asa_automate.collect.deltas import Fold, changes
from asa_automate.collect.folded import as_text, from_text
from asa_automate.collect.rollup import fold_of, increments, keep_since, roll_up, tend
from asa_automate.store.engine import Store, open_store
from asa_automate.store.gaps import count_gaps, list_gaps, record_gaps
from asa_automate.store.hourly import added, hours
from asa_automate.store.samples import history, record_samples
from asa_automate.store.values import Gap, Label, Observation, Sample

A = Label("global", "gp", "c", "esmtp", "m", "mask-banner", "")
B = A._replace(name="drops")
HOUR = 3600.0


def samples(values: Iterable[tuple[float, int]], device: str = "fw1") -> list[Sample]:
    return [
        Sample(device, Observation(at, "JAD1", None, True, {A: value, B: 2 * value}), "", "t")
        for at, value in values
    ]


def told(store: Store, device: str = "fw1") -> dict[Label, int]:
    """What all readings add up to, from the samples themselves."""
    found: dict[Label, int] = {}
    for change in changes(history(store, device), fold_of(store, device)):
        found[change.label] = found.get(change.label, 0) + (change.delta or 0)
    return found


def a_day() -> list[Sample]:
    """A sample each ten minutes for two days, with a clear somewhere in every twelve hours."""
    dice = random.Random(6)  # noqa: S311  # the same day each time
    value, rows = 0, []
    for step in range(288):
        value = 0 if step % 72 == 71 else value + dice.randrange(20)
        rows.append((step * 600.0, value))
    return samples(rows)


def test_the_hours_add_up_to_the_readings(store: Store) -> None:
    record_samples(store, a_day())
    whole = told(store)

    for now in (5 * HOUR, 30 * HOUR, 48 * HOUR + 600):
        roll_up(store, "fw1", now)

    assert whole == added(store, "fw1", since=0)
    found = hours(store, "fw1")[A]
    assert 48 == len(found)
    assert {6} == {hour.readings for hour in found}
    assert 1 + 4 == sum(hour.breaks for hour in found)
    assert sorted({hour.epoch for hour in found}) == list(range(5))


def test_rolling_up_twice_counts_once(store: Store) -> None:
    record_samples(store, a_day())

    assert 288 == roll_up(store, "fw1", 100 * HOUR)
    assert 0 == roll_up(store, "fw1", 100 * HOUR)
    assert told(store) == added(store, "fw1", since=0)


def test_old_samples_go_and_nothing_that_they_said(store: Store) -> None:
    taken = a_day()
    record_samples(store, taken)
    late = list(changes([sample.seen for sample in taken]))[-20:]
    tend(store, 100 * HOUR, keep=76 * HOUR)

    kept = history(store, "fw1")

    assert 24 * HOUR == kept[0].at
    assert late == list(changes(kept, fold_of(store, "fw1")))[-20:]
    assert 48 == len(hours(store, "fw1")[A])
    assert 0 == keep_since(store, "fw1", 24 * HOUR)


def test_what_is_not_rolled_up_is_not_thrown_away(store: Store) -> None:
    record_samples(store, a_day())

    assert 0 == keep_since(store, "fw1", 40 * HOUR)
    assert 288 == len(history(store, "fw1"))


def test_increments_since_an_instant_join_hours_and_the_newest_samples(store: Store) -> None:
    record_samples(store, a_day())
    whole = told(store)
    assert whole == increments(store, "fw1", since=0)

    roll_up(store, "fw1", 20 * HOUR)

    assert whole == increments(store, "fw1", since=0)
    last_day = [c for c in changes(history(store, "fw1")) if c.at >= 24 * HOUR and c.label == A]
    assert sum(c.delta or 0 for c in last_day) == increments(store, "fw1", since=24 * HOUR)[A]


def test_a_clock_that_went_back_loses_nothing(store: Store) -> None:
    record_samples(store, samples([(5 * HOUR, 1), (HOUR, 4), (6 * HOUR, 9), (9 * HOUR, 10)]))

    roll_up(store, "fw1", 7 * HOUR + 601)

    assert 8 == added(store, "fw1", since=0)[A]
    assert 9 == increments(store, "fw1", since=0)[A]


def test_the_past_survives_its_text() -> None:
    fold = Fold()
    for sample in a_day():
        fold.take(sample.seen)
    fold.take(Observation(10**6, "JAD2", 7, True, {A: 1}))

    assert fold == from_text(as_text(fold))
    assert Fold() == from_text(None)


def test_gaps_are_kept_and_counted(store: Store) -> None:
    found = [
        Gap("fw1", 1.0, "unreachable", "fw1: no route", 0.0),
        Gap("fw1", 301.5, "unreachable", "fw1: no route", 300.0),
        Gap("fw2", 2.0, "busy", "fw2: the last one is still under way"),
    ]
    record_gaps(store, found)
    record_gaps(store, [])

    assert found[:2] == list_gaps(store, "fw1")
    assert found[1:2] == list_gaps(store, "fw1", since=300)
    assert {("fw1", "unreachable"): 2, ("fw2", "busy"): 1} == count_gaps(store)


@pytest.mark.parametrize("round_", range(3))
def test_killed_while_rolling_up_nothing_counts_twice(
    tmp_path_factory: pytest.TempPathFactory, round_: int
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('rolled') / 'store.db'}"
    opened = open_store(url)
    record_samples(opened, a_day())
    program = (
        "import sys\n"
        "from asa_automate.collect.rollup import roll_up\n"
        "from asa_automate.store.engine import open_store\n"
        "store = open_store(sys.argv[1])\n"
        "for hour in range(2, 60):\n"
        "    roll_up(store, 'fw1', hour * 3600.0)\n"
        "    print(hour, flush=True)\n"
    )
    worker = subprocess.Popen(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    for _ in range(3 + 5 * round_):
        worker.stdout.readline()
    worker.send_signal(signal.SIGKILL)
    worker.communicate()

    assert told(opened) == increments(opened, "fw1", since=0)
    roll_up(opened, "fw1", 100 * HOUR)
    assert told(opened) == added(opened, "fw1", since=0)
    opened.close()
