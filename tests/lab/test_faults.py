"""Each scripted mishap, once, at the line that it names."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.lab.faults import Fault, Kind, Script

Typist = Any
LAST = "  inspect esmtp"


def lines_of(box: Any) -> list[str]:
    return [line.rstrip() for line in box.running_text.split("\n")]


def test_lines_that_count(typist: Callable[..., Typist], exemption: tuple[str, ...]) -> None:
    one = typist()
    one.types("configure terminal", *exemption, "exit", "! a note", "", "show mode", "end")

    assert one.box.counts.config_lines == len(exemption)
    numbered = [(entry.number, entry.line) for entry in one.box.transcript if entry.number]
    assert numbered == list(enumerate(exemption, 1))


@pytest.mark.parametrize("at", range(1, 13))
@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "refuse", "ignore", "reload"])
def test_a_fault_at_each_line(
    typist: Callable[..., Typist], exemption: tuple[str, ...], kind: str, at: int
) -> None:
    one = typist(Fault(at, kind, text="ERROR: not today"))
    twin = typist()
    before = one.box.running_text
    one.types("configure terminal", *exemption[: at - 1])
    prompt = one.shell.prompt_text
    shown = one.types(exemption[at - 1])
    twin.types("configure terminal", *exemption[: at - 1])
    if kind == "cut_after":
        twin.types(exemption[at - 1])

    expected = before if kind == "reload" else twin.box.running_text
    assert expected == one.box.running_text
    assert one.shell.closed == (kind in ("cut_before", "cut_after", "reload"))
    if not one.shell.closed:
        assert f"{exemption[at - 1]}\nERROR: not today\n{prompt}" == shown
    assert [entry.fault for entry in one.box.transcript if entry.fault] == [kind]
    assert one.box.transcript[-1].executed == (kind == "cut_after")


def test_ignored_without_a_word(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(2, "ignore"))
    shown = one.types("conf t", "class-map C", "match any", "match any")

    assert shown.endswith(
        "fw(config-cmap)# match any\nfw(config-cmap)# match any\nfw(config-cmap)# "
    )
    assert "class-map C\n match any\n" in one.box.running_text, "the second time it is executed"


def test_delay(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(1, "delay", seconds=90))
    one.types("conf t")
    pieces = one.shell.feed(b"class-map C\n")

    assert [type(piece).__name__ for piece in pieces] == ["bytes", "Late", "bytes"]
    assert pieces[1].seconds == 90
    assert "class-map C" in lines_of(one.box)


@pytest.mark.parametrize("line", ["write memory", "copy /noconfirm running-config startup-config"])
def test_a_save_that_saves_nothing(typist: Callable[..., Typist], line: str) -> None:
    text = "%Error copying system:/running-config (No Device)\n[FAILED]"
    one = typist(Fault(1, "refuse", text=text, on="write"), Fault(2, "ignore", on="write"))
    one.box.edit(["hostname other"])

    assert text == one.says(line)
    assert one.says(line) == ""
    assert "hostname fw\n" in one.box.startup_text
    assert one.says(line).endswith("[OK]")
    assert "hostname other\n" in one.box.startup_text


@pytest.mark.parametrize(("kind", "saved"), [("cut_before", False), ("cut_after", True)])
def test_a_save_that_loses_its_answer(
    typist: Callable[..., Typist], kind: str, saved: bool
) -> None:
    one = typist(Fault(1, kind, on="write"))
    one.box.edit(["hostname other"])
    one.types("write memory")

    assert one.shell.closed
    assert ("hostname other\n" in one.box.startup_text) == saved


def test_shows(typist: Callable[..., Typist]) -> None:
    one = typist(
        Fault(1, "truncated", on="show", command="show running-config", lines=3),
        Fault(2, "garbage", on="show", command="show running-config"),
        Fault(2, "refuse", text="ERROR: no", on="show", command="show service-policy flow"),
    )
    flow = "show service-policy flow tcp host 192.0.2.1 host 192.0.2.2 eq 25"

    assert "Security" in one.says("show mode")
    assert one.says("sh run").count("\n") == 2
    assert "segment" in one.says("show running-config")
    assert one.says("show running-config").endswith(": end")
    assert "Service-policy" in one.says(flow)
    assert one.says(flow) == "ERROR: no"
    assert "Service-policy" in one.says(flow)


def test_a_fault_can_be_added_later(typist: Callable[..., Typist]) -> None:
    one = typist()
    one.types("conf t", "class-map A", "class-map B")
    one.box.script.add(Fault(3, Kind.REFUSE, text="ERROR: third"))

    assert one.says("class-map C") == "ERROR: third"


def test_a_reload_takes_every_session(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(1, "reload"))
    other = one.box.open_session()
    one.types("conf t", "class-map C")

    assert other.closed
    assert one.box.open_sessions == 0
    assert "class-map C" not in lines_of(one.box)


def test_a_fault_must_be_on_something() -> None:
    with pytest.raises(ValueError, match="not on 'sky'"):
        Fault(1, "refuse", on="sky")
    with pytest.raises(ValueError, match="nonsense"):
        Fault(1, "nonsense")
    assert Script(()).due("line") == ()
