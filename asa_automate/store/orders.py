"""Orders: what a coordinator wants done on many devices, and how far the workers are with it.

An order names devices and never holds a secret. The order of an apply has the id of its run. Each
device of it has an end once, whoever delivers its job how often.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from asa_automate.errors import BadInput
from asa_automate.store.canonical import canonical
from asa_automate.store.engine import Store
from asa_automate.store.tables import Instant, Words

metadata = MetaData()

orders = Table(
    "orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("operator", Words, nullable=False),
    Column("detail", Text, nullable=False),
    Column("plan", Text),
    Column("stopping", Boolean, nullable=False),
)

order_devices = Table(
    "order_devices",
    metadata,
    Column("order_id", Text, ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True),
    Column("device", Words, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("queue", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("stage", Words, nullable=False),
    Column("worker", Words),
    Column("deaths", Integer, nullable=False),
    Column("result", Text),
)


class Kind(StrEnum):
    """What is to be done on each device."""

    PLAN = "plan"
    APPLY = "apply"
    COLLECT = "collect"


class Progress(StrEnum):
    """How far one device is; ``DONE`` is an end, which never changes again."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted. ``plan`` is the text of a plan file, ``detail`` the flags (JSON)."""

    id: str
    kind: Kind
    created: float
    operator: str
    detail: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    plan: str | None = None
    stopping: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One device of an order. ``deaths``: workers that died at it; ``worker``: host/process."""

    device: str
    queue: str
    state: Progress = Progress.QUEUED
    stage: str = "queued"
    worker: str | None = None
    deaths: int = 0
    result: Mapping[str, Any] | None = None


def create_order(connection: Connection, order: Order, parts: Iterable[Part]) -> None:
    """Record an order with all its devices, inside a `Store.write` block."""
    connection.execute(
        insert(orders).values(
            id=order.id,
            kind=order.kind.value,
            created=order.created,
            operator=order.operator,
            detail=canonical(dict(order.detail)),
            plan=order.plan,
            stopping=order.stopping,
        )
    )
    rows = [
        {
            "order_id": order.id,
            "device": part.device,
            "position": position,
            "queue": part.queue,
            "state": part.state.value,
            "stage": part.stage,
            "deaths": 0,
        }
        for position, part in enumerate(parts)
    ]
    if rows:
        connection.execute(insert(order_devices), rows)


def is_there(connection: Connection, order_id: str) -> bool:
    """Whether there is an order of that id; inside a `Store.write` block."""
    query = select(orders.c.id).where(orders.c.id == order_id)
    return connection.execute(query).first() is not None


def get_order(store: Store, order_id: str) -> Order:
    """One order.

    Raises:
        BadInput: there is none of that id: the job is not ours, or very old.
    """
    with store.read() as connection:
        row = connection.execute(select(orders).where(orders.c.id == order_id)).one_or_none()
    if row is None:
        raise BadInput(f"there is no order {order_id} in the store: its job is foreign, or old")
    return Order(
        row.id,
        Kind(row.kind),
        row.created,
        row.operator,
        MappingProxyType(json.loads(row.detail)),
        row.plan,
        row.stopping,
    )


def parts_of(store: Store, order_id: str) -> list[Part]:
    """All devices of an order, in their order."""
    query = select(order_devices).where(order_devices.c.order_id == order_id)
    with store.read() as connection:
        rows = connection.execute(query.order_by(order_devices.c.position)).all()
    return [_part(row) for row in rows]


def get_part(store: Store, order_id: str, device: str) -> Part:
    """One device of an order.

    Raises:
        BadInput: the order does not have it.
    """
    with store.read() as connection:
        row = connection.execute(select(order_devices).where(*_is(order_id, device))).one_or_none()
    if row is None:
        raise BadInput(f"order {order_id} does not have it: its job is foreign", device=device)
    return _part(row)


def _part(row: Row[Any]) -> Part:
    return Part(
        row.device,
        row.queue,
        Progress(row.state),
        row.stage,
        row.worker,
        row.deaths,
        None if row.result is None else MappingProxyType(json.loads(row.result)),
    )


def _is(order_id: str, device: str) -> tuple[Any, Any]:
    return order_devices.c.order_id == order_id, order_devices.c.device == device


def begin_part(store: Store, order_id: str, device: str, worker: str) -> bool:
    """Take a device up, or up again after a worker's death; false where it has its end."""
    return _set(store, order_id, device, state="working", stage="begins", worker=worker)


def stage_part(store: Store, order_id: str, device: str, stage: str) -> None:
    """Say how far it is, for those who watch; nothing once it has its end."""
    _set(store, order_id, device, stage=stage)


def end_part(
    store: Store,
    order_id: str,
    device: str,
    stage: str,
    result: Mapping[str, Any],
    connection: Connection | None = None,
) -> bool:
    """Record the end; false, and nothing done, where there is one."""
    told = canonical(dict(result))
    return _set(store, order_id, device, connection, state="done", stage=stage, result=told)


def _set(
    store: Store, order_id: str, device: str, joined: Connection | None = None, **values: Any
) -> bool:
    with store.write(joined) as connection:
        done = connection.execute(
            update(order_devices)
            .where(*_is(order_id, device), order_devices.c.state != Progress.DONE.value)
            .values(**values)
        )
    return done.rowcount == 1


def died_at(connection: Connection, order_id: str, device: str) -> None:
    """Count one more worker that died at it."""
    connection.execute(
        update(order_devices)
        .where(*_is(order_id, device))
        .values(deaths=order_devices.c.deaths + 1, stage="its worker died")
    )


def stop_order(store: Store, order_id: str, result: Mapping[str, Any]) -> None:
    """Nothing more of it begins; what waits ends as ``result``, what is under way is told."""
    with store.write() as connection:
        connection.execute(update(orders).where(orders.c.id == order_id).values(stopping=True))
        waiting = connection.execute(
            select(order_devices.c.device).where(
                order_devices.c.order_id == order_id,
                order_devices.c.state == Progress.QUEUED.value,
            )
        ).scalars()
        for device in list(waiting):
            told = {**result, "device": device}
            end_part(store, order_id, device, "stopped", told, connection)


def open_parts(store: Store, order_id: str) -> int:
    """How many devices of it have no end yet."""
    query = select(func.count()).where(
        order_devices.c.order_id == order_id, order_devices.c.state != Progress.DONE.value
    )
    with store.read() as connection:
        return int(connection.execute(query).scalar_one())


def forget_orders(store: Store, before: float, kind: Kind | None = None) -> int:
    """Throw away the orders that are older; runs, journal and samples are elsewhere and stay."""
    old = delete(orders).where(orders.c.created < before)
    with store.write() as connection:
        gone = connection.execute(old.where(orders.c.kind == kind.value) if kind else old)
    return gone.rowcount


def forget_results(store: Store, order_id: str) -> None:
    """The coordinator has them: configurations do not stay in the database longer than needed."""
    with store.write() as connection:
        connection.execute(
            update(order_devices).where(order_devices.c.order_id == order_id).values(result="{}")
        )
