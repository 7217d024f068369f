"""One connection to a jump host carries many; what happens to one must not hurt the others."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asa_automate.device import netmiko_transport
from asa_automate.device.credentials import Credentials, Secret
from asa_automate.device.jump import DEAD_FOR, Bastions, JumpLogin
from asa_automate.device.session import Session
from asa_automate.errors import HostKeyRefused, JumpHostRefused, Unreachable
from asa_automate.inventory.jump import Hop, hops, parse_hop
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.samples import ordinary
from asa_automate.lab.ssh_server import serve
from asa_automate.model import Device
from tests.bastion import Bastion, start

BOXES = 6
ROUNDS = 5


@pytest.fixture
def bastion(require_program: Callable[[str], Path], tmp_path: Path) -> Iterator[Bastion]:
    one = start(require_program("sshd"), tmp_path / "bastion")
    yield one
    one.stop()


def test_sessions_that_come_and_go_side_by_side(bastion: Bastion, tmp_path: Path) -> None:
    """OpenSSH ends the whole connection over one message behind a close: none is ever sent."""
    names = [f"fw{number}" for number in range(BOXES)]
    pins = tmp_path / "pins"
    wrong: list[Exception] = []
    with serve({name: VirtualAsa(ordinary(name)) for name in names}) as lab:
        keys = [f"[127.0.0.1]:{lab.ports[name]} {lab.host_keys[name]}\n" for name in names]
        pins.write_text(bastion.known_host + "".join(keys))
        bastions = Bastions(JumpLogin("", (bastion.client_key,), agent=False), pins)
        devices = [
            Device(name=name, host="127.0.0.1", port=lab.ports[name], via=(bastion.via,))
            for name in names
        ]

        def read(device: Device) -> None:
            try:
                for _ in range(ROUNDS):
                    _read(device, bastions, pins)
            except Exception as error:
                wrong.append(error)

        threads = [threading.Thread(target=read, args=(device,)) for device in devices]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 1 == bastions.count()
        bastions.close()
    assert [] == wrong
    assert (1, BOXES * ROUNDS) == (bastion.logins, len(bastion.forwarded))
    assert "Disconnecting" not in bastion.log


def _read(device: Device, bastions: Bastions, pins: Path) -> None:
    way = hops(device.via)
    login = Credentials("admin", Secret("admin"), Secret("enable"))
    wire = netmiko_transport.connect(
        device, login, pins, dial=lambda host, port, t: bastions.dial(way, host, port, t)
    )
    with Session.open(wire, device=device.name, enable_secret=login.enable) as session:
        assert "Version" in session.show("show version")


def test_a_new_connection_where_the_old_one_has_died(bastion: Bastion, tmp_path: Path) -> None:
    pins = tmp_path / "pins"
    pins.write_text(bastion.known_host)
    bastions = Bastions(JumpLogin("", (bastion.client_key,), agent=False), pins)
    bastions.open(hops((bastion.via,)))
    bastions.close()
    bastions.open(hops((bastion.via,)))
    bastions.close()
    assert 2 == bastion.logins


def test_a_refusal_stands(bastion: Bastion, tmp_path: Path) -> None:
    pins = tmp_path / "pins"
    pins.write_text(bastion.known_host)
    bastions = Bastions(JumpLogin("nobody", (), agent=False), pins)
    for _ in range(3):
        with pytest.raises(JumpHostRefused, match="tried: nothing"):
            bastions.open((Hop("127.0.0.1", bastion.port),))
    assert 2 == bastion.log.count("Connection from")  # the first was to see whether it listens


def test_a_dead_one_is_tried_again_after_a_while(tmp_path: Path) -> None:
    now = [0.0]
    pins = tmp_path / "pins"
    bastions = Bastions(JumpLogin("nobody", (), agent=False), pins, clock=lambda: now[0])
    dead = (Hop("127.0.0.1", 1),)
    said = []
    for later in (0.0, DEAD_FOR / 2, DEAD_FOR):
        now[0] += later
        with pytest.raises(Unreachable, match=r"jump host 127\.0\.0\.1:1: ") as caught:
            bastions.open(dead)
        said.append(caught.value)
    assert said[0].message == said[1].message


def test_an_unknown_key_ends_it_before_the_login(bastion: Bastion, tmp_path: Path) -> None:
    bastions = Bastions(JumpLogin("", (bastion.client_key,), agent=False), tmp_path / "none")
    with pytest.raises(HostKeyRefused, match="host key unknown"):
        bastions.open(hops((bastion.via,)))
    assert 0 == bastion.logins + bastion.refused


@pytest.mark.parametrize(
    ("text", "hop", "shown"),
    [
        ("jump", Hop("jump"), "jump"),
        ("ops@jump:2222", Hop("jump", 2222, "ops"), "jump:2222"),
        ("[2001:db8::1]:22", Hop("2001:db8::1"), "[2001:db8::1]"),
        ("a.b@[2001:db8::1]", Hop("2001:db8::1", 22, "a.b"), "[2001:db8::1]"),
    ],
)
def test_how_a_jump_host_is_written(text: str, hop: Hop, shown: str) -> None:
    assert (hop, shown) == (parse_hop(text), str(hop))


@pytest.mark.parametrize("text", ["", "jump:0", "jump:70000", "2001:db8::1", "a@b@c d", "[::1"])
def test_what_names_no_jump_host(text: str) -> None:
    with pytest.raises(ValueError, match=r"jump host|brackets"):
        parse_hop(text)
