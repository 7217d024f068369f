"""A wire that plays a firewall's part from a table, and a clock that only silence moves."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from asa_automate.device.conversation import Timeouts
from asa_automate.device.credentials import Secret
from asa_automate.device.session import Session
from asa_automate.errors import LinkLost


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
