"""All of it: credentials, netmiko's transport, dialogue, against virtual firewalls over SSH."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from asa_automate.cli.connect import open_session
from asa_automate.cli.doors import Doors
from asa_automate.cli.roads import Roads
from asa_automate.device import hostkeys, known_hosts
from asa_automate.device.dialogue import has_end
from asa_automate.device.session import Session
from asa_automate.errors import (
    HostKeyRefused,
    Incomplete,
    LineRefused,
    LinkLost,
    LoginRefused,
    Unreachable,
)
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.ssh_server import LabServer, serve
from asa_automate.model import Device

KNOBS = Knobs()
ENV = {
    "ASA_AUTOMATE_USERNAME": KNOBS.username,
    "ASA_AUTOMATE_PASSWORD": KNOBS.password,
    "ASA_AUTOMATE_ENABLE": KNOBS.enable_password,
}


@dataclass
class Place:
    """One virtual firewall that is listening, and the settings to reach it."""

    box: VirtualAsa
    lab: LabServer
    device: Device
    known_hosts: Path
    env: dict[str, str]
    doors: Doors = field(default_factory=Doors)
    roads: Roads = field(default_factory=Roads)

    def session(self) -> Session:
        return open_session(self.device, self, may_change=True)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """``place(fault, ..., knobs=...)``: a virtual firewall whose key is trusted."""
    labs = []

    def make(*faults: Fault, knobs: Knobs = KNOBS) -> Place:
        box = VirtualAsa(ordinary(), knobs=knobs, faults=faults)
        lab = serve({"fw1": box}).__enter__()
        labs.append(lab)
        device = Device(name="fw1", host="127.0.0.1", port=lab.ports["fw1"])
        pins = tmp_path / "pins"
        known_hosts.trust(pins, hostkeys.scan(device.host, device.port)[0])
        return Place(box, lab, device, pins, dict(ENV))

    yield make
    for lab in labs:
        lab.stop()


def test_a_whole_visit(place: Callable[..., Place]) -> None:
    here = place()
    with here.session() as session:
        assert has_end(session.show("show running-config"))
        session.configure()
        session.line("object-group network ESA_EXEMPT_HOSTS")
        session.line("network-object host 192.168.1.1")
        session.line("class-map ESA_EXEMPT_ESMTP")
        assert "[OK]" in session.save()
    assert "object-group network ESA_EXEMPT_HOSTS" in here.box.startup_text
    assert here.box.counts.logins_tried == 1


def test_a_rotated_key_costs_no_password(place: Callable[..., Place]) -> None:
    here = place()
    here.lab.rotate_host_key("fw1")
    with pytest.raises(HostKeyRefused, match="CHANGED"):
        here.session()
    assert here.box.counts.logins_tried == 0


@pytest.mark.parametrize("part", ["PASSWORD", "ENABLE"])
def test_a_wrong_secret_is_tried_once(place: Callable[..., Place], part: str) -> None:
    here = place()
    here.env[f"ASA_AUTOMATE_{part}"] = "c4nary-wrong"
    with pytest.raises(LoginRefused, match=r"^fw1: ") as caught:
        here.session()
    assert "c4nary" not in str(caught.value)
    assert here.box.counts.logins_tried == 1


def test_all_sessions_taken(place: Callable[..., Place]) -> None:
    here = place(knobs=Knobs(max_sessions=1))
    with here.session(), pytest.raises(Unreachable, match="sessions"):
        here.session()


def test_hanging_up_types_nothing(place: Callable[..., Place]) -> None:
    here = place()
    session = here.session()
    session.configure()
    typed = len(here.box.transcript)
    session.close()  # in configuration mode: without a word
    here.session().close()
    assert [entry.line for entry in here.box.transcript[typed:]] == [
        "show curpriv",
        "enable",
        "(enable password)",
        "terminal pager 0",
        "exit",
    ]


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "reload"])
def test_a_cut_link_is_a_dead_session(place: Callable[..., Place], kind: str) -> None:
    session = place(Fault(2, kind)).session()
    session.configure()
    session.line("object-group network G")
    with pytest.raises(LinkLost, match=r"^fw1: .*'network-object host 192.168.1.1'"):
        session.line("network-object host 192.168.1.1")
    with pytest.raises(LinkLost):
        session.show("show version")


def test_a_refused_line_leaves_a_live_session(place: Callable[..., Place]) -> None:
    text = "Removing object-group (G) not allowed, it is being used."
    session = place(Fault(1, "refuse", text=text)).session()
    session.configure()
    with pytest.raises(LineRefused, match="in use") as caught:
        session.line("object-group network G")
    assert caught.value.reply == text
    session.line("object-group network G")
    session.close()


@pytest.mark.parametrize("kind", ["garbage", "truncated"])
def test_a_configuration_that_is_none(place: Callable[..., Place], kind: str) -> None:
    session = place(Fault(1, kind, on="show", command="show running-config")).session()
    with pytest.raises(Incomplete, match=r"^fw1: "):
        session.show("show running-config")
    assert has_end(session.show("show running-config"))
    session.close()
