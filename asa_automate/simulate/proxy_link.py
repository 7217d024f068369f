"""One connection of the inspecting proxy: two sockets on each side of an engine.

Back-pressure: a side is read only as fast as the other one takes. Besides what the sockets hold, a
connection holds one chunk of :data:`CHUNK` bytes a side and what the engine waits with.
"""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field

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
        """Carry bytes until both sides are done, or the connection is over.

        Raises:
            Over: the inspection ended it.
            OSError: a side went away.
        """
        await _all(None, *(self._pump(side) for side in Direction))

    async def swallow(self, seconds: float) -> None:
        """After a drop: neither side hears anything, whatever it says."""
        with suppress(OSError):
            await _all(seconds, *(self._to_nobody(reader) for reader in self.readers.values()))

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


async def _all(seconds: float | None, *work: Coroutine[None, None, None]) -> None:
    """Until all is done, the first error, or the time; nothing of it goes on after that."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    errors = [task.exception() for task in tasks if not task.cancelled()]
    for error in errors:
        if error is not None:
            raise error


def _half_close(writer: asyncio.StreamWriter) -> None:
    if writer.can_write_eof() and not writer.is_closing():
        writer.write_eof()
