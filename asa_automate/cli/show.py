"""``show``: a saved plan, or a run, again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asa_automate.cli.options import OutputOption, command
from asa_automate.cli.output import emit, emit_json
from asa_automate.cli.runs import instant_of
from asa_automate.cli.settings import Settings

if TYPE_CHECKING:
    from asa_automate.store.runs import RunDevice, RunSummary

EXAMPLES = {
    "asa-automate show plan.json": "commands, way back and proof of a saved plan",
    "asa-automate show 20261124T061502-7f3a": "what a run sent, line by line",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "show", OutputOption, examples=EXAMPLES)(show)


def show(
    settings: Settings,
    what: Annotated[str, typer.Argument(metavar="PLAN|RUN", help="A plan file or a run's id.")],
) -> None:
    """Show a saved plan or a run again."""
    path = Path(what)
    if path.is_file():
        _plan(settings, path)
    else:
        _run(settings, what)


def _plan(settings: Settings, path: Path) -> None:
    from asa_automate.plan.document import read_plan, write_plan
    from asa_automate.report.plan import plan_lines

    made = read_plan(path.read_bytes(), str(path))
    if settings.json:
        emit(write_plan(made).rstrip("\n"))
        return
    emit(f"plan {made.id}, made {made.created:%Y-%m-%d %H:%M:%S} UTC by {made.tool},")
    emit(f"good until {made.expires:%Y-%m-%d %H:%M:%S} UTC")
    for one in made.devices:
        emit("\n" + "\n".join(plan_lines(one)))


def _run(settings: Settings, run_id: str) -> None:
    from asa_automate.cli.runs import run_as_json
    from asa_automate.store.engine import open_store
    from asa_automate.store.journal import records
    from asa_automate.store.runs import get_run

    with closing(open_store(settings.store)) as store:
        run = get_run(store, run_id)
        found = records(store, run_id)
    if settings.json:
        lines = [
            {"device": r.device, "kind": r.kind.value, "payload": dict(r.payload)} for r in found
        ]
        emit_json(run_as_json(run) | {"journal": lines})
        return
    _story(run)
    for device in run.devices:
        emit(f"\n{device.device}: {device.outcome or device.status}{_when(device)}")
        if device.reason:
            emit(f"  {device.reason}")
        for record in found:
            if record.device == device.device:
                emit(f"  {record.seq:>6} {record.kind.value:<9} {_brief(record.payload)}".rstrip())


def _story(run: "RunSummary") -> None:
    """The run in a few lines: how it was asked for, and each wave with its ends."""
    emit(f"run {run.id}: {run.kind.value}, {run.status.value}, by {run.operator}")
    terms = run.detail.get("rollout")
    if not terms:
        return
    asked = {"--wave": terms["wave"], "--max-fail": terms["max_fail"], "--gate": terms["gate"]}
    emit("  " + " ".join(f"{flag} {value}" for flag, value in asked.items() if value is not None))
    for wave in sorted({d.payload.get("wave") or 0 for d in run.devices} - {0}):
        devices = [d for d in run.devices if d.payload.get("wave") == wave]
        ends = Counter(d.outcome or d.status.value for d in devices)
        counted = ", ".join(f"{count} {end}" for end, count in ends.items())
        emit(f"  wave {wave}: {counted}{_span(devices)}")


def _span(devices: "Sequence[RunDevice]") -> str:
    """From the first beginning to the last end, where there is one."""
    began = [at for device in devices if (at := instant_of(device, "began"))]
    ended = [at for device in devices if (at := instant_of(device, "ended"))]
    return f" ({min(began)} to {max(ended)})" if began and ended else ""


def _when(device: "RunDevice") -> str:
    wave = device.payload.get("wave")
    began, ended = instant_of(device, "began"), instant_of(device, "ended")
    parts = [f"wave {wave}"] if wave else []
    parts += [f"{began} to {ended}"] if began and ended else []
    return f" ({', '.join(parts)})" if parts else ""


def _brief(payload: Mapping[str, Any]) -> str:
    if "ssh" in payload:
        return _ssh(payload["ssh"])
    for key in ("line", "reason", "outcome", "flow", "fingerprint", "wanted"):
        if payload.get(key):
            wrong = f": {payload['wrong']}" if payload.get("wrong") else ""
            return f"{payload[key]}{wrong}"
    return ""


def _ssh(used: Mapping[str, Any]) -> str:
    """What a session was made with; the mark of the inventory comes first."""
    names = ("kex", "host_key", "cipher_out", "mac_out")
    mark = "legacy ssh" if used.get("legacy") else "ssh"
    return f"{mark}: {', '.join(str(used[name]) for name in names if used.get(name))}"
