"""Samples into the store and out again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from asa_automate.errors import StoreRefused
from asa_automate.store.canonical import canonical
from asa_automate.store.engine import Store
from asa_automate.store.tables import counters, samples, series, storable
from asa_automate.store.values import Label, Observation, Sample

LABEL_COLUMNS = tuple(series.c[name.rstrip("_")] for name in Label._fields)
# The texts are large, and nobody who adds up counters looks at them.
WITHOUT_TEXT = tuple(samples.c[name] for name in ("id", "at", "serial", "uptime", "complete"))


def record_sample(store: Store, sample: Sample) -> int:
    """Store a sample with all its counters, or nothing of it; returns its number.

    Raises:
        StoreRefused: it cannot be written, or its scheduled instant was answered before.
    """
    return record_samples(store, [sample])[0]


def record_samples(store: Store, taken: Sequence[Sample]) -> list[int]:
    """Store all of these samples, in this order, or nothing of them; returns their numbers.

    Raises:
        StoreRefused: they cannot be written, or an instant was answered before.
    """
    known: dict[str, Mapping[Label, int]] = {}
    rows: list[dict[str, int]] = []
    numbers = []
    with store.write() as connection:
        for sample in taken:
            readings = {storable_label(x): value for x, value in sample.seen.readings.items()}
            numbers.append(number := _insert(store, connection, sample))
            if not readings.keys() <= known.get(sample.device, {}).keys():
                known[sample.device] = _series(store, connection, sample.device, readings)
            ids = known.get(sample.device, {})
            rows += [
                {"series_id": ids[label], "sample_id": number, "value": value}
                for label, value in readings.items()
            ]
        if rows:
            connection.execute(insert(counters), rows)
    return numbers


def storable_label(label: Label) -> Label:
    """The label as the store gives it back."""
    return Label(*map(storable, label))


def _insert(store: Store, connection: Connection, sample: Sample) -> int:
    seen = sample.seen
    row = {
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
    statement = store.insert(samples).values(**row)
    once = statement.on_conflict_do_nothing(index_elements=["device", "slot"])
    number = connection.scalars(once.returning(samples.c.id)).one_or_none()
    if number is None:
        raise StoreRefused(
            f"store {store.name}: this scheduled instant was answered before; it counts once",
            device=sample.device,
        )
    return int(number)


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


def sampled_devices(store: Store) -> list[str]:
    """Names of the devices that have samples, sorted."""
    with store.read() as connection:
        return sorted(connection.scalars(select(samples.c.device).distinct()))


def answered(store: Store, slot: float) -> frozenset[str]:
    """The devices that have a sample for this scheduled instant."""
    with store.read() as connection:
        found = connection.scalars(select(samples.c.device).where(samples.c.slot == slot))
        return frozenset(found)


def last_success(store: Store) -> dict[str, float]:
    """When the latest sample of each device was taken, seconds since the epoch."""
    newest = select(func.max(samples.c.id)).group_by(samples.c.device)
    with store.read() as connection:
        rows = connection.execute(
            select(samples.c.device, samples.c.at).where(samples.c.id.in_(newest))
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
    return [
        seen
        for _, seen in numbered(store, device, last=last, after=after, since=since, until=until)
    ]


def numbered(
    store: Store,
    device: str,
    *,
    last: int | None = None,
    after: int = 0,
    since: float | None = None,
    until: float | None = None,
) -> list[tuple[int, Observation]]:
    """The same, each with its number."""
    recent = (
        select(*WITHOUT_TEXT)
        .where(samples.c.device == device, samples.c.id > after)
        .order_by(samples.c.id.desc())
    )
    if since is not None:
        recent = recent.where(samples.c.at >= since)
    if until is not None:
        recent = recent.where(samples.c.at < until)
    if last is not None:
        recent = recent.limit(last)
    with store.read() as connection:
        rows = list(reversed(connection.execute(recent).all()))
        ends = (rows[0].id, rows[-1].id) if rows else (0, 0)
        readings = _readings(connection, device, *ends)
    return [(row.id, _observation(row, readings.get(row.id, {}))) for row in rows]


def _readings(
    connection: Connection, device: str, first: int, last: int
) -> dict[int, dict[Label, int]]:
    known = {number: label for label, number in series_of(connection, device).items()}
    query: Select[Any] = (
        select(counters.c.sample_id, counters.c.series_id, counters.c.value)
        .where(counters.c.series_id.in_(known), counters.c.sample_id.between(first, last))
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
