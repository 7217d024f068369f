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

from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import complain, emit_json, say, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import AsaAutomateError, Exit, gravest

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
    inventory = load(settings.inventory)
    devices = inventory.select(settings.limits).devices
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
        sys.stdout.write(json.dumps(_as_json(outcome)) + "\n")
        sys.stdout.flush()


def _tell(settings: Settings, outcome: "Outcome") -> None:
    if outcome.message:
        complain(outcome.message)
    else:
        say(settings, f"{outcome.device}: {_count(outcome)} counters", level=1)


def _show(settings: Settings, outcomes: "list[Outcome]", alerts: list[str]) -> None:
    """What came of each firewall, and JSON lines of alerts; with JSON one array of both."""
    if settings.json:
        emit_json([*map(_as_json, outcomes), *map(json.loads, alerts)])
        return
    rows = [
        [outcome.device, _word(outcome), str(_count(outcome)), _serial(outcome) or ""]
        for outcome in outcomes
    ]
    table(settings, ["device", "outcome", "counters", "serial"], rows)
    sys.stdout.writelines(alerts)


def _as_json(outcome: "Outcome") -> dict[str, object]:
    return {
        "device": outcome.device,
        "outcome": _word(outcome),
        "counters": _count(outcome),
        "serial": _serial(outcome),
        "unparsed": list(outcome.sample.unparsed) if outcome.sample else [],
        "message": outcome.message,
    }


def _word(outcome: "Outcome") -> str:
    if outcome.sample is None:
        return "failed"
    return "collected" if outcome.sample.seen.complete else "incomplete"


def _count(outcome: "Outcome") -> int:
    return len(outcome.sample.seen.readings) if outcome.sample else 0


def _serial(outcome: "Outcome") -> str | None:
    return outcome.sample.seen.serial if outcome.sample else None
