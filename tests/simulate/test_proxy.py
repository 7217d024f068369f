"""The inspecting proxy between real sockets: what it carries, ends, puts up with."""

import hashlib
import smtplib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from asa_automate.errors import Refused
from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_map import BUILT_IN, inspection_map
from asa_automate.simulate.proxy import Limits
from tests.mail_parts import LOOPBACK, PATIENCE, Carried, mail_server, until

DEFAULT = inspection_map(BUILT_IN, Knobs(), {})
MESSAGE = b"Subject: x\r\n\r\n" + b"".join(b"line %d\r\n" % n for n in range(2000))


def inspecting() -> Engine:
    return Engine(DEFAULT)


def nobody() -> None:
    return None


class Server:
    """A server that speaks as it is told to, for one connection after the other."""

    def __init__(self, talk: Any) -> None:
        self._listening = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listening.getsockname()[1]
        self._talk = talk
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                one, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(one,), daemon=True).start()

    def _one(self, one: socket.socket) -> None:
        with closing(one):
            one.settimeout(PATIENCE)
            try:
                self._talk(one)
            except OSError:
                return


def silent(one: socket.socket) -> None:
    while one.recv(65536):
        pass


def greeting(one: socket.socket) -> None:
    one.sendall(b"220 mail\r\n")
    silent(one)


def connected(port: int) -> socket.socket:
    one = socket.create_connection((LOOPBACK, port), timeout=PATIENCE)
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return one


def is_reset(port: int) -> None:
    with pytest.raises(ConnectionResetError), closing(connected(port)) as client:
        client.recv(1)


@pytest.fixture
def greeted() -> Iterator[Server]:
    with Server(greeting) as server:
        yield server


def test_mail_of_an_exempt_flow_is_delivered_byte_for_byte() -> None:
    with mail_server() as (inbox, port), Carried(nobody, port) as carried:
        with smtplib.SMTP(LOOPBACK, carried.port, timeout=PATIENCE) as client:
            code, words = client.ehlo()
            assert (250, True) == (code, b"SMTPUTF8" in words)
            client.sendmail("a@example.com", ["b@example.net"], MESSAGE)
        (outcome,) = carried.ended(1)

    assert [MESSAGE] == inbox.messages
    assert "untouched" == outcome.verdict


def test_mail_of_an_inspected_flow_meets_the_masks() -> None:
    with mail_server() as (inbox, port), Carried(inspecting, port) as carried:
        client = smtplib.SMTP(timeout=PATIENCE)
        code, banner = client.connect(LOOPBACK, carried.port)
        assert (220, set(b"20 *")) >= (code, set(banner))
        assert b"XXXXXXXA" in client.ehlo()[1]
        assert 500 == client.docmd("XFOO")[0]
        client.sendmail("a@example.com", ["b@example.net"], MESSAGE)
        client.quit()
        (outcome,) = carried.ended(1)

    assert [MESSAGE] == inbox.messages
    assert "changed" == outcome.verdict
    assert 1 == outcome.changed["mask-banner"]
    assert 1 == outcome.changed["unsupported command"]


def test_a_dropped_connection_hears_nothing(greeted: Server) -> None:
    with Carried(inspecting, greeted.port) as carried, closing(connected(carried.port)) as client:
        assert b"220 ****\r\n" == client.recv(100)
        client.sendall(b"NOOP " + b"a" * 600 + b"\r\n")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)
        (outcome,) = carried.ended(1)

    assert ("drop-connection", "match cmd line length gt 512") == (outcome.verdict, outcome.why)
    assert ["-4-108004:", "-4-507003:"] == [text[4:14] for text in carried.syslog]


def test_half_closed_sockets_are_carried_on() -> None:
    heard: list[bytes] = []

    def answers_at_the_end(one: socket.socket) -> None:
        while data := one.recv(100):
            heard.append(data)
        one.sendall(b"220 late\r\n")

    with Server(answers_at_the_end) as server, Carried(nobody, server.port) as carried:
        client = connected(carried.port)
        client.sendall(b"QUIT\r\n")
        client.shutdown(socket.SHUT_WR)
        assert b"220 late\r\n" == client.recv(100)
        assert b"" == client.recv(100)
        client.close()
        carried.ended(1)

    assert b"QUIT\r\n" == b"".join(heard)


