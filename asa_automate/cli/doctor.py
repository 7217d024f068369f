"""``doctor``: why a firewall cannot be reached, or may not be read; changes nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import complain, emit_json, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, gravest

if TYPE_CHECKING:
    from asa_automate.cli.ladder import Found
    from asa_automate.model import Device

EXAMPLES = {
    "asa-automate doctor": "each step to each firewall, and where it ends",
    "asa-automate doctor --limit fw1 --output json": "the same of one firewall, for a program",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "doctor", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)(doctor)


def doctor(
    settings: Settings,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=256, help="Firewalls at a time.")
    ] = 8,
) -> Exit:
    """Climb the ladder to each firewall: name, port, key, login, enable, rights, parse.

    Says for each firewall which step fails, why, and what mends it. Sends `show` commands only.
    """
    from asa_automate.cli.ladder import as_json, climb
    from asa_automate.fleet.local import each
    from asa_automate.inventory import load

    devices = load(settings.inventory).select(settings.limits).devices
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
