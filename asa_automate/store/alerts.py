"""How alert rules stand, and what they have to say until everybody has heard it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, text, update

from asa_automate.store.canonical import canonical
from asa_automate.store.engine import Store
from asa_automate.store.tables import alert_events, alerts

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """How a rule stands on a device; instants in seconds since the epoch."""

    rule: str
    device: str
    state: str
    since: float
    fired: float | None = None
    value: float | None = None
    baseline: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a rule on a device: that it fires, or no longer does."""

    at: float
    rule: str
    device: str
    event: str
    severity: str
    value: float | None
    text: str


def locked_rows(connection: Connection, *, alone: bool = False) -> dict[Key, Row]:
    """How all rules stand; with ``alone`` nobody else changes them in this transaction."""
    if alone and connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE alerts IN SHARE ROW EXCLUSIVE MODE"))
    return {
        (row.rule, row.device): Row(
            row.rule,
            row.device,
            row.state,
            row.since,
            row.fired,
            row.value,
            _baseline(row.baseline),
        )
        for row in connection.execute(select(alerts))
    }


def _baseline(found: str | None) -> tuple[str, float] | None:
    return None if found is None else tuple(json.loads(found))


def replace_rows(connection: Connection, found: Mapping[Key, Row | None]) -> None:
    """Put these in the place of what was there; ``None``: nothing is to be remembered."""
    for rule, device in found:
        connection.execute(delete(alerts).where(alerts.c.rule == rule, alerts.c.device == device))
    rows = [
        {
            "rule": row.rule,
            "device": row.device,
            "state": row.state,
            "since": row.since,
            "fired": row.fired,
            "value": row.value,
            "baseline": None if row.baseline is None else canonical(list(row.baseline)),
        }
        for row in found.values()
        if row
    ]
    if rows:
        connection.execute(insert(alerts), rows)


def tell(connection: Connection, events: Iterable[Told], places: Iterable[str]) -> None:
    """Store what is to be said, and to whom, in the transaction of the state it speaks of."""
    due = canonical(list(places))
    rows = [
        {
            "at": one.at,
            "rule": one.rule,
            "device": one.device,
            "event": one.event,
            "severity": one.severity,
            "value": one.value,
            "text": one.text,
            "due": due,
        }
        for one in events
    ]
    if rows:
        connection.execute(insert(alert_events), rows)


def unheard(store: Store) -> list[tuple[int, Told, list[str]]]:
    """What somebody has not heard yet, oldest first: its number, and who."""
    query = select(alert_events).where(alert_events.c.due != "[]").order_by(alert_events.c.id)
    with store.read() as connection:
        return [
            (
                row.id,
                Told(row.at, row.rule, row.device, row.event, row.severity, row.value, row.text),
                json.loads(row.due),
            )
            for row in connection.execute(query)
        ]


def heard(store: Store, number: int, left: Iterable[str]) -> None:
    """Only these have not heard it now."""
    with store.write() as connection:
        connection.execute(
            update(alert_events)
            .where(alert_events.c.id == number)
            .values(due=canonical(list(left)))
        )


def drop_events(store: Store, before: float) -> None:
    """Throw away what was said before an instant."""
    with store.write() as connection:
        connection.execute(delete(alert_events).where(alert_events.c.at < before))
