"""``lab serve``: virtual firewalls to rehearse on, over real SSH on this machine."""

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli.options import command
from asa_automate.cli.output import complain, say
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, Refused, UsageError
from asa_automate.model import Reading

if TYPE_CHECKING:
    from asa_automate.lab.asa import VirtualAsa
    from asa_automate.lab.knobs import Knobs
    from asa_automate.lab.ssh_server import LabServer

EXAMPLES = {
    "asa-automate lab serve": "two built-in firewalls on ports 2200 and 2201",
    "asa-automate lab serve --releases": "one firewall of each dialect, 7.2 to 9.16",
    "asa-automate lab serve --from-dir saved": "one firewall per saved configuration",
    "asa-automate lab serve --write-inventory rehearsal": "and an inventory of them",
    "asa-automate lab serve --upstream 127.0.0.1:25 --flow 'tcp 198.51.100.7 -> 192.168.1.1:25'": (
        "mail to port 2525 goes through the first firewall; its counters move"
    ),
}
_GROUPS = "lab: {platform: cisco_asa}\n"
_DEFAULTS = """\
data:
  credentials:
    username: env:ASA_AUTOMATE_USERNAME
    password: env:ASA_AUTOMATE_PASSWORD
    enable: env:ASA_AUTOMATE_ENABLE
"""
_EXEMPTIONS = """\
exemptions:
  - name: esa-lab
    match: {group: lab}
    gateways: [192.168.1.1]   # change it to your gateway
"""


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Virtual firewalls to rehearse on.",
        rich_markup_mode=None,
    )
    group.callback()(_group)
    app.add_typer(group, name="lab")
    command(group, "serve", examples=EXAMPLES)(serve)


def _group() -> None:
    """Virtual firewalls to rehearse on."""


def serve(
    settings: Settings,
    from_dir: Annotated[
        Path | None,
        typer.Option(
            "--from-dir",
            metavar="DIR",
            help="Saved texts: DIR/<device>/show_running-config.txt or DIR/<device>.cfg.",
        ),
    ] = None,
    releases: Annotated[
        bool,
        typer.Option("--releases", help="One firewall of each dialect, 7.2 to 9.16."),
    ] = False,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help="Of the first firewall; 0: free ports."),
    ] = 2200,
    reading: Annotated[
        str,
        typer.Option(
            "--reading", metavar="per-engine|per-class", help="How they pick the class of a flow."
        ),
    ] = Reading.PER_ENGINE.value,
    write_inventory: Annotated[
        Path | None,
        typer.Option("--write-inventory", metavar="DIR", help="Write an inventory of them."),
    ] = None,
    upstream: Annotated[
        str | None,
        typer.Option("--upstream", metavar="HOST:PORT", help="A mail server behind the first."),
    ] = None,
    listen: Annotated[
        str, typer.Option("--listen", metavar="HOST:PORT", help="Where mail for it comes in.")
    ] = "127.0.0.1:2525",
    flow: Annotated[
        str | None,
        typer.Option("--flow", metavar="FLOW", help="As what that mail meets the firewall."),
    ] = None,
) -> Exit:
    """Start virtual firewalls on 127.0.0.1 until Ctrl-C; what they learn is lost then.

    With --upstream and --flow real mail goes through the first of them: what its configuration
    says at that moment is done to it, and its counters move.
    """
    from asa_automate.lab import fleet
    from asa_automate.lab.knobs import Knobs

    knobs = Knobs(reading=_reading(reading))
    if (upstream is None) is not (flow is None):
        raise UsageError("--upstream and --flow go together: where mail goes, and as what")
    if from_dir and releases:
        raise UsageError("--releases and --from-dir: one or the other")
    samples = fleet.release_boxes if releases else fleet.sample_boxes
    boxes = fleet.boxes_from(from_dir, knobs) if from_dir else samples(knobs)
    with _started(boxes, port) as lab:
        _announce(settings, lab, knobs)
        if write_inventory is not None:
            _write(write_inventory, lab)
        _tell_how(settings, write_inventory, knobs)
        if upstream and flow:
            return _carry(settings, next(iter(boxes.values())), flow, reading, upstream, listen)
        return _wait()


def _carry(
    settings: Settings, box: "VirtualAsa", flow: str, reading: str, upstream: str, listen: str
) -> Exit:
    """Mail through a box until Ctrl-C."""
    from asa_automate.cli.lab_mail import MailPath
    from asa_automate.cli.simulate_proxy import address, in_words, run
    from asa_automate.simulate.proxy import Proxy

    path = MailPath(box, flow, reading)
    say(settings, f"{box.hostname}: {path.now()}")
    carrier = Proxy(
        path.engine,
        address(upstream, "--upstream"),
        said=lambda text: say(settings, text),
        done=lambda outcome: say(settings, in_words(outcome)),
    )
    run(carrier, address(listen, "--listen"))
    return Exit.DONE


def _reading(text: str) -> Reading:
    if text not in (Reading.PER_ENGINE, Reading.PER_CLASS):
        raise UsageError(f"--reading is per-engine or per-class, not {text!r}")
    return Reading(text)


def _started(boxes: "dict[str, VirtualAsa]", port: int) -> "LabServer":
    from asa_automate.lab.ssh_server import serve as serve_boxes

    if port + len(boxes) - 1 > 65535:
        raise UsageError(f"{len(boxes)} firewalls do not fit above port {port}")
    ports = {name: port + i for i, name in enumerate(boxes)} if port else {}
    lab = serve_boxes(boxes, ports=ports)
    try:
        return lab.start()
    except OSError as error:
        raise UsageError(
            f"cannot listen on the ports from {port}: {error.strerror or error};"
            " take another --port"
        ) from error


def _announce(settings: Settings, lab: "LabServer", knobs: "Knobs") -> None:
    for name, port in lab.ports.items():
        login = f"login {knobs.username}/{knobs.password}, enable {knobs.enable_password}"
        say(settings, f"{name}: {lab.host} port {port}, host key {lab.fingerprint(name)}, {login}")


def _write(directory: Path, lab: "LabServer") -> None:
    files = {
        "hosts.yaml": "".join(_host(name, lab) for name in lab.ports),
        "groups.yaml": _GROUPS,
        "defaults.yaml": _DEFAULTS,
        "exemptions.yaml": _EXEMPTIONS,
    }
    if standing := [name for name in files if (directory / name).exists()]:
        raise Refused(f"{directory / standing[0]} exists already; nothing was written")
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")


def _host(name: str, lab: "LabServer") -> str:
    place = {"hostname": lab.host, "port": lab.ports[name], "groups": ["lab"]}
    return f"{json.dumps(name)}: {json.dumps(place)}\n"


def _tell_how(settings: Settings, directory: Path | None, knobs: "Knobs") -> None:
    values = {
        "USERNAME": knobs.username,
        "PASSWORD": knobs.password,
        "ENABLE": knobs.enable_password,
    }
    exports = " ".join(f"ASA_AUTOMATE_{name}={value}" for name, value in values.items())
    say(settings, f"export {exports}")
    inventory = f" --inventory {directory}" if directory else ""
    say(settings, f"asa-automate hostkeys trust{inventory}; asa-automate plan{inventory}")
    if directory is None:
        say(settings, "an inventory of these firewalls: --write-inventory DIR")


def _wait() -> Exit:
    """Until Ctrl-C, which is how a server is meant to end."""
    try:
        complain("ready; Ctrl-C ends it")
        threading.Event().wait()
    except KeyboardInterrupt:
        complain("stopped")
    return Exit.DONE
