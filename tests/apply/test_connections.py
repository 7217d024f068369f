"""Connections from before a change: counted, and cut only where that was asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from asa_automate.apply.applier import Options
from asa_automate.apply.outcome import State
from asa_automate.errors import Exit
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.records import Connection, End

if TYPE_CHECKING:
    from tests.apply.rig import Rig

GATEWAY, PEER, OTHER = "192.168.1.1", "198.51.100.7", "192.168.1.3"
OURS = (
    (PEER, 40000, GATEWAY, 25),
    ("198.51.100.8", 40001, GATEWAY, 25),
    (PEER, 25, GATEWAY, 4711),
)
OTHERS = ((PEER, 40000, OTHER, 25), (PEER, 40002, GATEWAY, 443), (PEER, 40003, OTHER, 443))


def with_connections(rigs: "Callable[..., Rig]", *faults: Fault, **knobs: object) -> "Rig":
    rig = rigs(None, Knobs(**knobs), faults)  # type: ignore[arg-type]
    for outside, port, inside, inner in (*OURS, *OTHERS):
        rig.box.connections.append(connection(outside, port, inside, inner))
    return rig


def connection(outside: str, port: int, inside: str, inner: int) -> Connection:
    return Connection("TCP", End("outside", outside, port), End("inside", inside, inner))


def ends(rig: "Rig") -> set[tuple[str, int, str, int]]:
    return {
        (c.outside.address, c.outside.port, c.inside.address, c.inside.port)
        for c in rig.box.connections
    }


def test_they_are_counted_and_kept(rigs: "Callable[..., Rig]") -> None:
    rig = with_connections(rigs)

    outcome = rig.apply(rig.plan(GATEWAY))

    assert (State.NEW, Exit.DONE) == (outcome.state, outcome.exit)
    [note] = outcome.notes
    assert note.startswith(f"3 SMTP connections of {GATEWAY} were open before and keep")
    assert {*OURS, *OTHERS} == ends(rig)
    assert not [e for e in rig.box.transcript if e.line.startswith("clear")]


def test_only_the_gateways_mail_is_cut(rigs: "Callable[..., Rig]") -> None:
    rig = with_connections(rigs)

    outcome = rig.apply(rig.plan(GATEWAY), Options(clear=True))

    assert (State.NEW, Exit.DONE) == (outcome.state, outcome.exit)
    assert (f"3 SMTP connections of {GATEWAY} were open before; cleared: 3",) == outcome.notes
    assert {*OTHERS} == ends(rig)
    # Nothing was cut before the change was in force, verified and saved.
    lines = [e.line for e in rig.box.transcript]
    assert lines.index("write memory") < next(
        i for i, line in enumerate(lines) if line.startswith("clear conn")
    )


def test_nothing_is_cut_where_the_change_failed(rigs: "Callable[..., Rig]") -> None:
    rig = with_connections(rigs, Fault(20, "cut_after"))

    outcome = rig.apply(rig.plan(GATEWAY), Options(clear=True))

    assert outcome.state is State.OLD
    assert {*OURS, *OTHERS} == ends(rig)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(1, "garbage", on="command", command="show conn"),
        Fault(1, "cut_after", on="command", command="show conn"),
        Fault(1, "cut_before", on="command", command="clear conn"),
        Fault(1, "refuse", "ERROR: % Invalid input", on="command", command="show conn"),
        Fault(1, "refuse", "Command authorization failed", on="command", command="clear conn"),
    ],
    ids=str,
)
def test_what_goes_wrong_there_undoes_nothing(fault: Fault, rigs: "Callable[..., Rig]") -> None:
    rig = with_connections(rigs, fault)

    outcome = rig.apply(rig.plan(GATEWAY), Options(clear=True))

    assert (State.NEW, Exit.DONE, True) == (outcome.state, outcome.exit, outcome.saved)
    assert not any("cleared: 3" in note for note in outcome.notes)
    assert {*OTHERS} <= ends(rig)


def test_a_bug_there_undoes_nothing(rigs: "Callable[..., Rig]") -> None:
    rig = with_connections(rigs)
    plan = rig.plan(GATEWAY)

    def fail(stage: str) -> None:
        if stage == "connections":
            raise KeyError("a bug")

    rig.on_tell = fail
    with pytest.raises(KeyError):
        rig.apply(plan)

    assert "ESA_EXEMPT" in rig.box.startup_text
    assert rig.box.open_sessions == 0


def test_others_that_are_listed_are_not_cut(rigs: "Callable[..., Rig]") -> None:
    """A device that takes the filters in another way would cut more than mail."""
    listed = (
        "3 in use, 3 most used\n"
        f"TCP outside {PEER}:40000 inside {OTHER}:25, idle 0:00:01, bytes 10, flags UIO\n"
    )
    rig = with_connections(rigs, Fault(1, "garbage", listed, on="command", command="show conn"))

    outcome = rig.apply(rig.plan(GATEWAY), Options(clear=True))

    assert outcome.state is State.NEW
    assert "nothing was cleared" in outcome.notes[0]
    assert {*OURS, *OTHERS} == ends(rig)


def test_a_gateway_that_was_exempt_already_is_left_alone(rigs: "Callable[..., Rig]") -> None:
    first = rigs()
    first.apply(first.plan(OTHER))
    rig = rigs(first.box.running_text)
    for outside, port, inside, inner in (*OURS, *OTHERS):
        rig.box.connections.append(connection(outside, port, inside, inner))

    outcome = rig.apply(
        rig.plan(OTHER, GATEWAY, reading=rig.box.knobs.reading), Options(clear=True)
    )

    assert outcome.state is State.NEW
    assert {*OTHERS} == ends(rig)
