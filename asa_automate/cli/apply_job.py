"""One device of an order to apply, as a worker does it: begun once, finished by what it has.

Its job may be delivered more than once, and by different workers. Under the lease the run says
whether the device has its end (then nothing is done), was begun by somebody who died (then it is
finished as `resume` does, by reading it), or not begun.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from asa_automate.apply.applier import Options, apply_plan
from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.ports import Surroundings
from asa_automate.cli.changing import change_all
from asa_automate.cli.one_change import Task, change_one
from asa_automate.cli.recording import recorded
from asa_automate.cli.settings import Settings
from asa_automate.cli.signing import must_carry
from asa_automate.cli.stopping import Stop
from asa_automate.errors import BadInput, Exit, Refused, StoreRefused
from asa_automate.fleet.queue import Later
from asa_automate.inventory import Inventory
from asa_automate.plan.document import DevicePlan, read_plan

if TYPE_CHECKING:
    from asa_automate.store.engine import Store
    from asa_automate.store.orders import Order
    from asa_automate.store.runs import RunDevice

#: Seconds until a device that another has is looked at again.
HELD = 3.0
_DIED = "the worker died in mid-change"


class _Ended(Exception):
    """The device has its end in this run."""


class _Begun(Exception):
    """Somebody began on the device in this run, and is gone."""


@dataclass(frozen=True, slots=True)
class ApplyJob:
    """What an apply of one device by a worker needs to know."""

    settings: Settings
    store: "Store"
    inventory: Inventory
    order: "Order"
    stop: Stop
    tell: Callable[[str], None]

    def do(self, name: str) -> Outcome:
        """The end of the device, now or before.

        Raises:
            Later: another has the device at this moment.
            StoreRefused: nothing can be recorded.
        """
        try:
            return self._done(_entry(self.store, self.order.id, name))
        except StoreRefused:
            raise
        except Refused as error:
            raise Later(error.message, HELD) from error

    def _done(self, entry: "RunDevice") -> Outcome:
        try:
            return self._first(entry) if is_open(entry) else _as_recorded(entry)
        except _Ended:
            return _as_recorded(_entry(self.store, self.order.id, entry.device))
        except _Begun:
            return self._finished(entry)

    def _first(self, entry: "RunDevice") -> Outcome:
        refusal = self._guarded(entry)
        if refusal:
            return recorded(self.store, self.order.id, refusal)
        plan = _device_plan(self.order, entry.device)
        options = Options(**self.order.detail.get("options", {}))

        def work(around: Surroundings) -> Outcome:
            self._must_be_new(entry.device)
            return apply_plan(plan, around, options)

        task = Task(self.inventory.device(entry.device), plan.identity.serial, work)
        outcome = change_one(
            self.settings, self.store, self.order.id, task, self.stop, self.tell, patient=True
        )
        self.tell(outcome.state.value)
        return recorded(self.store, self.order.id, outcome)

    def _must_be_new(self, device: str) -> None:
        """Under the lease: nobody else can begin or end it now."""
        if not is_open(_entry(self.store, self.order.id, device)):
            raise _Ended
        if _was_begun(self.store, self.order.id, device):
            raise _Begun

    def _guarded(self, entry: "RunDevice") -> Outcome | None:
        """Why nothing is to be begun; a device that was begun is finished whatever these say."""
        name = entry.device
        known = any(device.name == name for device in self.inventory.devices)
        if _was_begun(self.store, self.order.id, name):
            if known:
                raise _Begun
            return Outcome(name, State.UNKNOWN, f"{_DIED}, and {_LEFT}; {_again(self.order.id)}")
        if not known:
            return Outcome(name, State.REFUSED, _LEFT)
        if self.order.stopping:
            return Outcome(name, State.STOPPED, "stopped before it began")
        return self._stale(name) or self._in_the_way(entry)

    def _stale(self, name: str) -> Outcome | None:
        from asa_automate.store.clock import clock_of

        data, source = (self.order.plan or "").encode(), f"the plan of order {self.order.id}"
        try:
            made = read_plan(data, source)
            must_carry(self.settings, data, self.order.detail.get("signatures"), source)
        except (BadInput, Refused) as error:
            return Outcome(name, State.REFUSED, error.message)
        if made.id != self.order.detail.get("plan"):
            return Outcome(name, State.REFUSED, f"the order is for another plan than {made.id}")
        if datetime.fromtimestamp(clock_of(self.store)(), UTC) > made.expires:
            return Outcome(name, State.REFUSED, f"plan {made.id} expired in the queue; plan again")
        wanted = [p for p in made.devices if p.device == name and p.status == "change"]
        return None if wanted else Outcome(name, State.REFUSED, "the plan has no change for it")

    def _in_the_way(self, entry: "RunDevice") -> Outcome | None:
        from asa_automate.store.unfinished import anything_open, in_the_way, unfinished

        if not anything_open(self.store, entry.device, entry.serial, self.order.id):
            return None
        found = unfinished(self.store)
        run = in_the_way(found, entry.device, entry.serial, self.order.id)
        why = "run {run} has not finished on it; finish that with `asa-automate resume {run}`"
        return Outcome(entry.device, State.REFUSED, why.format(run=run)) if run else None

    def _finished(self, entry: "RunDevice") -> Outcome:
        """By what the device has, in a run of its own, as `resume` does."""
        from asa_automate.cli.resume import close_all, tasks_of
        from asa_automate.store.unfinished import unfinished

        self._must_be_free(entry)
        family = [
            one
            for one in unfinished(self.store)
            if one.root == self.order.id and one.device.device == entry.device and one.begun
        ]
        tasks = tasks_of(self.store, self.inventory, family[-1:], keep=False)
        if not tasks:  # its journal has the end
            return _as_recorded(_entry(self.store, self.order.id, entry.device))
        self.tell("resuming")
        done = change_all(
            self.settings, self.store, "resume", tasks, parent=self.order.id, stop=self.stop
        )
        run, [outcome] = done.run_id, done.outcomes
        close_all(self.store, run, family[-1:], [outcome])
        if outcome.state in (State.REFUSED, State.UNREACHABLE):
            return self._left_open(outcome, run)
        reason = "; ".join(filter(None, (f"{_DIED}, run {run} read it back", outcome.reason)))
        code = Exit.FAILED if outcome.state is State.OLD else outcome.exit_code
        return replace(outcome, reason=reason, exit_code=code)

    def _must_be_free(self, entry: "RunDevice") -> None:
        """Take the lease for a moment: a dead worker's on another host has to run out first."""
        from asa_automate.cli.holding import Holding
        from asa_automate.store.clock import clock_of

        device = self.inventory.device(entry.device)
        holding = Holding(self.store, device.context, clock=clock_of(self.store))
        holding.take(entry.serial or f"{device.host}:{device.port}")
        holding.release()

    def _left_open(self, outcome: Outcome, run: str) -> Outcome:
        why = f"{_DIED}, and run {run} could not finish it: {outcome.reason}"
        return replace(
            outcome,
            state=State.UNKNOWN,
            exit_code=Exit.UNKNOWN,
            reason=f"{why}; {_again(self.order.id)}",
        )


