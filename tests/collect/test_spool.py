"""A store that is away: samples wait, in order, in bounded memory, and what is lost is counted."""

from collections.abc import Sequence

import pytest

from asa_automate.collect.slots import missed, seconds_of, slot_of
from asa_automate.collect.spool import REST, Spool
from asa_automate.errors import StoreRefused, UsageError
from asa_automate.store.samples import AnsweredBefore
from asa_automate.store.values import Gap, Observation, Sample


class Disk:
    """A store that may be full; the clock beside it."""

    def __init__(self) -> None:
        self.full = False
        self.tries = 0
        self.now = 100.0
        self.samples: list[float] = []
        self.gaps: list[Gap] = []
        self.spool = Spool(self.keep, self.note, lambda: self.now, already=AnsweredBefore, most=3)

    def keep(self, sample: Sample) -> None:
        self.tries += 1
        if self.full:
            raise StoreRefused("store x: the disk is full")
        if sample.seen.at in self.samples:
            raise AnsweredBefore("store x: answered")
        self.samples.append(sample.seen.at)

    def note(self, gaps: Sequence[Gap]) -> None:
        if self.full:
            raise StoreRefused("store x: the disk is full")
        self.gaps += gaps

    def take(self, at: float) -> None:
        self.spool.keep(Sample("fw1", Observation(at, None, None, True, {}), "text", "t", (), at))


def test_what_waits_comes_first_when_the_store_is_back() -> None:
    disk = Disk()
    disk.take(1)
    disk.full = True
    with pytest.raises(StoreRefused, match="the disk is full; 1 samples wait in memory"):
        disk.take(2)
    disk.now += REST
    with pytest.raises(StoreRefused, match="2 samples wait"):
        disk.take(3)
    disk.full = False
    disk.now += REST
    disk.take(4)

    assert [1, 2, 3, 4] == disk.samples
    assert 0 == disk.spool.waiting
    assert [] == disk.gaps


def test_a_store_that_refused_is_left_alone_for_a_while() -> None:
    disk = Disk()
    disk.full = True
    for at in (1, 2, 3):
        with pytest.raises(StoreRefused):
            disk.take(at)

    assert 1 == disk.tries


def test_what_memory_cannot_hold_becomes_a_gap() -> None:
    disk = Disk()
    disk.full = True
    for at in range(1, 6):
        with pytest.raises(StoreRefused):
            disk.take(at)
    disk.spool.note(Gap("fw2", 9, "unreachable", "fw2: no route"))
    disk.full = False
    disk.spool.last_try()

    assert [3, 4, 5] == disk.samples
    assert [(1, "store"), (2, "store"), (9, "unreachable")] == [
        (gap.at, gap.reason) for gap in disk.gaps
    ]
    assert 0 == disk.spool.waiting


def test_a_sample_that_is_there_already_does_not_block_the_others() -> None:
    disk = Disk()
    disk.take(1)
    with pytest.raises(AnsweredBefore):
        disk.take(1)
    disk.take(2)

    assert [1, 2] == disk.samples
    assert 0 == disk.spool.waiting


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("5m", 300), ("1.5h", 5400), ("400d", 34_560_000)]
)
def test_times(text: str, seconds: float) -> None:
    assert seconds == seconds_of(text)


@pytest.mark.parametrize("text", ["", "5", "0m", "0.5s", "-5m", "5 minutes", "9999999d", "5m5m"])
def test_no_times(text: str) -> None:
    with pytest.raises(UsageError):
        seconds_of(text)


def test_slots() -> None:
    assert 300 == slot_of(301, 300) == slot_of(170, 300) == slot_of(449, 300)
    assert [0, 0, 2, 0] == [
        missed(last, slot, 300) for last, slot in ((None, 300), (0, 300), (0, 900), (900, 0))
    ]
