"""Samples into the store and out again."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from asa_automate.store.canonical import canonical
from asa_automate.store.engine import Store
from asa_automate.store.tables import counters, samples, series, storable
from asa_automate.store.values import Label, Observation, Sample

LABEL_COLUMNS = tuple(series.c[name.rstrip("_")] for name in Label._fields)


def record_sample(store: Store, sample: Sample) -> int:
    """Store a sample with all its counters, or nothing of it; returns its number."""
    seen = sample.seen
    readings = {Label(*map(storable, label)): value for label, value in seen.readings.items()}
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
    }
    with store.write() as connection:
        number = connection.scalars(insert(samples).values(**row).returning(samples.c.id)).one()
        known = _series(store, connection, sample.device, readings)
        values = [
            {"series_id": known[label], "sample_id": number, "value": value}
            for label, value in readings.items()
        ]
        if values:
            connection.execute(insert(counters), values)
    return int(number)


def _series(
    store: Store, connection: Connection, device: str, labels: Iterable[Label]
) -> Mapping[Label, int]:
    """Numbers of all series of the device; those of ``labels`` are made where missing."""
    known = _known(connection, device)
    missing = [_series_row(device, label) for label in labels if label not in known]
    if not missing:
        return known
    connection.execute(store.insert(series).on_conflict_do_nothing(), missing)
    return _known(connection, device)


def _known(connection: Connection, device: str) -> dict[Label, int]:
    rows = connection.execute(select(series.c.id, *LABEL_COLUMNS).where(series.c.device == device))
    return {Label(*row[1:]): row[0] for row in rows}


def _series_row(device: str, label: Label) -> dict[str, str]:
    words = zip(LABEL_COLUMNS, label, strict=True)
    return {"device": device} | {column.name: word for column, word in words}


def sampled_devices(store: Store) -> list[str]:
    """Names of the devices that have samples, sorted."""
    with store.read() as connection:
        return sorted(connection.scalars(select(samples.c.device).distinct()))


def history(store: Store, device: str, *, last: int | None = None) -> list[Observation]:
    """What was seen on a device, oldest first; only the ``last`` so many, if given."""
    recent = select(samples).where(samples.c.device == device).order_by(samples.c.id.desc())
    if last is not None:
        recent = recent.limit(last)
    with store.read() as connection:
        rows = list(reversed(connection.execute(recent).all()))
        readings = _readings(connection, device, rows[0].id) if rows else {}
    return [_observation(row, readings.get(row.id, {})) for row in rows]


def _readings(connection: Connection, device: str, first: int) -> dict[int, dict[Label, int]]:
    query: Select[Any] = (
        select(counters.c.sample_id, counters.c.value, *LABEL_COLUMNS)
        .join(series, series.c.id == counters.c.series_id)
        .where(series.c.device == device, counters.c.sample_id >= first)
        .order_by(counters.c.sample_id, series.c.id)
    )
    found: dict[int, dict[Label, int]] = {}
    for number, value, *words in connection.execute(query):
        found.setdefault(number, {})[Label(*words)] = value
    return found


def _observation(row: Row[Any], readings: Mapping[Label, int]) -> Observation:
    return Observation(
        at=row.at,
        serial=row.serial,
        uptime=row.uptime,
        complete=row.complete,
        readings=readings,
    )
