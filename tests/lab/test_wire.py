"""The wire without a socket."""

import pytest

from asa_automate.errors import LinkLost, Unreachable
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.wire import MemoryWire

PLAIN = Knobs(privileged_at_login=True, pager_lines=0)


def drain(wire: MemoryWire) -> bytes:
    got = b""
    while piece := wire.read(1.0):
        got += piece
    return got


@pytest.mark.parametrize("chunk", [None, 7, 1])
def test_chunks_make_no_difference(chunk: int | None) -> None:
    wire = MemoryWire(VirtualAsa(ordinary("fw"), PLAIN), chunk=chunk)
    whole = MemoryWire(VirtualAsa(ordinary("fw"), PLAIN))
    wire.write(b"show running-config\n")
    whole.write(b"show running-config\n")

    assert len(wire.read(1.0)) <= (chunk or 1 << 30)
    wire.close()
    again = MemoryWire(VirtualAsa(ordinary("fw"), PLAIN), chunk=chunk)
    again.write(b"show running-config\n")
    assert drain(whole) == drain(again)


def test_a_delay_passes_on_the_virtual_clock() -> None:
    wire = MemoryWire(VirtualAsa(ordinary("fw"), PLAIN, [Fault(1, "delay", seconds=25)]))
    wire.write(b"conf t\n")
    drain(wire)
    wire.write(b"class-map C\n")

    assert wire.read(10) == b"class-map C\r\n"
    assert wire.read(10) == b""
    assert wire.read(10) == b""
    assert wire.read(10) == b"\rfw(config-cmap)# "


def test_after_a_cut_both_directions_say_so() -> None:
    box = VirtualAsa(ordinary("fw"), PLAIN, [Fault(1, "cut_after")])
    wire = MemoryWire(box)
    wire.write(b"conf t\nclass-map C\nmatch any\n")

    with pytest.raises(LinkLost):
        drain(wire)
    with pytest.raises(LinkLost):
        wire.read(1)
    with pytest.raises(LinkLost):
        wire.write(b"match any\n")
    assert "class-map C\n!" in box.running_text, "nothing after the cut was executed"


def test_a_reload_from_outside_is_a_lost_link() -> None:
    box = VirtualAsa(ordinary("fw"), PLAIN)
    wire = MemoryWire(box)
    drain(wire)
    box.reload()

    with pytest.raises(LinkLost):
        wire.read(1)


def test_closing() -> None:
    box = VirtualAsa(ordinary("fw"), Knobs(max_sessions=1))
    wire = MemoryWire(box)
    with pytest.raises(Unreachable):
        MemoryWire(box)
    wire.close()
    wire.close()
    MemoryWire(box)

    assert box.counts.sessions == 2
    with pytest.raises(LinkLost):
        wire.read(1)