_LEFT = "it is not in this worker's inventory (any more)"


def _again(run: str) -> str:
    return f"finish it with `asa-automate resume {run}`"


def options_of(options: Options) -> Mapping[str, Any]:
    """The operator's decisions as they stand in an order."""
    from dataclasses import asdict

    return asdict(options)


def close_run(store: "Store", run_id: str) -> None:
    """Write how the run ended, once each of its devices has."""
    from asa_automate.store.runs import RunStatus, finish_run, get_run

    found = {device.status for device in get_run(store, run_id).devices}
    if RunStatus.RUNNING in found:
        return
    order = (
        RunStatus.UNKNOWN,
        RunStatus.STOPPED,
        RunStatus.FAILED,
        RunStatus.REFUSED,
        RunStatus.DONE,
    )
    worst = next(status for status in order if status in found or status is RunStatus.DONE)
    finish_run(store, run_id, worst, now=time.time())


def failed(store: "Store", run_id: str, name: str, text: str, code: Exit) -> Outcome:
    """The end of a device that nobody could do anything with, in the run as well.

    One that was begun keeps its run open: it has to be finished.
    """
    if _was_begun(store, run_id, name):
        why = f"{text}; {_again(run_id)}"
        return Outcome(name, State.UNKNOWN, why, exit_code=Exit.UNKNOWN)
    outcome = Outcome(name, State.REFUSED, text, exit_code=code)
    if is_open(_entry(store, run_id, name)):
        return recorded(store, run_id, outcome)
    return outcome


def _entry(store: "Store", run_id: str, device: str) -> "RunDevice":
    from asa_automate.store.runs import get_run

    for entry in get_run(store, run_id).devices:
        if entry.device == device:
            return entry
    raise BadInput(f"run {run_id} does not have it: its job is foreign", device=device)


def is_open(entry: "RunDevice") -> bool:
    """Whether the device has no end in its run yet."""
    from asa_automate.store.runs import RunStatus

    return entry.status is RunStatus.RUNNING


def _was_begun(store: "Store", run_id: str, device: str) -> bool:
    from asa_automate.store.journal import records

    return any(record.kind == "begin" for record in records(store, run_id, device))


def _as_recorded(entry: "RunDevice") -> Outcome:
    """The end that stands in the run; a second delivery finds it."""
    state = State(entry.outcome) if entry.outcome else State.STOPPED
    return Outcome(entry.device, state, entry.reason, saved=state is State.NEW)


def _device_plan(order: "Order", name: str) -> DevicePlan:
    made = read_plan((order.plan or "").encode(), f"the plan of order {order.id}")
    return next(plan for plan in made.devices if plan.device == name)
