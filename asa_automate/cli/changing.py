"""What the changing commands share: the run, the leases, the journal, the progress."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.ports import Session, Surroundings
from asa_automate.cli.holding import Holding, operator
from asa_automate.cli.output import complain, shows_progress
from asa_automate.cli.settings import Settings
from asa_automate.cli.stopping import Stop
from asa_automate.errors import AsaAutomateError, Exit
from asa_automate.fleet.local import each
from asa_automate.model import Device, Reading

if TYPE_CHECKING:
    from asa_automate.store.engine import Store
    from asa_automate.store.leases import Lease

#: Why nothing else is changed where a run died in mid-change.
_FIRST = "run {run} has not finished on it; finish that with `asa-automate resume {run}`"

_STATUS = {
    State.NEW: "done",
    State.OLD: "failed",
    State.NOOP: "done",
    State.REFUSED: "refused",
    State.DISPROVED: "refused",
    State.UNREACHABLE: "failed",
    State.STOPPED: "stopped",
}


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


def change_all(
    settings: Settings,
    store: "Store",
    kind: str,
    tasks: Sequence[Task],
    *,
    plan_id: str | None = None,
    parent: str | None = None,
    workers: int = 8,
    stop: Stop | None = None,
) -> tuple[str, list[Outcome]]:
    """Make a run of ``tasks``; its id and the end of each device, in their order.

    Args:
        stop: already listening, for as long as the ends are being shown, too.
    """
    from asa_automate.store.processes import this_process
    from asa_automate.store.runs import (
        RunDevice,
        RunKind,
        RunStatus,
        create_run,
        finish_run,
        new_run_id,
    )
    from asa_automate.store.unfinished import in_the_way, root_of, unfinished

    run_id = new_run_id(time.time(), os.urandom(2))
    create_run(
        store,
        run_id=run_id,
        kind=RunKind(kind),
        plan_id=plan_id,
        operator=operator(),
        now=time.time(),
        parent=parent,
        detail={"process": asdict(this_process(operator()))},
        devices=[
            RunDevice(device=t.device.name, context=t.device.context, serial=t.serial)
            for t in tasks
        ],
    )
    listening = nullcontext(stop) if stop else Stop().listening()
    open_runs, root = unfinished(store), root_of(store, run_id)

    def one(task: Task) -> Outcome:
        name = task.device.name
        other = in_the_way(open_runs, name, task.serial, task.root or root)
        if other:
            return recorded(store, run_id, Outcome(name, State.REFUSED, _FIRST.format(run=other)))
        return change_one(settings, store, run_id, task, heard, tell)

    with listening as heard, progress(settings, [t.device.name for t in tasks]) as tell:
        outcomes = each(tasks, one, workers)
    finish_run(store, run_id, RunStatus(_run_status(outcomes)), now=time.time())
    return run_id, outcomes


def change_one(
    settings: Settings,
    store: "Store",
    run_id: str,
    task: Task,
    stop: Stop,
    tell: Callable[[str, str], None],
    *,
    patient: bool = False,
) -> Outcome:
    """Do this task of this run: the lease, the work, the end in the store. What a job calls.

    Args:
        patient: a lease that another holds is for the caller to wait for.

    Raises:
        Refused: it is held by another, and the caller is patient.
    """
    from asa_automate.store.clock import clock_of

    device = task.device
    holding = Holding(store, device.context, clock=clock_of(store))
    try:
        lease = holding.take(task.serial or f"{device.host}:{device.port}")
    except AsaAutomateError as error:
        if patient:
            raise
        outcome = Outcome(device.name, State.REFUSED, error.message, exit_code=error.exit)
        return recorded(store, run_id, outcome)
    try:
        around = _surroundings(settings, store, run_id, device, lease, holding, stop, tell)
        outcome = task.work(around)
    finally:
        holding.release()
    tell(device.name, outcome.state.value)
    return recorded(store, run_id, outcome)


def _surroundings(
    settings: Settings,
    store: "Store",
    run_id: str,
    device: Device,
    lease: "Lease",
    holding: Holding,
    stop: Stop,
    tell: Callable[[str, str], None],
) -> Surroundings:
    from asa_automate.cli.connect import open_session
    from asa_automate.store.journal import Journal

    def link() -> Session:
        return open_session(device, settings, may_change=True)

    def guard() -> None:
        # The lease first: a stop leads to the way back, which needs it.
        holding.guard()
        stop.guard()

    return Surroundings(
        link=link,
        log=Journal(store, run_id, device.name, lease.fence, lease=lease),
        memory=_Memory(store, run_id),
        guard=guard,
        wait=time.sleep,
        settle=settings.settle,
        tell=lambda stage: tell(device.name, stage),
        hold=holding.also,
    )


def recorded(store: "Store", run_id: str, outcome: Outcome) -> Outcome:
    """The end of a device, once it stands in the store."""
    from asa_automate.store.runs import RunStatus, set_device

    set_device(
        store,
        run_id,
        outcome.device,
        status=RunStatus(_status(outcome)),
        outcome=outcome.state.value,
        reason=outcome.reason,
    )
    return outcome


def _status(outcome: Outcome) -> str:
    if outcome.exit is Exit.DONE:
        return "done"
    if outcome.exit is Exit.STOPPED:
        return "stopped"
    return _STATUS.get(outcome.state, "unknown")


def _run_status(outcomes: Sequence[Outcome]) -> str:
    found = {_status(o) for o in outcomes}
    order = ("unknown", "stopped", "failed", "refused", "done")
    return next((status for status in order if status in found), "done")


@contextmanager
def progress(settings: Settings, devices: Sequence[str]) -> Iterator[Callable[[str, str], None]]:
    """A line per device on a terminal; with ``-v`` a line per stage elsewhere."""
    if not shows_progress(settings):
        yield lambda device, stage: _tell_plainly(settings, device, stage)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, no_color=settings.no_color)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        rows: Mapping[str, Any] = {name: bars.add_task(name) for name in devices}
        yield lambda device, stage: bars.update(rows[device], description=f"{device}: {stage}")


def _tell_plainly(settings: Settings, device: str, stage: str) -> None:
    if settings.verbose:
        complain(f"{device}: {stage}")
