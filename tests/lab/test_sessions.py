"""What befalls a session: silence, another prompt, noise, no place for another one."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.errors import LinkLost, Unreachable
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.texts import SYSLOG
from asa_automate.lab.wire import MemoryWire

Typist = Any
PLAIN = Knobs(privileged_at_login=True, pager_lines=0, idle_seconds=300)


def drained(wire: MemoryWire) -> bytes:
    got = b""
    while piece := wire.read(0):
        got += piece
    return got


@pytest.mark.parametrize("waits", [(301,), (200, 101)])
def test_a_silent_session_is_closed(waits: tuple[float, ...]) -> None:
    box = VirtualAsa(ordinary("fw"), PLAIN)
    wire = MemoryWire(box)
    drained(wire)
    for seconds in waits:
        assert wire.read(seconds) == b""
    wire.write(b"show mode\n")

    with pytest.raises(LinkLost):
        wire.read(1)
    assert not box.transcript, "the line was not executed"
    assert box.open_sessions == 0


def test_a_session_that_speaks_in_time_is_not() -> None:
    wire = MemoryWire(VirtualAsa(ordinary("fw"), PLAIN))
    for _ in range(3):
        drained(wire)
        assert wire.read(299) == b""
        wire.write(b"show mode\n")

    assert b"single" in drained(wire)


def test_the_clock_of_the_box_counts_and_its_own_slowness_does_not() -> None:
    box = VirtualAsa(ordinary("fw"), PLAIN, [Fault(1, "delay", seconds=900, on="command")])
    shell = box.open_session()
    shell.receive(b"show mode\n")
    assert b"single" in shell.receive(b"show mode\n"), "it waited for the box, not the box for it"

    box.seconds += 301
    assert shell.receive(b"show mode\n") == b""
    assert shell.closed


def test_without_the_knob_nobody_is_closed(typist: Callable[..., Typist]) -> None:
    one = typist()
    one.box.seconds += 1e6

    assert "single" in one.says("show mode")


@pytest.mark.parametrize(
    ("knobs", "text", "suffix"),
    [
        ({}, "", "/pri/act"),
        ({"failover": "standby"}, "", "/sec/stby"),
        ({"failover": "active", "failover_unit": "Secondary"}, "", "/sec/act"),
        ({}, "/mail", "/mail"),
    ],
)
def test_another_prompt(
    typist: Callable[..., Typist], knobs: dict[str, Any], text: str, suffix: str
) -> None:
    one = typist(Fault(2, "prompt", text=text, on="command"), **knobs)
    assert one.types("conf t").endswith("fw(config)# ")

    assert one.types("class-map C").endswith(f"fw{suffix}(config-cmap)# ")
    assert one.types("end").endswith(f"fw{suffix}# ")
    assert one.box.open_session().prompt_text == f"fw{suffix}# "
    assert "class-map C\n" in one.box.running_text


def test_noise_in_the_middle(typist: Callable[..., Typist]) -> None:
    one = typist(
        Fault(1, "noise", on="show", command="show running-config"),
        Fault(1, "noise", text="hello"),
    )
    said = one.says("show running-config class-map").split("\n")
    assert SYSLOG in said[1:-1]
    assert [line for line in said if line != SYSLOG] == one.says(
        "show running-config class-map"
    ).split("\n")

    one.types("conf t")
    assert one.says("class-map C") == "hello"
    assert "class-map C\n" in one.box.running_text


def test_sessions_of_others(typist: Callable[..., Typist]) -> None:
    one = typist(max_sessions=3)
    held = one.box.hold_sessions(2)

    with pytest.raises(Unreachable, match="no free session"):
        MemoryWire(one.box)
    held[0].close()
    MemoryWire(one.box).close()
    with pytest.raises(Unreachable):
        one.box.hold_sessions(2)
