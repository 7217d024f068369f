"""The virtual ASA over real SSH, judged by clients that are not ours."""

import socket
from collections.abc import Iterator
from typing import Any

import paramiko
import pytest
from netmiko import ConnectHandler

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.lab.shell import Shell
from asa_automate.lab.ssh_server import LEGACY, LabServer, SshOptions, serve

#: What cryptography says of the algorithms that old boxes are left with.
OLD_ALGORITHMS = pytest.mark.filterwarnings(
    "ignore::cryptography.utils.CryptographyDeprecationWarning"
)


def netmiko(lab: LabServer, name: str) -> Any:
    """netmiko's stock driver: configuration mode at login, any host key."""
    return ConnectHandler(
        device_type="cisco_asa",
        host="127.0.0.1",
        port=lab.ports[name],
        username="admin",
        password="admin",
        secret="enable",
    )


@pytest.fixture
def dial() -> Iterator[Any]:
    """``dial(lab, name)``: a paramiko transport after key exchange; closed afterwards."""
    opened: list[paramiko.Transport] = []

    def make(lab: LabServer, name: str) -> paramiko.Transport:
        connection = socket.create_connection(("127.0.0.1", lab.ports[name]), timeout=20)
        transport = paramiko.Transport(connection)
        opened.append(transport)
        transport.start_client(timeout=20)
        return transport

    yield make
    for transport in opened:
        transport.close()


def terminal(transport: paramiko.Transport) -> paramiko.Channel:
    transport.auth_password("admin", "admin")
    channel = transport.open_session(timeout=20)
    channel.settimeout(20)
    channel.get_pty()
    channel.invoke_shell()
    return channel


def until(channel: paramiko.Channel, end: bytes) -> bytes:
    got = b""
    while not got.endswith(end):
        data = channel.recv(4096)
        assert data, f"closed after {got!r}"
        got += data
    return got


def closed(channel: paramiko.Channel) -> bool:
    try:
        while channel.recv(4096):
            pass
    except OSError:
        return True
    return True


def test_stock_netmiko(exemption: tuple[str, ...]) -> None:
    box = VirtualAsa(ordinary("fw"))
    with serve({"fw": box}) as lab, netmiko(lab, "fw") as driver:
        assert driver.find_prompt() == "fw#"
        assert "Software Version 9.16(4)" in driver.send_command("show version")
        shown = driver.send_command("show running-config")
        driver.send_config_set(list(exemption))
        assert "[OK]" in driver.save_config()

    assert shown.rstrip().endswith(": end")
    assert "terminal width 511\n" in box.running_text, "the stock driver edits at login"
    assert box.running_text.count("inspect esmtp") == 1
    assert "class MAIL\n  inspect esmtp \n" in box.startup_text
    assert box.counts.config_lines == 1 + len(exemption)
    assert box.counts.logins_tried == 1


def test_many_boxes_in_one_process() -> None:
    boxes = {f"fw{i}": VirtualAsa(interface_policy(f"fw{i}")) for i in range(6)}
    with serve(boxes) as lab:
        assert len(set(lab.ports.values())) == 6
        assert len(set(lab.host_keys.values())) == 6
        for name in boxes:
            with netmiko(lab, name) as driver:
                driver.send_config_set([f"hostname {name}-x"])

    assert {box.hostname for box in boxes.values()} == {f"fw{i}-x" for i in range(6)}


@OLD_ALGORITHMS
def test_a_legacy_box(dial: Any) -> None:
    with serve({"old": VirtualAsa(ordinary("old"))}, options={"old": LEGACY}) as lab:
        transport = dial(lab, "old")

        assert transport.host_key_type == "ssh-rsa"
        assert transport.remote_cipher in LEGACY.encryption_algs
        assert until(terminal(transport), b"old> ")


def test_host_keys(dial: Any) -> None:
    with serve({"fw": VirtualAsa(ordinary("fw"))}) as lab:
        before = lab.host_keys["fw"]
        first = dial(lab, "fw").get_remote_server_key()
        after = lab.rotate_host_key("fw")
        second = dial(lab, "fw").get_remote_server_key()

        assert before == f"ssh-ed25519 {first.get_base64()}"
        assert after == f"ssh-ed25519 {second.get_base64()}" != before
        assert lab.fingerprint("fw").startswith("SHA256:")


def test_a_given_host_key() -> None:
    key = SshOptions().key().export_private_key().decode()
    shown = set()
    for _ in range(2):
        with serve({"fw": VirtualAsa("")}, options={"fw": SshOptions(host_key=key)}) as lab:
            shown.add(lab.host_keys["fw"])

    assert len(shown) == 1


def test_wrong_password_is_counted(dial: Any) -> None:
    box = VirtualAsa(ordinary("fw"))
    with serve({"fw": box}) as lab:
        for name, password in (("admin", "wrong"), ("nobody", "admin")):
            with pytest.raises(paramiko.AuthenticationException):
                dial(lab, "fw").auth_password(name, password)
        assert until(terminal(dial(lab, "fw")), b"fw> ")

    assert (box.counts.logins_tried, box.counts.logins_refused) == (3, 2)


