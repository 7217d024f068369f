"""Mishaps counted over every command line of a box's life, whatever its mode."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.lab.faults import Fault

Typist = Any
DAY = (
    "terminal pager 0",
    "show running-config class-map",
    "configure terminal",
    "class-map C",
    "match any",
    "exit",
    "frobnicate",
    "end",
    "write memory",
    "show clok",
    "show startup-config class-map",
)
EVERY = range(1, len(DAY) + 1)
NOT_EXECUTED = {"cut_before", "refuse", "ignore", "reload"}


def play(typist: Callable[..., Typist], *faults: Fault) -> Typist:
    one = typist(*faults)
    for line in DAY:
        one.types(line)
    return one


@pytest.mark.parametrize("at", EVERY)
@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "reload"])
def test_the_link_may_go_at_each(typist: Callable[..., Typist], kind: str, at: int) -> None:
    one = play(typist, Fault(at, kind, on="command"))
    twin = typist()
    twin.types(*DAY[: at - (kind != "cut_after")])
    if kind == "reload":
        twin.box.reload()

    assert one.shell.closed
    assert [entry.line for entry in one.box.transcript] == list(DAY[:at])
    assert one.box.transcript[-1].fault == kind
    assert one.box.running_text == twin.box.running_text
    assert one.box.startup_text == twin.box.startup_text


@pytest.mark.parametrize("at", EVERY)
@pytest.mark.parametrize("kind", ["refuse", "ignore"])
def test_a_line_may_come_to_nothing(typist: Callable[..., Typist], kind: str, at: int) -> None:
    one = typist(Fault(at, kind, on="command", text="no, not that"))
    one.types(*DAY[: at - 1])
    before, prompt = one.box.running_text, one.shell.prompt_text
    shown = one.types(DAY[at - 1])

    assert shown == f"{DAY[at - 1]}\nno, not that\n{prompt}"
    assert one.box.running_text == before
    assert one.box.counts.saves == (at > 9)
    struck = one.box.transcript[-1]
    assert (struck.fault, struck.executed, struck.reply) == (kind, False, "no, not that")


@pytest.mark.parametrize("at", EVERY)
@pytest.mark.parametrize("kind", ["delay", "garbage", "truncated"])
def test_a_line_may_be_executed_all_the_same(
    typist: Callable[..., Typist], kind: str, at: int
) -> None:
    one = play(typist, Fault(at, kind, on="command", seconds=3, lines=1))
    twin = play(typist)

    assert one.box.running_text == twin.box.running_text
    assert ("class-map C" in one.box.startup_text) == ("class-map C" in twin.box.startup_text)
    states = [[entry.executed for entry in box.transcript] for box in (one.box, twin.box)]
    assert states[0] == states[1]
    reply = one.box.transcript[at - 1].reply
    plain = twin.box.transcript[at - 1].reply
    expected = {"delay": plain, "truncated": plain.split("\n")[0]}
    if kind == "garbage":
        assert "*** segment ***" in reply
    elif states[0][at - 1] and at != 9:
        assert reply == expected[kind]


def test_numbers_of_lines_hold_whatever_strikes(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(2, "ignore", on="command"), Fault(2, "refuse", text="second line"))
    one.types("conf t", "class-map A", "class-map B")

    numbers = [(entry.line, entry.number, entry.fault) for entry in one.box.transcript[1:]]
    assert numbers == [("class-map A", 1, "ignore"), ("class-map B", 2, "refuse")]
    assert one.box.script.count("line") == one.box.counts.config_lines == 2
    assert one.box.script.count("command") == one.box.counts.commands == 3


def test_two_at_one_line(typist: Callable[..., Typist]) -> None:
    one = typist(
        Fault(2, "edit", text="class-map OTHER", on="command"),
        Fault(1, "cut_after"),
    )
    one.types("conf t", "class-map C")

    assert one.shell.closed
    assert one.box.transcript[-1].fault == "edit+cut_after"
    assert {"class-map C", "class-map OTHER"} <= set(one.box.running_text.split("\n"))


def test_only_lines_that_begin_so(typist: Callable[..., Typist]) -> None:
    fault = Fault(2, "refuse", text="not again", on="command", command="configure terminal")
    one = typist(fault)

    assert one.says("conf t") == ""
    one.types("end", "show mode")
    assert one.says("configure terminal") == "not again"
    assert one.shell.mode == "exec"


def test_a_login_that_must_enable_counts_too(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(1, "cut_before", on="command"), privileged_at_login=False)

    one.types("enable")
    assert one.shell.closed
    assert one.box.transcript[0].mode == "user"
