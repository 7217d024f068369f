"""``check``: who is exempt, partly, not, or cannot be told; reads, and changes nothing."""

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.files import keep
from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import complain, emit, emit_json, say, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit

if TYPE_CHECKING:
    from asa_automate.plan.verdicts import DeviceCheck

EXAMPLES = {
    "asa-automate check": "ask all firewalls who is exempt, and by which lines",
    "asa-automate check --detailed-exitcode --junit check.xml": "for a pipeline",
    "asa-automate check --from-dir texts --limit site=ams": "judge saved texts, ask no firewall",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "check", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)(check)


def check(
    settings: Settings,
    from_dir: Annotated[
        Path | None,
        typer.Option("--from-dir", metavar="DIR", help="Judge saved texts, ask no firewall."),
    ] = None,
    allow_incomplete: Annotated[
        bool,
        typer.Option("--allow-incomplete", help="Take saved texts that lack their end."),
    ] = False,
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Write JUnit XML for a pipeline as well."),
    ] = None,
    detailed_exitcode: Annotated[
        bool,
        typer.Option("--detailed-exitcode", help="Exit 2 where a gateway is not fully exempt."),
    ] = False,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=256, help="Firewalls at a time.")
    ] = 8,
) -> Exit:
    """Say which mail gateways are exempt, by what, and which lines decide. Changes nothing.

    Both directions, every interface policy and both readings of the documents are judged.
    """
    from asa_automate.cli.checking import check_all
    from asa_automate.cli.planning import Wish, exit_of, from_devices, from_directory
    from asa_automate.inventory import load
    from asa_automate.report.check_json import as_json
    from asa_automate.store.engine import open_store

    inventory = load(settings.inventory).select(settings.limits)
    source = from_directory(from_dir) if from_dir else from_devices(settings)
    wish = Wish(allow_incomplete=allow_incomplete and from_dir is not None, workers=workers)
    with ExitStack() as stack:
        store = stack.enter_context(closing(open_store(settings.store)))
        checked = check_all(inventory, source, wish, store)
    devices = [one.device for one in checked]
    if junit:
        _write(junit, devices)
    if settings.json:
        emit_json(as_json(devices))
    else:
        _show(settings, devices)
    for one in devices:
        if one.status != "checked":
            complain(f"{one.device}: {one.reason}")
    if junit:
        say(settings, f"JUnit XML is in {junit}")
    return exit_of(checked, detailed=detailed_exitcode)


def _write(path: Path, devices: "list[DeviceCheck]") -> None:
    from asa_automate.report.junit import junit

    keep(path, junit(devices), encoding="utf-8")


def _show(settings: Settings, devices: "list[DeviceCheck]") -> None:
    from asa_automate.report.check import device_lines, summary

    for one in devices:
        emit("\n".join(device_lines(one)) + "\n")
    rows = []
    for one in devices:
        if one.check.gateways:
            rows += [
                [one.device, str(g.gateway), g.state.value, summary(g)] for g in one.check.gateways
            ]
        else:
            rows.append([one.device, "", one.status, one.reason or "no exemption"])
    table(settings, ["device", "gateway", "state", "by"], rows)
