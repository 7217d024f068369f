"""AAA command authorization: what is denied is answered, and has no effect."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.lab.faults import Fault

Typist = Any
NO = "Command authorization failed"


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("^terminal pager", "terminal pager 0"),
        ("^show running-config", "sh run"),
        ("^write", "wr"),
        ("configure terminal", "conf t"),
        ("^exit", "exit"),
    ],
)
def test_commands(typist: Callable[..., Typist], pattern: str, line: str) -> None:
    one = typist(denied=(pattern,), pager_lines=9)

    assert one.says(line) == NO
    assert (one.shell.mode, one.shell.page, one.box.counts.saves) == ("exec", 9, 0)
    denied = one.box.transcript[-1]
    assert (denied.reply, denied.executed, denied.fault) == (NO, False, "")


def test_lines_of_the_configuration(typist: Callable[..., Typist]) -> None:
    one = typist(denied=("^no ", "^class-map"))
    before = one.box.running_text
    one.types("conf t")

    assert one.says("no hostname") == NO
    assert one.says("class-map   C") == NO
    assert one.shell.mode == "config"
    assert one.box.running_text == before
    assert not one.box.snapshots
    assert one.types("end").endswith("fw# "), "the way out is never denied"


def test_a_server_that_dies(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(2, "deny"))
    one.types("conf t", "class-map C")

    assert one.says("match any") == NO
    assert one.says("no class-map C") == NO
    assert "class-map C" in one.says("show running-config class-map C")
    assert one.types("end", "conf t").endswith("fw(config)# ")
    other = one.box.open_session()
    other.receive(b"conf t\n")
    assert NO.encode() in other.receive(b"class-map D\n"), "whoever it is"
    assert [entry.fault for entry in one.box.transcript if entry.fault] == ["deny"]


def test_a_server_that_denies_some(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(3, "deny", text="^(no|write) ", on="command"))
    one.types("conf t", "class-map C")

    assert one.says("match any") == ""
    assert one.says("no match any") == NO
    assert one.says("wr mem") == NO
    assert one.box.counts.saves == 0


def test_the_other_operator_is_another_user(typist: Callable[..., Typist]) -> None:
    one = typist(denied=("hostname",))

    assert one.box.edit(["hostname other"]) == ("",)
    assert one.box.hostname == "other"
