"""``counters explain``: what the counters say about mail, in sentences."""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import complain, emit, emit_json, say
from asa_automate.cli.settings import Settings
from asa_automate.errors import AsaAutomateError, Exit, gravest

if TYPE_CHECKING:
    from asa_automate.config.running import RunningConfig
    from asa_automate.inventory import Inventory
    from asa_automate.model import Address, Device
    from asa_automate.report.explain import Statement

EXAMPLES = {
    "asa-automate counters explain": "the latest of each firewall in the store",
    "asa-automate counters explain --from-dir texts --limit fw1": "of saved texts",
}


def register(group: typer.Typer) -> None:
    """Add the command to ``counters``."""
    shared = (InventoryOption, LimitOption, OutputOption)
    command(group, "explain", *shared, examples=EXAMPLES)(explain)


def explain(
    settings: Settings,
    from_dir: Annotated[
        Path | None,
        typer.Option(
            "--from-dir", metavar="DIR", help="Saved texts: counters, and the configuration."
        ),
    ] = None,
) -> Exit:
    """Say what the inspection does to mail, what senders and the ESA log then, and what cures it.

    A `!` marks what loses mail or weakens it. With a saved configuration it is also said whether
    the gateways' own mail meets the inspection.
    """
    from asa_automate.inventory import load
    from asa_automate.report.explain import in_words

    inventory = load(settings.inventory).select(settings.limits)
    found, codes = _saved(inventory, from_dir) if from_dir else _stored(settings, inventory)
    if settings.json:
        emit_json([asdict(statement) for statement in found])
    else:
        for line in in_words(found):
            emit(line)
    if not found and not codes:
        say(settings, "no counter has moved, or nothing was collected yet")
    return gravest(codes)


def _stored(settings: Settings, inventory: "Inventory") -> "tuple[list[Statement], list[Exit]]":
    from asa_automate.report.explain import explain as explained
    from asa_automate.store.engine import open_store
    from asa_automate.store.samples import history

    found: list[Statement] = []
    with closing(open_store(settings.store)) as store:
        for device in inventory.devices:
            for seen in history(store, device.name, last=1):
                found += explained(device.name, seen.readings)
    return found, []


def _saved(inventory: "Inventory", directory: Path) -> "tuple[list[Statement], list[Exit]]":
    from asa_automate.collect.readings import readings_of
    from asa_automate.collect.saved import check_directory, texts_of
    from asa_automate.report.explain import explain as explained
    from asa_automate.show.service_policy import parse_service_policy

    check_directory(directory)
    found: list[Statement] = []
    codes = []
    for device in inventory.devices:
        try:
            text = texts_of(directory, device.name).show("show service-policy inspect esmtp")
            readings = readings_of(parse_service_policy(text))
            running = _running(directory, device)
            found += explained(device.name, readings, running, _gateways(inventory, device))
        except AsaAutomateError as error:
            complain(f"{device.name}: {error.message}")
            codes.append(error.exit)
    return found, codes


def _running(directory: Path, device: "Device") -> "RunningConfig | None":
    from asa_automate.cli.planning import from_directory
    from asa_automate.config.reader import read_running
    from asa_automate.errors import Refused

    try:
        return read_running(from_directory(directory)(device).running)
    except Refused:
        return None


def _gateways(inventory: "Inventory", device: "Device") -> "tuple[Address, ...]":
    return tuple(g for one in inventory.exemptions_for(device) for g in one.gateways)
