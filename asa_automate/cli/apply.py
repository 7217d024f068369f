"""``apply``: carry out a saved plan, prove it live, verify it, save it, or take it back."""

from contextlib import ExitStack, closing
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
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
from asa_automate.cli.output import say
from asa_automate.cli.settings import Settings
from asa_automate.errors import BadInput, Exit, Refused, gravest

if TYPE_CHECKING:
    from asa_automate.apply.applier import Options
    from asa_automate.cli.changing import Task
    from asa_automate.inventory import Inventory
    from asa_automate.plan.document import DevicePlan, PlanFile


class Save(StrEnum):
    """When the startup-config is written."""

    VERIFIED = "verified"
    NEVER = "never"


EXAMPLES = {
    "asa-automate apply plan.json": "show what is to come, ask, apply",
    "asa-automate apply plan.json --limit edge1 --yes": "one firewall of the plan, unasked",
    "asa-automate apply plan.json --save never": "verified but unsaved: a reload undoes it",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "apply", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)(apply)


def apply(
    settings: Settings,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A file of `plan --out`.")],
    save: Annotated[
        Save, typer.Option("--save", help="Write the startup-config once verified, or never.")
    ] = Save.VERIFIED,
    live_proof: Annotated[
        bool,
        typer.Option("--live-proof", help="Go on where the reading stays unknown."),
    ] = False,
    no_probe: Annotated[
        bool, typer.Option("--no-probe", help="Do not probe the reading.")
    ] = False,
    no_rehearsal: Annotated[
        bool,
        typer.Option(
            "--no-rehearsal",
            help="Do not try the account's rights first, where the firewall authorizes each line.",
        ),
    ] = False,
    keep_unsaved: KeepUnsavedOption = False,
    clear_conn: Annotated[
        bool,
        typer.Option(
            "--clear-conn",
            help="Cut the gateways' open port-25 connections, which keep the old inspection.",
        ),
    ] = False,
    yes: YesOption = False,
    workers: WorkersOption = 8,
) -> Exit:
    """Carry out a saved plan on its firewalls.

    Each ends in its new state, verified and saved, or in its old one. Exit codes: see the README.
    """
    from asa_automate.apply.applier import Options
    from asa_automate.cli.changing import change_all
    from asa_automate.cli.outcomes import confirm, exit_of, show_outcomes
    from asa_automate.cli.stopping import Stop
    from asa_automate.inventory import load
    from asa_automate.plan.document import read_plan
    from asa_automate.store.engine import open_store

    made = read_plan(_bytes(plan), str(plan))
    _must_be_fresh(made, datetime.now(UTC))
    inventory = load(settings.inventory)
    chosen = _chosen(made, inventory, settings.limits)
    options = Options(
        save=save is Save.VERIFIED,
        live_proof=live_proof,
        probe=not no_probe,
        rehearse=not no_rehearsal,
        keep=keep_unsaved,
        clear=clear_conn,
    )
    tasks = [_task(inventory, p, options) for p in chosen if p.status == "change"]
    if not tasks:
        return _nothing(settings, chosen)
    names = ", ".join(task.device.name for task in tasks)
    question = f"Apply plan {made.id} to {len(tasks)} firewalls: {names}?"
    if clear_conn:
        question += f" {_cut(chosen)}"
    confirm(settings, question, yes=yes)
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_store(settings.store)))
        stop = stack.enter_context(Stop().listening())
        run_id, outcomes = change_all(
            settings, store, "apply", tasks, plan_id=made.id, workers=workers, stop=stop
        )
        show_outcomes(settings, run_id, outcomes)
    return exit_of(outcomes)


def _cut(chosen: "list[DevicePlan]") -> str:
    """What ``--clear-conn`` will disconnect."""
    from asa_automate.apply.proving import named_by

    parts = [
        f"{p.device}: {', '.join(map(str, named_by(p)))}" for p in chosen if p.status == "change"
    ]
    return (
        "Open SMTP connections (tcp port 25) of these gateways will be cut, mail in transit "
        f"included: {'; '.join(parts)}."
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error


def _must_be_fresh(plan: "PlanFile", now: datetime) -> None:
    if now > plan.expires:
        raise Refused(
            f"plan {plan.id} expired at {plan.expires:%Y-%m-%d %H:%M:%S} UTC; plan again"
        )


def _chosen(
    plan: "PlanFile", inventory: "Inventory", limits: tuple[str, ...]
) -> "list[DevicePlan]":
    known = {d.name for d in inventory.devices}
    for one in plan.devices:
        if one.device not in known:
            raise Refused("the plan has it, the inventory does not", device=one.device)
    wanted = {d.name for d in inventory.select(limits).devices}
    return [p for p in plan.devices if p.device in wanted]


def _task(inventory: "Inventory", plan: "DevicePlan", options: "Options") -> "Task":
    from asa_automate.apply.applier import apply_plan
    from asa_automate.cli.changing import Task

    return Task(
        inventory.device(plan.device),
        plan.identity.serial,
        lambda around: apply_plan(plan, around, options),
    )


def _nothing(settings: Settings, chosen: "list[DevicePlan]") -> Exit:
    from asa_automate.cli.output import complain, emit_json

    if settings.json:
        emit_json({"run": None, "devices": []})
    codes = []
    for one in chosen:
        if one.status == "noop":
            codes.append(Exit.DONE)
            continue
        complain(f"{one.device}: the plan has no change for it: {one.reason}")
        disproved = one.proof is not None and not one.proof.holds
        refused = Exit.DISPROVED if disproved else Exit.REFUSED
        codes.append(Exit.UNREACHABLE if one.status == "unreachable" else refused)
    say(settings, "nothing to apply")
    return gravest(codes)
