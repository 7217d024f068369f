"""One exchange with a device, without a socket: bytes and silence in, the next step out.

    exchange = Exchange("show version", host="fw")
    exchange.receive(data)               # only stores
    match exchange.look(quiet):          # quiet: seconds since the last byte
        case Done(reply): ...
        case Wait(seconds): ...          # nothing to do before more bytes or that much silence
        case Page(): ...                 # send a blank, then exchange.turn_page()
        case Asked(question): ...        # answer, then exchange.answered()
        case Stop(why): ...              # the device is where nobody wants it: hang up

A prompt counts only at the start of a line *and* at the end of what has arrived, behind the echo
of what was sent. Text that merely looks like one is thereby never taken for one; where it could
(a whole configuration that has not shown its end) a spell of silence must confirm it.
"""

import re
from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import pairwise

from asa_automate.device import terminal
from asa_automate.device.prompts import Prompt, parse

WHOLE_TEXTS = ("show running-config", "show startup-config")
"""Commands whose reply carries its own end."""

_END = re.compile(rb"(?:^|\n)[\r ]*(?:: end|Cryptochecksum: ?[0-9A-Fa-f ]*)\s*$")
TAIL = 600
"""Bytes looked at for the last line; a prompt is at most 63 + 32 + 16 characters long."""
_ECHO_WITHIN = 16_384


class Question(StrEnum):
    """Questions that a device asks."""

    PASSWORD = "Password:"  # noqa: S105 - the question, not a password
    REPORTING = "anonymous error reporting"
    OTHER = "a question"


QUESTIONS = (
    (re.compile(r"(?i)^(?:enable )?password: ?"), Question.PASSWORD),
    (re.compile(r".*\[Y\]es, \[N\]o, \[A\]sk later:? ?"), Question.REPORTING),
    (
        re.compile(r"(?i).*(?:\[confirm\]|[(\[]yes/no[)\]]\??|\[C\]ancel:|password:) ?"),
        Question.OTHER,
    ),
    (re.compile(r"(?i)^(?:user ?name|login): ?"), Question.OTHER),
)
"""How the last line reads when a device waits for an answer (matched whole)."""

_LIKE_A_QUESTION = re.compile(r".*[:?\]] ?")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Seconds of silence after which something that *could* be more text is taken for what it is.

    Attributes:
        page: for a pager.
        line: for the prompt behind a configuration line, so that no text is missed.
        settle: for a question that we expect, without an echo before it, and for a new prompt.
        sure: for a prompt where text could still follow, or whose echo is missing.
        unasked: for a question that nobody expected.
    """

    page: float = 0.05
    line: float = 0.05
    settle: float = 0.15
    sure: float = 1.0
    unasked: float = 5.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a device answered.

    Attributes:
        before: text that stood before the echo (nobody asked for it); mostly empty.
        body: the text between echo and prompt, all bytes, line ends as ``\\n``.
        prompt: the prompt behind it.
    """

    before: str
    body: str
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until more bytes come or ``seconds`` more have passed in silence."""

    seconds: float


class Page(Enum):
    """The pager waits for a key."""

    WAITS = True


@dataclass(frozen=True, slots=True)
class Asked:
    """The device waits for an answer."""

    question: Question


@dataclass(frozen=True, slots=True)
class Done:
    """The reply is complete."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Stop:
    """The exchange cannot be brought to a good end.

    Attributes:
        why: for a person.
        too_long: the reply was larger than the cap.
        moved: the prompt is that of another unit, or context.
    """

    why: str
    too_long: bool = False
    moved: bool = False


NextStep = Wait | Page | Asked | Done | Stop
EVER = 3600.0
TICK = 0.001
"""The shortest wait: a remainder of rounding must not be waited for again and again."""


