"""Commands that are sent at once: the same answers as one by one, or one by one."""

from collections.abc import Callable

import pytest

from asa_automate.device.batch import fits
from asa_automate.device.credentials import Secret
from asa_automate.device.prompts import Mode, Prompt
from asa_automate.device.session import Session
from asa_automate.errors import Astray, Incomplete, LinkLost, Refused
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.wire import MemoryWire

READ = (
    "show version",
    "show failover",
    "show running-config",
    "show service-policy inspect esmtp",
)
Change = Callable[[bytes], bytes]


class Watched(MemoryWire):
    """A wire on which time is what is waited for; remembers what was written at once.

    ``typed`` may change what is written, ``printed`` what is read.
    """

    def __init__(
        self,
        box: VirtualAsa,
        chunk: int | None = None,
        typed: Change = bytes,
        printed: Change = bytes,
    ) -> None:
        super().__init__(box, chunk=chunk)
        self.now = 0.0
        self.written: list[bytes] = []
        self._typed = typed
        self._printed = printed

    def clock(self) -> float:
        return self.now

    def write(self, data: bytes) -> None:
        self.written.append(data)
        super().write(self._typed(data))

    def read(self, seconds: float) -> bytes:
        data = super().read(seconds)
        if not data:
            self.now += seconds
        return self._printed(data)


def box(*faults: Fault, **knobs: object) -> VirtualAsa:
    return VirtualAsa(ordinary("fw"), Knobs(**knobs), faults)  # type: ignore[arg-type]  # for brevity


def opened(wire: Watched) -> Session:
    session = Session.open(wire, device="fw", enable_secret=Secret("enable"), clock=wire.clock)
    wire.written.clear()
    return session


def one_by_one() -> tuple[str, ...]:
    session = opened(Watched(box()))
    return tuple(session.show(command) for command in READ)


AT_ONCE = b"".join(f"{command}\n".encode() for command in READ)


@pytest.mark.parametrize("chunk", [None, 1000, 7, 1])
def test_the_same_answers_with_one_write(chunk: int | None) -> None:
    wire = Watched(box(), chunk)
    assert opened(wire).shows(READ) == one_by_one()
    assert wire.written == [AT_ONCE]


def test_a_configuration_last() -> None:
    order = ("show version", "show running-config")
    wire = Watched(box(), 5)
    assert opened(wire).shows(order) == (one_by_one()[0], one_by_one()[2])
    assert len(wire.written) == 1


def test_a_device_that_drops_what_is_typed_ahead() -> None:
    """Only the first line is heard; the rest is asked again, and never ahead any more."""
    wire = Watched(box(), typed=lambda data: data[: data.find(b"\n") + 1])
    session = opened(wire)
    assert session.shows(READ) == one_by_one()
    assert wire.written[1:] == [b"show curpriv\n", *(f"{c}\n".encode() for c in READ)]
    assert wire.now < 10
    wire.written.clear()
    assert session.shows(READ) == one_by_one()
    assert len(wire.written) == len(READ)


def test_a_configuration_that_holds_an_echo() -> None:
    """Which of the two is the echo nobody can tell: the commands are sent one by one."""
    trap = "fw# show service-policy inspect esmtp"

    def printed(data: bytes) -> bytes:
        return data.replace(b"\r\nhostname fw", f"\r\n{trap}\r\nhostname fw".encode())

    wire = Watched(box(), printed=printed)
    texts = opened(wire).shows(READ)
    expected = list(one_by_one())
    expected[2] = expected[2].replace("hostname fw", f"{trap}\nhostname fw")
    assert list(texts) == expected
    assert len(wire.written) == len(READ) + 2


def test_a_pager_swallows_what_is_typed_ahead() -> None:
    wire = Watched(box(denied=("terminal pager",)))
    assert opened(wire).shows(READ) == one_by_one()
    assert all(data.count(b"\n") < 2 for data in wire.written)


def test_only_what_reads_is_sent() -> None:
    wire = Watched(box())
    session = opened(wire)
    with pytest.raises(Refused):
        session.shows(("show version", "write memory"))
    assert wire.written == []


def test_one_that_is_denied_is_an_answer() -> None:
    texts = opened(Watched(box(denied=("^show failover",)))).shows(READ)
    assert "authorization" in texts[1]
    assert texts[2] == one_by_one()[2]


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_a_lost_link(kind: str) -> None:
    fault = Fault(1, kind, on="show", command="show running-config")
    session = opened(Watched(box(fault)))
    with pytest.raises(LinkLost, match=r"^fw: connection lost"):
        session.shows(READ)
    assert not session.alive


def test_a_configuration_that_was_cut_short() -> None:
    fault = Fault(1, "truncated", on="show", command="show running-config", lines=120)
    with pytest.raises(Incomplete):
        opened(Watched(box(fault))).shows(READ)


def test_the_mate_has_taken_over() -> None:
    def printed(data: bytes) -> bytes:
        return data.replace(b"\rfw# ", b"\rfw/sec/stby# ") if b"Version" in data else data

    session = opened(Watched(box(), printed=printed))
    with pytest.raises(Astray):
        session.shows(READ)
    assert not session.alive


def test_lines_that_would_wrap_are_not_sent_at_once() -> None:
    here = Prompt("fw", Mode.EXEC)
    assert fits(READ, here)
    assert not fits(READ, Prompt("fw" * 30, Mode.EXEC))
    assert not fits(("show version", "show version"), here)
    assert not fits(("show version",), here)
