"""Exchanges over a wire, with limits in time: the half of a session that waits.

Once something goes wrong here (silence, a lost link, a question, a reply without end) what the
device sends next cannot be attributed any more: the conversation is dead and sends nothing again.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from asa_automate.device import terminal
from asa_automate.device.batch import Batch
from asa_automate.device.dialogue import (
    Asked,
    Done,
    Exchange,
    NextStep,
    Page,
    Question,
    Quiet,
    Reply,
    Stop,
    Wait,
)
from asa_automate.device.printable import one_line
from asa_automate.device.prompts import Prompt
from asa_automate.device.wire import Wire
from asa_automate.errors import Astray, Incomplete, LinkLost, LoginRefused


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a reply may take: seconds in all, and seconds without a byte."""

    total: float
    idle: float


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds, and one size, that a session is patient for.

    Attributes:
        prompt: for the first prompt, and for lines that only move the session.
        show_idle: without a byte, in a reply to ``show``.
        show_total: for a whole reply to ``show``.
        line: for one configuration line; a device that compiles a large rule set takes minutes.
        save: for ``write memory``; 25 s and more were seen (netmiko issue 2843).
        goodbye: for logging out.
        quiet: spells of silence that confirm what was seen.
        most_bytes: cap on one reply.
    """

    prompt: float = 30.0
    show_idle: float = 60.0
    show_total: float = 1800.0
    line: float = 180.0
    save: float = 300.0
    goodbye: float = 2.0
    quiet: Quiet = field(default_factory=Quiet)
    most_bytes: int = 64_000_000


Answers = Mapping[Question, bytes]
"""What to send to a question that may come; each is answered once."""


class Conversation:
    """Sends and waits. ``alive`` until the first thing that cannot be explained.

    Args:
        wire: an open terminal.
        device: the inventory name, for messages.
        clock: monotonic seconds.
    """

    def __init__(
        self, wire: Wire, device: str, timeouts: Timeouts, clock: Callable[[], float]
    ) -> None:
        self.device = device
        self.alive = True
        self._wire = wire
        self._timeouts = timeouts
        self._clock = clock

    def listen(self, limit: Limit) -> tuple[Reply, bytes]:
        """The greeting up to a first prompt, and the raw line that the prompt stands on."""
        exchange = Exchange(None, quiet=self._timeouts.quiet, most=self._timeouts.most_bytes)
        reply = self._run(exchange, {}, limit)
        return reply, exchange.last_line.encode("utf-8", "surrogateescape")

    def ask(
        self,
        line: str,
        limit: Limit,
        *,
        known: Prompt | None = None,
        carry: bytes = b"",
        answers: Answers | None = None,
        confirm: bool = False,
        moves: bool = False,
    ) -> Reply:
        """Send ``line`` and wait for the whole reply.

        Args:
            known: the prompt learnt before.
            carry: what already stands on the line of the echo.
            answers: what to send to questions that may come.
            confirm: whether a little silence must follow the prompt.
            moves: whether the line may lead to another prompt (``changeto``).

        Raises:
            LinkLost: the link broke, fell silent, or went somewhere unexpected.
            Incomplete: the reply is larger than the cap.
        """
        answers = answers or {}
        exchange = Exchange(
            line,
            known=known,
            carry=carry,
            expects=frozenset(answers),
            quiet=self._timeouts.quiet,
            most=self._timeouts.most_bytes,
            confirm=confirm,
            moves=moves,
        )
        exchange.receive(self._unasked(known))
        self._send(line.encode("ascii") + b"\n", line)
        return self._run(exchange, answers, limit)

    def ask_at_once(self, lines: Sequence[str], limit: Limit, known: Prompt) -> tuple[Reply, ...]:
        """Send all ``lines``, which only read, before the first answer is there.

        Returns:
            the replies in their order; none where the device does not take what is typed ahead,
            or the answers cannot be told apart.

        Raises:
            LinkLost: the link broke, fell silent, or went somewhere unexpected.
            Incomplete: the replies are larger than the cap.
        """
        batch = Batch(lines, known, self._timeouts.quiet, self._timeouts.most_bytes)
        batch.receive(self._unasked(known))
        self._send("".join(f"{line}\n" for line in lines).encode("ascii"), lines[0])
        self._run(batch, {}, limit)
        return batch.replies

    def close(self, farewell: bytes) -> None:
        """Say ``farewell`` if anybody listens, wait a little for the end, hang up."""
        # Hanging up cannot fail in a way that matters to anybody.
        with contextlib.suppress(Exception):
            if self.alive and farewell:
                self._wire.write(farewell)
                self._drain(self._clock() + self._timeouts.goodbye)
        self._end()

    def _drain(self, deadline: float) -> None:
        while (left := deadline - self._clock()) > 0:
            self._wire.read(left)  # ends with LinkLost when the device hangs up

    def must_live(self) -> None:
        """Raise ``LinkLost`` if nothing can be sent any more."""
        if not self.alive:
            raise LinkLost("the session has ended; nothing was sent", device=self.device)

    def _unasked(self, known: Prompt | None) -> bytes:
        """What came since the last reply. Another prompt than the last one: nothing is sent."""
        self.must_live()
        data = self._read(0.0, "")
        now = terminal.prompt_at_end(data)
        if known and now and (now.host, now.mode) != (known.host, known.mode):
            self._die(f"the prompt changed from {known.host} to {now.host} unasked")
        return data

    def _send(self, data: bytes, line: str) -> None:
        try:
            self._wire.write(data)
        except LinkLost as error:
            self._die(f"connection lost while sending '{line}' ({error.message})")

    def _read(self, seconds: float, line: str) -> bytes:
        try:
            return self._wire.read(seconds)
        except LinkLost as error:
            self._die(f"connection lost {_while_waiting(line)} ({error.message})")

    def _run(self, exchange: Exchange | Batch, answers: Answers, limit: Limit) -> Reply:
        line = exchange.sent or ""
        left = dict(answers)
        started = heard = self._clock()
        while True:
            step = exchange.look(self._clock() - heard)
            if isinstance(step, Done):
                return step.reply
            if isinstance(step, Wait):
                wait = min(step.seconds, self._patience(exchange, started, heard, limit))
                data = self._read(wait, line)
                exchange.receive(data)
            else:
                self._answer(step, exchange, left)
                data = b"answered"
            if data:
                heard = self._clock()

    def _patience(
        self, exchange: Exchange | Batch, started: float, heard: float, limit: Limit
    ) -> float:
        now = self._clock()
        left = min(started + limit.total - now, heard + limit.idle - now)
        if left <= 0:
            self._die(
                f"no prompt within {now - started:.0f} s {_while_waiting(exchange.sent or '')}"
                f"{_last(exchange.last_line)}"
            )
        return left

    def _answer(
        self, step: NextStep, exchange: Exchange | Batch, left: dict[Question, bytes]
    ) -> None:
        if isinstance(step, Page):
            self._send(b" ", "a blank")
            exchange.turn_page()
        elif isinstance(step, Asked):
            self._reply_to(step.question, exchange, left)
        elif isinstance(step, Stop) and step.too_long:
            self._end()
            raise Incomplete(f"'{exchange.sent}': {step.why}", device=self.device)
        elif isinstance(step, Stop) and step.moved:
            self._end()
            raise Astray(step.why, device=self.device)
        elif isinstance(step, Stop):
            self._die(f"{step.why}{_last(exchange.last_line)}")

    def _reply_to(
        self, question: Question, exchange: Exchange | Batch, left: dict[Question, bytes]
    ) -> None:
        answer = left.pop(question, None)
        if answer is None:
            self._end()
            raise LoginRefused(f"'{exchange.sent}' was refused", device=self.device)
        self._send(answer + b"\n", "an answer")
        exchange.answered()

    def _end(self) -> None:
        self.alive = False
        with contextlib.suppress(Exception):
            self._wire.close()

    def _die(self, why: str) -> NoReturn:
        self._end()
        raise LinkLost(why, device=self.device) from None


def _while_waiting(line: str) -> str:
    return f"after '{line}'" if line else "of the device"


def _last(line: str) -> str:
    shown = one_line(terminal.render(line), 80)
    return f"; it stands at '{shown}'" if shown else ""
