"""A device that talks without end: given up at a cap, in bounded memory, and not believed."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from asa_automate.device.conversation import Timeouts
from asa_automate.device.credentials import Secret
from asa_automate.device.session import Session
from asa_automate.errors import Incomplete, LinkLost

CAP = 200_000
TALK = b"access-list LONG extended permit tcp any any eq 443\r\n" * 50


@dataclass
class Endless:
    """Behaves until a line comes; then it talks, in pieces, for ever."""

    at: str
    waiting: list[bytes] = field(default_factory=lambda: [b"\rfw# "])
    talking: bool = False
    given: int = 0
    closed: bool = False

    def write(self, data: bytes) -> None:
        line = data.decode().strip()
        if line == self.at:
            self.talking = True
            self.waiting.append(data)
        else:
            self.waiting.append(data.replace(b"\n", b"\r\n") + b"\rfw# ")

    def read(self, seconds: float) -> bytes:
        del seconds
        if self.waiting:
            return self.waiting.pop(0)
        if self.talking:
            self.given += len(TALK)
            return TALK
        return b""

    def close(self) -> None:
        self.closed = True


def opened(wire: Endless, clock: Callable[[], float]) -> Session:
    return Session.open(
        wire,
        device="fw1",
        enable_secret=Secret("x"),
        may_change=True,
        timeouts=Timeouts(most_bytes=CAP),
        clock=clock,
    )


def ticking() -> Callable[[], float]:
    """A clock that goes on a little whenever somebody looks."""
    now = [0.0]

    def clock() -> float:
        now[0] += 0.2
        return now[0]

    return clock


def test_a_reply_without_end_is_given_up() -> None:
    wire = Endless("show running-config")
    session = opened(wire, ticking())

    with pytest.raises(Incomplete, match=f"more than {CAP} bytes without an end"):
        session.show("show running-config")

    assert wire.given < CAP + 2 * len(TALK)
    assert wire.closed
    with pytest.raises(LinkLost):
        session.show("show version")


def test_a_greeting_without_end_is_given_up() -> None:
    """Nobody has logged in yet: no password, and no memory without bound."""
    wire = Endless("", waiting=[], talking=True)

    with pytest.raises((Incomplete, LinkLost)):
        opened(wire, ticking())

    assert wire.given < CAP + 2 * len(TALK)
    assert wire.closed
