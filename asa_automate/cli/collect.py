"""``collect``: one sample of the drop counters of each firewall, read-only, into the store."""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import complain, emit_json, say, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, gravest

if TYPE_CHECKING:
    from asa_automate.collect.collector import Outcome, Reader
    from asa_automate.model import Device

DEFAULT_WORKERS = 8
MOST_WORKERS = 256

EXAMPLES = {
    "asa-automate collect": "one sample of each firewall",
    "asa-automate collect --limit site=ams": "only of those in Amsterdam",
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
    workers: Annotated[
        int,
        typer.Option(
            "--workers", metavar="N", min=1, max=MOST_WORKERS, help="Firewalls at a time."
        ),
    ] = DEFAULT_WORKERS,
) -> Exit:
    """Read the ESMTP inspection counters of the firewalls into the store. Changes nothing.

    A firewall that cannot be read does not stop the others; a sample that was not understood
    entirely is stored and marked.
    """
    from asa_automate.collect.collector import collect as collect_all
    from asa_automate.inventory import load
    from asa_automate.store.engine import open_store
    from asa_automate.store.samples import record_sample

    devices = load(settings.inventory).select(settings.limits).devices
    reader = _reader(settings, from_dir)
    with closing(open_store(settings.store)) as store:
        outcomes = collect_all(
            devices,
            reader,
            lambda sample: record_sample(store, sample),
            workers=workers,
            clock=time.time,
            told=lambda outcome: _tell(settings, outcome),
        )
    _show(settings, outcomes)
    return gravest(outcome.exit for outcome in outcomes)


def _reader(settings: Settings, directory: Path | None) -> "Callable[[Device], Reader]":
    if directory is not None:
        from asa_automate.collect.saved import check_directory, texts_of

        check_directory(directory)
        return lambda device: texts_of(directory, device.name)
    return lambda device: _asked(device, settings)


def _asked(device: "Device", settings: Settings) -> "Reader":
    """A session with the device, or with its context; a box in multiple mode must be given one."""
    from asa_automate.apply.role import must_be_single
    from asa_automate.cli.connect import open_session

    session = open_session(device, settings)
    try:
        if device.context is None:
            must_be_single(session)
    except BaseException:
        session.close()
        raise
    return session


def _tell(settings: Settings, outcome: "Outcome") -> None:
    if outcome.message:
        complain(outcome.message)
    else:
        say(settings, f"{outcome.device}: {_count(outcome)} counters", level=1)


def _show(settings: Settings, outcomes: "list[Outcome]") -> None:
    if settings.json:
        emit_json([_as_json(outcome) for outcome in outcomes])
        return
    rows = [
        [outcome.device, _word(outcome), str(_count(outcome)), _serial(outcome) or ""]
        for outcome in outcomes
    ]
    table(settings, ["device", "outcome", "counters", "serial"], rows)


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
