"""``counters alerts``: rules over what was collected, judged once."""

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import emit_json, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, UsageError

if TYPE_CHECKING:
    from asa_automate.store.alerts import Row

EXAMPLES = {
    "asa-automate counters alerts --rules alerts.yaml": "judge them; a JSON line for each change",
    "asa-automate counters alerts --rules alerts.yaml --firing": "what fires; nothing is judged",
    "asa-automate counters alerts --schema > alerts.schema.json": "JSON Schema, for an editor",
}


def register(group: typer.Typer) -> None:
    """Add the command to the group ``counters``."""
    command(group, "alerts", InventoryOption, LimitOption, OutputOption, examples=EXAMPLES)(alerts)


def alerts(
    settings: Settings,
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="FILE", help="The rules, in YAML.")
    ] = None,
    firing: Annotated[
        bool, typer.Option("--firing", help="Show what fires; judge and tell nothing.")
    ] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema.")] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit 2 where a rule fires.")
    ] = False,
) -> Exit:
    """Judge alert rules over what was collected, and tell what changed.

    Each rule fires once and clears once: how it stands is kept in the store. No firewall is asked.
    """
    from asa_automate.collect.alerts.rules import json_schema

    if schema:
        emit_json(json_schema())
        return Exit.DONE
    if rules is None:
        raise UsageError("name the rules: --rules FILE; deploy/alert-rules.yaml is a sample")
    found, exit_code = _judged(settings, rules, judge=not firing)
    if firing:
        _show(settings, found)
    return Exit.CHANGES if detailed_exitcode and found and not exit_code else exit_code


def _judged(settings: Settings, rules: Path, *, judge: bool) -> "tuple[list[Row], Exit]":
    """What fires, and how telling went."""
    from asa_automate.cli.alerting import to_stdout, watch_of
    from asa_automate.inventory import load
    from asa_automate.store.engine import open_store

    inventory = load(settings.inventory)
    with closing(open_store(settings.store)) as store:
        watch = watch_of(settings, store, rules, inventory, to_stdout)
        if judge:
            watch.look(time.time())
        return watch.firing(), Exit.UNREACHABLE if judge and watch.waiting() else Exit.DONE


def _show(settings: Settings, found: "list[Row]") -> None:
    from asa_automate.collect.alerts.places import instant

    if settings.json:
        emit_json(
            [
                {
                    "alert": row.rule,
                    "device": row.device,
                    "state": row.state,
                    "since": instant(row.fired or row.since),
                    "value": row.value,
                }
                for row in found
            ]
        )
        return
    rows = [
        [
            row.rule,
            row.device,
            row.state,
            instant(row.fired or row.since),
            "" if row.value is None else f"{row.value:.6g}",
        ]
        for row in found
    ]
    table(settings, ["alert", "device", "state", "since", "value"], rows)
