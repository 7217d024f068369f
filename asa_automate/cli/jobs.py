"""What a worker does with a job: the same as the command would do here, for one device."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from asa_automate.apply.ports import Stopped
from asa_automate.cli.doors import Doors
from asa_automate.cli.outcomes import as_json
from asa_automate.cli.settings import Settings
from asa_automate.cli.stopping import Stop
from asa_automate.cli.submitting import submit
from asa_automate.errors import AsaAutomateError, Exit, StoreRefused
from asa_automate.fleet.queue import Later, queue_of
from asa_automate.inventory import load
from asa_automate.store.orders import (
    Kind,
    Order,
    Part,
    begin_part,
    end_part,
    get_order,
    get_part,
    stage_part,
)

if TYPE_CHECKING:
    from asa_automate.store.engine import Store

#: Orders whose refused credentials are remembered: a wrong password is tried once per order.
_REMEMBERED = 64
#: Workers that may die at one device before nobody tries it any more.
MOST_DEATHS = 3
#: Seconds between two looks whether somebody wants the order stopped.
_LOOK = 1.0

Result = Mapping[str, Any]


class OrderStop(Stop):
    """Stops where this worker is told to, or where the order is taken back."""

    def __init__(self, worker: Stop, is_taken_back: Callable[[], bool]) -> None:
        super().__init__()
        self._worker = worker
        self._look = is_taken_back
        self._looked = time.monotonic()

    def guard(self) -> None:
        """Raise once either wants to stop."""
        self._worker.guard()
        if time.monotonic() - self._looked > _LOOK:
            self._looked = time.monotonic()
            if self._look():
                raise Stopped


@dataclass
class Jobs:
    """The work of one worker.

    Args:
        me: host and process, for those who watch.
        say: a line for the worker's log.
    """

    settings: Settings
    store: "Store"
    me: str
    stop: Stop
    say: Callable[[str], None]
    _doors: "OrderedDict[str, Doors]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def device(self, order_id: str, name: str) -> None:
        """One device of one order; nothing where it has its end.

        Raises:
            Later: another has it now.
            StoreRefused: nothing can be recorded.
        """
        try:
            order = get_order(self.store, order_id)
            part = get_part(self.store, order_id, name)
        except StoreRefused:
            raise
        except AsaAutomateError as error:
            self.say(f"{name}: not done: {error.message}")
            return
        if not begin_part(self.store, order_id, name, self.me):
            return
        self.say(f"{name}: {order.kind.value} of order {order_id} begins")
        result = self._result(order, part)
        self._end(order, name, result)

    def _end(self, order: Order, name: str, result: Result) -> None:
        stage = str(result.get("outcome") or "done")
        end_part(self.store, order.id, name, stage, result)
        if order.kind is Kind.APPLY:
            from asa_automate.cli.apply_job import close_run

            close_run(self.store, order.id)
        self.say(f"{name}: {order.kind.value} of order {order.id} ends: {stage}")

    def _result(self, order: Order, part: Part) -> Result:
        if part.deaths > MOST_DEATHS:
            return self._given_up(order, part)
        try:
            return self._done(order, part.device)
        except Later as later:
            stage_part(self.store, order.id, part.device, f"waits: {later}")
            raise
        except StoreRefused:
            raise
        except AsaAutomateError as error:
            return self._failed(order, part.device, error.message, error.exit)
        except Exception as error:  # a bug met at one device must not end the worker
            text = f"unexpected error: {type(error).__name__}: {error}"
            return self._failed(order, part.device, text, Exit.BUG)

    def _given_up(self, order: Order, part: Part) -> Result:
        text = f"{part.deaths} workers died at it, and nobody tries it any more"
        return self._failed(order, part.device, text, Exit.UNKNOWN)

    def _failed(self, order: Order, name: str, text: str, code: Exit) -> Result:
        """An end without a result, in the shape that this kind of order has."""
        if order.kind is Kind.APPLY:
            from asa_automate.cli.apply_job import failed

            return as_json(failed(self.store, order.id, name, text, code))
        told = f"{name}: {text}"
        return {"device": name, "message": told, "exit": int(code), "outcome": "failed"}

    def _done(self, order: Order, name: str) -> Result:
        settings = replace(self.settings, doors=self._doors_of(order.id))
        inventory = load(settings.inventory)
        tell: Callable[[str], None] = lambda stage: self._tell(order.id, name, stage)  # noqa: E731
        match order.kind:
            case Kind.APPLY:
                from asa_automate.cli.apply_job import ApplyJob

                stop = OrderStop(self.stop, lambda: self._taken_back(order.id))
                job = ApplyJob(settings, self.store, inventory, order, stop, tell)
                return as_json(job.do(name))
            case Kind.PLAN:
                from asa_automate.cli.plan_job import plan_job

                return plan_job(settings, self.store, inventory, order, name, tell)
            case Kind.COLLECT:
                from asa_automate.cli.collect_job import collect_job

                return collect_job(settings, self.store, inventory, order, name)

    def _tell(self, order_id: str, name: str, stage: str) -> None:
        with suppress(StoreRefused):  # the journal will say so where it matters
            stage_part(self.store, order_id, name, stage)

    def _taken_back(self, order_id: str) -> bool:
        try:
            return get_order(self.store, order_id).stopping
        except AsaAutomateError:  # the journal will say so where it matters
            return False

    def _doors_of(self, order_id: str) -> Doors:
        with self._lock:
            doors = self._doors.setdefault(order_id, Doors())
            while len(self._doors) > _REMEMBERED:
                self._doors.popitem(last=False)
            return doors

    def round(self, queue: str, instant: float) -> None:
        """A round of samples of this queue's devices: an order, made once whoever is asked."""
        inventory = load(self.settings.inventory)
        devices = [device for device in inventory.devices if queue_of(device) == queue]
        order = Order(
            f"round-{queue}-{instant:.0f}",
            Kind.COLLECT,
            time.time(),
            self.me,
            {"slot": instant},
        )
        if devices and submit(self.store, order, devices):
            self.say(f"{queue}: a round of {len(devices)} firewalls")
