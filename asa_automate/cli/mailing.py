"""From flags to inspections: what ``simulate smtp``, ``simulate proxy``, ``lab serve`` share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.asking import check_interfaces, running_of
from asa_automate.cli.output import complain
from asa_automate.cli.settings import Settings
from asa_automate.errors import BadInput, Refused, UsageError
from asa_automate.model import Reading

if TYPE_CHECKING:
    from asa_automate.config.running import RunningConfig
    from asa_automate.simulate.inspection import Inspection

FlowOption = Annotated[
    str,
    typer.Option("--flow", metavar="FLOW", help="'tcp A[:P] -> B:P [in NAMEIF] [out NAMEIF]'"),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="A saved running-config.")
]
FromDirOption = Annotated[
    Path | None, typer.Option("--from-dir", metavar="DIR", help="Saved texts of the inventory.")
]
PlanOption = Annotated[
    Path | None,
    typer.Option("--plan", metavar="PLAN", help="A file of `plan --out`: also after it."),
]
ReadingOption = Annotated[
    str,
    typer.Option(
        "--reading", metavar="per-engine|per-class", help="How the firewall picks the class."
    ),
]
KnobOption = Annotated[
    list[str] | None,
    typer.Option("--knob", metavar="NAME=VALUE", help="Of docs/engine.md; may be repeated."),
]


def inspections(
    settings: Settings,
    flow: str,
    config: Path | None,
    from_dir: Path | None,
    plan: Path | None,
    reading: str,
    knob: list[str] | None,
) -> "dict[str, Inspection]":
    """``before``, and ``after`` where there is a plan: what is done with the mail of a flow.

    Raises:
        Refused: the plan was made on another configuration.
    """
    running = running_of(settings, config, from_dir)
    if not running.tree.complete:
        complain("the text was cut short (no `: end`): what stood behind it is not in the answer")
    states = {"before": running} | ({"after": _after(running, plan)} if plan else {})
    found = {name: inspection(state, flow, reading, knob) for name, state in states.items()}
    for name, one in found.items():
        _say_what_is_open(states[name], one, f"{name}: " if plan else "", reading, knob)
    return found


def _say_what_is_open(
    running: "RunningConfig", one: "Inspection", head: str, reading: str, knob: list[str] | None
) -> None:
    for name in sorted(one.unknown):
        complain(f"class {name}: whether it matches cannot be known; it is taken as no match")
    for other in set(Reading) - {Reading.UNKNOWN, Reading(reading)}:
        says = str(inspection(running, str(one.flow), other, knob))
        if says != str(one):
            complain(f"{head}under the {other.value} reading it is {says}")


def inspection(
    running: "RunningConfig", flow: str, reading: str, knob: list[str] | None
) -> "Inspection":
    """What a configuration does with the mail of a flow.

    Raises:
        UsageError: a flow, an interface, a reading or a knob that is none.
        Refused: the configuration cannot be read with certainty.
    """
    from asa_automate.plan.guards import must_be_readable
    from asa_automate.simulate.esmtp_knobs import knobs_from
    from asa_automate.simulate.flow import parse_flow
    from asa_automate.simulate.inspection import inspection_of
    from asa_automate.simulate.world import World

    if reading not in (Reading.PER_ENGINE, Reading.PER_CLASS):
        raise UsageError(f"--reading is per-engine or per-class, not {reading!r}")
    asked = parse_flow(flow)
    check_interfaces(running, asked)
    must_be_readable(running)
    return inspection_of(running, asked, World(Reading(reading)), knobs_from(knob or []))


def _after(running: "RunningConfig", file: Path) -> "RunningConfig":
    from asa_automate.plan.document import read_plan
    from asa_automate.plan.proof import states_after
    from asa_automate.plan.state import fingerprint_of

    try:
        made = read_plan(file.read_bytes(), str(file))
    except OSError as error:
        raise BadInput(f"{file}: cannot be read: {error.strerror}") from error
    mark = fingerprint_of(running)
    for one in made.devices:
        if one.fingerprint == mark:
            return states_after(running, one.commands)[-1]
    names = ", ".join(one.device for one in made.devices)
    raise Refused(f"{file}: no device of it ({names}) was planned on this configuration")
