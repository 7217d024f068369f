"""What a save says, and what it saves, on a flash that is out of order."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.lab import texts
from asa_automate.lab.faults import Fault

Typist = Any
SAVES = ("write memory", "copy /noconfirm running-config startup-config")


@pytest.mark.parametrize("line", SAVES)
@pytest.mark.parametrize(
    ("flash", "text"),
    [("read-only", "Read-only file system"), ("full", "No space left on device")],
)
def test_a_save_that_fails(
    typist: Callable[..., Typist], flash: str, text: str, line: str
) -> None:
    one = typist(flash=flash)
    one.box.edit(["hostname other"])
    before = one.box.startup_text
    said = one.says(line).split("\n")

    assert f"({text})" in said[1]
    assert said[2:] == ["Error executing command", "[FAILED]"]
    assert one.box.startup_text == before
    assert not one.box.transcript[-1].executed
    assert one.box.counts.saves == 0


@pytest.mark.parametrize("line", SAVES)
def test_a_save_that_pretends(typist: Callable[..., Typist], line: str) -> None:
    one, twin = typist(flash="pretends"), typist()
    for box in (one.box, twin.box):
        box.edit(["hostname other"])

    assert one.says(line) == twin.says(line)
    assert "hostname fw\n" in one.box.startup_text
    assert "hostname other\n" in twin.box.startup_text
    assert not one.box.transcript[-1].executed
    assert twin.box.transcript[-1].executed


def test_an_answer_to_a_question(typist: Callable[..., Typist]) -> None:
    one = typist(flash="full")

    assert "[FAILED]" in one.types("copy running-config startup-config", "")
    assert one.box.counts.saves == 0


def test_the_other_operator_has_the_same_flash(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(1, "saved_by_other"), flash="read-only")
    one.box.edit(["hostname other"])
    one.types("conf t", "class-map C")

    theirs = [entry for entry in one.box.transcript if entry.line == "write memory"]
    assert [(entry.executed, entry.reply) for entry in theirs] == [(False, texts.SAVE_READ_ONLY)]
    assert "hostname fw\n" in one.box.startup_text


def test_a_text_for_one_save(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(1, "refuse", text=texts.SAVE_NOT_CHECKED, on="write"))

    assert one.says("write memory").endswith("[FAILED]")
    assert one.says("write memory").endswith("[OK]")
