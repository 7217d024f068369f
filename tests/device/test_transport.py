"""The road to a device over real SSH, against a server of another library on 127.0.0.1."""

import asyncio
import logging
import threading
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from asa_automate.device import hostkeys, known_hosts
from asa_automate.device.credentials import Credentials, Secret
from asa_automate.device.known_hosts import HostKey
from asa_automate.device.netmiko_transport import connect
from asa_automate.device.session import Session
from asa_automate.errors import (
    AsaAutomateError,
    HostKeyRefused,
    LinkLost,
    LoginRefused,
    Unreachable,
    UsageError,
)
from asa_automate.model import Device

RIGHT = Credentials("ops", Secret("c4nary-pw"), Secret("c4nary-en"))
ED25519 = asyncssh.generate_private_key("ssh-ed25519")
RSA = asyncssh.generate_private_key("ssh-rsa")
GREETING = b"caf\xe9\r\n\rfw# "  # as the server of conftest.py prints it


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    """An empty file of host keys."""
    path = tmp_path / "known_hosts"
    path.touch(mode=0o600)
    return path


def _pin(path: Path, device: Device, key: asyncssh.SSHKey) -> HostKey:
    entry = HostKey(device.host, device.port, key.get_algorithm(), key.public_data)
    known_hosts.trust(path, entry, replace=True)
    return entry


def test_bytes_pass_unchanged_both_ways(server: Any, pins: Path) -> None:
    device = server.start(ED25519)
    _pin(pins, device, ED25519)
    wire = connect(device, RIGHT, pins)
    assert _read(wire, len(GREETING)) == GREETING
    wire.write(b"x\n")
    assert _read(wire, 8) == b"x\r\n\rfw# "
    assert wire.read(0.0) == b""
    wire.write(b"exit\n")
    with pytest.raises(LinkLost, match=r"^fw1: "):
        _read(wire, 1000)
    wire.close()
    wire.close()
    with pytest.raises(LinkLost):
        wire.write(b"x")


def test_nothing_is_sent_before_the_dialogue(server: Any, pins: Path) -> None:
    device = server.start(ED25519)
    _pin(pins, device, ED25519)
    wire = connect(device, RIGHT, pins)
    assert _read(wire, len(GREETING)) == GREETING
    assert wire.read(0.3) == b""  # an echo would show what was sent
    wire.close()


def test_hanging_up_sends_nothing(server: Any, pins: Path) -> None:
    device = server.start(ED25519)
    _pin(pins, device, ED25519)
    wire = connect(device, RIGHT, pins)
    assert _read(wire, len(GREETING)) == GREETING  # the server's side is there, and listens
    wire.close()
    server.wait_until_left()
    assert server.heard == []


def test_a_session_over_it(server: Any, pins: Path) -> None:
    device = server.start(ED25519)
    _pin(pins, device, ED25519)
    with Session.open(connect(device, RIGHT, pins), device="fw1", enable_secret=None) as session:
        assert session.show("show version") == ""
        assert "caf\udce9" in session.greeting


@pytest.mark.parametrize("change", [False, True], ids=["unknown", "changed"])
def test_a_wrong_key_sees_no_attempt_to_log_in(server: Any, pins: Path, change: bool) -> None:
    device = server.start(ED25519)
    shown = known_hosts.HostKey(device.host, device.port, "ssh-ed25519", ED25519.public_data)
    expected = [shown.fingerprint, "hostkeys trust", "no password was sent"]
    if change:
        pinned = _pin(pins, device, asyncssh.generate_private_key("ssh-ed25519"))
        expected += [pinned.fingerprint, "CHANGED"]
    with pytest.raises(HostKeyRefused, match=r"^fw1: ") as caught:
        connect(device, RIGHT, pins)
    assert [word for word in expected if word not in str(caught.value)] == []
    assert server.seen == []


def test_another_kind_of_key_is_a_changed_key(server: Any, pins: Path) -> None:
    device = server.start(ED25519)
    _pin(pins, device, RSA)
    with pytest.raises(HostKeyRefused, match="CHANGED"):
        connect(device, RIGHT, pins)
    assert server.seen == []


@pytest.mark.parametrize("key", [ED25519, RSA], ids=["ed25519", "rsa"])
def test_the_pinned_kind_of_key_is_asked_for(
    server: Any, pins: Path, key: asyncssh.SSHKey
) -> None:
    device = server.start(ED25519, RSA)
    _pin(pins, device, key)
    connect(device, RIGHT, pins).close()


def test_a_missing_file_is_refused_before_connecting(tmp_path: Path) -> None:
    device = Device(name="fw1", host="no-such-host.invalid")
    with pytest.raises(HostKeyRefused, match="hostkeys trust"):
        connect(device, RIGHT, tmp_path / "none")


