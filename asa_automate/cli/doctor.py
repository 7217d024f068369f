"""``doctor``: why a firewall cannot be reached, or may not be read; ``--probe``: how it reads."""

from collections.abc import Sequence
from contextlib import closing
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
from asa_automate.cli.output import complain, emit_json, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, gravest

if TYPE_CHECKING:
    from asa_automate.cli.ladder import Found
    from asa_automate.model import Device

EXAMPLES = {
    "asa-automate doctor": "each step to each firewall, and where it ends",
    "asa-automate doctor --limit fw1 --output json": "the same of one firewall, for a program",
    "asa-automate doctor --probe --limit fw1": "find out which class wins there, and keep it",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "doctor", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)(doctor)


def doctor(
    settings: Settings,
    workers: WorkersOption = 8,
    probe: Annotated[
        bool,
        typer.Option("--probe", help="Try on a flow that nobody has which class inspects."),
    ] = False,
    yes: YesOption = False,
) -> Exit:
    """Climb the ladder to each firewall: name, port, key, login, enable, rights, parse.

    Says for each firewall which step fails, why, and what mends it. Sends `show` commands only.
    With --probe it finds out instead how each firewall reads its classes: nothing of the probe
    stays, the answer is kept for the serial number and version, and the next `plan` shows it.
    """
    from asa_automate.inventory import load

    devices = load(settings.inventory).select(settings.limits).devices
    if probe:
        return _probed(settings, devices, workers, yes=yes)
    return _climbed(settings, devices, workers)


def _climbed(settings: Settings, devices: "Sequence[Device]", workers: int) -> Exit:
    from asa_automate.cli.ladder import as_json, climb
    from asa_automate.fleet.local import each

    found = each(devices, lambda device: climb(device, settings), workers)
    if settings.json:
        emit_json(
            {
                "schema": "asa-automate/doctor/1",
                "devices": [as_json(d, f) for d, f in zip(devices, found, strict=True)],
            }
        )
    else:
        _tables(settings, list(zip(devices, found, strict=True)))
    return gravest(entry.exit for steps in found for entry in steps)


def _probed(settings: Settings, devices: "Sequence[Device]", workers: int, *, yes: bool) -> Exit:
    from asa_automate.cli.outcomes import confirm, exit_of, show_outcomes
    from asa_automate.cli.probe_only import probe_all
    from asa_automate.store.engine import open_store

    names = ", ".join(device.name for device in devices)
    confirm(settings, f"Probe {len(devices)} firewalls: {names}?", yes=yes)
    with closing(open_store(settings.store)) as store:
        done = probe_all(settings, store, devices, workers=workers)
        show_outcomes(settings, done)
    return exit_of(done.outcomes)


def _tables(settings: Settings, found: "Sequence[tuple[Device, Sequence[Found]]]") -> None:
    rows = [
        [device.name, entry.step, entry.status, _words(entry)]
        for device, steps in found
        for entry in steps
        if entry.status != "skipped"
    ]
    table(settings, ["device", "step", "status", "found"], rows)
    for device, steps in found:
        for entry in steps:
            if entry.status == "failed":
                complain(f"{device.name}: {entry.step}: {entry.text}")


def _words(entry: "Found") -> str:
    return f"{entry.text}\nto mend it: {entry.fix}" if entry.fix else entry.text