class Exchange:
    """One thing sent and the reply to it.

    Args:
        sent: the line that was sent; ``None`` for the greeting, which answers nothing.
        known: the prompt learnt before; ``None`` while it is not known.
        carry: what had already arrived on the line where the echo will appear.
        expects: questions that may be asked and will be answered.
        most: bytes that a reply may have.
        confirm: whether a little silence must follow even a prompt that looks certain.
        moves: whether what was sent may lead to another prompt (``changeto``).
    """

    def __init__(
        self,
        sent: str | None,
        *,
        known: Prompt | None = None,
        carry: bytes = b"",
        expects: frozenset[Question] = frozenset(),
        quiet: Quiet | None = None,
        most: int = 64_000_000,
        confirm: bool = False,
        moves: bool = False,
    ) -> None:
        self.sent = sent
        self._known = known
        self._expects = expects
        self._quiet = quiet or Quiet()
        self._most = most
        self._confirmed_by = self._quiet.line if confirm else 0.0
        self._moves = moves
        self._data = bytearray(carry)
        self._carried = len(carry)
        self._echo: tuple[int, int] | None = None
        self._pages: list[int] = []
        self._answered_at = -1

    def receive(self, data: bytes) -> None:
        """Take what has arrived."""
        self._data += data
        if self._echo is None and self.sent is not None:
            self._find_echo(self.sent)

    def look(self, quiet: float) -> NextStep:
        """The next step, ``quiet`` seconds after the last byte (or after the line was sent)."""
        if len(self._data) > self._most:
            return Stop(f"more than {self._most} bytes without an end", too_long=True)
        line = terminal.render(self.last_line)
        if terminal.PAGER.fullmatch(line):
            return self._after(self._quiet.page, quiet, Page.WAITS)
        prompt = parse(line)
        if prompt is not None:
            return self._at_prompt(prompt, quiet)
        return self._at_question(line, quiet)

    def turn_page(self) -> None:
        """The pager has been answered: forget its mark."""
        del self._data[self._line_start() :]
        self._pages.append(len(self._data))

    def answered(self) -> None:
        """The question on the last line has been answered: do not ask it again."""
        self._answered_at = self._line_start()

    @property
    def last_line(self) -> str:
        """The unfinished line at the end, raw; empty if it is too long to be of interest."""
        start = self._line_start()
        if len(self._data) - start > TAIL:
            return ""
        return terminal.decode(bytes(self._data[start:]))

    def _line_start(self) -> int:
        found = self._data.rfind(b"\n", max(0, len(self._data) - TAIL - 1))
        if found < 0 and len(self._data) > TAIL:
            return 0
        return found + 1

    def _find_echo(self, sent: str) -> None:
        host = self._known.host if self._known else None
        found = terminal.echo_end(bytes(self._data[:_ECHO_WITHIN]), sent, host)
        if found is None:
            return
        start, end, before = found
        self._echo = start, end
        if self._known is None:
            self._known = parse(before)

    def _at_prompt(self, prompt: Prompt, quiet: float) -> NextStep:
        known = self._known
        if known is None:
            if self.sent is not None and len(self._data) == self._carried:
                return Wait(EVER)  # the old prompt: the device has not said anything yet
            # The first that may be one: what is sent there shows by its echo which is the prompt.
            needed = 0.0 if self.sent is None else self._quiet.unasked
        elif (prompt.host, prompt.gap) == (known.host, known.gap):
            needed = self._confirmed_by if self._is_certain() else self._quiet.sure
        elif self._moves and self._is_certain():
            needed = self._quiet.settle
        elif prompt.hostname == known.hostname and prompt.host != known.host:
            why = f"the prompt changed from {known.host} to {prompt.host}"
            return self._after(self._quiet.sure, quiet, Stop(why, moved=True))
        else:
            return Wait(EVER)
        if quiet < needed:
            return Wait(max(needed - quiet, TICK))
        return Done(self._reply(prompt))

    def _is_certain(self) -> bool:
        """Whether the prompt at the end can be nothing else."""
        if not self._is_behind_echo():
            return False
        return self.sent not in WHOLE_TEXTS or self._has_end(self._line_start())

    def _is_behind_echo(self) -> bool:
        """Whether the last line stands behind the echo of what was sent: it answers that."""
        return self._echo is not None and self._line_start() >= self._echo[1]

    def _has_end(self, start: int) -> bool:
        return _END.search(bytes(self._data[max(0, start - TAIL) : start])) is not None

    def _at_question(self, line: str, quiet: float) -> NextStep:
        if self._line_start() == self._answered_at or not _LIKE_A_QUESTION.fullmatch(line):
            return Wait(EVER)
        question = next((kind for form, kind in QUESTIONS if form.fullmatch(line)), None)
        if question in self._expects and question is not None:
            needed = 0.0 if self._is_behind_echo() else self._quiet.settle
            return self._after(needed, quiet, Asked(question))
        if self.sent in WHOLE_TEXTS and question is None:
            return Wait(EVER)  # a slow device, in the middle of a line
        return self._after(self._quiet.unasked, quiet, Stop("it asks something unexpected"))

    @staticmethod
    def _after(needed: float, quiet: float, step: NextStep) -> NextStep:
        return step if quiet >= needed else Wait(max(needed - quiet, TICK))

    def _reply(self, prompt: Prompt) -> Reply:
        start = self._line_start()
        echo_start, echo_end = self._echo or (0, 0)
        if echo_end > start:
            echo_start = echo_end = start
        cuts = [echo_end, *(page for page in self._pages if echo_end <= page <= start), start]
        with memoryview(self._data) as data:
            pages = [bytes(data[a:b]) for a, b in pairwise(cuts)]
        before = terminal.body_text([bytes(self._data[:echo_start])])
        return Reply(before, terminal.body_text(pages), prompt)


def has_end(text: str) -> bool:
    """Whether a whole configuration has its end: a last line ``: end`` or ``Cryptochecksum:``."""
    return _END.search(text[-TAIL:].encode("utf-8", "surrogateescape")) is not None
