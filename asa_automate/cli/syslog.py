"""Where syslog messages go: a server over TCP or UDP, or the machine's own socket."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

from asa_automate.errors import Unreachable, UsageError

FORMS = "tcp://HOST:PORT, udp://HOST:PORT or unix:PATH (such as unix:/dev/log)"
SECONDS = 10.0


class Sink(Protocol):
    """One message after the other; ``kind`` says how long they may be."""

    kind: str

    def send(self, message: bytes) -> None:
        """Hand over one message.

        Raises:
            OSError: it could not be sent.
        """


class _Stream:
    kind = "stream"

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, message: bytes) -> None:
        """Octet counting, RFC 6587 section 3.4.1."""
        self._connection.sendall(b"%d %b" % (len(message), message))


class _Datagram:
    kind = "datagram"

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, message: bytes) -> None:
        self._connection.send(message)


@contextmanager
def syslog(address: str) -> Iterator[Sink]:
    """The sink at an address, open while the block runs.

    Raises:
        UsageError: it is no address.
        Unreachable: nobody listens there, or it went away.
    """
    connection, form = _dialled(address)
    try:
        with connection:
            yield form(connection)
    except OSError as error:
        raise Unreachable(f"syslog {address}: {error.strerror or error}") from error


def _dialled(address: str) -> tuple[socket.socket, type[_Stream] | type[_Datagram]]:
    try:
        if address.startswith("unix:"):
            return _datagrams(socket.AF_UNIX, address.removeprefix("unix:")), _Datagram
        host, port, scheme = _parts(address)
        if scheme == "tcp":
            return socket.create_connection((host, port), SECONDS), _Stream
        return _udp(host, port), _Datagram
    except OSError as error:
        raise Unreachable(f"syslog {address}: {error.strerror or error}") from error


def _parts(address: str) -> tuple[str, int, str]:
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in ("tcp", "udp") or not parts.hostname or not port:
        raise UsageError(f"--syslog {address}: write {FORMS}")
    return parts.hostname, port, parts.scheme


def _udp(host: str, port: int) -> socket.socket:
    [(family, *_, place), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    return _datagrams(family, place)


def _datagrams(family: int, place: Any) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_DGRAM)
    try:
        connection.connect(place)
    except OSError:
        connection.close()
        raise
    return connection
