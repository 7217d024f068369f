"""``doctor``: is everything there that a change needs; ``--probe`` finds out the reading."""

from contextlib import closing
from typing import Annotated

import typer

from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, UsageError

EXAMPLES = {
    "asa-automate doctor --probe --limit edge1": "find out which class wins there, and keep it",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "doctor", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)(doctor)


def doctor(
    settings: Settings,
    probe: Annotated[
        bool,
        typer.Option("--probe", help="Try on a flow that nobody has which class inspects."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> Exit:
    """Find out how firewalls read their classes; nothing of it stays on them.

    The answer is kept for the serial number and version, and the next `plan` shows it.
    """
    from asa_automate.cli.outcomes import confirm, exit_of, show_outcomes
    from asa_automate.cli.probe_only import probe_all
    from asa_automate.inventory import load
    from asa_automate.store.engine import open_store

    if not probe:
        raise UsageError("say --probe")
    devices = load(settings.inventory).select(settings.limits).devices
    names = ", ".join(device.name for device in devices)
    confirm(settings, f"Probe {len(devices)} firewalls: {names}?", yes=yes)
    with closing(open_store(settings.store)) as store:
        run_id, outcomes = probe_all(settings, store, devices)
        show_outcomes(settings, run_id, outcomes)
    return exit_of(outcomes)
