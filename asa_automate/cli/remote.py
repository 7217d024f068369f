"""``--engine postgres``: the same commands, done by workers, watched from here."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.ports import Stopped
from asa_automate.cli.holding import operator
from asa_automate.cli.outcomes import as_json
from asa_automate.cli.output import complain, say
from asa_automate.cli.progress import progress
from asa_automate.cli.settings import Settings
from asa_automate.cli.stopping import Stop
from asa_automate.cli.submitting import inventory_digest, submit
from asa_automate.errors import AsaAutomateError, Exit, StateUnknown, StoreRefused
from asa_automate.fleet.queue import URGENT, ensure_queue
from asa_automate.inventory import Inventory
from asa_automate.store.clock import must_agree
from asa_automate.store.orders import Kind, Order, Part, Progress, parts_of, stop_order

if TYPE_CHECKING:
    from asa_automate.apply.applier import Options
    from asa_automate.cli.planning import Planned
    from asa_automate.model import Device, Strategy
    from asa_automate.plan.document import DevicePlan, PlanFile
    from asa_automate.store.engine import Store

#: Seconds between two looks at how far the workers are.
LOOK = 0.2
#: Seconds after which one who waits is told that nobody takes the jobs up.
NOBODY = 10.0


@contextmanager
def shared_store(settings: Settings) -> "Iterator[Store]":
    """The store that the workers share, its queue made ready.

    Raises:
        UsageError: it is a file.
        StoreRefused: it does not answer, or newer versions wrote it.
    """
    from asa_automate.store.engine import open_store

    with closing(open_store(settings.store)) as store:
        ensure_queue(store)
        must_agree(store)
        yield store


def plan_remotely(
    settings: Settings, store: "Store", inventory: Inventory, strategy: "Strategy | None"
) -> "list[Planned]":
    """What each site's workers have planned for its devices."""
    from asa_automate.cli.plan_job import planned_of
    from asa_automate.store.orders import forget_results

    digests = {d.name: inventory_digest(inventory, d) for d in inventory.devices}
    detail = {"inventory": digests, "strategy": strategy.value if strategy else None}
    order = _order(Kind.PLAN, detail)
    submit(store, order, list(inventory.devices), priority=URGENT)
    results = _followed(settings, store, order)
    forget_results(store, order.id)
    return [planned_of(result) for result in results]


def collect_remotely(
    settings: Settings, store: "Store", devices: "Sequence[Device]"
) -> list[Mapping[str, Any]]:
    """The rows of ``collect``'s JSON, with the exit code of each."""
    order = _order(Kind.COLLECT, {})
    submit(store, order, list(devices), priority=URGENT)
    return _followed(settings, store, order)


def apply_remotely(
    settings: Settings,
    store: "Store",
    made: "PlanFile",
    devices: "Sequence[tuple[Device, DevicePlan]]",
    options: "Options",
    signatures: str | None,
) -> tuple[str, list[Outcome]]:
    """A run that the workers carry out; its id and the end of each device.

    Args:
        signatures: of the plan, for workers that ask for them.
    """
    from asa_automate.cli.apply_job import options_of
    from asa_automate.plan.document import write_plan
    from asa_automate.store.processes import this_process
    from asa_automate.store.runs import RunDevice, RunKind, create_run

    detail = {"options": options_of(options), "plan": made.id, "signatures": signatures}
    order = _order(Kind.APPLY, detail, write_plan(made))

    def run(connection: Any) -> None:
        create_run(
            store,
            run_id=order.id,
            kind=RunKind.APPLY,
            plan_id=made.id,
            operator=order.operator,
            now=order.created,
            detail={"process": asdict(this_process(order.operator)), "engine": "postgres"},
            devices=[
                RunDevice(device=d.name, context=d.context, serial=p.identity.serial)
                for d, p in devices
            ],
            connection=connection,
        )

    serials = {d.name: p.identity.serial for d, p in devices}
    submit(store, order, [d for d, _ in devices], serials=serials, priority=URGENT, also=run)
    say(settings, f"run {order.id} is with the workers of {len(devices)} firewalls")
    return order.id, [outcome_of(result) for result in _followed(settings, store, order)]


