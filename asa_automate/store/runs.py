"""Runs: who changed what, when, and how each device ended. Only changes make runs.

Each of these decisions is a record of the journal, too, in the same transaction; so the chain
covers it, and :mod:`asa_automate.store.audit` finds a row that says otherwise.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from asa_automate.errors import UsageError
from asa_automate.store.canonical import canonical
from asa_automate.store.engine import Store
from asa_automate.store.journal import note
from asa_automate.store.tables import run_devices, runs, storable

NOTHING: Mapping[str, Any] = MappingProxyType({})


class RunKind(StrEnum):
    """The commands that make runs."""

    APPLY = "apply"
    ROLLBACK = "rollback"
    RESUME = "resume"


class RunStatus(StrEnum):
    """How a run, or one device of it, stands. STOPPED: by the user, devices left whole."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class RunDevice:
    """One device of a run. ``outcome`` is a word such as ``new`` or ``old``, once known.

    ``payload`` (JSON) is for the one who applies: what a rollback needs, say. No secrets.
    """

    device: str
    context: str | None = None
    serial: str | None = None
    status: RunStatus = RunStatus.RUNNING
    outcome: str | None = None
    reason: str | None = None
    before_fingerprint: str | None = None
    after_fingerprint: str | None = None
    payload: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run with its devices, in the order of the plan; instants in seconds since the epoch."""

    id: str
    kind: RunKind
    status: RunStatus
    devices: tuple[RunDevice, ...]
    plan_id: str | None
    created: float
    finished: float | None
    operator: str
    parent: str | None
    detail: Mapping[str, Any]


def new_run_id(now: float, entropy: bytes) -> str:
    """A run id that sorts by time: ``20261124T061502-7f3a``; two bytes of entropy or more."""
    return f"{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%S}-{entropy.hex()[:4]}"


def create_run(
    store: Store,
    *,
    run_id: str,
    kind: RunKind,
    plan_id: str | None,
    operator: str,
    now: float,
    devices: Iterable[RunDevice],
    parent: str | None = None,
    detail: Mapping[str, Any] = NOTHING,
    connection: Connection | None = None,
) -> None:
    """Record that a run begins, all its devices included, in one transaction.

    Args:
        connection: join this transaction, that of the run's order.
        operator: user@host.
        parent: the run that this one undoes or finishes.
    """
    with store.write(connection) as transaction:
        transaction.execute(
            insert(runs).values(
                id=run_id,
                kind=kind.value,
                status=RunStatus.RUNNING.value,
                plan_id=plan_id,
                created=now,
                operator=operator,
                parent=parent,
                detail=canonical(dict(detail)),
            )
        )
        told = {"kind": kind.value, "operator": storable(operator), "parent": parent}
        told["plan"] = plan_id and storable(plan_id)
        note(transaction, run_id, {"run": told})
        for position, device in enumerate(devices):
            row = _device_row(run_id, position, device)
            transaction.execute(insert(run_devices).values(**row))
            note(transaction, run_id, {"device": storable(device.device), **_noted(row)})


def _device_row(run_id: str, position: int, device: RunDevice) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "position": position,
        "device": device.device,
        "context": device.context,
        "serial": device.serial,
        "status": device.status.value,
        "outcome": device.outcome,
        "reason": device.reason,
        "before_fingerprint": device.before_fingerprint,
        "after_fingerprint": device.after_fingerprint,
        "payload": canonical(dict(device.payload)),
    }


def set_device(
    store: Store,
    run_id: str,
    device: str,
    *,
    status: RunStatus | None = None,
    outcome: str | None = None,
    reason: str | None = None,
    serial: str | None = None,
    before_fingerprint: str | None = None,
    after_fingerprint: str | None = None,
    payload: Mapping[str, Any] | None = None,
    connection: Connection | None = None,
) -> None:
    """Record what is now known of a device; what is ``None`` stays as it was.

    Args:
        connection: join this transaction, e.g. that of the journal's DONE record
            (``journal.write(Kind.DONE, ..., also=lambda c: set_device(..., connection=c))``).
    """
    given = {
        "status": status.value if status else None,
        "outcome": outcome,
        "reason": reason,
        "serial": serial,
        "before_fingerprint": before_fingerprint,
        "after_fingerprint": after_fingerprint,
        "payload": None if payload is None else canonical(dict(payload)),
    }
    values = {name: value for name, value in given.items() if value is not None}
    if not values:
        return
    with store.write(connection) as transaction:
        transaction.execute(
            update(run_devices)
            .where(run_devices.c.run_id == run_id, run_devices.c.device == device)
            .values(**values)
        )
        note(transaction, run_id, {"device": storable(device), **_noted(values)})


#: What of a device's row the journal holds as well, so that an edited row is found.
NOTED = ("serial", "status", "outcome", "reason", "before_fingerprint", "after_fingerprint")


def _noted(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: storable(values[name]) for name in NOTED if values.get(name) is not None}


def finish_run(store: Store, run_id: str, status: RunStatus, *, now: float) -> None:
    """Record how the run ended."""
    with store.write() as connection:
        connection.execute(
            update(runs).where(runs.c.id == run_id).values(status=status.value, finished=now)
        )
        note(connection, run_id, {"finished": status.value})


def list_runs(store: Store) -> list[RunSummary]:
    """All runs, oldest first (by sequence, whatever the clock did)."""
    with store.read() as connection:
        rows = connection.execute(select(runs).order_by(runs.c.seq)).all()
        members = connection.execute(
            select(run_devices).order_by(run_devices.c.run_id, run_devices.c.position)
        ).all()
    by_run: dict[str, list[RunDevice]] = {}
    for member in members:
        by_run.setdefault(member.run_id, []).append(_device(member))
    return [_summary(row, by_run.get(row.id, [])) for row in rows]


def get_run(store: Store, run_id: str) -> RunSummary:
    """One run.

    Raises:
        UsageError: there is no such run.
    """
    with store.read() as connection:
        row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
        members = connection.execute(
            select(run_devices)
            .where(run_devices.c.run_id == run_id)
            .order_by(run_devices.c.position)
        ).all()
    if row is None:
        raise UsageError(f"there is no run {run_id}; `asa-automate runs` lists them")
    return _summary(row, [_device(member) for member in members])


def _device(row: Row[Any]) -> RunDevice:
    return RunDevice(
        device=row.device,
        context=row.context,
        serial=row.serial,
        status=RunStatus(row.status),
        outcome=row.outcome,
        reason=row.reason,
        before_fingerprint=row.before_fingerprint,
        after_fingerprint=row.after_fingerprint,
        payload=MappingProxyType(json.loads(row.payload)),
    )


def _summary(row: Row[Any], devices: Iterable[RunDevice]) -> RunSummary:
    return RunSummary(
        id=row.id,
        kind=RunKind(row.kind),
        status=RunStatus(row.status),
        devices=tuple(devices),
        plan_id=row.plan_id,
        created=row.created,
        finished=row.finished,
        operator=row.operator,
        parent=row.parent,
        detail=MappingProxyType(json.loads(row.detail)),
    )
