"""Servers that want memory: given up within the stated limits, by a scan and by a login."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from asa_automate.device import hostkeys
from asa_automate.device.credentials import Credentials, Secret
from asa_automate.device.hostile import GREETING, PACKET
from asa_automate.device.netmiko_transport import connect
from asa_automate.errors import Unreachable
from asa_automate.model import Device

#: What the sockets of both ends, and the library's, may hold beyond the limit.
BUFFERS = 16 * 1024 * 1024
CHUNK = b"x" * 65_536


def no_line_end(server: socket.socket) -> int:
    return poured(server, CHUNK)


def lines_without_end(server: socket.socket) -> int:
    return poured(server, b"no greeting\r\n" * 5_000)


def huge_packet(server: socket.socket) -> int:
    server.sendall(b"SSH-2.0-Cisco-1.25\r\n" + struct.pack(">I", 0x7FFFFFF4))
    return poured(server, CHUNK)


def poured(server: socket.socket, data: bytes) -> int:
    """Send until the other side has enough; how much that was."""
    sent = 0
    with suppress(OSError):
        while sent < 4 * BUFFERS:
            sent += server.send(data)
    return sent


@contextmanager
def hostile(pour: Callable[[socket.socket], int]) -> Iterator[tuple[int, list[int]]]:
    """Its port, and how much it could send in each connection."""
    sent: list[int] = []

    def run(listener: socket.socket) -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                sent.append(pour(connection))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=run, args=(listener,))
        thread.start()
        yield listener.getsockname()[1], sent
        thread.join(60)


@pytest.mark.parametrize("pour", [no_line_end, lines_without_end, huge_packet])
@pytest.mark.parametrize("way", ["scan", "login"])
def test_it_is_given_up(pour: Callable[[socket.socket], int], way: str, tmp_path: Path) -> None:
    (tmp_path / "known_hosts").write_text("")
    with hostile(pour) as (port, sent):
        device = Device(name="fw1", host="127.0.0.1", port=port)
        user = Credentials("u", Secret("p"))
        tries: dict[str, Callable[[], object]] = {
            "scan": lambda: hostkeys.scan(device.host, device.port),
            "login": lambda: connect(device, user, tmp_path / "known_hosts"),
        }
        with pytest.raises(Unreachable):
            tries[way]()
    assert sum(sent) < GREETING + PACKET + BUFFERS
