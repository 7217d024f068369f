"""A store that refuses costs no outcome: each keeps its state, gets a note, and a code."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from asa_automate.apply.outcome import Outcome, State
from asa_automate.cli.booking import Book
from asa_automate.cli.changing import Changed
from asa_automate.cli.holding import Holding
from asa_automate.cli.one_change import Task
from asa_automate.errors import Exit, StoreRefused
from asa_automate.model import Device
from asa_automate.store.engine import Store, open_store
from asa_automate.store.runs import get_run

RUN = "20261124T061502-7f3a"
ENDS = [
    Outcome("fw1", State.NEW, saved=True),
    Outcome("fw2", State.OLD, "refused"),
    Outcome("fw3", State.STUCK, "denied", lines=("no inspect esmtp",)),
    Outcome("fw4", State.NOT_BEGUN, "not begun: because", exit_code=Exit.CHANGES),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'state' / 'store.db'}")
    yield opened
    opened.close()


@pytest.fixture
def book(store: Store) -> Book:
    made = Book(store, RUN, [("fw1",), ("fw2", "fw3")])
    tasks = [Task(Device(name=one.device, host="h"), None, lambda _: ENDS[0]) for one in ENDS]
    made.begin("apply", tasks, plan_id=None, parent=None, story={})
    return made


def takes_nothing_more(store: Store) -> None:
    """The store's own refusal: a trigger says no to each end, as a full disk does."""
    path = store.name.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        for table in ("run_devices", "runs", "leases"):
            connection.execute(
                f"CREATE TRIGGER no_{table} BEFORE UPDATE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )
    connection.close()


def test_as_they_are_where_all_is_taken(store: Store, book: Book) -> None:
    for one in ENDS[:3]:
        book.began(one.device)
        assert one is book.ended(one)

    assert book.finish(ENDS) == ENDS

    run = get_run(store, RUN)
    assert ["done", "failed", "unknown", "stopped"] == [d.status.value for d in run.devices]
    assert ["new", "old", "stuck", "not begun"] == [d.outcome for d in run.devices]
    assert [1, 2, 2, None] == [d.payload["wave"] for d in run.devices]
    assert [True, True, True, False] == [d.payload["ended"] is not None for d in run.devices]
    assert "unknown" == run.status.value


def test_an_end_that_is_not_taken(store: Store, book: Book) -> None:
    takes_nothing_more(store)

    told = book.finish([book.ended(one) for one in ENDS])

    assert [one.state for one in ENDS] == [one.state for one in told]
    assert [Exit.REFUSED, Exit.FAILED, Exit.UNKNOWN, Exit.REFUSED] == [one.exit for one in told]
    assert ["refused", "denied"] == [one.reason for one in told[1:3]]
    assert ("no inspect esmtp",) == told[2].lines
    assert told[0].saved
    for one in told:
        [note] = one.notes
        assert "disk is full" in note
        assert f"asa-automate resume {RUN}" in note
    assert book.refused is not None


def test_a_record_behind_the_run() -> None:
    """What a rollback or resume writes of the run that it closes."""

    def refuse(_: object) -> None:
        raise StoreRefused("store x: full")

    done = Changed(RUN, ENDS).with_record(refuse)

    assert [one.state for one in ENDS] == [one.state for one in done.outcomes]
    assert all("store x: full" in one.notes[0] for one in done.outcomes)
    assert Changed(RUN, ENDS) == Changed(RUN, ENDS).with_record(lambda _: None)


def test_a_lease_that_cannot_be_given_back(store: Store) -> None:
    holding = Holding(store, None)
    holding.take("9A1")
    holding.also("9A2")
    takes_nothing_more(store)

    why = holding.release()

    assert why is not None
    assert "by itself" in why
    assert holding.release() is None
