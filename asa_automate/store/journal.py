"""The write-ahead journal: what is about to be done is on the disk before it is done.

All records of a store form one chain: each holds the hash of the one before it, and the head
row says which record is the last. So an edited, removed, swapped, inserted or cut-off record is
found by `audit.verify`. It is no protection against somebody who rewrites the whole chain.

A payload never holds a secret: it is kept for years and shown to anybody who may read the store.
Commands, replies, hashes and reasons belong in it; passwords and keys do not.
"""

import json
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from asa_automate.errors import StoreRefused
from asa_automate.store.canonical import canonical
from asa_automate.store.chain import digest
from asa_automate.store.engine import Store
from asa_automate.store.leases import Lease, must_hold
from asa_automate.store.tables import journal, journal_head, storable

Also = Callable[[Connection], None]


class Kind(StrEnum):
    """What a record records; BEGIN and VERIFIED are what recovery leans on."""

    BEGIN = "begin"
    """Plan, identity, old state, lines forward and back: all that a recovery needs."""
    PROBE = "probe"
    INTENT = "intent"
    """A line about to be sent."""
    ACK = "ack"
    REPLY = "reply"
    GATE = "gate"
    """The read-back before a commit line, or before an undo's removals."""
    COMMIT = "commit"
    PROOF = "proof"
    VERIFIED = "verified"
    """The device was read back and equals the target; nothing is saved before this."""
    SAVE = "save"
    SAVED = "saved"
    ABORT = "abort"
    UNDO = "undo"
    DONE = "done"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """One record; ``at`` and ``monotonic`` in seconds, ``seq`` says what came first."""

    seq: int
    run_id: str
    device: str
    at: float
    monotonic: float
    host: str
    pid: int
    fence: int
    kind: Kind
    payload: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of one device in one run.

    Args:
        fence: the fencing number of the lease that is held.
        lease: if given, a record is only written while this lease is held: a process that slept
            until another took the device over writes no intent, and so sends no line.
        clock: wall clock, seconds since the epoch (for people).
        monotonic: a clock that never jumps (for durations within one process).
    """

    store: Store
    run_id: str
    device: str
    fence: int
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    lease: Lease | None = None

    def write(
        self, kind: Kind | str, payload: Mapping[str, Any], *, also: Also | None = None
    ) -> int:
        """Append one record; it is durable when this returns its sequence number.

        Args:
            payload: JSON values only; no secrets.
            also: what must happen in the same transaction, or not at all.

        Raises:
            StoreRefused: it could not be written: the deed must not be done.
            LeaseLost: the device is another's by now.
        """
        row = _row(self.run_id, self.device, self.fence, kind, payload)
        row |= {"at": self.clock(), "monotonic": self.monotonic()}
        with self.store.write() as connection:
            if self.lease is not None:
                must_hold(connection, self.lease)
            seq = _append(connection, row)
            if also is not None:
                also(connection)
        return seq

    def records(self) -> list[JournalRecord]:
        """The records of this run and device, oldest first."""
        return records(self.store, self.run_id, self.device)


def note(connection: Connection, run_id: str, payload: Mapping[str, Any]) -> None:
    """A record of what was decided about a run, in the transaction that carries it out.

    It belongs to no device: the records of a device are those of its change.
    """
    row = _row(run_id, "", 0, Kind.NOTE, payload)
    _append(connection, row | {"at": time.time(), "monotonic": time.monotonic()})


def _row(
    run_id: str, device: str, fence: int, kind: Kind | str, payload: Mapping[str, Any]
) -> dict[str, Any]:
    """A record without its instants and its place in the chain."""
    return {
        "run_id": storable(run_id),
        "device": storable(device),
        "host": storable(socket.gethostname()),
        "pid": os.getpid(),
        "fence": fence,
        "kind": Kind(kind).value,
        "payload": canonical(dict(payload)),
    }


def _append(connection: Connection, row: dict[str, Any]) -> int:
    """The head row is the lock: SQLite has one writer, PostgreSQL waits for the row."""
    head = connection.execute(select(journal_head).with_for_update()).one()
    stamped = row | {"seq": head.seq + 1}
    hashed = digest(head.hash, stamped)
    connection.execute(insert(journal).values(**stamped, prev_hash=head.hash, hash=hashed))
    connection.execute(update(journal_head).values(seq=head.seq + 1, hash=hashed))
    return int(head.seq) + 1


def records(store: Store, run_id: str, device: str | None = None) -> list[JournalRecord]:
    """The records of a run (of one device of it), oldest first.

    Raises:
        StoreRefused: a kind of record that this version does not know; guessing is not safe.
    """
    query = select(journal).where(journal.c.run_id == run_id).order_by(journal.c.seq)
    if device is not None:
        query = query.where(journal.c.device == device)
    with store.read() as connection:
        return [_record(store, row) for row in connection.execute(query)]


def _record(store: Store, row: Row[Any]) -> JournalRecord:
    try:
        kind = Kind(row.kind)
    except ValueError as error:
        raise StoreRefused(
            f"store {store.name}: journal record {row.seq} is of the unknown kind {row.kind!r}; "
            "use the newer asa-automate that wrote it"
        ) from error
    return JournalRecord(
        seq=row.seq,
        run_id=row.run_id,
        device=row.device,
        at=row.at,
        monotonic=row.monotonic,
        host=row.host,
        pid=row.pid,
        fence=row.fence,
        kind=kind,
        payload=json.loads(row.payload),
        hash=row.hash,
    )
