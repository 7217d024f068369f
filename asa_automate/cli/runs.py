"""``runs``: what was changed, by whom, and how each firewall ended."""

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from asa_automate.cli.options import OutputOption, command
from asa_automate.cli.output import emit_json, say, table
from asa_automate.cli.settings import Settings

if TYPE_CHECKING:
    from asa_automate.store.runs import RunDevice, RunSummary

EXAMPLES = {
    "asa-automate runs": "all runs, oldest first",
    "asa-automate runs --output json": "for a program",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "runs", OutputOption, examples=EXAMPLES)(runs)


def runs(settings: Settings) -> None:
    """List the runs that changed firewalls (apply, rollback, resume), oldest first."""
    from asa_automate.store.engine import open_store
    from asa_automate.store.runs import list_runs

    with closing(open_store(settings.store)) as store:
        found = list_runs(store)
    if settings.json:
        emit_json([run_as_json(run) for run in found])
        return
    if not found:
        say(settings, "there are no runs yet")
    headings = ("run", "kind", "status", "begun (UTC)", "operator", "device", "outcome", "reason")
    table(settings, headings, [row for run in found for row in _rows(run)])


def run_as_json(run: "RunSummary") -> dict[str, object]:
    """A run as ``runs --output json`` has it; others may read more keys in later versions."""
    return {
        "id": run.id,
        "kind": run.kind.value,
        "status": run.status.value,
        "devices": [_device_as_json(device) for device in run.devices],
        "plan": run.plan_id,
        "operator": run.operator,
        "parent": run.parent,
        "created": _instant(run.created),
        "finished": None if run.finished is None else _instant(run.finished),
        "rollout": run.detail.get("rollout"),
    }


def _device_as_json(device: "RunDevice") -> dict[str, object]:
    return {
        "device": device.device,
        "context": device.context,
        "serial": device.serial,
        "status": device.status.value,
        "outcome": device.outcome,
        "reason": device.reason,
        "wave": device.payload.get("wave"),
        "began": instant_of(device, "began"),
        "ended": instant_of(device, "ended"),
    }


def instant_of(device: "RunDevice", which: str) -> str | None:
    """When it ``began`` or ``ended``; ``None`` where it did not, or nobody wrote it down."""
    at = device.payload.get(which)
    return _instant(at) if isinstance(at, int | float) else None


def _rows(run: "RunSummary") -> list[list[str]]:
    """One row per device; the run is named in the first of them."""
    head = [run.id, run.kind, run.status, _instant(run.created), run.operator]
    tails = [[d.device, d.outcome or d.status, d.reason or ""] for d in run.devices]
    first, *others = tails or [["", "", ""]]
    return [head + first, *([""] * len(head) + tail for tail in others)]


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
