"""``collect``: one sample of the drop counters of each firewall, read-only, into the store."""

import json
import sys
import time
from contextlib import closing
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.collected import as_json, count, show_rows
from asa_automate.cli.extra import need_distributed
from asa_automate.cli.options import (
    Engine,
    EngineOption,
    InventoryOption,
    LimitOption,
    OutputOption,
    command,
)
from asa_automate.cli.output import complain, say
from asa_automate.cli.settings import Settings
from asa_automate.errors import AsaAutomateError, Exit, UsageError, gravest

if TYPE_CHECKING:
    from collections.abc import Callable

    from asa_automate.cli.collecting import Wiring
    from asa_automate.collect.collector import Outcome, Reader
    from asa_automate.inventory import Inventory
    from asa_automate.model import Device
    from asa_automate.store.engine import Store
    from asa_automate.store.values import Sample


class What(StrEnum):
    """What is asked for; the configuration besides the counters."""

    COUNTERS = "counters"
    CONFIG = "config"


DEFAULT_WORKERS = 8
MOST_WORKERS = 256

EXAMPLES = {
    "asa-automate collect": "one sample of each firewall",
    "asa-automate collect --limit site=ams": "only of those in Amsterdam",
    "asa-automate collect --every 5m --keep 400d": "keep going until Ctrl-C or SIGTERM",
    "asa-automate collect --what config": "the configuration too: who is really exempt",
    "asa-automate collect --every 5m --alerts alerts.yaml": "judge alert rules after each round",
    "asa-automate collect --engine postgres": "one sample each, taken by the workers",
    "asa-automate collect --from-dir texts": "of texts/<device>/show_service-policy.txt",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "collect", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)(collect)


def collect(
    settings: Settings,
    from_dir: Annotated[
        Path | None,
        typer.Option("--from-dir", metavar="DIR", help="Read saved texts, ask no firewall."),
    ] = None,
    what: Annotated[
        What,
        typer.Option("--what", help="config: the configuration too, judged as `check` does."),
    ] = What.COUNTERS,
    every: Annotated[
        str | None,
        typer.Option("--every", metavar="TIME", help="Keep going: 90s, 5m, 1h."),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            metavar="TIME",
            help="Throw away samples older than this (400d, say); hourly figures stay.",
        ),
    ] = None,
    alerts: Annotated[
        Path | None,
        typer.Option("--alerts", metavar="FILE", help="Judge these alert rules after each round."),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            "--workers", metavar="N", min=1, max=MOST_WORKERS, help="Firewalls at a time."
        ),
    ] = DEFAULT_WORKERS,
    per_site: Annotated[
        int, typer.Option("--per-site", metavar="N", min=1, help="At a time at one site.")
    ] = 4,
    per_credential: Annotated[
        int,
        typer.Option("--per-credential", metavar="N", min=1, help="At a time with one login."),
    ] = 8,
    logins_per_second: Annotated[
        float,
        typer.Option("--logins-per-second", metavar="N", min=0.01, help="Of all firewalls."),
    ] = 10.0,
    engine: EngineOption = Engine.LOCAL,
) -> Exit:
    """Read the ESMTP inspection counters of the firewalls into the store. Changes nothing.

    A firewall that cannot be read does not stop the others; a sample that was not understood
    entirely is stored and marked. The first login of each credential goes alone, and a refused
    credential is not used again.
    """
    from asa_automate.cli.alerting import look, to_stdout, watch_of
    from asa_automate.cli.collecting import Wiring, once
    from asa_automate.collect.slots import seconds_of
    from asa_automate.collect.turns import Limits
    from asa_automate.inventory import load
    from asa_automate.store.engine import open_store

    period = None if every is None else seconds_of(every)
    kept = None if keep is None else seconds_of(keep)
    limits = Limits(workers, per_site, per_credential, logins_per_second)
    if engine is Engine.POSTGRES and (alerts or what is What.CONFIG):
        raise UsageError("workers collect counters alone: leave --alerts and --what away")
    inventory = load(settings.inventory)
    devices = tuple(inventory.select(settings.limits).devices)
    if engine is Engine.POSTGRES:
        return _by_workers(settings, devices, from_dir, period)
    lines: list[str] = []
    with closing(open_store(settings.store)) as store:
        wiring = Wiring(settings, store, limits, from_dir, lambda one: _tell(settings, one))
        if what is What.CONFIG:
            wiring = replace(wiring, look=_looker(inventory, store, from_dir))
        if alerts is not None:
            write = lines.append if period is None else to_stdout
            wiring = replace(wiring, watch=watch_of(settings, store, alerts, inventory, write))
        if period is not None:
            return _keep_going(wiring, devices, period, kept)
        outcomes = once(wiring, devices)
        _tend(store, kept)
        if wiring.watch:
            look(wiring.watch)
    _show(settings, outcomes, lines)
    return gravest(outcome.exit for outcome in outcomes)


