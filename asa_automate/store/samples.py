"""Samples into the store and out again."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, Connection, Row, Select, func, insert, select
from sqlalchemy.exc import IntegrityError

from asa_automate.errors import StoreRefused
from asa_automate.store.canonical import canonical
from asa_automate.store.engine import Store
from asa_automate.store.tables import counters, samples, series, storable
from asa_automate.store.values import Label, Observation, Sample

LABEL_COLUMNS = tuple(series.c[name.rstrip("_")] for name in Label._fields)
# The texts are large, and nobody who adds up counters looks at them.
WITHOUT_TEXT = tuple(samples.c[name] for name in ("id", "at", "serial", "uptime", "complete"))


class AnsweredBefore(StoreRefused):
    """There is a sample of that device for that scheduled instant; it counts once."""


def record_sample(store: Store, sample: Sample) -> int:
    """Store a sample with all its counters, or nothing of it; returns its number.

    Raises:
        StoreRefused: it cannot be written.
        AnsweredBefore: there is one for its scheduled instant.
    """
    return record_samples(store, [sample])[0]


def record_samples(store: Store, taken: Sequence[Sample]) -> list[int]:
    """Store all of these samples, in this order, or nothing of them; returns their numbers.

    Raises:
        StoreRefused: they cannot be written.
        AnsweredBefore: there is one for the scheduled instant of one of them.
    """
    known: dict[str, Mapping[Label, int]] = {}
    rows: list[tuple[int, int, int]] = []
    with store.write() as connection:
        numbers = _insert_samples(store, connection, taken)
        for number, sample in zip(numbers, taken, strict=True):
            readings = {storable_label(x): value for x, value in sample.seen.readings.items()}
            if not readings.keys() <= known.get(sample.device, {}).keys():
                known[sample.device] = _series(store, connection, sample.device, readings)
            ids = known.get(sample.device, {})
            rows += [(number, ids[label], value) for label, value in readings.items()]
        if rows:
            _insert_counters(connection, rows)
    return numbers


def _insert_samples(store: Store, connection: Connection, taken: Sequence[Sample]) -> list[int]:
    """The samples without their counters; many of them in one statement."""
    statement = insert(samples).returning(samples.c.id, sort_by_parameter_order=True)
    try:
        return list(connection.scalars(statement, list(map(_sample_row, taken))))
    except IntegrityError as error:
        raise AnsweredBefore(
            f"store {store.name}: this scheduled instant was answered before; it counts once",
            device=taken[0].device if len(taken) == 1 else None,
        ) from error


def _insert_counters(connection: Connection, rows: list[tuple[int, int, int]]) -> None:
    """As the driver does it: SQLAlchemy would make a mapping of each row and take it apart."""
    is_pg = connection.dialect.name == "postgresql"
    connection.exec_driver_sql(_INSERT_PG if is_pg else _INSERT_LITE, rows)


_INSERT_PG = "INSERT INTO counters (sample_id, series_id, value) VALUES (%s, %s, %s)"
_INSERT_LITE = "INSERT INTO counters (sample_id, series_id, value) VALUES (?, ?, ?)"


@lru_cache(maxsize=100_000)
def storable_label(label: Label) -> Label:
    """The label as the store gives it back."""
    return Label(*map(storable, label))


def _sample_row(sample: Sample) -> dict[str, object]:
    seen = sample.seen
    return {
        "device": sample.device,
        "at": seen.at,
        "slot": sample.slot,
        "serial": seen.serial,
        "uptime": seen.uptime,
        "complete": seen.complete,
        "parser": sample.parser,
        "unparsed": canonical(list(sample.unparsed)),
        "raw": sample.raw.encode("utf-8", "surrogateescape"),
        "changing": sample.changing,
    }


def _series(
    store: Store, connection: Connection, device: str, labels: Iterable[Label]
) -> Mapping[Label, int]:
    """Numbers of all series of the device; those of ``labels`` are made where missing."""
    known = series_of(connection, device)
    missing = [_series_row(device, label) for label in labels if label not in known]
    if not missing:
        return known
    connection.execute(store.insert(series).on_conflict_do_nothing(), missing)
    return series_of(connection, device)


def series_of(connection: Connection, device: str) -> dict[Label, int]:
    """The number of each counter that the device ever had."""
    rows = connection.execute(select(series.c.id, *LABEL_COLUMNS).where(series.c.device == device))
    return {Label(*row[1:]): row[0] for row in rows}


def _series_row(device: str, label: Label) -> dict[str, str]:
    words = zip(LABEL_COLUMNS, label, strict=True)
    return {"device": device} | {column.name: word for column, word in words}


def _names() -> CTE:
    """The devices that have samples: from one name to the next, however many samples there are."""
    here = select(func.min(samples.c.device).label("device")).cte("names", recursive=True)
    after = select(func.min(samples.c.device)).where(samples.c.device > here.c.device)
    return here.union_all(select(after.scalar_subquery()).where(here.c.device.is_not(None)))


def sampled_devices(store: Store) -> list[str]:
    """Names of the devices that have samples, sorted."""
    with store.read() as connection:
        found = connection.scalars(select(_names().c.device))
        return sorted(name for name in found if name is not None)


def answered(store: Store, slot: float) -> frozenset[str]:
    """The devices that have a sample for this scheduled instant."""
    with store.read() as connection:
        found = connection.scalars(select(samples.c.device).where(samples.c.slot == slot))
        return frozenset(found)


def last_success(store: Store) -> dict[str, float]:
    """When the latest sample of each device was taken, seconds since the epoch."""
    names = _names()
    mine = samples.alias()
    newest = select(func.max(mine.c.id)).where(mine.c.device == names.c.device)
    with store.read() as connection:
        rows = connection.execute(
            select(samples.c.device, samples.c.at)
            .select_from(names)
            .join(samples, samples.c.id == newest.scalar_subquery())
        )
        return {row.device: row.at for row in rows}


def history(
    store: Store,
    device: str,
    *,
    last: int | None = None,
    after: int = 0,
    since: float | None = None,
    until: float | None = None,
) -> list[Observation]:
    """What was seen on a device, oldest first.

    Args:
        last: only so many of them, the latest.
        after: only those with a higher number.
        since: only those taken at this instant or later.
        until: only those taken before this instant.
    """
    chosen = _chosen(device, after).order_by(samples.c.id.desc())
    if since is not None:
        chosen = chosen.where(samples.c.at >= since)
    if until is not None:
        chosen = chosen.where(samples.c.at < until)
    if last is not None:
        chosen = chosen.limit(last)
    return [seen for _, seen in reversed(_observations(store, device, chosen))]


def numbered(
    store: Store, device: str, *, after: int, first: int
) -> list[tuple[int, Observation]]:
    """The ``first`` so many observations after a number, oldest first, each with its own."""
    return _observations(store, device, _chosen(device, after).order_by(samples.c.id).limit(first))


def oldest_after(store: Store, device: str, after: int) -> float | None:
    """When the first sample with a higher number was taken; ``None`` if there is none."""
    query = (
        select(samples.c.at)
        .where(samples.c.device == device, samples.c.id > after)
        .order_by(samples.c.id)
        .limit(1)
    )
    with store.read() as connection:
        return connection.scalars(query).one_or_none()


def _chosen(device: str, after: int) -> Select[Any]:
    return select(*WITHOUT_TEXT).where(samples.c.device == device, samples.c.id > after)


def _observations(store: Store, device: str, chosen: Select[Any]) -> list[tuple[int, Observation]]:
    with store.read() as connection:
        rows = connection.execute(chosen).all()
        ends = [row.id for row in rows] or [0]
        readings = _readings(connection, device, min(ends), max(ends))
    return [(row.id, _observation(row, readings.get(row.id, {}))) for row in rows]


def _readings(
    connection: Connection, device: str, first: int, last: int
) -> dict[int, dict[Label, int]]:
    known = {number: label for label, number in series_of(connection, device).items()}
    query: Select[Any] = (
        select(counters.c.sample_id, counters.c.series_id, counters.c.value)
        .join(samples, samples.c.id == counters.c.sample_id)
        .where(samples.c.device == device, samples.c.id.between(first, last))
        .order_by(counters.c.sample_id, counters.c.series_id)
    )
    found: dict[int, dict[Label, int]] = {}
    for number, counter, value in connection.execute(query):
        found.setdefault(number, {})[known[counter]] = value
    return found


def _observation(row: Row[Any], readings: Mapping[Label, int]) -> Observation:
    return Observation(
        at=row.at,
        serial=row.serial,
        uptime=row.uptime,
        complete=row.complete,
        readings=readings,
    )
