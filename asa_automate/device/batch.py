"""Several reading commands sent at once: where the answer to each of them begins and ends.

The same steps as :class:`~asa_automate.device.dialogue.Exchange` has, for several lines. A device
that takes what is typed ahead prints, behind each answer, its prompt and the echo of the next
line. Only where each echo stands exactly once, behind the known prompt and in order, are the
answers told apart; in every other case there are none, and the caller asks one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from asa_automate.device import terminal
from asa_automate.device.dialogue import (
    EVER,
    TAIL,
    TICK,
    WHOLE_TEXTS,
    Done,
    NextStep,
    Page,
    Quiet,
    Reply,
    Stop,
    Wait,
    has_end,
)
from asa_automate.device.prompts import Prompt, parse

WIDTH = 76
"""Characters of prompt and line up to which no terminal wraps or scrolls an echo."""


@dataclass(frozen=True, slots=True)
class _Echo:
    """Where an echo's line begins and ends in the data."""

    start: int
    end: int


def fits(lines: Sequence[str], known: Prompt) -> bool:
    """Whether ``lines`` may be sent at once: all different, and none so long that it wraps."""
    room = WIDTH - len(known.host) - len("# ")
    return len(set(lines)) == len(lines) > 1 and all(len(line) <= room for line in lines)


class Batch:
    """Lines that were sent at once, and what came back.

    Args:
        lines: reading commands, all different.
        known: the prompt that they were typed at.
        most: bytes that may come in all.

    Attributes:
        replies: the answers, once done; empty where they cannot be told apart.
    """

    def __init__(self, lines: Sequence[str], known: Prompt, quiet: Quiet, most: int) -> None:
        self.sent = lines[-1]
        self.replies: tuple[Reply, ...] = ()
        self._lines = tuple(lines)
        self._known = known
        self._quiet = quiet
        self._most = most
        self._data = bytearray()
        self._echoes: list[_Echo] = []
        self._looked = 0

    def receive(self, data: bytes) -> None:
        """Take what has arrived."""
        self._data += data
        self._find_echoes()

    def look(self, quiet: float) -> NextStep:
        """The next step, ``quiet`` seconds after the last byte."""
        if len(self._data) > self._most:
            return Stop(f"more than {self._most} bytes without an end", too_long=True)
        line = terminal.render(self.last_line)
        if terminal.PAGER.fullmatch(line):
            return self._after(self._quiet.page, quiet, Page.WAITS)
        prompt = parse(line)
        if prompt is None:
            return Wait(EVER)
        if prompt == self._known:
            return self._at_prompt(quiet)
        if prompt.hostname == self._known.hostname and prompt.host != self._known.host:
            why = f"the prompt changed from {self._known.host} to {prompt.host}"
            return self._after(self._quiet.sure, quiet, Stop(why, moved=True))
        return Wait(EVER)

    def turn_page(self) -> None:
        """The pager has been answered; it has swallowed what was typed ahead."""
        del self._data[self._line_start() :]

    def answered(self) -> None:
        """No question is ever answered here."""

    @property
    def last_line(self) -> str:
        """The unfinished line at the end, raw; empty if it is too long to be of interest."""
        start = self._line_start()
        return terminal.decode(bytes(self._data[start:])) if start >= 0 else ""

    def _line_start(self) -> int:
        found = self._data.rfind(b"\n", max(0, len(self._data) - TAIL - 1))
        return found + 1 if found >= 0 or len(self._data) <= TAIL else len(self._data)

    def _find_echoes(self) -> None:
        while len(self._echoes) < len(self._lines):
            sent = self._lines[len(self._echoes)].encode("ascii")
            echo = self._echo_of(sent, self._looked)
            if echo is None:
                # The line may have come in part: look again from its beginning.
                self._looked = max(self._looked, self._data.rfind(b"\n", 0, len(self._data)))
                return
            self._echoes.append(echo)
            self._looked = echo.end - 1

    def _echo_of(self, sent: bytes, begin: int) -> _Echo | None:
        """The first line from ``begin`` on that is ``sent`` behind the prompt."""
        at = self._data.find(sent, begin)
        while at >= 0:
            start = self._data.rfind(b"\n", 0, at) + 1
            end = self._data.find(b"\n", at) + 1
            if end and self._is_echo(self._data[start:end], sent, first=start == 0):
                return _Echo(start, end)
            at = self._data.find(sent, at + 1)
        return None

    def _is_echo(self, line: bytearray, sent: bytes, *, first: bool) -> bool:
        if len(line) > TAIL:
            return False
        shown = terminal.render(terminal.decode(bytes(line.rstrip(b"\n")))).rstrip()
        before = shown.removesuffix(sent.decode("ascii"))
        if before == shown:
            return False
        return (first and not before) or parse(before) == self._known

    def _at_prompt(self, quiet: float) -> NextStep:
        start = self._line_start()
        whole = len(self._echoes) == len(self._lines) and start >= self._echoes[-1].end
        if not whole:  # typed ahead in vain: no echo stands behind the last prompt
            return self._after(self._quiet.unasked, quiet, Done(Reply("", "", self._known)))
        if self.sent in WHOLE_TEXTS and not has_end(self._text(max(0, start - TAIL), start)):
            step = self._after(self._quiet.sure, quiet, Page.WAITS)
            if isinstance(step, Wait):
                return step
        self.replies = self._split(start)
        return Done(Reply("", "", self._known))

    def _split(self, end: int) -> tuple[Reply, ...]:
        if any(self._stands_again(number, end) for number in range(len(self._lines))):
            return ()
        ends = [*(echo.start for echo in self._echoes[1:]), end]
        befores = [self._text(0, self._echoes[0].start), *[""] * len(self._lines)]
        return tuple(
            Reply(before, self._text(echo.end, stop), self._known)
            for before, echo, stop in zip(befores, self._echoes, ends, strict=False)
        )

    def _stands_again(self, number: int, end: int) -> bool:
        """Whether what looks like the echo of a line stands in one of the answers as well."""
        sent = self._lines[number].encode("ascii")
        own = self._echoes[number]
        for begin, stop in ((0, own.start), (own.end, end)):
            at = self._data.find(sent, begin, stop)
            while at >= 0:
                start = self._data.rfind(b"\n", 0, at) + 1
                line = self._data[start : self._data.find(b"\n", at) + 1]
                if self._is_echo(line, sent, first=False):
                    return True
                at = self._data.find(sent, at + 1, stop)
        return False

    def _text(self, begin: int, end: int) -> str:
        with memoryview(self._data) as data:
            return terminal.body_text([bytes(data[begin:end])])

    @staticmethod
    def _after(needed: float, quiet: float, step: NextStep) -> NextStep:
        return step if quiet >= needed else Wait(max(needed - quiet, TICK))
