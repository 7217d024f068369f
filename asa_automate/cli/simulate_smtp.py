"""``simulate smtp``: a dialogue through the inspection, before and after a plan."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asa_automate.cli.mailing import (
    ConfigOption,
    FlowOption,
    FromDirOption,
    KnobOption,
    PlanOption,
    ReadingOption,
    inspections,
)
from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import emit, emit_json
from asa_automate.cli.settings import Settings
from asa_automate.errors import BadInput, Exit

if TYPE_CHECKING:
    from asa_automate.simulate.dialogue import Turn

EXAMPLES = {
    "asa-automate simulate smtp mail.txt --config edge1.cfg "
    "--flow 'tcp 198.51.100.7 -> 192.168.1.1:25'": "what happens to inbound mail",
    "asa-automate simulate smtp swaks.log --config edge1.cfg --flow '...' --plan plan.json": (
        "a transcript of swaks, before and after a plan"
    ),
}


def register(group: typer.Typer) -> None:
    """Add the command to ``simulate``."""
    shared = (InventoryOption, LimitOption, OutputOption)
    command(group, "smtp", *shared, examples=EXAMPLES)(smtp)


def smtp(
    settings: Settings,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A dialogue: `C:` and `S:` lines, or swaks; -: stdin."
        ),
    ],
    flow: FlowOption,
    config: ConfigOption = None,
    from_dir: FromDirOption = None,
    plan: PlanOption = None,
    reading: ReadingOption = "per-engine",
    knob: KnobOption = None,
) -> Exit:
    """Play an SMTP dialogue through the firewall: what arrives, what was changed, by which rule.

    The flow decides who inspects, and with which map. In FILE, `C: text` is a line of the client
    and `S: text` one of the server; docs/engine.md has the rest of the format. Both sides say what
    FILE has, whatever reaches them.
    """
    from asa_automate.report.mail import as_json, lines_of
    from asa_automate.simulate.play import play

    turns = _turns(file)
    found = inspections(settings, flow, config, from_dir, plan, reading, knob)
    played = {name: (one, play(turns, one.engine())) for name, one in found.items()}
    if settings.json:
        answer: dict[str, Any] = {"flow": flow, "reading": reading, "after": None}
        emit_json(answer | {name: as_json(*both) for name, both in played.items()})
        return Exit.DONE
    for name, both in played.items():
        first, *rest = lines_of(*both)
        emit(f"{name + ': ' if plan else ''}{first}")
        for line in rest:
            emit(line)
    return Exit.DONE


def _turns(file: Path) -> "list[Turn]":
    from asa_automate.simulate.dialogue import read_dialogue

    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return read_dialogue(data.decode("utf-8", "surrogateescape"))
    except OSError as error:
        raise BadInput(f"{file}: cannot be read: {error.strerror}") from error
    except BadInput as error:
        raise BadInput(f"{file}: {error.message}") from error
