"""Hourly figures of the counters, and how far each device's samples went into them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select

from asa_automate.store.engine import Store
from asa_automate.store.samples import series_of
from asa_automate.store.tables import counters, gaps, hourly, marks, samples
from asa_automate.store.values import Hour, Label

ROLLED, KEPT = "rolled", "kept"


def mark_of(store: Store, device: str, kind: str) -> tuple[int, str | None]:
    """The number of the last sample that the mark speaks of (0: none), and the state there."""
    query = select(marks).where(marks.c.device == device, marks.c.kind == kind)
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    return (row.sample_id, row.state) if row else (0, None)


def add_hours(
    store: Store,
    device: str,
    found: Iterable[tuple[Label, Hour]],
    *,
    before: int,
    upto: int,
    state: str,
) -> bool:
    """Add to the hourly figures what the samples after ``before``, up to ``upto``, say.

    Figures and mark are one transaction: a sample counts once, whenever the process dies.

    Returns:
        false, and nothing done, where another process was quicker.
    """
    with store.write() as connection:
        if _locked(store, connection, device, ROLLED) != before:
            return False
        known = series_of(connection, device)
        rows = [_row(known[label], hour) for label, hour in found]
        if rows:
            connection.execute(_upsert(store), rows)
        _move(connection, store, device, ROLLED, upto, state)
    return True


def _row(series_id: int, hour: Hour) -> dict[str, int]:
    return {
        "series_id": series_id,
        "hour": hour.hour,
        "added": hour.added,
        "readings": hour.readings,
        "breaks": hour.breaks,
        "value": hour.value,
        "epoch": hour.epoch,
    }


def _upsert(store: Store) -> Any:
    statement = store.insert(hourly)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["series_id", "hour"],
        set_={
            "added": hourly.c.added + new.added,
            "readings": hourly.c.readings + new.readings,
            "breaks": hourly.c.breaks + new.breaks,
            "value": new.value,
            "epoch": new.epoch,
        },
    )


def _locked(store: Store, connection: Connection, device: str, kind: str) -> int:
    """Where the mark stands; its row is ours until the transaction ends."""
    fresh = store.insert(marks).values(device=device, kind=kind, sample_id=0, state="")
    connection.execute(fresh.on_conflict_do_nothing())
    query = select(marks.c.sample_id).where(marks.c.device == device, marks.c.kind == kind)
    return int(connection.scalars(query.with_for_update()).one())


def _move(
    connection: Connection, store: Store, device: str, kind: str, upto: int, state: str
) -> None:
    row = {"device": device, "kind": kind, "sample_id": upto, "state": state}
    statement = store.insert(marks).values(**row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["device", "kind"], set_={"sample_id": upto, "state": state}
        )
    )


def drop_samples(store: Store, device: str, *, before: int, upto: int, state: str) -> bool:
    """Throw away the samples up to the number ``upto``; the hourly figures stay.

    Returns:
        false, and nothing done, where another process was quicker.
    """
    mine = select(samples.c.id).where(samples.c.device == device, samples.c.id <= upto)
    with store.write() as connection:
        if _locked(store, connection, device, KEPT) != before:
            return False
        connection.execute(delete(counters).where(counters.c.sample_id.in_(mine)))
        connection.execute(delete(samples).where(samples.c.id.in_(mine)))
        _move(connection, store, device, KEPT, upto, state)
    return True


def drop_gaps(store: Store, before: float) -> None:
    """Throw away the gaps older than an instant."""
    with store.write() as connection:
        connection.execute(delete(gaps).where(gaps.c.at < before))


def hours(
    store: Store, device: str, *, since: float = 0, until: float | None = None
) -> Mapping[Label, list[Hour]]:
    """The hourly figures of each counter of a device, oldest first, by their first second."""
    with store.read() as connection:
        known = {number: label for label, number in series_of(connection, device).items()}
        query: Select[Any] = (
            select(hourly)
            .where(hourly.c.series_id.in_(known), hourly.c.hour >= since)
            .order_by(hourly.c.series_id, hourly.c.hour)
        )
        if until is not None:
            query = query.where(hourly.c.hour < until)
        found: dict[Label, list[Hour]] = {}
        for number, *values in connection.execute(query):
            found.setdefault(known[number], []).append(Hour(*values))
    return found


def added(
    store: Store, device: str, *, since: float, until: float | None = None
) -> Mapping[Label, int]:
    """What the rolled-up hours add up to, for each counter; added up in the database."""
    with store.read() as connection:
        known = {number: label for label, number in series_of(connection, device).items()}
        query: Select[Any] = (
            select(hourly.c.series_id, func.sum(hourly.c.added))
            .where(hourly.c.series_id.in_(known), hourly.c.hour >= since)
            .group_by(hourly.c.series_id)
        )
        if until is not None:
            query = query.where(hourly.c.hour < until)
        return {known[number]: int(total) for number, total in connection.execute(query)}
