"""``resume``: finish what broke off, by what each firewall has, not by what it acknowledged."""

import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.options import (
    InventoryOption,
    KeepUnsavedOption,
    LimitOption,
    OutputOption,
    WorkersOption,
    YesOption,
    command,
)
from asa_automate.cli.output import complain, emit_json, say
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, Refused, UsageError

if TYPE_CHECKING:
    from asa_automate.apply.outcome import Outcome
    from asa_automate.apply.resume import Left
    from asa_automate.cli.changing import Task
    from asa_automate.inventory import Inventory
    from asa_automate.store.engine import Store
    from asa_automate.store.unfinished import Unfinished

EXAMPLES = {
    "asa-automate resume 20261124T061502-7f3a": "finish that run",
    "asa-automate resume --all --yes": "finish whatever broke off, unasked: safe at any time",
}

#: Ends that say how the device stands; after any other the run is as open as before.
_ENDS = frozenset({"new", "old", "foreign", "stuck", "hold", "unknown"})


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "resume", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)(resume)


def resume(
    settings: Settings,
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="Its id, as `runs` lists it.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All runs that broke off.")] = False,
    keep_unsaved: KeepUnsavedOption = False,
    yes: YesOption = False,
    workers: WorkersOption = 8,
) -> Exit:
    """Finish runs that broke off: killed, cut off, or ended without a known state.

    What was verified is saved; anything else goes back to the old state. Each firewall is read;
    doing it twice, from another host with the same store, or by cron does no harm.
    """
    from asa_automate.cli.changing import change_all
    from asa_automate.cli.outcomes import confirm, exit_of, show_outcomes
    from asa_automate.cli.stopping import Stop
    from asa_automate.inventory import load
    from asa_automate.store.engine import open_store

    if (run is None) != every:
        raise UsageError("say which run, or --all")
    inventory = load(settings.inventory)
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_store(settings.store)))
        found = _open_runs(settings, store, run)
        chosen = _chosen(settings, inventory, found)
        tasks = _tasks(store, inventory, chosen, keep=keep_unsaved)
        strangers = _not_in(settings, inventory, found)
        if not tasks:
            return _nothing(settings, store, strangers)
        names = ", ".join(task.device.name for task in tasks)
        confirm(settings, f"Finish what broke off on {len(tasks)} firewalls: {names}?", yes=yes)
        parent = chosen[0].root if len({one.root for one in chosen}) == 1 else None
        stop = stack.enter_context(Stop().listening())
        run_id, outcomes = change_all(
            settings, store, "resume", tasks, parent=parent, workers=workers, stop=stop
        )
        _close(store, run_id, chosen, outcomes)
        outcomes += strangers
        show_outcomes(settings, run_id, outcomes)
    return exit_of(outcomes)


def _open_runs(settings: Settings, store: "Store", run: str | None) -> "list[Unfinished]":
    """What is open, of one run's family or of all, and not at work at this moment."""
    from asa_automate.store.runs import get_run
    from asa_automate.store.unfinished import root_of, unfinished

    found = unfinished(store)
    if run is not None:
        get_run(store, run)
        root = root_of(store, run)
        found = [one for one in found if one.root == root]
    working = [one for one in found if _is_at_work(one)]
    if working and run is not None:
        raise Refused(f"run {working[0].run.id} is still at work; wait for it, or stop it")
    for name in dict.fromkeys(one.run.id for one in working):
        say(settings, f"run {name} is still at work")
    return [one for one in found if one not in working]


def _is_at_work(one: "Unfinished") -> bool:
    from asa_automate.store.leases import Holder
    from asa_automate.store.processes import is_alive_here

    process = one.run.detail.get("process")
    if one.run.status != "running" or process is None:
        return False
    return is_alive_here(Holder(**process))


def _chosen(
    settings: Settings, inventory: "Inventory", found: "Iterable[Unfinished]"
) -> "list[Unfinished]":
    """For each device the newest run of its family that began, else the first that did not."""
    wanted = {d.name for d in inventory.select(settings.limits).devices}
    best: dict[tuple[str, str], Unfinished] = {}
    for one in found:
        name = one.device.device
        if name not in wanted:
            continue
        if one.overtaken_by:
            say(settings, f"{name}: run {one.run.id} was overtaken by run {one.overtaken_by}")
        elif one.begun or (one.root, name) not in best:
            best[one.root, name] = one
    return list(best.values())


def _not_in(
    settings: Settings, inventory: "Inventory", found: "Iterable[Unfinished]"
) -> "list[Outcome]":
    """Devices on which a run broke off, and which the inventory does not have (any more)."""
    from asa_automate.apply.outcome import Outcome, State

    if settings.limits:
        return []
    known = {device.name for device in inventory.devices}
    missing = {
        one.device.device: one.run.id
        for one in found
        if one.begun and not one.overtaken_by and one.device.device not in known
    }
    why = (
        "run {run} has not finished on it, and the inventory does not have it: name it there again"
    )
    return [Outcome(name, State.REFUSED, why.format(run=run)) for name, run in missing.items()]


def _nothing(settings: Settings, store: "Store", strangers: "list[Outcome]") -> Exit:
    """No firewall can be finished; that is fine only where none is left."""
    from asa_automate.cli.outcomes import as_json, exit_of
    from asa_automate.store.runs import list_runs

    if not list_runs(store):
        say(settings, "this store knows of no run at all; ASA_AUTOMATE_STORE says which is used")
    where = " on the firewalls that were chosen" if settings.limits else ""
    if not strangers:
        say(settings, f"nothing is left to finish{where}")
    for outcome in strangers:
        complain(f"{outcome.device}: {outcome.reason}")
    if settings.json:
        emit_json({"run": None, "devices": [as_json(outcome) for outcome in strangers]})
    return exit_of(strangers)


def _tasks(
    store: "Store", inventory: "Inventory", chosen: "list[Unfinished]", *, keep: bool
) -> "list[Task]":
    """What is to be done on devices; runs that need no device are closed."""
    from asa_automate.apply.resume import ended, left_behind, resume
    from asa_automate.cli.changing import Task
    from asa_automate.store.journal import records
    from asa_automate.store.unfinished import close

    def task(one: "Unfinished", left: "Left") -> Task:
        return Task(
            inventory.device(one.device.device),
            one.device.serial,
            lambda around: resume(left, around, keep=keep),
            root=one.root,
        )

    tasks = []
    for one in chosen:
        told = [(r.kind.value, r.payload) for r in records(store, one.run.id, one.device.device)]
        end, left = ended(told), left_behind(told)
        if end is not None:
            close(store, one.root, one.device, end.value, one.run.id, time.time())
        elif left is None:
            close(store, one.root, one.device, "old", one.run.id, time.time())
        else:
            tasks.append(task(one, left))
    return tasks


def _close(
    store: "Store", by: str, chosen: "Iterable[Unfinished]", outcomes: "Sequence[Outcome]"
) -> None:
    from asa_automate.store.unfinished import close

    ends = {outcome.device: outcome.state.value for outcome in outcomes}
    for one in chosen:
        end = ends.get(one.device.device)
        if end in _ENDS:
            close(store, one.root, one.device, str(end), by, time.time())
