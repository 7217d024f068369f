"""What the changing commands share: a run of many devices."""

import os
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from asa_automate.apply.outcome import Outcome, State
from asa_automate.cli.booking import Book, unrecorded
from asa_automate.cli.one_change import Task, change_one
from asa_automate.cli.settings import Settings
from asa_automate.cli.stopping import Stop
from asa_automate.cli.watching import Watching
from asa_automate.errors import BadInput, Exit, StoreRefused
from asa_automate.fleet.carrying import Carrying, Hands
from asa_automate.fleet.members import Caps, member_of
from asa_automate.fleet.rollout import Begin, Rollout, Wave
from asa_automate.fleet.rules import Meaning, Rules, meaning_of
from asa_automate.model import Device

if TYPE_CHECKING:
    from asa_automate.store.engine import Store
    from asa_automate.store.unfinished import Unfinished

#: Why nothing else is changed where a run died in mid-change.
_FIRST = "run {run} has not finished on it; finish that with `asa-automate resume {run}`"

#: Asked between two waves about the devices that were verified; why the next may not begin.
Gate = Callable[[Sequence[Device], Carrying], str | None]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a run goes through its devices.

    Args:
        gate: asked between two waves.
        story: what ``show RUN`` tells of these terms; JSON.
    """

    rules: Rules = field(default_factory=lambda: Rules(unknown=False))
    caps: Caps = field(default_factory=Caps)
    gate: Gate = lambda _devices, _carrying: None
    story: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """How a run ended: each device in the order of the tasks, and the names of each wave."""

    run_id: str
    outcomes: list[Outcome]
    waves: Sequence[tuple[str, ...]] = ()

    def with_record(self, write: Callable[[Sequence[Outcome]], None]) -> "Changed":
        """The same, after something more was written to the store, if that took it."""
        try:
            write(self.outcomes)
        except StoreRefused as error:
            told = [unrecorded(one, error.message, self.run_id) for one in self.outcomes]
            return replace(self, outcomes=told)
        return self


def change_all(
    settings: Settings,
    store: "Store",
    kind: str,
    tasks: Sequence[Task],
    *,
    plan_id: str | None = None,
    parent: str | None = None,
    terms: Terms | None = None,
    stop: Stop | None = None,
) -> Changed:
    """Make a run of ``tasks``; how it ended, the devices in their order.

    Args:
        stop: already listening, for as long as the ends are being shown, too.
    """
    from asa_automate.store.runs import new_run_id
    from asa_automate.store.unfinished import root_of, unfinished

    terms = terms or Terms()
    rollout = _rollout(settings, tasks, terms)
    book = Book(store, new_run_id(time.time(), os.urandom(2)), rollout.waves)
    book.begin(kind, tasks, plan_id=plan_id, parent=parent, story=terms.story)
    watching = Watching(settings, len(tasks), waves=bool(terms.rules.waves))
    listening = nullcontext(stop) if stop else Stop().listening()
    with listening as heard, watching.shown():
        run = _Run(
            settings,
            store,
            book,
            heard,
            watching,
            terms.gate,
            {task.device.name: task for task in tasks},
            tuple(unfinished(store)),
            root_of(store, book.run_id),
        )
        outcomes = run.carried(rollout, terms.caps.workers)
    ordered = book.finish([outcomes[task.device.name] for task in tasks])
    return Changed(book.run_id, ordered, rollout.waves if terms.rules.waves else ())


def _rollout(settings: Settings, tasks: Sequence[Task], terms: Terms) -> Rollout:
    def credential_of(device: Device) -> Hashable:
        from asa_automate.device.credentials import resolve

        if terms.caps.per_credential is None:
            return None
        try:
            return resolve(device, settings.env)
        except BadInput:  # said when its turn comes
            return None

    members = [member_of(task.device, task.serial, credential_of) for task in tasks]
    return Rollout(members, terms.rules, terms.caps, now=datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class _Run:
    """One run on its way: what each of its devices needs.

    Args:
        tasks: by the name of the device.
        open_runs: those that died before it.
        root: the apply that the run belongs to.
    """

    settings: Settings
    store: "Store"
    book: Book
    stop: Stop
    watching: Watching
    gate: Gate
    tasks: Mapping[str, Task]
    open_runs: "tuple[Unfinished, ...]"
    root: str

    def carried(self, rollout: Rollout, workers: int) -> dict[str, Outcome]:
        """The end of each device, by its name."""
        found: dict[str, Outcome] = {}

        def told(outcome: Outcome) -> None:
            found[outcome.device] = outcome
            self.watching.ended(outcome)
            if self.book.refused:
                carrying.stop(f"the store does not take how firewalls end: {self.book.refused}")

        hands = Hands(self._one, told, self.watching.waved, self._at_the_gate)
        carrying = Carrying(rollout, hands, workers)
        with self.stop.told(lambda: carrying.stop("stopped by the user", Exit.STOPPED)):
            carrying.run()
        return found

    def _at_the_gate(self, wave: Wave, carrying: Carrying) -> str | None:
        verified = [
            self.tasks[outcome.device].device
            for outcome in wave.outcomes
            if meaning_of(outcome) is Meaning.VERIFIED
        ]
        return self.gate(verified, carrying)

    def _one(self, turn: Begin) -> Outcome:
        from asa_automate.store.unfinished import in_the_way

        task = self.tasks[turn.member.name]
        name = task.device.name
        other = in_the_way(self.open_runs, name, task.serial, task.root or self.root)
        if other:
            outcome = Outcome(name, State.REFUSED, _FIRST.format(run=other))
        else:
            self.book.began(name)
            outcome = self._changed(task)
        return self.book.ended(outcome)

    def _changed(self, task: Task) -> Outcome:
        def tell(stage: str) -> None:
            self.watching.stage(task.device.name, stage)

        return change_one(self.settings, self.store, self.book.run_id, task, self.stop, tell)
