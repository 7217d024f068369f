"""``plan``: the smallest change that exempts the gateways, proved on the model; sends nothing."""

import secrets
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.extra import need_distributed
from asa_automate.cli.files import keep
from asa_automate.cli.options import (
    Engine,
    EngineOption,
    InventoryOption,
    LimitOption,
    OutputOption,
    command,
)
from asa_automate.cli.output import complain, emit, say, table
from asa_automate.cli.settings import Settings
from asa_automate.cli.signing import signing_key
from asa_automate.errors import Exit, UsageError
from asa_automate.model import Strategy

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from asa_automate.cli.planning import Planned
    from asa_automate.inventory import Inventory
    from asa_automate.plan.document import PlanFile

EXAMPLES = {
    "asa-automate plan --out plan.json": "read all firewalls, keep the plan for apply",
    "asa-automate plan --limit site=ams --detailed-exitcode": "exit 2 where something is to do",
    "asa-automate plan --out plan.json --html plan.html": "and a page for those who sign it",
    "asa-automate plan --out plan.json --sign": "and plan.json.sig, for an apply that asks for it",
    "asa-automate plan --engine postgres --out plan.json": "read by the workers of each site",
    "asa-automate plan --from-dir texts --allow-incomplete": "of texts/<device>.cfg, no firewall",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "plan", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)(plan)


def plan(
    settings: Settings,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Keep the plan for `apply`.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="One page to read, print and sign."),
    ] = None,
    from_dir: Annotated[
        Path | None,
        typer.Option("--from-dir", metavar="DIR", help="Plan on saved texts, ask no firewall."),
    ] = None,
    allow_incomplete: Annotated[
        bool,
        typer.Option("--allow-incomplete", help="Take saved texts that lack their end."),
    ] = False,
    strategy: Annotated[
        Strategy | None,
        typer.Option("--strategy", help="Go before what the exemptions ask for."),
    ] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit 2 where a change is planned.")
    ] = False,
    sign: Annotated[
        bool,
        typer.Option(
            "--sign",
            help="Write FILE.sig beside --out FILE, with the key of ASA_AUTOMATE_PLAN_KEY.",
        ),
    ] = False,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=256, help="Firewalls at a time.")
    ] = 8,
    engine: EngineOption = Engine.LOCAL,
) -> Exit:
    """Plan the exemption of the mail gateways on each firewall. Changes nothing.

    Prints the difference, the commands, the way back and what the model says of them.
    """
    from asa_automate.cli.planning import Wish, exit_of, from_devices, from_directory, plan_all
    from asa_automate.inventory import load
    from asa_automate.plan.document import make_plan_file, write_plan
    from asa_automate.store.engine import open_store

    key = signing_key(settings, out) if sign else None
    inventory = load(settings.inventory).select(settings.limits)
    if engine is Engine.POSTGRES:
        planned = _by_workers(settings, inventory, from_dir, strategy)
    else:
        source = from_directory(from_dir) if from_dir else from_devices(settings)
        incomplete = allow_incomplete and from_dir is not None
        with closing(open_store(settings.store)) as store:
            planned = plan_all(inventory, source, Wish(strategy, incomplete, workers), store)
    made = make_plan_file(
        tuple(p.plan for p in planned), now=datetime.now(UTC), nonce=secrets.token_hex(2)
    )
    text = write_plan(made)
    if out:
        keep(out, text)
        _keep_signature(out, text, key)
    if html:
        keep(html, _page(made, planned))
    if settings.json:
        emit(text.rstrip("\n"))
    else:
        _show(settings, planned)
    for one in planned:
        if one.plan.status in ("refused", "unreachable"):
            complain(f"{one.plan.device}: {one.plan.reason}")
    if out:
        changes = any(p.plan.status == "change" for p in planned)
        hint = f"; `asa-automate apply {out}` carries it out" if changes else ": nothing to apply"
        say(settings, f"plan {made.id} is in {out}{hint}")
    if html:
        say(settings, f"plan {made.id} for people is in {html}")
    return exit_of(planned, detailed=detailed_exitcode)


def _keep_signature(out: Path, text: str, key: "Ed25519PrivateKey | None") -> None:
    """The signature beside the plan; one of an older plan goes."""
    from asa_automate.plan.signature import sign

    beside = Path(f"{out}.sig")
    if key is None:
        beside.unlink(missing_ok=True)
    else:
        keep(beside, sign(text.encode(), key))


def _by_workers(
    settings: Settings, inventory: "Inventory", from_dir: Path | None, strategy: Strategy | None
) -> "list[Planned]":
    need_distributed()
    from asa_automate.cli.remote import plan_remotely, shared_store

    if from_dir is not None:
        raise UsageError("saved texts are here and not with the workers: --from-dir plans locally")
    with shared_store(settings) as store:
        return plan_remotely(settings, store, inventory, strategy)


def _page(made: "PlanFile", planned: "list[Planned]") -> str:
    from asa_automate.report.plan_page import Page, plan_page

    return plan_page(made, [Page(p.plan, p.running, p.counters) for p in planned])


def _show(settings: Settings, planned: "list[Planned]") -> None:
    from asa_automate.report.plan import plan_lines

    for one in planned:
        emit("\n".join(plan_lines(one.plan, one.running, one.counters)) + "\n")
    rows = [
        [
            p.plan.device,
            p.plan.status,
            p.plan.strategy or "",
            p.plan.reading.value,
            str(len(p.plan.commands)),
            p.plan.reason or "",
        ]
        for p in planned
    ]
    table(settings, ["device", "status", "strategy", "reading", "lines", "reason"], rows)
