"""What the changing commands share: a run of many devices."""

import os
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING

from asa_automate.apply.outcome import Outcome, State
from asa_automate.cli.holding import operator
from asa_automate.cli.one_change import Task, change_one
from asa_automate.cli.progress import progress
from asa_automate.cli.recording import recorded, status_of
from asa_automate.cli.settings import Settings
from asa_automate.cli.stopping import Stop
from asa_automate.fleet.local import each

if TYPE_CHECKING:
    from asa_automate.store.engine import Store

#: Why nothing else is changed where a run died in mid-change.
_FIRST = "run {run} has not finished on it; finish that with `asa-automate resume {run}`"


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


def _run_status(outcomes: Sequence[Outcome]) -> str:
    found = {status_of(o) for o in outcomes}
    order = ("unknown", "stopped", "failed", "refused", "done")
    return next((status for status in order if status in found), "done")
