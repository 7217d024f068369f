"""A TCP proxy that puts the inspection between real clients and a real server.

The edge of this room, with ``proxy_link``: it owns sockets. What happens to bytes is decided by
the engine, a new one for each connection; ``None`` instead of one lets them pass as they are.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from asa_automate.errors import AsaAutomateError
from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.proxy_link import Link, Outcome, Over
from asa_automate.simulate.smtp import Direction


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


def _nobody(_: object) -> None:
    """Is told, and says nothing."""


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
