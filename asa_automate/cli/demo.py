"""``demo``: the whole job on virtual firewalls over real SSH, on this machine, in one go."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from asa_automate.cli.options import OutputOption, command
from asa_automate.cli.output import complain, emit, emit_json, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit

if TYPE_CHECKING:
    from asa_automate.apply.outcome import Outcome
    from asa_automate.cli.planning import Planned
    from asa_automate.lab.asa import VirtualAsa
    from asa_automate.lab.ssh_server import LabServer
    from asa_automate.store.engine import Store

EXAMPLES = {
    "asa-automate demo": "nothing to set up; nothing is left behind",
    "asa-automate demo --output json": "the outcomes, for a program",
}

GATEWAY = "192.168.1.1"

#: How each virtual firewall should end: the demo fails if one does not.
EXPECTED = {"edge-ams": "new", "edge-fra": "new", "edge-lon": "old"}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "demo", OutputOption, examples=EXAMPLES)(demo)


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo's own surroundings: virtual firewalls, a throw-away store and inventory."""

    settings: Settings
    boxes: "dict[str, VirtualAsa]"
    lab: "LabServer"


def demo(settings: Settings) -> Exit:
    """Start virtual firewalls; collect, plan, simulate, apply, verify, and watch one fail.

    Three firewalls on 127.0.0.1: an ordinary one, one with an interface policy and an ESMTP map
    of its own, and one whose link is cut in mid-change. Takes a few seconds.
    """
    with _stage(settings) as stage, _quiet_for_json(settings):
        outcomes = _play(stage)
    if settings.json:
        emit_json(
            [
                {
                    "device": o.device,
                    "outcome": o.state.value,
                    "saved": o.saved,
                    "reason": o.reason,
                }
                for o in outcomes
            ]
        )
    wrong = [o for o in outcomes if o.state.value != EXPECTED[o.device]]
    for outcome in wrong:
        complain(f"{outcome.device}: ended {outcome.state.value}, which the demo does not expect")
    return Exit.BUG if wrong else Exit.DONE


def _play(stage: Stage) -> "list[Outcome]":
    from asa_automate.store.engine import open_store

    settings = stage.settings
    emit("Three virtual firewalls are up, over real SSH on 127.0.0.1:\n")
    _introduce(stage)
    with closing(open_store(settings.store)) as store:
        emit("\n1. collect: what their ESMTP inspection counts")
        _collect(settings, store)
        emit(f"2. plan: the smallest change that exempts the mail gateway {GATEWAY}\n")
        planned = _plan(stage, store)
        emit("3. simulate: who inspects inbound mail on edge-fra, before and after")
        _simulate(planned)
        emit("4. apply: probe, send, live proof, verify, save; on edge-lon the link is cut")
        emit("   right after the commit line, before its reply")
        return _apply(stage, store, planned)


def _introduce(stage: Stage) -> None:
    what = {
        "edge-ams": "ordinary: global_policy with inspection_default",
        "edge-fra": "interface policy with `inspect esmtp ESMTP_TLS`, and the global one",
        "edge-lon": "ordinary, but its link is cut in mid-change",
    }
    rows = [[name, f"127.0.0.1:{port}", what[name]] for name, port in stage.lab.ports.items()]
    table(stage.settings, ["device", "address", "what"], rows)


def _collect(settings: Settings, store: "Store") -> None:
    from asa_automate.cli.collect import collect
    from asa_automate.store.samples import history, sampled_devices

    with redirect_stdout(StringIO()):
        collect(settings)
    rows = [
        [device, label.scope, label.name, label.action, f"{value:,}"]
        for device in sampled_devices(store)
        for label, value in history(store, device, last=1)[0].readings.items()
        if value
    ]
    table(settings, ["device", "scope", "counter", "action", "value"], rows)


def _plan(stage: Stage, store: "Store") -> "list[Planned]":
    from asa_automate.cli.planning import Wish, from_devices, plan_all
    from asa_automate.inventory import load
    from asa_automate.report.plan import plan_lines

    inventory = load(stage.settings.inventory)
    planned = plan_all(inventory, from_devices(stage.settings), Wish(), store)
    for one in planned[:2]:
        emit("\n".join(plan_lines(one.plan, one.running, one.counters)) + "\n")
    emit(f"{planned[2].plan.device}: the same plan as {planned[0].plan.device}\n")
    return planned


def _simulate(planned: "list[Planned]") -> None:
    from asa_automate.cli.simulate import explain
    from asa_automate.plan.proof import states_after
    from asa_automate.simulate.flow import parse_flow

    one = next(p for p in planned if p.plan.device == "edge-fra")
    assert one.running is not None  # noqa: S101  # a change has its configuration
    after = states_after(one.running, one.plan.commands)[-1]
    flow = parse_flow(f"tcp 198.51.100.7 -> {GATEWAY}:25 in outside out inside")
    emit(f"   {flow}")
    for when, running in (("before", one.running), ("after", after)):
        answer = explain(running, flow)["per-engine"]
        by = f" by class {answer['class']} of {answer['policy']}" if answer["class"] else ""
        emit(f"   {when}: inspected by {', '.join(answer['inspects']) or 'nothing'}{by}")
    emit("")


