"""What the store is told of a run: who is in it, who began, how each ended.

A store that refuses costs no outcome: the table is shown all the same, says what was not written,
and the run ends with at least the exit code of a refusal, since a `resume` has to finish it.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Protocol

from asa_automate.apply.outcome import Outcome, State
from asa_automate.cli.holding import operator
from asa_automate.cli.recording import status_of
from asa_automate.errors import Exit, StoreRefused, gravest
from asa_automate.model import Device

if TYPE_CHECKING:
    from asa_automate.store.engine import Store
    from asa_automate.store.runs import RunStatus

#: What is left to do where an end stands nowhere.
_ADVICE = "not recorded: {why}; once the store takes it: asa-automate resume {run}"
_AS_WANTED = "it is as it should be, but the store did not take that"


class Entered(Protocol):
    """A device of a run, before it begins."""

    @property
    def device(self) -> Device:
        """Of the inventory."""

    @property
    def serial(self) -> str | None:
        """As its plan has it."""


class Book:
    """The records of one run.

    Args:
        waves: the names of each wave; a device that stands in none has no wave.

    Attributes:
        refused: why the store did not take something; ``None`` while it takes all.
    """

    def __init__(self, store: "Store", run_id: str, waves: Sequence[Iterable[str]]) -> None:
        self.run_id = run_id
        self.refused: str | None = None
        self._store = store
        self._waves = {name: n for n, names in enumerate(waves, 1) for name in names}
        self._began: dict[str, float] = {}

    def begin(
        self,
        kind: str,
        entered: Iterable[Entered],
        *,
        plan_id: str | None,
        parent: str | None,
        story: Mapping[str, object],
    ) -> None:
        """The run begins.

        Raises:
            StoreRefused: nobody has been called yet.
        """
        from asa_automate.store.processes import this_process
        from asa_automate.store.runs import RunDevice, RunKind, create_run

        devices = [
            RunDevice(
                device=one.device.name,
                context=one.device.context,
                serial=one.serial,
                payload=self._times(one.device.name),
            )
            for one in entered
        ]
        create_run(
            self._store,
            run_id=self.run_id,
            kind=RunKind(kind),
            plan_id=plan_id,
            operator=operator(),
            now=time.time(),
            parent=parent,
            detail={"process": asdict(this_process(operator())), **story},
            devices=devices,
        )

    def began(self, device: str) -> None:
        """Its turn has come. A store that does not take that will refuse the change itself."""
        from asa_automate.store.runs import set_device

        self._began[device] = time.time()
        with suppress(StoreRefused):
            set_device(self._store, self.run_id, device, payload=self._times(device))

    def ended(self, outcome: Outcome) -> Outcome:
        """Record an end; the same end, with a note where that was refused."""
        try:
            self._set(outcome)
        except StoreRefused as error:
            return self._unrecorded(outcome, error)
        return outcome

    def finish(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Record who was not begun, and that the run has ended; the ends as they are shown."""
        from asa_automate.store.runs import finish_run

        try:
            for outcome in outcomes:
                if outcome.state is State.NOT_BEGUN:
                    self._set(outcome)
            finish_run(self._store, self.run_id, _run_status(outcomes), now=time.time())
        except StoreRefused as error:
            return [self._unrecorded(outcome, error) for outcome in outcomes]
        return list(outcomes)

    def _set(self, outcome: Outcome) -> None:
        from asa_automate.store.runs import set_device

        ended = None if outcome.state is State.NOT_BEGUN else time.time()
        set_device(
            self._store,
            self.run_id,
            outcome.device,
            status=status_of(outcome),
            outcome=outcome.state.value,
            reason=outcome.reason,
            payload=self._times(outcome.device, ended),
        )

    def _times(self, device: str, ended: float | None = None) -> dict[str, object]:
        return {
            "wave": self._waves.get(device),
            "began": self._began.get(device),
            "ended": ended,
        }

    def _unrecorded(self, outcome: Outcome, error: StoreRefused) -> Outcome:
        self.refused = self.refused or error.message
        return unrecorded(outcome, self.refused, self.run_id)


def unrecorded(outcome: Outcome, why: str, run_id: str) -> Outcome:
    """An end that the store does not have: the same state, at least the code of a refusal."""
    note = _ADVICE.format(why=why, run=run_id)
    if note in outcome.notes:
        return outcome
    return replace(
        outcome,
        reason=outcome.reason or _AS_WANTED,
        exit_code=gravest((outcome.exit, Exit.REFUSED)),
        notes=(*outcome.notes, note),
    )


def _run_status(outcomes: Iterable[Outcome]) -> "RunStatus":
    from asa_automate.store.runs import RunStatus

    # Those behind the last wave were left out on purpose: they do not count.
    found = {
        status_of(outcome)
        for outcome in outcomes
        if outcome.state is not State.NOT_BEGUN or outcome.exit is not Exit.DONE
    }
    order = (RunStatus.UNKNOWN, RunStatus.STOPPED, RunStatus.FAILED, RunStatus.REFUSED)
    return next((status for status in order if status in found), RunStatus.DONE)
