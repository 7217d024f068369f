"""``inventory``: what the inventory files say, and what is wrong with them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from asa_automate.cli import importing
from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import emit, emit_json, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, UsageError

if TYPE_CHECKING:
    from asa_automate.inventory import Inventory, Problem
    from asa_automate.model import Device


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Targets after inheritance; errors with file and line.",
        rich_markup_mode=None,
    )
    app.add_typer(group, name="inventory")
    command(group, "list", InventoryOption, LimitOption, OutputOption, examples=LIST)(list_)
    command(group, "show", InventoryOption, OutputOption, examples=SHOW)(show)
    command(group, "lint", InventoryOption, OutputOption, examples=LINT)(lint)
    command(group, "schema", examples=SCHEMA)(schema)
    importing.register(group)


LIST = {
    "asa-automate inventory list": "every firewall",
    "asa-automate inventory list --limit group:emea": "those of a group",
    "asa-automate inventory list --limit site=ams,site=fra --output json": "for a program",
}
SHOW = {"asa-automate inventory show lab-fw1": "one firewall with all that it inherits"}
LINT = {
    "asa-automate inventory lint": "all that is wrong in ./inventory; exit 65 if anything is",
    "asa-automate inventory lint --inventory /srv/fw --output json": "for a pipeline",
}
SCHEMA = {
    "asa-automate inventory schema": "all four, by the name of the file",
    "asa-automate inventory schema hosts > hosts.schema.json": "one, for an editor",
}


def list_(settings: Settings) -> None:
    """List the firewalls, each with its address, groups and exemptions."""
    from asa_automate.inventory import load

    inventory = load(settings.inventory).select(settings.limits)
    if settings.json:
        emit_json([_as_json(inventory, device) for device in inventory.devices])
        return
    rows = [
        [
            device.name,
            _address(device),
            device.context or "",
            device.site or "",
            ", ".join(device.groups),
            ", ".join(e.name for e in inventory.exemptions_for(device)),
        ]
        for device in inventory.devices
    ]
    table(settings, ["device", "address", "context", "site", "groups", "exemptions"], rows)


def show(
    settings: Settings,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the firewall.")],
) -> None:
    """Show one firewall as the tool sees it; credentials as references only."""
    from asa_automate.inventory import load

    inventory = load(settings.inventory)
    found = _as_json(inventory, inventory.device(name))
    if settings.json:
        emit_json(found)
        return
    rows = [[key, _cell(value)] for key, value in found.items() if value not in (None, [], {})]
    table(settings, ["what", "value"], rows)


def lint(settings: Settings) -> Exit:
    """Check the files: every problem on a line of its own, with file and line."""
    from asa_automate.inventory import examine

    inventory, problems = examine(settings.inventory)
    if settings.json:
        emit_json({"ok": inventory is not None, "problems": [_problem(p) for p in problems]})
    else:
        for problem in problems:
            emit(str(problem))
        if inventory is not None:
            devices, exemptions = len(inventory.devices), len(inventory.exemptions)
            emit(f"{settings.inventory}: {devices} devices, {exemptions} exemptions, no errors")
    return Exit.DONE if inventory is not None else Exit.BAD_INPUT


def schema(
    settings: Settings,  # noqa: ARG001  # every command takes them
    name: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="hosts, groups, defaults or exemptions.")
    ] = None,
) -> None:
    """Print JSON Schema for editors: of one file, or of all by name."""
    from asa_automate.inventory.schema import json_schemas

    schemas = json_schemas()
    if name is not None and name not in schemas:
        raise UsageError(f"there is no file '{name}'; it is one of {', '.join(schemas)}")
    emit_json(schemas if name is None else schemas[name])


def _as_json(inventory: "Inventory", device: "Device") -> dict[str, Any]:
    exemptions = [e.model_dump(mode="json") for e in inventory.exemptions_for(device)]
    return device.model_dump(mode="json") | {"exemptions": exemptions}


def _problem(problem: "Problem") -> dict[str, Any]:
    return {
        "file": str(problem.path),
        "line": problem.line,
        "severity": str(problem.severity),
        "text": problem.text,
    }


def _address(device: "Device") -> str:
    host = f"[{device.host}]" if ":" in device.host else device.host
    return f"{host}:{device.port}"


def _cell(value: Any) -> str:
    """A value of the JSON form on few lines: lists joined, mappings a line per key."""
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_cell(v)}" for key, v in value.items() if v not in (None, {}))
    if isinstance(value, list):
        separator = "\n" if any(isinstance(item, dict) for item in value) else ", "
        return separator.join(_cell(item) for item in value)
    return str(value)