def _apply(stage: Stage, store: "Store", planned: "list[Planned]") -> "list[Outcome]":
    from asa_automate.apply.applier import Options, apply_plan
    from asa_automate.cli.changing import change_all
    from asa_automate.cli.one_change import Task
    from asa_automate.inventory import load
    from asa_automate.plan.document import DevicePlan

    inventory = load(stage.settings.inventory)

    def task(plan: DevicePlan) -> Task:
        return Task(
            inventory.device(plan.device),
            plan.identity.serial,
            lambda around: apply_plan(plan, around, Options()),
        )

    tasks = [task(p.plan) for p in planned if p.plan.status == "change"]
    outcomes = change_all(stage.settings, store, "apply", tasks).outcomes
    rows = [
        [
            o.device,
            o.state.value,
            "yes" if o.saved else "no",
            _inspects(stage, o.device),
            o.reason or "verified",
        ]
        for o in outcomes
    ]
    headings = ["device", "outcome", "saved", "the device says of inbound mail", "reason"]
    table(stage.settings, headings, rows)
    return outcomes


def _inspects(stage: Stage, device: str) -> str:
    """What the virtual firewall answers, asked directly and not through the tool's model."""
    from asa_automate.cli.connect import open_session
    from asa_automate.inventory import load
    from asa_automate.show.flow import parse_flow as parse_answer

    chosen = load(stage.settings.inventory).device(device)
    with open_session(chosen, stage.settings) as session:
        text = session.show(f"show service-policy flow tcp host 198.51.100.7 host {GATEWAY} eq 25")
    return "inspected" if parse_answer(text).inspects("esmtp") else "exempt"


@contextmanager
def _stage(settings: Settings) -> Iterator[Stage]:
    from asa_automate.lab.ssh_server import serve

    boxes = _boxes()
    with tempfile.TemporaryDirectory(prefix="asa-automate-demo-") as name, serve(boxes) as lab:
        place = Path(name)
        own = replace(
            settings,
            inventory=_inventory(place / "inventory", lab),
            limits=(),
            store=f"sqlite:///{place / 'store.sqlite3'}",
            known_hosts=_known_hosts(place / "known_hosts", lab),
            state_dir=place / "state",
            settle=0.0,
            env=_credentials(boxes),
        )
        yield Stage(own, boxes, lab)


def _boxes() -> "dict[str, VirtualAsa]":
    from asa_automate.lab.asa import VirtualAsa
    from asa_automate.lab.faults import Fault
    from asa_automate.lab.samples import interface_policy, ordinary

    # The probe takes ten lines; the commit line is the thirteenth of the plan itself.
    cut = Fault(at=23, kind="cut_after")
    boxes = {
        "edge-ams": VirtualAsa(ordinary("edge-ams", serial="9ADEMO00001")),
        "edge-fra": VirtualAsa(interface_policy("edge-fra", serial="9ADEMO00002")),
        "edge-lon": VirtualAsa(ordinary("edge-lon", serial="9ADEMO00003"), faults=[cut]),
    }
    for number, box in enumerate(boxes.values(), 1):
        where = ("global", "global_policy", "inspection_default", "esmtp")
        for counter, value in _COUNTERS.items():
            box.counters[*where, counter] = value * number
    return boxes


#: Like those that Cisco document 117801 shows, times the number of the firewall.
_COUNTERS = {
    "packet": 104_468,
    "drop": 41,
    "mask-banner": 639,
    "match header line length gt 998": 41,
    "match ehlo-reply-parameter others": 2_555,
}


def _inventory(directory: Path, lab: "LabServer") -> Path:
    directory.mkdir()
    hosts = (
        f"{name}: {{hostname: 127.0.0.1, port: {port}}}\n" for name, port in lab.ports.items()
    )
    texts = {
        "hosts.yaml": "".join(hosts),
        "groups.yaml": "{}\n",
        "defaults.yaml": "{}\n",
        "exemptions.yaml": f"exemptions:\n  - {{name: esa, gateways: [{GATEWAY}]}}\n",
    }
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


def _known_hosts(path: Path, lab: "LabServer") -> Path:
    lines = (f"[127.0.0.1]:{port} {lab.host_keys[name]}\n" for name, port in lab.ports.items())
    path.write_text("".join(lines), encoding="utf-8")
    path.chmod(0o600)
    return path


def _credentials(boxes: "dict[str, VirtualAsa]") -> dict[str, str]:
    knobs = next(iter(boxes.values())).knobs
    return {
        "ASA_AUTOMATE_USERNAME": knobs.username,
        "ASA_AUTOMATE_PASSWORD": knobs.password,
        "ASA_AUTOMATE_ENABLE": knobs.enable_password,
    }


def _quiet_for_json(settings: Settings) -> "redirect_stdout[StringIO] | nullcontext[None]":
    """With JSON the story is not told: stdout belongs to the result."""
    return redirect_stdout(StringIO()) if settings.json else nullcontext()
