"""``simulate``: ask the model of the firewall, on saved texts or a live configuration."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asa_automate.cli import simulate_proxy, simulate_smtp
from asa_automate.cli.asking import check_interfaces, running_of
from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import complain, emit, emit_json, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import BadInput, Exit, Refused, UsageError, gravest

if TYPE_CHECKING:
    from asa_automate.config.running import RunningConfig
    from asa_automate.plan.document import DevicePlan
    from asa_automate.simulate.flow import Flow

FLOW_EXAMPLES = {
    "asa-automate simulate flow --config edge1.cfg 'tcp 198.51.100.7 -> 192.168.1.1:25'": (
        "who inspects inbound mail"
    ),
    "asa-automate simulate flow --limit edge1 'tcp 192.168.1.1 -> 198.51.100.7:25 in inside'": (
        "outbound mail, on the firewall's present configuration"
    ),
    "asa-automate simulate flow --against-device edge1 'tcp 198.51.100.7 -> 192.168.1.1:25'": (
        "the device's own answer beside the model's; 6 if they differ"
    ),
}
PLAN_EXAMPLES = {
    "asa-automate simulate plan plan.json --from-dir texts": "play a plan on saved texts",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    sub = typer.Typer(no_args_is_help=True, help="Ask the model of the firewall. Sends nothing.")
    command(sub, "flow", InventoryOption, LimitOption, OutputOption, examples=FLOW_EXAMPLES)(flow)
    command(sub, "plan", OutputOption, examples=PLAN_EXAMPLES)(plan)
    simulate_smtp.register(sub)
    simulate_proxy.register(sub)
    app.add_typer(sub, name="simulate")


def flow(
    settings: Settings,
    text: Annotated[
        str | None,
        typer.Argument(metavar="FLOW", help="'tcp A[:P] -> B:P [in NAMEIF] [out NAMEIF]'"),
    ] = None,
    flow_option: Annotated[
        str | None, typer.Option("--flow", metavar="FLOW", help="The same, as an option.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="A saved running-config.")
    ] = None,
    from_dir: Annotated[
        Path | None,
        typer.Option("--from-dir", metavar="DIR", help="Saved texts of the inventory."),
    ] = None,
    against_device: Annotated[
        str | None,
        typer.Option(
            "--against-device",
            metavar="DEVICE",
            help="Ask the device as well, and say where it differs from the model.",
        ),
    ] = None,
) -> Exit:
    """Say which class of which policy takes a flow, for which engine, and why.

    Under both readings of Cisco's documents, each step with its line of the configuration.
    """
    from asa_automate.plan.guards import must_be_readable
    from asa_automate.simulate.flow import parse_flow

    words = text or flow_option
    if words is None:
        raise UsageError("no flow is given; for example 'tcp 198.51.100.7 -> 192.168.1.1:25'")
    asked = parse_flow(words)
    if against_device is not None:
        return _against(settings, against_device, asked)
    running = running_of(settings, config, from_dir)
    check_interfaces(running, asked)
    must_be_readable(running)
    if not running.tree.complete:
        complain("the text was cut short (no `: end`): what stood behind it is not in the answer")
    readings = explain(running, asked)
    for name in sorted(_unknown(running, asked)):
        complain(f"class {name}: whether it matches cannot be known; it is taken as no match")
    if settings.json:
        emit_json({"flow": str(asked), "readings": readings})
        return Exit.DONE
    for name, answer in readings.items():
        by = f"by class {answer['class']} of {answer['policy']}" if answer["class"] else ""
        emit(f"{name}: inspected by {', '.join(answer['inspects']) or 'nothing'} {by}".rstrip())
        for step in answer["trace"]:
            emit(f"  {step}")
    return Exit.DONE


def _against(settings: Settings, name: str, asked: "Flow") -> Exit:
    from asa_automate.cli.against import compare

    found = compare(settings, name, asked)
    readings = explain(found.running, asked)
    wrong = [text for one in found.asked for text in one.differences]
    if settings.json:
        emit_json(
            {
                "flow": str(asked),
                "readings": readings,
                "device": name,
                "reading": {"value": found.reading.value, "source": found.source},
                "asked": [asdict(one) for one in found.asked],
                "agrees": not wrong,
            }
        )
    else:
        model = readings[found.reading.value]
        emit(f"{name}, read {found.reading.value} ({found.source})")
        emit(f"  the model: inspected by {', '.join(model['inspects']) or 'nothing'}")
        for one in found.asked:
            emit(f"  {one.command}: {one.note or ('DIFFERS' if one.differences else 'agrees')}")
            for line in (*one.differences, *(one.answer.splitlines() if one.differences else ())):
                emit(f"    {line}")
        for step in model["trace"] if wrong else ():
            emit(f"  the model: {step}")
    for text in wrong:
        complain(f"{name}: finding: {text}")
    return found.exit


def _unknown(running: "RunningConfig", asked: "Flow") -> frozenset[str]:
    from asa_automate.model import Reading
    from asa_automate.simulate.classify import classify
    from asa_automate.simulate.world import World

    return classify(running, asked, World(Reading.PER_ENGINE)).unknown


def explain(running: "RunningConfig", asked: "Flow") -> dict[str, dict[str, Any]]:
    """The contract of ``simulate flow --output json``, reading by reading."""
    from asa_automate.model import Reading
    from asa_automate.simulate.classify import classify
    from asa_automate.simulate.engines import ESMTP, effective_map
    from asa_automate.simulate.world import World

    answers = {}
    for reading in (Reading.PER_ENGINE, Reading.PER_CLASS):
        trace: list[str] = []
        verdict = classify(running, asked, World(reading), trace.append)
        main = verdict.by(ESMTP) or next(iter(verdict.taken), None)
        answers[reading.value] = {
            "inspects": [t.engine for t in verdict.taken],
            "class": main.class_name if main else None,
            "policy": main.policy if main else None,
            "map": effective_map(main.engine, main.map) if main else None,
            "trace": trace,
        }
    return answers


def plan(
    settings: Settings,
    file: Annotated[Path, typer.Argument(metavar="PLAN", help="A file of `plan --out`.")],
    from_dir: Annotated[
        Path, typer.Option("--from-dir", metavar="DIR", help="Saved texts of its devices.")
    ],
) -> Exit:
    """Type a saved plan into virtual firewalls with saved configurations, and prove it anew.

    The proof over all flows is made from what the virtual firewall prints before and after each
    line, forth and back, and from nothing that the planner made but its lines and declarations.
    """
    from asa_automate.cli.planning import from_directory
    from asa_automate.plan.document import read_plan

    try:
        made = read_plan(file.read_bytes(), str(file))
    except OSError as error:
        raise BadInput(f"{file}: cannot be read: {error.strerror}") from error
    look = from_directory(from_dir)
    answers = [_played(one, look) for one in made.devices if one.status == "change"]
    if settings.json:
        emit_json([{k: v for k, v in a.items() if k != "exit"} for a in answers])
    else:
        rows = [[a["device"], "yes" if a["holds"] else "NO", a["why"] or ""] for a in answers]
        table(settings, ["device", "holds", "why"], rows)
    for answer in answers:
        if not answer["holds"]:
            complain(f"{answer['device']}: {answer['why']}")
    return gravest(a["exit"] for a in answers)


def _played(one: "DevicePlan", look: Any) -> dict[str, Any]:
    from asa_automate.cli.replaying import replayed
    from asa_automate.config.reader import read_running
    from asa_automate.model import Device
    from asa_automate.plan.state import fingerprint_of

    answer: dict[str, Any] = {"device": one.device, "holds": False, "why": None}
    try:
        text = look(Device(name=one.device, host=one.device)).running
        if fingerprint_of(read_running(text)) != one.fingerprint:
            return answer | {"why": "the saved text is not the planned one", "exit": Exit.REFUSED}
        why = replayed(one, text)
    except Refused as error:
        return answer | {"why": error.message, "exit": Exit.REFUSED}
    return answer | {
        "holds": why is None,
        "why": why,
        "exit": Exit.DISPROVED if why else Exit.DONE,
    }
