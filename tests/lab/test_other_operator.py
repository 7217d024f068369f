"""A second operator at the same box: what he types and saves, and when."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.lab.faults import Fault

Typist = Any
THEIRS = "policy-map global_policy\nclass inspection_default\nno inspect esmtp\nfrobnicate"


def test_right_before(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(2, "edit", text=THEIRS))
    one.types("conf t", "class-map C", "match any")

    lines = [(entry.session, entry.mode, entry.line) for entry in one.box.transcript]
    assert lines[1:] == [
        (1, "config", "class-map C"),
        (0, "config", "policy-map global_policy"),
        (0, "config-pmap", "class inspection_default"),
        (0, "config-pmap-c", "no inspect esmtp"),
        (0, "config-pmap-c", "frobnicate"),
        (1, "config-cmap", "match any"),
    ]
    assert [entry.executed for entry in one.box.transcript] == [*[True] * 5, False, True]
    shots = [(shot.user, shot.line, shot.number) for shot in one.box.snapshots]
    assert shots == [
        ("admin", "class-map C", 1),
        ("operator", "policy-map global_policy", None),
        ("operator", "class inspection_default", None),
        ("operator", "no inspect esmtp", None),
        ("admin", "match any", 2),
    ]
    assert "esmtp" not in one.box.running_text
    assert one.box.counts.config_lines == 2


def test_right_after(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(1, "edit_after", text="no class-map C", on="line"))
    one.types("conf t")
    prompt = one.types("class-map C")

    assert prompt.endswith("fw(config-cmap)# ")
    assert [entry.line for entry in one.box.transcript] == [
        "conf t",
        "class-map C",
        "no class-map C",
    ]
    assert [shot.line for shot in one.box.snapshots] == ["class-map C", "no class-map C"]
    assert "class-map C" not in one.box.running_text.split("\n")


def test_after_a_line_that_is_turned_down(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(1, "edit_after", text="hostname other", on="command"))

    assert one.types("frobnicate").endswith("other# ")
    assert [entry.session for entry in one.box.transcript] == [1, 0]


@pytest.mark.parametrize("on", ["line", "command"])
def test_a_save_by_him_saves_what_is_half_done(typist: Callable[..., Typist], on: str) -> None:
    one = typist(Fault(2 if on == "line" else 3, "saved_by_other", on=on))
    one.types("conf t", "class-map C", "match any")

    assert "class-map C\n!" in one.box.startup_text, "what he saved has not the second line"
    assert "class-map C\n match any\n" in one.box.running_text
    assert ": Written by operator at " in one.box.startup_text
    assert [entry.line for entry in one.box.transcript if entry.session == 0] == ["write memory"]
    assert [shot.user for shot in one.box.snapshots] == ["admin", "operator", "admin"]
    assert one.box.counts.saves == 1


def test_before_a_save_of_ours(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(1, "edit", text="hostname other", on="write"))
    one.types("write memory")

    assert "hostname other\n" in one.box.startup_text
