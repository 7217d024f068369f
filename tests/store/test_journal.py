"""The journal: durable before it returns, and a chain that shows every touch."""

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, text, update

from asa_automate.errors import LeaseLost, StoreRefused
from asa_automate.store import audit
from asa_automate.store.chain import digest
from asa_automate.store.engine import Store, open_store
from asa_automate.store.journal import Journal, Kind, records
from asa_automate.store.leases import Holder, acquire, release
from asa_automate.store.runs import RunDevice, RunKind, RunStatus, create_run, get_run, set_device
from asa_automate.store.tables import journal, journal_head

KILLS = 6


def journal_of(store: Store, device: str = "fw1", run_id: str = "run") -> Journal:
    ticks = itertools.count(1_795_000_000.25)
    return Journal(store, run_id, device, 3, lambda: next(ticks), lambda: 7.5)


def test_what_is_written_is_read(store: Store) -> None:
    ours = journal_of(store)
    numbers = [ours.write(Kind.BEGIN, {"lines": ["a", "b"]}), ours.write("intent", {"line": "a"})]
    journal_of(store, "fw2").write(Kind.NOTE, {})

    first, second = ours.records()

    assert [1, 2] == numbers == [first.seq, second.seq]
    assert (Kind.BEGIN, {"lines": ["a", "b"]}) == (first.kind, first.payload)
    assert (1_795_000_000.25, 7.5, 3, os.getpid()) == (
        first.at,
        first.monotonic,
        first.fence,
        first.pid,
    )
    assert [1, 2, 3] == [record.seq for record in records(store, "run")]
    assert [] == records(store, "another")


def test_bytes_that_are_no_text_survive(store: Store) -> None:
    ours = journal_of(store, "fw\udce9\0")
    ours.write(Kind.REPLY, {"reply": "caf\udce9\0\x1b["})

    (record,) = records(store, "run")

    assert {"reply": "caf\udce9\0\x1b["} == record.payload
    assert audit.Audit(1, ()) == audit.verify(store)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moments=st.lists(
        st.floats(min_value=0, max_value=4e9, allow_nan=False), min_size=1, max_size=5
    ),
    said=st.text(),
)
def test_no_instant_or_text_breaks_the_chain(
    sqlite_store: Store, moments: list[float], said: str
) -> None:
    """The hash is over what will be read back, to the microsecond."""
    wall, monotonic = iter(moments), iter(reversed(moments))
    ours = Journal(sqlite_store, "run", "fw1", 1, lambda: next(wall), lambda: next(monotonic) / 3)
    for _ in moments:
        ours.write(Kind.NOTE, {"said": said})

    assert () == audit.verify(sqlite_store).problems


def test_what_is_no_json_writes_nothing(store: Store) -> None:
    ours = journal_of(store)
    for payload in ({"x": float("nan")}, {"x": object()}):
        with pytest.raises((TypeError, ValueError)):
            ours.write(Kind.NOTE, payload)
    with pytest.raises(ValueError, match="gossip"):
        ours.write("gossip", {})

    assert [] == ours.records()


def test_record_and_deed_are_one(store: Store) -> None:
    create_run(
        store,
        run_id="run",
        kind=RunKind.APPLY,
        plan_id="p",
        operator="me@here",
        now=1,
        devices=[RunDevice("fw1")],
    )
    ours = journal_of(store)

    def done(connection: Connection) -> None:
        set_device(
            store, "run", "fw1", status=RunStatus.DONE, outcome="new", connection=connection
        )

    def fail(connection: Connection) -> None:
        done(connection)
        raise KeyError("power")

    with pytest.raises(KeyError):
        ours.write(Kind.DONE, {}, also=fail)
    assert (RunStatus.RUNNING, []) == (get_run(store, "run").devices[0].status, ours.records())

    ours.write(Kind.DONE, {}, also=done)
    assert ("new", 1) == (get_run(store, "run").devices[0].outcome, len(ours.records()))


def test_a_kind_of_a_later_version_is_not_guessed(store: Store) -> None:
    journal_of(store).write(Kind.BEGIN, {})
    with store.write() as connection:
        connection.execute(update(journal).values(kind="quantum"))

    with pytest.raises(StoreRefused, match="record 1 is of the unknown kind 'quantum'"):
        records(store, "run")


