"""``rollback``: undo a run on every device where it ended in the new state."""

import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.options import (
    InventoryOption,
    LimitOption,
    OutputOption,
    WorkersOption,
    YesOption,
    command,
)
from asa_automate.cli.output import emit_json, say
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, Refused, UsageError

if TYPE_CHECKING:
    from asa_automate.apply.outcome import Outcome
    from asa_automate.cli.changing import Task
    from asa_automate.inventory import Inventory
    from asa_automate.store.engine import Store
    from asa_automate.store.runs import RunDevice

EXAMPLES = {
    "asa-automate rollback 20261124T061502-7f3a": "undo that run",
    "asa-automate runs": "find its id",
}

#: Ends after which nothing of the run is left on a device.
_NOTHING_LEFT = frozenset({"old", "refused", "unreachable", "disproved", "stopped", "noop"})


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "rollback", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)(
        rollback
    )


def rollback(
    settings: Settings,
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id, as `runs` lists it.")],
    yes: YesOption = False,
    workers: WorkersOption = 8,
) -> Exit:
    """Undo an applied run: each firewall returns to the state before it, verified and saved.

    Doing it twice does no harm. Changes that others made since are kept.
    """
    from asa_automate.cli.changing import change_all
    from asa_automate.cli.outcomes import confirm, exit_of, show_outcomes
    from asa_automate.cli.stopping import Stop
    from asa_automate.inventory import load
    from asa_automate.store.engine import open_store
    from asa_automate.store.runs import get_run

    inventory = load(settings.inventory)
    wanted = {d.name for d in inventory.select(settings.limits).devices}
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_store(settings.store)))
        found = get_run(store, run)
        if found.kind != "apply":
            raise UsageError(f"run {run} is a {found.kind}; only an apply can be rolled back")
        devices = [d for d in found.devices if _is_to_undo(d, wanted, settings)]
        tasks = [task for d in devices if (task := _task(store, run, d, inventory))]
        if not tasks:
            say(settings, f"nothing of run {run} is left to undo")
            if settings.json:
                emit_json({"run": None, "devices": []})
            return Exit.DONE
        names = ", ".join(task.device.name for task in tasks)
        confirm(settings, f"Roll run {run} back on {len(tasks)} firewalls: {names}?", yes=yes)
        stop = stack.enter_context(Stop().listening())
        run_id, outcomes = change_all(
            settings, store, "rollback", tasks, parent=run, workers=workers, stop=stop
        )
        _close(store, run, run_id, outcomes)
        show_outcomes(settings, run_id, outcomes)
    return exit_of(outcomes)


def _close(store: "Store", run: str, by: str, outcomes: "list[Outcome]") -> None:
    """Record how a run ended that died before it could: as its rollback left the devices."""
    from asa_automate.store.runs import get_run
    from asa_automate.store.unfinished import close

    ended = {outcome.device for outcome in outcomes if outcome.exit is Exit.DONE}
    for device in get_run(store, run).devices:
        if device.device in ended:
            close(store, run, device, "old", by, time.time())


def _is_to_undo(device: "RunDevice", wanted: set[str], settings: Settings) -> bool:
    if device.outcome in _NOTHING_LEFT:
        return False
    if device.device in wanted:
        return True
    if settings.limits:
        return False
    raise Refused("the run has it, the inventory does not", device=device.device)


def _task(store: "Store", run: str, device: "RunDevice", inventory: "Inventory") -> "Task | None":
    """``None`` where the run ended before it sent anything: its journal has no beginning."""
    from asa_automate.apply.goal import goal_of
    from asa_automate.apply.rollback import roll_back
    from asa_automate.cli.changing import Task
    from asa_automate.store.journal import records

    begun = [r for r in records(store, run, device.device) if r.kind == "begin"]
    if not begun:
        return None
    goal = goal_of(begun[-1].payload)
    return Task(
        inventory.device(device.device), device.serial, lambda around: roll_back(goal, around)
    )
