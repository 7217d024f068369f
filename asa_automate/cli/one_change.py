"""Do this device of this plan: the lease, the work, the lease back. What a job calls."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.ports import Session, Surroundings
from asa_automate.cli.holding import Holding
from asa_automate.cli.settings import Settings
from asa_automate.cli.stopping import Stop
from asa_automate.errors import AsaAutomateError
from asa_automate.model import Device, Reading

if TYPE_CHECKING:
    from asa_automate.store.engine import Store
    from asa_automate.store.leases import Lease


@dataclass(frozen=True, slots=True)
class Task:
    """One device to change: its name, its box, what to do there.

    Args:
        root: the apply whose open runs it finishes or undoes; the run's own where not given.
    """

    device: Device
    serial: str | None
    work: Callable[[Surroundings], Outcome]
    root: str | None = None


class _Memory:
    def __init__(self, store: "Store", run_id: str) -> None:
        self._store = store
        self._run_id = run_id

    def recall(self, serial: str | None, version: str | None) -> Reading:
        from asa_automate.store.probes import recall

        return recall(self._store, serial, version)[0]

    def remember(self, serial: str, version: str, reading: Reading) -> None:
        from asa_automate.store.probes import remember

        source = f"probe in run {self._run_id}"
        remember(self._store, serial, version, reading, now=time.time(), source=source)


def change_one(
    settings: Settings,
    store: "Store",
    run_id: str,
    task: Task,
    stop: Stop,
    tell: Callable[[str], None],
    *,
    patient: bool = False,
) -> Outcome:
    """Do this task of this run, under the lease of its device; that is given back in any case.

    Args:
        tell: told each step.
        patient: what stands in the way, a lease that another holds above all, is for the caller.

    Raises:
        AsaAutomateError: it is held by another, and the caller is patient.
    """
    from asa_automate.store.clock import clock_of

    device = task.device
    holding = Holding(store, device.context, clock=clock_of(store))
    kept = None
    try:
        lease = holding.take(task.serial or f"{device.host}:{device.port}")
        around = _surroundings(settings, store, run_id, device, lease, holding, stop, tell)
        outcome = task.work(around)
    except AsaAutomateError as error:
        if patient:
            raise
        outcome = Outcome(device.name, State.REFUSED, error.message, exit_code=error.exit)
    finally:
        kept = holding.release()
    return replace(outcome, notes=(*outcome.notes, kept)) if kept else outcome


def _surroundings(
    settings: Settings,
    store: "Store",
    run_id: str,
    device: Device,
    lease: "Lease",
    holding: Holding,
    stop: Stop,
    tell: Callable[[str], None],
) -> Surroundings:
    from asa_automate.cli.connect import recorded_session
    from asa_automate.store.journal import Journal

    log = Journal(store, run_id, device.name, lease.fence, lease=lease)

    def link() -> Session:
        return recorded_session(device, settings, log)

    def guard() -> None:
        # The lease first: a stop leads to the way back, which needs it.
        holding.guard()
        stop.guard()

    return Surroundings(
        link=link,
        log=log,
        memory=_Memory(store, run_id),
        guard=guard,
        wait=time.sleep,
        settle=settings.settle,
        tell=tell,
        hold=holding.also,
    )
