"""A wire that plays a firewall's part from a table, and a clock that only silence moves."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncssh
import pytest

from asa_automate.device.conversation import Timeouts
from asa_automate.device.credentials import Secret
from asa_automate.device.session import Session
from asa_automate.errors import LinkLost
from asa_automate.lab.wire import MemoryWire
from asa_automate.model import Device


@dataclass
class Answer:
    """One answer: text as a device sends it, and the prompt after it.

    ``prompt=None`` leaves the prompt; ``hang_up`` ends the connection after the text.
    """

    text: str = ""
    prompt: str | None = None
    hang_up: bool = False
    raw: bytes | None = None


Echo = Callable[[str], str]
Result = TypeVar("Result")


@dataclass
class FakeWire:
    """Plays ``answers`` (line -> answer); what is not in it is answered with nothing."""

    greeting: bytes = b"Type help or '?' for a list of available commands.\r\n\rfw> "
    prompt: str = "fw> "
    answers: dict[str, Answer] = field(default_factory=dict)
    chunk: int = 1 << 20
    echo: Echo = lambda line: line
    sent: list[str] = field(default_factory=list)
    closed: bool = False
    now: float = 0.0

    def __post_init__(self) -> None:
        self._coming = bytearray(self.greeting)
        self._gone = False

    def clock(self) -> float:
        return self.now

    def say(self, data: bytes) -> None:
        self._coming += data

    def write(self, data: bytes) -> None:
        if self._gone:
            raise LinkLost("gone")
        line = data.decode().removesuffix("\n")
        self.sent.append(line)
        self._play(line, self.answers.get(line, Answer()))

    def read(self, seconds: float) -> bytes:
        if not self._coming:
            if self._gone:
                raise LinkLost("the device hung up")
            self.now += seconds
            return b""
        data = bytes(self._coming[: self.chunk])
        del self._coming[: self.chunk]
        return data

    def close(self) -> None:
        self.closed = True

    def _play(self, line: str, answer: Answer) -> None:
        if answer.raw is not None:
            self._coming += answer.raw
        else:
            self.prompt = answer.prompt if answer.prompt is not None else self.prompt
            text = answer.text.replace("\n", "\r\n")
            self._coming += f"{self.echo(line)}\r\n{text}\r{self.prompt}".encode()
        self._gone = answer.hang_up


def entering(prompt: str) -> Answer:
    return Answer(prompt=prompt)


CURPRIV = Answer("Username : admin\nCurrent privilege level : 1\nCurrent Mode/s : P_UNPR\n")

USER = {
    "show curpriv": CURPRIV,
    "enable": Answer(raw=b"enable\r\nPassword: "),
    "s3cret": Answer(raw=b"\r\n\rfw# "),
    "terminal pager 0": Answer(prompt="fw# "),
}
CHANGES = {
    "configure terminal": entering("fw(config)# "),
    "object-group network G": entering("fw(config-network-object-group)# "),
    "class-map C": entering("fw(config-cmap)# "),
    "policy-map P": entering("fw(config-pmap)# "),
    "class C": entering("fw(config-pmap-c)# "),
    "end": entering("fw# "),
}


@pytest.fixture(params=[1 << 20, 7, 1], ids=["whole", "pieces", "bytes"])
def chunk(request: pytest.FixtureRequest) -> int:
    """How many bytes arrive at a time."""
    size = request.param
    assert isinstance(size, int)
    return size


@pytest.fixture
def fake_wire(chunk: int) -> Callable[..., FakeWire]:
    """``fake_wire({line: answer}, ...)``: a wire that begins at the user prompt."""

    def make(answers: dict[str, Answer] | None = None, **more: object) -> FakeWire:
        return FakeWire(answers=USER | CHANGES | (answers or {}), chunk=chunk, **more)  # type: ignore[arg-type]  # for brevity

    return make


@pytest.fixture
def opened() -> Callable[..., Session]:
    """``opened(wire)``: a session over it, that may change things."""

    def make(wire: FakeWire, **more: object) -> Session:
        arguments: dict[str, object] = {
            "device": "fw1",
            "enable_secret": Secret("s3cret"),
            "may_change": True,
            "timeouts": Timeouts(),
            "clock": wire.clock,
        }
        return Session.open(wire, **(arguments | more))  # type: ignore[arg-type]  # for brevity

    return make


@pytest.fixture
def answer() -> type[Answer]:
    """The class of answers."""
    return Answer


GREETING = b"caf\xe9\r\n\rfw# "
PASSWORD = "c4nary-pw"  # opens only the server below


class Server:
    """SSH servers in a thread; ``seen``: attempts to log in; ``heard``: lines."""

    greeting = GREETING
    password = PASSWORD

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.heard: list[bytes] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._servers: list[asyncssh.SSHAcceptor] = []
        self._inside: set[asyncssh.SSHServerConnection] = set()

    def start(
        self, *keys: asyncssh.SSHKey, opens: bool = True, port: int = 0, **options: Any
    ) -> Device:
        """One more server; the device that it is."""
        seen = self.seen

        inside = self._inside

        class Door(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                inside.add(conn)

            def begin_auth(self, username: str) -> bool:
                seen.append(username)
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, _username: str, password: str) -> bool:
                seen.append(password)
                return password == PASSWORD

            def session_requested(self) -> bool:
                return opens

        server = self._do(
            asyncssh.create_server(
                Door,
                "127.0.0.1",
                port,
                server_host_keys=list(keys),
                process_factory=self._talk if opens else None,
                encoding=None,
                line_editor=False,
                **options,
            )
        )
        self._servers.append(server)
        return Device(name="fw1", host="127.0.0.1", port=server.get_port())

    async def _talk(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        process.stdout.write(GREETING)
        async for line in process.stdin:
            self.heard.append(line)
            word = line.strip()
            process.stdout.write(word + b"\r\n\rfw# ")
            if word == b"exit":
                break
        process.exit(0)

    def wait_until_left(self) -> None:
        """Until each connection has ended by itself: all that it brought has been heard then."""
        self._do(_ended_by_themselves(self._inside))

    def stop_last(self) -> None:
        """End the server that was started last, so that its port is free."""
        self._do(_ended(self._servers.pop()))

    def stop(self) -> None:
        """End all of them, whatever they are at."""
        while self._servers:
            self.stop_last()
        self._do(_left(self._inside))
        self._do(_idle())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, work: Awaitable[Result]) -> Result:
        async def done() -> Result:
            return await work

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)


async def _ended(server: asyncssh.SSHAcceptor) -> None:
    server.close()
    await server.wait_closed()


async def _ended_by_themselves(inside: set[asyncssh.SSHServerConnection]) -> None:
    for connection in list(inside):
        await connection.wait_closed()


async def _left(inside: set[asyncssh.SSHServerConnection]) -> None:
    for connection in inside:
        connection.abort()
    for connection in inside:
        await connection.wait_closed()
    await asyncio.sleep(0)  # once more round the loop, so that it closes the sockets


async def _idle() -> None:
    """Cancel what still runs on this loop, and wait until it has noticed."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@pytest.fixture
def server() -> Iterator[Server]:
    """A place for servers."""
    made = Server()
    yield made
    made.stop()


@dataclass
class Clocked:
    """The wire with a clock that silence moves, so that no test waits."""

    wire: MemoryWire
    now: float = 0.0

    def clock(self) -> float:
        return self.now

    def write(self, data: bytes) -> None:
        self.wire.write(data)

    def read(self, seconds: float) -> bytes:
        data = self.wire.read(seconds)
        self.now += 0.0 if data else seconds
        return data

    def close(self) -> None:
        self.wire.close()
