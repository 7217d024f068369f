"""The queue between coordinators and workers: Procrastinate's tables in the store's PostgreSQL.

The one room that knows Procrastinate. A job is the id of an order and the name of a device, and
never more: what is to be done stands in the order, and secrets are found by the worker. Its lock
keeps one job per firewall over all workers; who may type is decided by our lease all the same.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job as Deferred
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector

from asa_automate.errors import StoreRefused
from asa_automate.model import Device
from asa_automate.store.engine import Store
from asa_automate.store.shared import (
    Transaction,
    driver_of,
    ensure_orders,
    has_table,
    locked,
    must_be_shared,
    note,
    noted,
)

#: Names of the tasks: part of what is in the database, and so never changed.
DEVICE = "asa_automate.device"
ROUND = "asa_automate.round"
TEND = "asa_automate.tend"

#: Where the devices without a site are queued.
NO_SITE = "site:"
#: A person waits for these; a round of samples comes again anyhow.
URGENT = 10


@dataclass(frozen=True, slots=True)
class Job:
    """One device of one order, in the queue of its site."""

    order: str
    device: str
    queue: str
    lock: str
    priority: int = 0


def queue_of(device: Device) -> str:
    """The queue of the device's site: ``site:ams``; ``site:`` where it has none."""
    return f"{NO_SITE}{device.site or ''}"


def lock_of(device: Device, kind: str, serial: str | None = None) -> str:
    """What no two jobs have at a time: the box and its context, for changes and for reading.

    Args:
        serial: of the box, where a plan names it: two names may lead to one box.
    """
    box = serial or device.serial or f"{device.host}:{device.port}"
    use = "change" if kind == "apply" else "read"
    return f"{use}:{box}:{device.context or ''}"


def ensure_queue(store: Store) -> None:
    """The tables of orders and of Procrastinate, as these versions have them.

    Raises:
        UsageError: the store is a file.
        StoreRefused: newer versions wrote them, or another program has a Procrastinate there.
    """
    must_be_shared(store)
    with store.write() as connection:
        locked(connection)
        ensure_orders(store, connection)
        _ensure_procrastinate(store, connection)


def _ensure_procrastinate(store: Store, connection: Transaction) -> None:
    steps = _migrations()
    ours, found = steps[-1].name, noted(connection, "procrastinate")
    if found is None:
        _must_be_free(store, connection)
        _execute(connection, SchemaManager.get_schema())
    elif found > ours:
        raise StoreRefused(
            f"store {store.name}: its queue was made by a newer Procrastinate (step {found}, "
            f"this host knows {ours}); upgrade asa-automate on this host"
        )
    else:
        for step in steps:
            if step.name > found:
                _execute(connection, step.read_text(encoding="utf-8"))
    if found != ours:
        note(store, connection, "procrastinate", ours)


def _migrations() -> list[Path]:
    """Procrastinate's own steps, oldest first; their names sort by version."""
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _must_be_free(store: Store, connection: Transaction) -> None:
    if has_table(connection, "procrastinate_jobs"):
        raise StoreRefused(
            f"store {store.name}: another program has its Procrastinate there; "
            "give asa-automate a database of its own"
        )


def _execute(connection: Transaction, script: str) -> None:
    """Many statements at once, none of them with parameters."""
    driver_of(connection).execute(script)


def defer(store: Store, connection: Transaction, jobs: Iterable[Job]) -> None:
    """Queue them in the same transaction as the order: all of it is there, or nothing.

    Raises:
        StoreRefused: they cannot be queued.
    """
    wanted: Sequence[Deferred] = [_deferred(job) for job in jobs]
    if not wanted:
        return
    try:
        manager = JobManager(SyncPsycopgConnector())
        manager.batch_defer_jobs(jobs=list(wanted), connection=driver_of(connection))
    except ProcrastinateException as error:
        raise StoreRefused(
            f"store {store.name}: cannot queue: {error.__cause__ or error}"
        ) from error


def _deferred(job: Job) -> Deferred:
    return Deferred(
        id=None,
        queue=job.queue,
        lock=job.lock,
        queueing_lock=None,
        task_name=DEVICE,
        priority=job.priority,
        task_kwargs={"order": job.order, "device": job.device},
    )


class Later(Exception):
    """Not now: the job goes back to the queue for so many seconds."""

    def __init__(self, why: str, seconds: float) -> None:
        super().__init__(why)
        self.seconds = seconds


#: What a worker does with a job of a device, and with a round of its queue at an instant.
OfDevice = Callable[[str, str], None]
OfRound = Callable[[str, float], None]
