"""A TCP proxy that puts the inspection between real clients and a real server.

The edge of this room: it owns sockets. What happens to the bytes is decided by the engine, a new
one for each connection; ``None`` instead of one lets them pass as they are.

Back-pressure: a side is read only as fast as the other one takes. Besides what the sockets hold, a
connection holds one chunk of :data:`CHUNK` bytes a side and what the engine waits with.
"""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from asa_automate.errors import AsaAutomateError
from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.esmtp_events import (
    Changed,
    Closed,
    Discarded,
    Ended,
    Event,
    Forward,
    LetGo,
    Syslog,
)
from asa_automate.simulate.smtp import Direction

#: Bytes that are read at once.
CHUNK = 262_144
#: ``SO_LINGER`` on, for 0 seconds: closing sends a RST.
_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the proxy puts up with; times in seconds.

    Args:
        connections: at once; one more is reset.
        connect: until the server must have answered.
        idle: without a byte, until a connection is reset (``timeout conn 1:00:00`` of an ASA).
        hold: how long the sockets of a dropped connection stay open, saying nothing.
        grace: how long open connections may go on when the proxy stops.
    """

    connections: int = 1000
    connect: float = 10.0
    idle: float = 3600.0
    hold: float = 30.0
    grace: float = 2.0


@dataclass(slots=True)
class Outcome:
    """How one connection went.

    Args:
        number: from 1, in the order in which they came.
        verdict: as of :class:`asa_automate.simulate.play.Played`, or ``failed``, ``refused``.
        changed: how many lines were changed or kept back, by rule.
        why: what ended it.
        sent: bytes that were read, by sender.
    """

    number: int
    verdict: str
    why: str = ""
    changed: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)


def _nobody(_: object) -> None:
    """Is told, and says nothing."""


class Over(Exception):
    """Nothing passes any more."""


class Link:
    """One connection of a client with its connection to the server."""

    def __init__(self, outcome: Outcome, said: Callable[[str], None]) -> None:
        self._engine: Engine | None = None
        self._said = said
        self.outcome = outcome
        self.touched = 0.0
        self.readers: dict[Direction, asyncio.StreamReader] = {}
        self.writers: dict[Direction, asyncio.StreamWriter] = {}

    def inspect_with(self, engine: Engine | None) -> None:
        """What looks at the bytes; ``None``: nothing does."""
        self._engine = engine
        self.outcome.verdict = "untouched" if engine is None else "unchanged"

    async def run(self) -> None:
        """Carry bytes until both sides are done, or the connection is over."""
        pumps = [asyncio.ensure_future(self._pump(side)) for side in Direction]
        try:
            await asyncio.gather(*pumps)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def swallow(self, seconds: float) -> None:
        """After a drop: neither side hears anything, whatever it says."""
        ends = [self._to_nobody(reader) for reader in self.readers.values()]
        try:
            await asyncio.wait_for(asyncio.gather(*ends), seconds)
        except (TimeoutError, OSError):
            return

    def reset(self) -> None:
        """Both sides get a RST."""
        for writer in self.writers.values():
            sock = writer.get_extra_info("socket")
            if sock is not None and not writer.is_closing():
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            writer.transport.abort()

    async def _pump(self, side: Direction) -> None:
        reader, clock = self.readers[side], asyncio.get_running_loop().time
        while True:
            data = await reader.read(CHUNK)
            self.touched = clock()
            self.outcome.sent[side.value] += len(data)
            if self._engine is None:
                await self._pass(side, data)
            else:
                await self._inspect(self._engine, side, data)
            if not data:
                return

    async def _pass(self, side: Direction, data: bytes) -> None:
        writer = self.writers[side.other]
        if data:
            writer.write(data)
            await writer.drain()
        else:
            _half_close(writer)

    async def _inspect(self, engine: Engine, side: Direction, data: bytes) -> None:
        engine.receive(side, data)
        passing: dict[Direction, list[bytes]] = {}
        ended: list[Direction] = []
        while (event := engine.next_event()) is not None:
            if isinstance(event, Forward):
                passing.setdefault(event.sender, []).append(event.data)
            elif isinstance(event, Ended):
                ended.append(event.sender)
            else:
                self._note(event)
        for sender, parts in passing.items():
            self.writers[sender.other].write(parts[0] if len(parts) == 1 else b"".join(parts))
        for sender in ended:
            _half_close(self.writers[sender.other])
        for sender in passing:
            await self.writers[sender.other].drain()
        if engine.closed:
            raise Over

    def _note(self, event: Event) -> None:
        outcome = self.outcome
        match event:
            case Syslog(text):
                self._said(text)
            case Changed() | Discarded():
                outcome.changed[event.rule] += 1
                outcome.verdict = "changed" if outcome.verdict == "unchanged" else outcome.verdict
            case LetGo():
                outcome.verdict = "let-go"
            case Closed(how, rule):
                outcome.verdict, outcome.why = how, rule

    @staticmethod
    async def _to_nobody(reader: asyncio.StreamReader) -> None:
        while await reader.read(CHUNK):
            pass


def _half_close(writer: asyncio.StreamWriter) -> None:
    if writer.can_write_eof() and not writer.is_closing():
        writer.write_eof()


class Proxy:
    """Listens, and carries each connection to the server through an engine of its own.

    Args:
        inspect: an engine for a new connection, or ``None``; what it raises ends that connection.
        said: is given each syslog.
        done: is given the outcome of each connection.
    """

    def __init__(
        self,
        inspect: Callable[[], Engine | None],
        upstream: tuple[str, int],
        limits: Limits | None = None,
        said: Callable[[str], None] = _nobody,
        done: Callable[[Outcome], None] = _nobody,
    ) -> None:
        self._inspect = inspect
        self._upstream = upstream
        self._limits = limits or Limits()
        self._said, self._done = said, done
        self._links: dict[asyncio.Task[None], Link] = {}
        self._server: asyncio.Server | None = None
        self._watch: asyncio.Task[None] | None = None
        self.verdicts: Counter[str] = Counter()
        self.most = 0

    @property
    def open(self) -> int:
        """How many connections there are now."""
        return len(self._links)

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen; where. Port 0 takes a free one.

        Raises:
            OSError: the address cannot be listened on.
        """
        self._server = await asyncio.start_server(self._accept, host, port, backlog=512)
        self._watch = asyncio.create_task(self._reset_idle_ones())
        bound = self._server.sockets[0].getsockname()
        return bound[0], bound[1]

    async def stop(self) -> None:
        """Accept nothing more, let what is open end, and reset what does not."""
        if self._server is None or self._watch is None:
            return
        self._server.close()
        self._watch.cancel()
        if self._links:
            await asyncio.wait(self._links, timeout=self._limits.grace)
        for task, link in list(self._links.items()):
            link.reset()
            task.cancel()
        if self._links:
            await asyncio.wait(self._links, timeout=self._limits.grace)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        outcome = Outcome(sum(self.verdicts.values()) + len(self._links) + 1, "untouched")
        link = Link(outcome, self._said)
        link.readers[Direction.CLIENT], link.writers[Direction.CLIENT] = reader, writer
        link.touched = asyncio.get_running_loop().time()
        if task is None or len(self._links) >= self._limits.connections:
            outcome.verdict, outcome.why = "refused", f"{len(self._links)} connections are open"
            link.reset()
            self._end(outcome)
            return
        self._links[task] = link
        self.most = max(self.most, len(self._links))
        try:
            await self._carry(link)
        except asyncio.CancelledError:
            outcome.verdict, outcome.why = "failed", "the proxy stopped"
        finally:
            await self._close(link)
            del self._links[task]
            self._end(outcome)

    async def _carry(self, link: Link) -> None:
        outcome = link.outcome
        try:
            engine = self._inspect()
            await self._connect(link)
        except (OSError, TimeoutError, AsaAutomateError) as error:
            outcome.verdict, outcome.why = "failed", str(error) or "the server does not answer"
            link.reset()
            return
        link.inspect_with(engine)
        try:
            await link.run()
        except Over:
            if outcome.verdict == "drop-connection":
                await link.swallow(self._limits.hold)
            link.reset()
        except OSError as error:
            outcome.why = outcome.why or f"a side went away: {error.strerror or error}"
            link.reset()

    async def _connect(self, link: Link) -> None:
        connected = asyncio.open_connection(*self._upstream)
        reader, writer = await asyncio.wait_for(connected, self._limits.connect)
        link.readers[Direction.SERVER], link.writers[Direction.SERVER] = reader, writer

    async def _close(self, link: Link) -> None:
        for writer in link.writers.values():
            writer.close()
        for writer in link.writers.values():
            try:
                await asyncio.wait_for(writer.wait_closed(), self._limits.grace)
            except (OSError, TimeoutError, asyncio.CancelledError):
                writer.transport.abort()

    def _end(self, outcome: Outcome) -> None:
        self.verdicts[outcome.verdict] += 1
        self._done(outcome)

    async def _reset_idle_ones(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(min(1.0, self._limits.idle))
            for link in list(self._links.values()):
                if clock() - link.touched > self._limits.idle:
                    link.outcome.why = "idle"
                    link.reset()