def outcome_of(result: Mapping[str, Any]) -> Outcome:
    """An end as a worker has recorded it."""
    return Outcome(
        result["device"],
        State(result["outcome"]),
        result["reason"],
        tuple(result["lines"]),
        result["saved"],
        Exit(result["exit"]),
        tuple(result["notes"]),
    )


def _order(kind: Kind, detail: Mapping[str, Any], plan: str | None = None) -> Order:
    from asa_automate.store.runs import new_run_id

    now = time.time()
    return Order(new_run_id(now, os.urandom(2)), kind, now, operator(), detail, plan)


def _followed(settings: Settings, store: "Store", order: Order) -> list[Mapping[str, Any]]:
    """The results in the order of the devices, once all are there; progress until then."""
    names = [part.device for part in parts_of(store, order.id)]
    with Stop().listening() as stop, progress(settings, names) as tell:
        watch = _Watch(settings, store, order, tell)
        try:
            return watch.until_done(stop)
        except StoreRefused as error:
            raise watch.lost(error) from error


class _Watch:
    """One who waits for an order."""

    def __init__(
        self, settings: Settings, store: "Store", order: Order, tell: Callable[[str, str], None]
    ) -> None:
        self._settings = settings
        self._store = store
        self._order = order
        self._tell = tell
        self._told: dict[str, str] = {}
        self._since = time.monotonic()
        self._stopped = False
        self._warned: set[str] = set()

    def until_done(self, stop: Stop) -> list[Mapping[str, Any]]:
        while True:
            parts = parts_of(self._store, self._order.id)
            self._show(parts)
            if all(part.state is Progress.DONE for part in parts):
                return [part.result or {} for part in parts]
            self._hear(stop)
            self._warn(parts)
            time.sleep(LOOK)

    def lost(self, error: StoreRefused) -> AsaAutomateError:
        """What to say where the store went away while workers may be at work."""
        name = self._order.id
        if self._order.kind is not Kind.APPLY:
            return StoreRefused(f"{error.message}; nothing was changed, ask again")
        return StateUnknown(
            f"run {name} is out of sight: {error.message}; workers leave each firewall whole, and "
            f"go on once it is back: then see `asa-automate runs` and `asa-automate show {name}`",
            device=None,
        )

    def _show(self, parts: Sequence[Part]) -> None:
        for part in parts:
            where = f"{part.stage} ({part.worker})" if part.worker else part.stage
            if self._told.get(part.device) != where:
                self._told[part.device] = where
                self._tell(part.device, where)

    def _hear(self, stop: Stop) -> None:
        """The first Ctrl-C takes back what waits; the second one leaves the workers to it."""
        try:
            stop.guard()
        except Stopped:
            if not self._stopped:
                stop_order(self._store, self._order.id, self._as_stopped())
                self._close()
                if threading.current_thread() is threading.main_thread():
                    signal.signal(signal.SIGINT, signal.default_int_handler)
            self._stopped = True

    def _close(self) -> None:
        if self._order.kind is not Kind.APPLY:
            return
        from asa_automate.cli.apply_job import close_run
        from asa_automate.cli.recording import recorded

        for part in parts_of(self._store, self._order.id):
            if part.stage == "stopped":
                recorded(self._store, self._order.id, outcome_of(part.result or {}))
        close_run(self._store, self._order.id)

    def _as_stopped(self) -> dict[str, Any]:
        outcome = Outcome("", State.STOPPED, "stopped before it began", exit_code=Exit.STOPPED)
        return {**as_json(outcome), "message": "stopped before it began"}

    def _warn(self, parts: Sequence[Part]) -> None:
        if time.monotonic() - self._since < NOBODY:
            return
        idle = {part.queue for part in parts} - {
            part.queue for part in parts if part.state is not Progress.QUEUED
        }
        for queue in sorted(idle - self._warned):
            self._warned.add(queue)
            complain(
                f"{queue}: no worker has taken anything up yet; there, "
                f"`asa-automate worker --queue {queue}` has to run"
            )
