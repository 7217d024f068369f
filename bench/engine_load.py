"""Mail for the proxy's benchmark: a server that counts and hashes, a proxy, clients; on loopback.

Server and proxy are processes of their own, so that the clock of the client runs around both.
"""

import asyncio
import hashlib
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_map import BUILT_IN, inspection_map
from asa_automate.simulate.proxy import Limits, Proxy

LOOPBACK = "127.0.0.1"
CHUNK = 262_144
END = b"\r\n.\r\n"
_SPAWN = multiprocessing.get_context("spawn")


class Sink(asyncio.Protocol):
    """A mail server that says 250 to all, and keeps a hash and a length of each message."""

    def __init__(self, kept: list[tuple[str, int]]) -> None:
        self._kept = kept
        self._held = b""
        self._hash: Any = None
        self._length = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = transport
        self._say(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Lines of commands, or of a message."""
        self._held += data
        while self._message() if self._hash is not None else self._command():
            pass

    def _command(self) -> bool:
        line, end, rest = self._held.partition(b"\r\n")
        if not end:
            return False
        self._held = rest
        if line == b"DATA":
            self._hash, self._length = hashlib.sha256(), 0
        self._say(b"354 go\r\n" if line == b"DATA" else b"250 ok\r\n")
        return True

    def _message(self) -> bool:
        at = self._held.find(END)
        sure = at + 2 if at >= 0 else max(0, len(self._held) - len(END) + 1)
        self._hash.update(self._held[:sure])
        self._length += sure
        self._held = self._held[at + len(END) :] if at >= 0 else self._held[sure:]
        if at < 0:
            return False
        self._kept.append((self._hash.hexdigest(), self._length))
        self._hash = None
        self._say(b"250 kept\r\n")
        return True

    def _say(self, text: bytes) -> None:
        if isinstance(self._transport, asyncio.Transport):
            self._transport.write(text)


def _sink(pipe: Connection) -> None:
    async def serve() -> None:
        kept: list[tuple[str, int]] = []
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Sink(kept), LOOPBACK, 0, backlog=512)
        pipe.send(server.sockets[0].getsockname()[1])
        await loop.run_in_executor(None, pipe.recv)
        pipe.send(kept)

    asyncio.run(serve())


def _proxy(pipe: Connection, upstream: int, inspected: bool) -> None:
    async def serve() -> None:
        one = inspection_map(BUILT_IN, Knobs(), {})
        proxy = Proxy(
            (lambda: Engine(one)) if inspected else (lambda: None),
            (LOOPBACK, upstream),
            Limits(grace=5.0),
        )
        pipe.send((await proxy.start(LOOPBACK, 0))[1])
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, pipe.recv) == "memory":
            pipe.send(resident())
        await proxy.stop()
        pipe.send((proxy.most, dict(proxy.verdicts)))

    asyncio.run(serve())


def resident() -> int:
    """Kilobytes of memory that this process has in use now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


class Started:
    """A process with a pipe: its port, and its last words."""

    def __init__(self, target: Any, *words: Any) -> None:
        self.pipe, far = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=target, args=(far, *words), daemon=True)
        self._process.start()
        self.port: int = self.pipe.recv()

    def memory(self) -> int:
        """Its resident kilobytes."""
        self.pipe.send("memory")
        used: int = self.pipe.recv()
        return used

    def end(self) -> Any:
        """Have it end; what it says then."""
        self.pipe.send("end")
        said = self.pipe.recv()
        self._process.join(30)
        return said


@contextmanager
def started() -> Iterator[tuple[Started, dict[bool, Started]]]:
    """A sink, and a proxy to it with the engine on (``True``) and one with it off."""
    sink = Started(_sink)
    yield sink, {on: Started(_proxy, sink.port, on) for on in (False, True)}


async def send(port: int, messages: list[bytes], begin: asyncio.Event | None = None) -> None:
    """All messages over one connection, each read back by its reply."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    await reader.readline()
    if begin is not None:
        await begin.wait()
    for message in messages:
        for line in (b"EHLO a", b"MAIL FROM:<a@example.com>", b"RCPT TO:<b@example.net>", b"DATA"):
            writer.write(line + b"\r\n")
            await reader.readline()
        for at in range(0, len(message), CHUNK):
            writer.write(message[at : at + CHUNK])
            await writer.drain()
        writer.write(b".\r\n")
        if await reader.readline() != b"250 kept\r\n":
            raise SystemExit("a message was not taken")
    writer.close()
    await writer.wait_closed()


def hash_of(message: bytes) -> tuple[str, int]:
    """As the sink has it."""
    return hashlib.sha256(message).hexdigest(), len(message)
