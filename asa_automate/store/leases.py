"""One writer per firewall: a lease with a fencing number that only ever rises."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from asa_automate.errors import LeaseLost, Refused
from asa_automate.store.engine import Store
from asa_automate.store.tables import leases


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease. ``birth`` tells the process from a later one with its id."""

    host: str
    pid: int
    name: str
    birth: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as it was given; whether it still is ours, `check` says.

    ``taken_from`` is the holder who had it and died or let it expire: his work may be half done.
    """

    key: str
    fence: int
    holder: Holder
    since: float
    expires: float
    taken_from: Holder | None = None


def lease_key(serial: str, context: str | None = None) -> str:
    """The key of a firewall: its serial, because two names may lead to one box."""
    return f"{serial}:{context}" if context else serial


def acquire(
    store: Store,
    key: str,
    holder: Holder,
    ttl: float,
    now: float,
    dead_here: Callable[[Holder], bool],
) -> Lease:
    """Take the lease, or take it over from a holder who is dead or has let it expire.

    Args:
        ttl: seconds until it expires unless renewed.
        dead_here: whether a holder is surely gone (`processes.dead_here`).

    Raises:
        Refused: somebody holds it; the message says who, where and since when.
    """
    with store.write() as connection:
        row = _locked_row(store, connection, key)
        before = _holder(row)
        if before and row.expires > now and not dead_here(before):
            raise Refused(_held(key, before, row.since, row.expires))
        lease = Lease(key, row.fence + 1, holder, now, now + ttl, before)
        _record(connection, lease)
    return lease


def _locked_row(store: Store, connection: Connection, key: str) -> Row[Any]:
    """The row of the key, made if missing, and ours until the transaction ends."""
    connection.execute(store.insert(leases).values(key=key, fence=0).on_conflict_do_nothing())
    return connection.execute(select(leases).where(leases.c.key == key).with_for_update()).one()


def _holder(row: Row[Any]) -> Holder | None:
    return Holder(row.host, row.pid, row.holder, row.birth) if row.host is not None else None


def _record(connection: Connection, lease: Lease) -> None:
    connection.execute(
        update(leases)
        .where(leases.c.key == lease.key)
        .values(
            fence=lease.fence,
            holder=lease.holder.name,
            host=lease.holder.host,
            pid=lease.holder.pid,
            birth=lease.holder.birth,
            since=lease.since,
            expires=lease.expires,
        )
    )


def _held(key: str, holder: Holder, since: float, until: float) -> str:
    start, end = (
        datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") for at in (since, until)
    )
    return (
        f"lease {key} is held by {holder.name} (process {holder.pid} on {holder.host}) "
        f"since {start}; wait, or ask there: unless it is renewed, it ends at {end}"
    )


def must_hold(connection: Connection, lease: Lease) -> None:
    """Join a transaction that is only for the lease's holder.

    Raises:
        LeaseLost: it was released or taken over.
    """
    row = connection.execute(select(leases).where(leases.c.key == lease.key)).one_or_none()
    if row is None or not _ours(row, lease):
        with_whom = _lost_to(row) if row is not None else "it is not in the store"
        raise LeaseLost(f"lease {lease.key} was lost: {with_whom}")


def check(store: Store, lease: Lease, now: float) -> bool:
    """Whether the lease still is ours: same fence, not released, not expired."""
    with store.read() as connection:
        row = connection.execute(select(leases).where(leases.c.key == lease.key)).one_or_none()
    return row is not None and _ours(row, lease) and row.expires > now


def _ours(row: Row[Any], lease: Lease) -> bool:
    return bool(row.fence == lease.fence and row.host is not None)


def renew(store: Store, lease: Lease, ttl: float, now: float) -> Lease:
    """The same lease with a later end. One that expired but was not taken over is ours again.

    Raises:
        LeaseLost: it was released or taken over: nothing more may be sent.
    """
    with store.write() as connection:
        row = _locked_row(store, connection, lease.key)
        if not _ours(row, lease):
            raise LeaseLost(f"lease {lease.key} was lost: {_lost_to(row)}")
        renewed = Lease(
            lease.key, lease.fence, lease.holder, lease.since, now + ttl, lease.taken_from
        )
        _record(connection, renewed)
    return renewed


def _lost_to(row: Row[Any]) -> str:
    now_with = _holder(row)
    if now_with is None:
        return "it was released"
    return f"{now_with.name} (process {now_with.pid} on {now_with.host}) has it now"


def release(store: Store, lease: Lease) -> bool:
    """Give the lease back; false, and nothing done, if it no longer is ours."""
    with store.write() as connection:
        freed = connection.execute(
            update(leases)
            .where(leases.c.key == lease.key, leases.c.fence == lease.fence)
            .where(leases.c.host.is_not(None))
            .values(holder=None, host=None, pid=None, birth=None, since=None, expires=None)
        )
    return freed.rowcount == 1