def test_threads_and_devices_make_one_chain(store: Store) -> None:
    def write(device: str) -> None:
        for number in range(15):
            Journal(store, "run", device, 1).write(Kind.NOTE, {"n": number})

    threads = [threading.Thread(target=write, args=(f"fw{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert audit.Audit(120, ()) == audit.verify(store)
    said = [record.payload["n"] for record in records(store, "run", "fw3")]
    assert list(range(15)) == said


WRITER = """
import sys
from asa_automate.store.engine import open_store
from asa_automate.store.journal import Journal, Kind
ours = Journal(open_store(sys.argv[1]), "run", sys.argv[2], 1)
for number in range(100000):
    ours.write(Kind.INTENT, {"n": number, "padding": "x" * 500})
    print(number, flush=True)
"""


def started(url: str, device: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-c", WRITER, url, device], stdout=subprocess.PIPE, text=True
    )


def test_killed_in_mid_journal_nothing_acknowledged_is_lost(url: str) -> None:
    for kill in range(KILLS):
        writer = started(url, f"fw{kill}")
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(5 + 7 * kill)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
        writer.stdout.close()
        assert -signal.SIGKILL == writer.wait()

        store = open_store(url)
        written = [record.payload["n"] for record in records(store, "run", f"fw{kill}")]
        assert written[: len(acknowledged)] == acknowledged
        # at most the one that was on its way
        assert len(written) - len(acknowledged) <= 1
        assert () == audit.verify(store).problems
        with store.read() as connection:
            assert "ok" == connection.execute(text("PRAGMA integrity_check")).scalar()
        store.close()


def test_two_processes_make_one_chain(url: str) -> None:
    store = open_store(url)
    writers = [started(url, device) for device in ("fw1", "fw2")]
    for writer in writers:
        assert writer.stdout is not None
        for _ in range(20):
            writer.stdout.readline()
    for writer in writers:
        writer.kill()
        writer.communicate()

    found = audit.verify(store)
    store.close()
    assert () == found.problems
    assert found.records >= 40


def edited(connection: Connection) -> None:
    connection.execute(update(journal).where(journal.c.seq == 3).values(payload='{"n":9}'))


def another_fence(connection: Connection) -> None:
    connection.execute(update(journal).where(journal.c.seq == 3).values(fence=99))


def edited_and_hashed_anew(connection: Connection) -> None:
    row = connection.execute(select(journal).where(journal.c.seq == 3)).one()
    altered = row._asdict() | {"payload": '{"n":9}'}
    altered["hash"] = digest(row.prev_hash, altered)
    connection.execute(update(journal).where(journal.c.seq == 3).values(**altered))


def last_one_hashed_anew(connection: Connection) -> None:
    row = connection.execute(select(journal).where(journal.c.seq == 5)).one()
    altered = row._asdict() | {"payload": '{"n":9}'}
    altered["hash"] = digest(row.prev_hash, altered)
    connection.execute(update(journal).where(journal.c.seq == 5).values(**altered))


def removed(connection: Connection) -> None:
    connection.execute(delete(journal).where(journal.c.seq == 3))


def removed_and_closed_up(connection: Connection) -> None:
    removed(connection)
    for seq in (4, 5):
        connection.execute(update(journal).where(journal.c.seq == seq).values(seq=seq - 1))


def swapped(connection: Connection) -> None:
    for was, becomes in ((3, 99), (4, 3), (99, 4)):
        connection.execute(update(journal).where(journal.c.seq == was).values(seq=becomes))


def inserted(connection: Connection) -> None:
    for seq in (5, 4, 3):
        connection.execute(update(journal).where(journal.c.seq == seq).values(seq=seq + 1))
    before = connection.execute(select(journal).where(journal.c.seq == 2)).one()
    forged = before._asdict() | {"seq": 3, "prev_hash": before.hash, "payload": '{"n":9}'}
    forged["hash"] = digest(before.hash, forged)
    connection.execute(insert(journal).values(**forged))


def appended(connection: Connection) -> None:
    last = connection.execute(select(journal).where(journal.c.seq == 5)).one()
    forged = last._asdict() | {"seq": 6, "prev_hash": last.hash}
    forged["hash"] = digest(last.hash, forged)
    connection.execute(insert(journal).values(**forged))


def cut_at_the_end(connection: Connection) -> None:
    connection.execute(delete(journal).where(journal.c.seq > 3))


def emptied(connection: Connection) -> None:
    connection.execute(delete(journal))


def beheaded(connection: Connection) -> None:
    connection.execute(delete(journal_head))


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (edited, [3]),
        (another_fence, [3]),
        (edited_and_hashed_anew, [4]),
        (last_one_hashed_anew, [5]),
        (removed, [4]),
        (removed_and_closed_up, [3, 3, 4, 5]),
        (swapped, [3, 3, 4, 4, 5]),
        (inserted, [4, 4, 5, 6, 6]),
        (appended, [6]),
        (cut_at_the_end, [4]),
        (emptied, [1]),
        (beheaded, [5]),
    ],
)
def test_every_touch_is_found(
    store: Store, tamper: Callable[[Connection], Any], named: list[int]
) -> None:
    for number in range(5):
        journal_of(store).write(Kind.NOTE, {"n": number})
    assert audit.Audit(5, ()) == audit.verify(store)

    with store.write() as connection:
        tamper(connection)

    assert named == [problem.seq for problem in audit.verify(store).problems]


def test_after_a_cut_no_number_is_given_out_twice(store: Store) -> None:
    for number in range(3):
        journal_of(store).write(Kind.NOTE, {"n": number})
    with store.write() as connection:
        connection.execute(delete(journal).where(journal.c.seq == 3))

    assert 4 == journal_of(store).write(Kind.NOTE, {})
    assert ["records 3 to 3 are missing"] == [p.text for p in audit.verify(store).problems]


def test_without_the_lease_nothing_is_written(store: Store) -> None:
    """Taken over: neither the record nor what goes with it happens."""
    one = acquire(store, "J1", Holder("here", 1, "me"), 60, 1000, lambda _: False)
    ours = Journal(store, "run", "fw1", one.fence, lease=one)
    assert 1 == ours.write(Kind.INTENT, {"line": "first"})
    done: list[Connection] = []

    acquire(store, "J1", Holder("there", 2, "other"), 60, 2000, lambda _: False)
    with pytest.raises(LeaseLost, match=r"other \(process 2 on there\) has it now"):
        ours.write(Kind.INTENT, {"line": "second"}, also=done.append)

    assert ["first"] == [record.payload["line"] for record in ours.records()]
    assert [] == done
    assert () == audit.verify(store).problems


def test_an_expired_lease_that_nobody_took_still_writes(store: Store) -> None:
    """Whether it is over its holder's own clock says; here only what others did counts."""
    one = acquire(store, "J1", Holder("here", 1, "me"), 0.0, 1000, lambda _: False)

    assert 1 == Journal(store, "run", "fw1", one.fence, lease=one).write(Kind.ACK, {})
    release(store, one)
    with pytest.raises(LeaseLost, match="it was released"):
        Journal(store, "run", "fw1", one.fence, lease=one).write(Kind.ACK, {})