def _looker(
    inventory: "Inventory", store: "Store", from_dir: Path | None
) -> "Callable[[Device, Reader, Sample], None]":
    from asa_automate.cli.verdicts import looker

    return looker(inventory, store, from_dir)


def _by_workers(
    settings: Settings,
    devices: "tuple[Device, ...]",
    from_dir: Path | None,
    period: float | None,
) -> Exit:
    need_distributed()
    from asa_automate.cli.remote import collect_remotely, shared_store

    if from_dir is not None:
        raise UsageError("saved texts are here and not with the workers: leave --engine away")
    if period is not None:
        raise UsageError("workers keep the time themselves: `asa-automate worker --collect-every`")
    with shared_store(settings) as store:
        rows = collect_remotely(settings, store, devices)
    for row in rows:
        if row.get("message"):
            complain(str(row["message"]))
    show_rows(settings, rows)
    return gravest(Exit(row["exit"]) for row in rows)


def _keep_going(
    wiring: "Wiring", devices: "tuple[Device, ...]", every: float, kept: float | None
) -> Exit:
    """Until somebody stops it, which is how it ends."""
    from asa_automate.cli.collecting import keep_going

    settings = wiring.settings
    told = replace(wiring, told=lambda outcome: _tell_line(settings, outcome))
    say(settings, f"collecting from {len(devices)} firewalls every {every:g} s; Ctrl-C ends it")
    keep_going(told, devices, every=every, hourly=lambda: _tend(wiring.store, kept))
    if told.spool.waiting:
        complain(f"{told.spool.waiting} samples are lost: the store did not take them")
        return Exit.REFUSED
    say(settings, "stopped; nothing is under way")
    return Exit.STOPPED


def _tend(store: "Store", kept: float | None) -> None:
    """Hourly figures and retention; what cannot be done now is done the next time."""
    from asa_automate.collect.rollup import tend

    try:
        tend(store, time.time(), kept)
    except AsaAutomateError as error:
        complain(f"hourly figures: {error}")


def _tell_line(settings: Settings, outcome: "Outcome") -> None:
    """The same as it goes, for one who keeps watching: a JSON object a line."""
    _tell(settings, outcome)
    if settings.json:
        sys.stdout.write(json.dumps(as_json(outcome)) + "\n")
        sys.stdout.flush()


def _tell(settings: Settings, outcome: "Outcome") -> None:
    if outcome.message:
        complain(outcome.message)
    else:
        say(settings, f"{outcome.device}: {count(outcome)} counters", level=1)


def _show(settings: Settings, outcomes: "list[Outcome]", alerts: list[str]) -> None:
    """What came of each firewall, and JSON lines of alerts; with JSON one array of both."""
    show_rows(settings, [as_json(outcome) for outcome in outcomes], map(json.loads, alerts))
    if not settings.json:
        sys.stdout.writelines(alerts)
