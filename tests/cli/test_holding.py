"""How long a lease is ours: by a clock that never jumps, and by what the store says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from asa_automate.cli.holding import LAST_SECONDS, LEASE_SECONDS, RENEW_BELOW, Holding
from asa_automate.errors import LeaseLost, Refused, StoreRefused
from asa_automate.store.engine import Store, open_store
from asa_automate.store.journal import Journal, Kind
from asa_automate.store.leases import Holder, acquire, check, lease_key

SERIAL = "9AHOLDING01"
YEAR = 3.2e7


@dataclass
class Clocks:
    """A wall clock that may jump, and one that goes on evenly."""

    wall: float = 1.7e9
    even: float = 1000.0

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.even += seconds


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'state' / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def holding(store: Store, clocks: Clocks) -> Holding:
    return Holding(store, None, clock=lambda: clocks.wall, monotonic=lambda: clocks.even)


def taken_by_another(store: Store, now: float) -> None:
    other = Holder("elsewhere", 1, "other@elsewhere")
    acquire(store, lease_key(SERIAL), other, LEASE_SECONDS, now, lambda _: False)


def test_a_line_costs_no_write_while_there_is_time(
    store: Store, holding: Holding, clocks: Clocks
) -> None:
    lease = holding.take(SERIAL)
    clocks.passes(LEASE_SECONDS - RENEW_BELOW - 1)
    holding.guard()

    assert not check(store, lease, clocks.wall + RENEW_BELOW + 2), "it was renewed"


def test_it_is_renewed_in_time(store: Store, holding: Holding, clocks: Clocks) -> None:
    lease = holding.take(SERIAL)
    for _ in range(20):
        clocks.passes(LEASE_SECONDS - RENEW_BELOW + 1)
        holding.guard()
        assert check(store, lease, clocks.wall + RENEW_BELOW)


@pytest.mark.parametrize("jump", [YEAR, -YEAR, 3600.0, -3600.0])
def test_a_wall_clock_that_jumps_here_ends_nothing(
    store: Store, holding: Holding, clocks: Clocks, jump: float
) -> None:
    lease = holding.take(SERIAL)
    for _ in range(3):
        clocks.wall += jump
        clocks.passes(LEASE_SECONDS - RENEW_BELOW + 1)
        holding.guard()

    assert check(store, lease, clocks.wall)


def test_one_that_slept_and_was_overtaken_may_not_go_on(
    store: Store, holding: Holding, clocks: Clocks
) -> None:
    """A laptop that was shut for hours: the even clock has gone on, the lease is another's."""
    holding.take(SERIAL)
    clocks.passes(LEASE_SECONDS + 1)
    taken_by_another(store, clocks.wall)

    for _ in range(2):
        with pytest.raises(LeaseLost, match="other@elsewhere"):
            holding.guard()


def test_one_that_slept_and_was_not_missed_goes_on(
    store: Store, holding: Holding, clocks: Clocks
) -> None:
    lease = holding.take(SERIAL)
    clocks.passes(10 * LEASE_SECONDS)
    holding.guard()

    assert check(store, lease, clocks.wall)


def test_another_whose_clock_is_years_ahead_is_noticed_at_the_next_record(
    store: Store, holding: Holding, clocks: Clocks
) -> None:
    """For him our lease is over; we are still sure of it, and yet write, and so send, nothing."""
    lease = holding.take(SERIAL)
    taken_by_another(store, clocks.wall + YEAR)
    holding.guard()

    ours = Journal(store, "run", "fw", lease.fence, lease=lease)
    with pytest.raises(LeaseLost):
        ours.write(Kind.INTENT, {"line": "x"})
    assert [] == ours.records()


@pytest.mark.parametrize(
    ("left", "error"), [(RENEW_BELOW - 1, StoreRefused), (LAST_SECONDS - 1, LeaseLost)]
)
def test_a_store_that_cannot_be_asked(
    store: Store,
    holding: Holding,
    clocks: Clocks,
    left: float,
    error: type[Exception],
    damaged: Callable[[Store], None],
) -> None:
    """Nothing forward any more; the way back only while nobody else can have the device."""
    holding.take(SERIAL)
    clocks.passes(LEASE_SECONDS - left)
    damaged(store)

    with pytest.raises(error) as caught:
        holding.guard()
    assert type(caught.value) is error


@pytest.fixture
def damaged() -> Callable[[Store], None]:
    """A store whose tables are gone."""

    def damage(store: Store) -> None:
        with store.write() as connection:
            connection.exec_driver_sql("DROP TABLE leases")

    return damage


def test_all_names_of_a_box_are_held_and_given_back(
    store: Store, holding: Holding, clocks: Clocks
) -> None:
    """The mate's serial number, too: neither unit is another's while the pair is changed."""
    holding.take(SERIAL)
    holding.also("9AMATE00001")
    with pytest.raises(Refused, match="9AMATE00001"):
        Holding(store, None, clock=lambda: clocks.wall).take("9AMATE00001")

    holding.release()

    for serial in (SERIAL, "9AMATE00001"):
        assert Holding(store, None, clock=lambda: clocks.wall).take(serial).fence == 2


def test_the_mate_of_one_that_another_changes_is_refused(
    store: Store, holding: Holding, clocks: Clocks
) -> None:
    taken_by_another(store, clocks.wall)
    holding.take("9AMATE00001")

    with pytest.raises(Refused, match="other@elsewhere"):
        holding.also(SERIAL)