def test_one_byte_at_a_time(greeted: Server) -> None:
    with Carried(inspecting, greeted.port) as carried, closing(connected(carried.port)) as client:
        client.recv(100)
        for byte in b"NOOP\r\nXFOO\r\nNOOP":
            client.sendall(bytes([byte]))
        client.shutdown(socket.SHUT_WR)
        (outcome,) = carried.ended(1)

    assert {"unsupported command": 1, "truncated command": 1, "mask-banner": 1} == outcome.changed


def test_a_server_that_never_speaks_is_left_alone_until_idle() -> None:
    limits = Limits(idle=0.3)
    with Server(silent) as server, Carried(inspecting, server.port, limits) as carried:
        is_reset(carried.port)
        (outcome,) = carried.ended(1)

    assert "idle" == outcome.why


def test_no_server_is_a_reset() -> None:
    with closing(socket.create_server((LOOPBACK, 0))) as taken:
        port = taken.getsockname()[1]
    with Carried(inspecting, port) as carried:
        is_reset(carried.port)
        (outcome,) = carried.ended(1)

    assert "failed" == outcome.verdict


def test_a_configuration_that_cannot_be_read_is_said(greeted: Server) -> None:
    def refusing() -> Engine:
        raise Refused("no such map")

    with Carried(refusing, greeted.port) as carried:
        is_reset(carried.port)

    assert ["no such map"] == [outcome.why for outcome in carried.outcomes]


def test_one_connection_too_many_is_reset(greeted: Server) -> None:
    limits = Limits(connections=1, grace=0.2)
    with Carried(inspecting, greeted.port, limits) as carried:
        with closing(connected(carried.port)) as first:
            first.recv(1)
            is_reset(carried.port)
        carried.ended(2)

    assert {"refused": 1, "changed": 1} == carried.proxy.verdicts


def test_a_client_that_goes_away_with_a_reset(greeted: Server) -> None:
    with Carried(inspecting, greeted.port) as carried:
        client = connected(carried.port)
        client.recv(100)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        (outcome,) = carried.ended(1)

    assert "a side went away" in outcome.why


def test_a_slow_reader_holds_the_sender_back() -> None:
    """Back-pressure: no more is read than the other side takes, besides what sockets hold."""
    stop = threading.Event()

    def never_reads(one: socket.socket) -> None:
        one.sendall(b"220 mail\r\n")
        stop.wait(PATIENCE)

    limits = Limits(grace=0.2)
    with Server(never_reads) as server, Carried(nobody, server.port, limits) as carried:
        client = connected(carried.port)
        client.settimeout(1.0)
        sent = 0
        with suppress(TimeoutError):
            while sent < 100_000_000:
                sent += client.send(b"x" * 65536)
        stop.set()
        client.close()

    assert sent < 100_000_000


def test_stopping_ends_what_is_open(greeted: Server) -> None:
    with Carried(inspecting, greeted.port, Limits(grace=0.1)) as carried:
        client = connected(carried.port)
        client.recv(100)
    with closing(client), pytest.raises(ConnectionResetError):
        client.recv(1)

    assert ["the proxy stopped"] == [outcome.why for outcome in carried.outcomes]


def test_many_at_once_lose_nothing() -> None:
    """Forty connections at once, two hundred messages: the same hashes arrive."""
    messages = [
        b"Subject: %d\r\n\r\n" % n + bytes([65 + n % 26]) * 900 + b"\r\n" for n in range(200)
    ]
    turn = iter(messages)
    lock = threading.Lock()

    def send() -> None:
        with smtplib.SMTP(LOOPBACK, carried.port, timeout=PATIENCE) as client:
            while True:
                with lock:
                    message = next(turn, None)
                if message is None:
                    return
                client.sendmail("a@example.com", ["b@example.net"], message)

    with mail_server() as (inbox, port), Carried(nobody, port) as carried:
        threads = [threading.Thread(target=send) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        carried.ended(40)

    def hashes(of: list[bytes]) -> list[str]:
        return sorted(hashlib.sha256(one).hexdigest() for one in of)

    assert hashes(messages) == hashes(inbox.messages)
    assert {"untouched": 40} == carried.proxy.verdicts
    until(lambda: carried.proxy.open == 0, "no connection to be open")
