"""What checks of the firewalls said of their gateways, over time."""

import json
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from asa_automate.store.canonical import canonical
from asa_automate.store.engine import Store
from asa_automate.store.tables import verdicts
from asa_automate.store.values import State, Verdict


def record_verdict(store: Store, verdict: Verdict) -> None:
    """Store what a check said."""
    row = {
        "device": verdict.device,
        "at": verdict.at,
        "state": verdict.state.value,
        "classed": verdict.classed,
        "fingerprint": verdict.fingerprint,
        "gateways": canonical(dict(verdict.gateways)),
    }
    with store.write() as connection:
        connection.execute(insert(verdicts).values(**row))


def latest_verdicts(store: Store) -> dict[str, Verdict]:
    """The latest verdict of each device."""
    newest = select(func.max(verdicts.c.id)).group_by(verdicts.c.device)
    with store.read() as connection:
        rows = connection.execute(select(verdicts).where(verdicts.c.id.in_(newest)))
        return {row.device: _verdict(row) for row in rows}


def drop_verdicts(store: Store, before: float) -> None:
    """Throw away the verdicts older than an instant."""
    with store.write() as connection:
        connection.execute(delete(verdicts).where(verdicts.c.at < before))


def _verdict(row: Row[Any]) -> Verdict:
    return Verdict(
        device=row.device,
        at=row.at,
        state=State(row.state),
        classed=row.classed,
        fingerprint=row.fingerprint,
        gateways=json.loads(row.gateways),
    )
