"""``apply``: carry out a saved plan, prove it live, verify it, save it, or take it back."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.anchoring import anchored_store
from asa_automate.cli.extra import need_distributed
from asa_automate.cli.options import (
    Engine,
    EngineOption,
    InventoryOption,
    KeepUnsavedOption,
    LimitOption,
    OutputOption,
    WorkersOption,
    YesOption,
    command,
)
from asa_automate.cli.output import say
from asa_automate.cli.rolling import (
    Flags,
    FromRunOption,
    GateKind,
    GateOption,
    MaxFailOption,
    OnlyOption,
    PauseOption,
    PerBastionOption,
    PerCredentialOption,
    PerSiteOption,
    WaveOption,
    ended_so,
    terms_of,
)
from asa_automate.cli.settings import Settings
from asa_automate.cli.signing import must_be_approved, signatures_beside
from asa_automate.errors import BadInput, Exit, Refused, UsageError, gravest

if TYPE_CHECKING:
    from asa_automate.apply.applier import Options
    from asa_automate.cli.one_change import Task
    from asa_automate.inventory import Inventory
    from asa_automate.model import Device
    from asa_automate.plan.document import DevicePlan, PlanFile


class Save(StrEnum):
    """When the startup-config is written."""

    VERIFIED = "verified"
    NEVER = "never"


EXAMPLES = {
    "asa-automate apply plan.json": "show what is to come, ask, apply",
    "asa-automate apply plan.json --limit edge1 --yes": "one firewall of the plan, unasked",
    "asa-automate apply plan.json --wave 1,10%,100%": "a canary, a tenth, all",
    "asa-automate apply plan.json --only failed,unreached --from-run RUN": "those once more",
    "asa-automate apply plan.json --engine postgres": "carried out by the workers of each site",
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
    wave: WaveOption = None,
    max_fail: MaxFailOption = None,
    gate: GateOption = GateKind.VERIFIED,
    pause: PauseOption = None,
    per_site: PerSiteOption = 4,
    per_bastion: PerBastionOption = 8,
    per_credential: PerCredentialOption = None,
    only: OnlyOption = None,
    from_run: FromRunOption = None,
    engine: EngineOption = Engine.LOCAL,
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
    from asa_automate.store.spent import spent

    data = _bytes(plan)
    made = read_plan(data, str(plan))
    must_be_approved(settings, plan, data)
    _must_be_fresh(made, datetime.now(UTC))
    inventory = load(settings.inventory)
    if engine is Engine.POSTGRES and (wave or max_fail or only or pause):
        raise UsageError("waves and their rules are of the local engine: leave --engine away")
    flags = Flags(workers, wave, max_fail, gate, pause, per_site, per_bastion, per_credential)
    terms = terms_of(settings, inventory, flags)
    chosen = _chosen(made, inventory, settings.limits)
    options = Options(
        save=save is Save.VERIFIED,
        live_proof=live_proof,
        probe=not no_probe,
        rehearse=not no_rehearsal,
        keep=keep_unsaved,
        clear=clear_conn,
    )
    with ExitStack() as stack:
        store = stack.enter_context(anchored_store(settings))
        again = ended_so(store, only, from_run)
        chosen = [p for p in chosen if again is None or p.device in again]
        tasks = [_task(inventory, p, options) for p in chosen if p.status == "change"]
        if not tasks:
            return _nothing(settings, chosen)
        confirm(settings, _question(made, chosen, clear=clear_conn), yes=yes)
        carried_out = spent(store, made.id)
        if engine is Engine.POSTGRES:
            _must_not_be_spent(chosen, carried_out)
            wanted = [(inventory.device(p.device), p) for p in chosen if p.status == "change"]
            return _by_workers(settings, made, wanted, options, signatures_beside(plan))
        stop = stack.enter_context(Stop().listening())
        tasks = _unless_spent(tasks, carried_out)
        done = change_all(settings, store, "apply", tasks, plan_id=made.id, terms=terms, stop=stop)
        show_outcomes(settings, done)
    return exit_of(done.outcomes)


def _question(made: "PlanFile", chosen: "list[DevicePlan]", *, clear: bool) -> str:
    names = [p.device for p in chosen if p.status == "change"]
    question = f"Apply plan {made.id} to {len(names)} firewalls: {', '.join(names)}?"
    return f"{question} {_cut(chosen)}" if clear else question


def _by_workers(
    settings: Settings,
    made: "PlanFile",
    wanted: "list[tuple[Device, DevicePlan]]",
    options: "Options",
    signatures: str | None,
) -> Exit:
    need_distributed()
    from asa_automate.cli.changing import Changed
    from asa_automate.cli.outcomes import exit_of, show_outcomes
    from asa_automate.cli.remote import apply_remotely, shared_store

    with shared_store(settings) as store:
        done = Changed(*apply_remotely(settings, store, made, wanted, options, signatures))
        show_outcomes(settings, done)
    return exit_of(done.outcomes)


def _must_not_be_spent(chosen: "list[DevicePlan]", runs: Mapping[str, str]) -> None:
    for plan in chosen:
        if plan.device in runs:
            raise Refused(_SPENT.format(run=runs[plan.device]), device=plan.device)


_SPENT = "this plan was applied to it already, in run {run}; plan again"


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
    from asa_automate.cli.one_change import Task

    return Task(
        inventory.device(plan.device),
        plan.identity.serial,
        lambda around: apply_plan(plan, around, options),
    )


def _unless_spent(tasks: "list[Task]", runs: Mapping[str, str]) -> "list[Task]":
    """A plan is good for once: where it was carried out, it refuses, whatever came after.

    Args:
        runs: device -> the run in which it was carried out.
    """
    from asa_automate.apply.outcome import Outcome, State

    def refusing(task: "Task") -> "Task":
        name = task.device.name
        if name not in runs:
            return task
        why = _SPENT.format(run=runs[name])
        return replace(task, work=lambda _: Outcome(name, State.REFUSED, why))

    return [refusing(task) for task in tasks]


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
