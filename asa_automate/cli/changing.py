"""What ``apply`` and ``rollback`` share: the run, the lease, the journal, stopping, the table."""

import getpass
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any

from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.ports import Session, Stopped, Surroundings
from asa_automate.cli.output import complain, emit, shows_progress, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import AsaAutomateError, Exit, Refused, UsageError, gravest
from asa_automate.fleet.local import each
from asa_automate.model import Device, Reading

if TYPE_CHECKING:
    from asa_automate.store.engine import Store
    from asa_automate.store.leases import Lease

#: A lease outlives the longest wait for one line (a save: 300 s) with a margin.
LEASE_SECONDS = 600.0
_RENEW_BELOW = 400.0

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
    """One device to change: its name, its box, what to do there."""

    device: Device
    serial: str | None
    work: Callable[[Surroundings], Outcome]


class Stop:
    """Ctrl-C, SIGTERM, SIGHUP: the line under way is finished, then the device is left whole."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def guard(self) -> None:
        """Raise once somebody has asked to stop."""
        if self._asked.is_set():
            raise Stopped

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals for as long as devices are being changed."""
        names = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {name: signal.signal(name, self._ask) for name in names}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        again = self._asked.is_set()
        self._asked.set()
        complain(
            "stopping already: each device is being left whole"
            if again
            else "stopping: the line under way is finished and each device is left whole"
        )


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
) -> tuple[str, list[Outcome]]:
    """Make a run of ``tasks``; its id and the end of each device, in their order."""
    from asa_automate.store.runs import (
        RunDevice,
        RunKind,
        RunStatus,
        create_run,
        finish_run,
        new_run_id,
    )

    run_id = new_run_id(time.time(), os.urandom(2))
    create_run(
        store,
        run_id=run_id,
        kind=RunKind(kind),
        plan_id=plan_id,
        operator=f"{getpass.getuser()}@{socket.gethostname()}",
        now=time.time(),
        parent=parent,
        devices=[
            RunDevice(device=t.device.name, context=t.device.context, serial=t.serial)
            for t in tasks
        ],
    )
    stop = Stop()
    with stop.listening(), _progress(settings, tasks) as tell:
        outcomes = each(tasks, lambda t: _one(settings, store, run_id, t, stop, tell), workers)
    finish_run(store, run_id, RunStatus(_run_status(outcomes)), now=time.time())
    return run_id, outcomes


def exit_of(outcomes: Sequence[Outcome]) -> Exit:
    """The gravest end; one that a stop left whole is *stopped*."""
    return gravest(o.exit for o in outcomes)


def show_outcomes(settings: Settings, run_id: str, outcomes: Sequence[Outcome]) -> None:
    """The table of device and outcome on stdout; what a person must know on stderr."""
    if settings.json:
        emit(json.dumps({"run": run_id, "devices": [_as_json(o) for o in outcomes]}, indent=2))
    else:
        rows = [
            [o.device, o.state.value, "yes" if o.saved else "no", o.reason or ""] for o in outcomes
        ]
        table(settings, ["device", "outcome", "saved", "reason"], rows, title=f"run {run_id}")
    for outcome in outcomes:
        if outcome.exit is not Exit.DONE:
            complain(f"{outcome.device}: {outcome.reason}")
        if outcome.lines:
            complain(
                f"{outcome.device}: a person must look; then, to return to the old state, type:"
            )
            for line in outcome.lines:
                complain(f"    {line}")


def confirm(settings: Settings, question: str, *, yes: bool) -> None:
    """Ask before devices are changed.

    Raises:
        UsageError: there is nobody to ask.
        Refused: the answer is not yes.
    """
    del settings
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked; say --yes to go on without")
    sys.stderr.write(f"{question} [yes/no] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused("not confirmed; nothing was sent")


def _as_json(outcome: Outcome) -> dict[str, object]:
    return {
        "device": outcome.device,
        "outcome": outcome.state.value,
        "reason": outcome.reason,
        "saved": outcome.saved,
        "exit": int(outcome.exit),
        "lines": list(outcome.lines),
    }


def _one(
    settings: Settings,
    store: "Store",
    run_id: str,
    task: Task,
    stop: Stop,
    tell: Callable[[str, str], None],
) -> Outcome:
    from asa_automate.store.leases import acquire, lease_key, release
    from asa_automate.store.processes import dead_here, this_process

    name = task.device.name
    key = lease_key(task.serial or f"{task.device.host}:{task.device.port}", task.device.context)
    holder = this_process(f"{getpass.getuser()}@{socket.gethostname()}")
    try:
        lease = acquire(store, key, holder, LEASE_SECONDS, time.time(), dead_here)
    except AsaAutomateError as error:
        outcome = Outcome(name, State.REFUSED, error.message, exit_code=error.exit)
        return _recorded(store, run_id, outcome)
    try:
        around = _surroundings(settings, store, run_id, task.device, lease, stop, tell)
        outcome = task.work(around)
    finally:
        release(store, lease)
    tell(name, outcome.state.value)
    return _recorded(store, run_id, outcome)


def _surroundings(
    settings: Settings,
    store: "Store",
    run_id: str,
    device: Device,
    lease: "Lease",
    stop: Stop,
    tell: Callable[[str, str], None],
) -> Surroundings:
    from asa_automate.cli.connect import open_session
    from asa_automate.store.journal import Journal

    def link() -> Session:
        return open_session(device, settings, may_change=True)

    return Surroundings(
        link=link,
        log=Journal(store, run_id, device.name, lease.fence),
        memory=_Memory(store, run_id),
        guard=_guard(store, lease, stop),
        wait=time.sleep,
        settle=settings.settle,
        tell=lambda stage: tell(device.name, stage),
    )


def _guard(store: "Store", lease: "Lease", stop: Stop) -> Callable[[], None]:
    """Before every line: nobody asked to stop, and the lease is ours for longer than a line."""
    from asa_automate.store.leases import renew

    held = [lease]

    def guard() -> None:
        stop.guard()
        if held[0].expires - time.time() < _RENEW_BELOW:
            held[0] = renew(store, held[0], LEASE_SECONDS, time.time())

    return guard


def _recorded(store: "Store", run_id: str, outcome: Outcome) -> Outcome:
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
def _progress(settings: Settings, tasks: Sequence[Task]) -> Iterator[Callable[[str, str], None]]:
    """A line per device on a terminal; with ``-v`` a line per stage elsewhere."""
    if not shows_progress(settings):
        yield lambda device, stage: _tell_plainly(settings, device, stage)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, no_color=settings.no_color)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        rows: Mapping[str, Any] = {t.device.name: progress.add_task(t.device.name) for t in tasks}
        yield lambda device, stage: progress.update(rows[device], description=f"{device}: {stage}")


def _tell_plainly(settings: Settings, device: str, stage: str) -> None:
    if settings.verbose:
        complain(f"{device}: {stage}")