def test_the_users_own_known_hosts_does_not_count(server: Any, pins: Path, tmp_path: Path) -> None:
    device = server.start(ED25519)
    _pin(tmp_path / "home" / ".ssh" / "known_hosts", device, ED25519)
    with pytest.raises(HostKeyRefused, match="unknown"):
        connect(device, RIGHT, pins)


def test_a_wrong_password_is_tried_once(server: Any, pins: Path) -> None:
    device = server.start(ED25519)
    _pin(pins, device, ED25519)
    with pytest.raises(LoginRefused, match=r"^fw1: login refused"):
        connect(device, Credentials("ops", Secret("wrong")), pins)
    assert server.seen == ["ops", "wrong"]


def test_old_algorithms_need_the_mark(server: Any, pins: Path) -> None:
    device = server.start(
        RSA, kex_algs=["diffie-hellman-group14-sha1"], signature_algs=["ssh-rsa"]
    )
    _pin(pins, device, RSA)
    for attempt in (
        lambda: connect(device, RIGHT, pins),
        lambda: hostkeys.scan(device.host, device.port),
    ):
        with pytest.raises(Unreachable) as caught:
            attempt()
        # The server may reset the connection before its list of algorithms is read.
        named = ("diffie-hellman-group14-sha1", "during the key exchange")
        assert any(words in str(caught.value) for words in named)
        assert "ssh: {legacy: true}" in str(caught.value)
    assert server.seen == []
    connect(device.model_copy(update={"legacy_ssh": True}), RIGHT, pins).close()
    assert hostkeys.scan(device.host, device.port, legacy=True)[0].kind == "ssh-rsa"


def test_no_session_slot(server: Any, pins: Path) -> None:
    device = server.start(ED25519, opens=False)
    _pin(pins, device, ED25519)
    with pytest.raises(Unreachable, match="sessions may be taken"):
        connect(device, RIGHT, pins)


def test_a_scan_never_logs_in(server: Any) -> None:
    device = server.start(ED25519)
    (key,) = hostkeys.scan(device.host, device.port)
    assert key == HostKey(device.host, device.port, "ssh-ed25519", ED25519.public_data)
    assert server.seen == []


def test_nobody_there(pins: Path) -> None:
    device = Device(name="fw1", host="127.0.0.1", port=1)
    with pytest.raises(Unreachable, match=r"^fw1: cannot connect to 127.0.0.1:1: "):
        connect(device, RIGHT, pins)


def test_no_such_name(pins: Path) -> None:
    with pytest.raises(Unreachable, match=r"^fw1: cannot connect to no-such-host.invalid:22: "):
        connect(Device(name="fw1", host="no-such-host.invalid"), RIGHT, pins)


async def _mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail ESMTP\r\n")
    await writer.drain()
    writer.close()


async def _gone(listening: asyncio.Server) -> None:
    listening.close()
    await listening.wait_closed()
    await asyncio.sleep(0)  # once more round the loop, so that it closes the sockets


def test_something_else_than_ssh(pins: Path) -> None:
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(asyncio.start_server(_mute, "127.0.0.1", 0))
    port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    device = Device(name="fw1", host="127.0.0.1", port=port)
    try:
        with pytest.raises(Unreachable, match=r"^fw1: "):
            connect(device, RIGHT, pins)
        with pytest.raises(Unreachable):
            hostkeys.scan(device.host, device.port)
    finally:
        asyncio.run_coroutine_threadsafe(_gone(listening), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def test_jump_hosts_are_not_passed_over(pins: Path) -> None:
    with pytest.raises(UsageError, match="jump hosts"):
        connect(Device(name="fw1", host="127.0.0.1", via=("bastion",)), RIGHT, pins)


def test_no_secret_in_any_log(
    server: Any, pins: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    device = server.start(ED25519)
    _pin(pins, device, ED25519)
    with Session.open(connect(device, RIGHT, pins), device="fw1", enable_secret=RIGHT.enable):
        pass
    for wrong in (Credentials("ops", Secret("c4nary-wrong")), RIGHT):
        _pin(pins, device, ED25519 if wrong is not RIGHT else RSA)
        with pytest.raises(AsaAutomateError) as caught:
            connect(device, wrong, pins)
        assert "c4nary" not in str(caught.value)
    out, err = capfd.readouterr()
    assert "c4nary" not in caplog.text + out + err
    assert not [record for record in caplog.records if record.name.startswith("paramiko")]


def _read(wire: Any, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = wire.read(5.0)
        assert more, f"nothing more after {data!r}"
        data += more
    return data