def test_no_session_left(dial: Any) -> None:
    box = VirtualAsa(ordinary("fw"), Knobs(max_sessions=1))
    with serve({"fw": box}) as lab:
        until(terminal(dial(lab, "fw")), b"fw> ")
        with pytest.raises((paramiko.SSHException, OSError, EOFError)):
            terminal(dial(lab, "fw"))

    assert box.counts.sessions == 1


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "reload"])
def test_a_cut_reaches_the_client(dial: Any, kind: str) -> None:
    knobs = Knobs(privileged_at_login=True)
    box = VirtualAsa(ordinary("fw"), knobs, [Fault(1, kind)])
    with serve({"fw": box}) as lab:
        channel = terminal(dial(lab, "fw"))
        until(channel, b"fw# ")
        channel.sendall(b"configure terminal\n")
        until(channel, b"fw(config)# ")
        channel.sendall(b"class-map C\n")
        assert closed(channel)

    assert ("class-map C" in box.running_text) == (kind == "cut_after")


def test_a_reload_from_outside_reaches_the_client(dial: Any) -> None:
    box = VirtualAsa(ordinary("fw"))
    with serve({"fw": box}) as lab:
        channel = terminal(dial(lab, "fw"))
        until(channel, b"fw> ")
        box.reload()
        assert closed(channel)


@pytest.mark.parametrize("kind", ["switchover", "switchover_before"])
def test_after_a_switchover_the_mate_answers(dial: Any, kind: str) -> None:
    knobs = Knobs(privileged_at_login=True, pager_lines=0, failover="active", mate_serial="9AMATE")
    box = VirtualAsa(ordinary("fw"), knobs, [Fault(3, kind, lines=1, on="command")])
    with serve({"fw": box}) as lab:
        channels = [terminal(dial(lab, "fw")) for _ in range(2)]
        for channel in channels:
            until(channel, b"fw# ")
        channels[0].sendall(b"configure terminal\nclass-map A\nclass-map B\n")
        assert all(closed(channel) for channel in channels)

        channel = terminal(dial(lab, "fw"))
        until(channel, b"fw# ")
        channel.sendall(b"show failover | include host\nshow version | include Serial\n")
        shown = until(channel, b"9AMATE\r\n\rfw# ")

    assert b"This host: Secondary - Active" in shown
    assert ("class-map A\n" in box.running_text) == (kind == "switchover")
    assert "class-map B\n" not in box.running_text


def test_a_silent_session_is_closed(dial: Any) -> None:
    """With a limit below nothing every pause is too long."""
    box = VirtualAsa(ordinary("fw"), Knobs(privileged_at_login=True, idle_seconds=-1))
    with serve({"fw": box}) as lab:
        channel = terminal(dial(lab, "fw"))
        until(channel, b"fw# ")
        channel.sendall(b"show mode\n")
        assert closed(channel)

    assert not box.transcript


def test_a_session_that_is_not_silent_for_long_stays(dial: Any) -> None:
    box = VirtualAsa(ordinary("fw"), Knobs(privileged_at_login=True, idle_seconds=3600))
    with serve({"fw": box}) as lab:
        channel = terminal(dial(lab, "fw"))
        until(channel, b"fw# ")
        channel.sendall(b"show mode\n")
        assert b"single" in until(channel, b"\rfw# ")


def test_noise_and_an_edit_on_any_exchange(dial: Any) -> None:
    faults = [
        Fault(1, "noise", text="%ASA-1-noise", on="command"),
        Fault(2, "edit", text="class-map THEIRS\nmatch any", on="command"),
    ]
    box = VirtualAsa(ordinary("fw"), Knobs(privileged_at_login=True), faults)
    with serve({"fw": box}) as lab:
        channel = terminal(dial(lab, "fw"))
        until(channel, b"fw# ")
        channel.sendall(b"configure terminal\nend\n")
        shown = until(channel, b"end\r\n\rfw# ")

    assert b"configure terminal\r\n%ASA-1-noise\r\n\rfw(config)# " in shown
    assert "class-map THEIRS\n match any\n" in box.running_text


def test_a_late_answer_comes_after_all(dial: Any) -> None:
    knobs = Knobs(privileged_at_login=True)
    box = VirtualAsa(ordinary("fw"), knobs, [Fault(1, "delay", seconds=0.2)])
    with serve({"fw": box}) as lab:
        channel = terminal(dial(lab, "fw"))
        until(channel, b"fw# ")
        channel.sendall(b"configure terminal\nclass-map C\nmatch any\nend\n")
        shown = until(channel, b"\rfw# ").decode().replace("\r", "")

    assert shown.endswith(
        "(config)# class-map C\nfw(config-cmap)# match any\nfw(config-cmap)# end\nfw# "
    )


def test_logging_off_closes(dial: Any) -> None:
    with serve({"fw": VirtualAsa(ordinary("fw"))}) as lab:
        channel = terminal(dial(lab, "fw"))
        until(channel, b"fw> ")
        channel.sendall(b"exit\n")
        assert closed(channel)


def test_an_error_in_the_lab_hangs_nobody(
    dial: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_shell: Shell, _data: bytes) -> list[Any]:
        raise RuntimeError("a bug in the lab")

    with serve({"fw": VirtualAsa(ordinary("fw"))}) as lab:
        channel = terminal(dial(lab, "fw"))
        until(channel, b"fw> ")
        monkeypatch.setattr(Shell, "feed", broken)
        channel.sendall(b"show mode\n")
        assert closed(channel)

    assert "a virtual ASA failed" in caplog.text


def test_a_port_that_is_taken() -> None:
    with (
        serve({"fw": VirtualAsa("")}) as lab,
        pytest.raises(OSError, match=r"address already in use"),
    ):
        serve({"two": VirtualAsa("")}, ports={"two": lab.ports["fw"]}).start()


def test_starting_and_stopping_twice() -> None:
    lab = serve({"fw": VirtualAsa("")})
    assert lab.start() is lab.start()
    lab.stop()
    lab.stop()
