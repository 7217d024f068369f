"""What may reach a terminal, and where it goes."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.cli.output import emit, emit_json, escape, say, table
from asa_automate.cli.settings import Flags, settings_from


@given(st.text())
def test_nothing_escapes_escape(text: str) -> None:
    shown = escape(text)

    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    shown.encode()


def test_ordinary_text_stays() -> None:
    assert escape("Zürich [red] 東京 — ok") == "Zürich [red] 東京 — ok"


def test_results_keep_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    emit("a\nb\x1b[2J")

    assert capsys.readouterr() == ("a\nb\\x1b[2J\n", "")


def test_json_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json({"b": "\x9b\u202e", "a": 1})

    out = capsys.readouterr().out
    assert out.isascii()
    assert list(json.loads(out).items()) == [("b", "\x9b\u202e"), ("a", 1)]


def test_a_table_has_no_markup_and_no_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    table(settings_from({"HOME": "/x"}), ["[b]device[/b]"], [["[red]fw\x1b[2J:smile:"]])

    out = capsys.readouterr().out
    assert "[b]device[/b]" in out
    assert "[red]fw\\x1b[2J:smile:" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("flags", "level", "told"),
    [
        (Flags(), 0, True),
        (Flags(quiet=True), 0, False),
        (Flags(), 1, False),
        (Flags(verbose=1), 1, True),
        (Flags(verbose=1), 2, False),
    ],
)
def test_talk(flags: Flags, level: int, told: bool, capsys: pytest.CaptureFixture[str]) -> None:
    say(settings_from({"HOME": "/x"}, flags), "hello\r", level=level)

    assert capsys.readouterr() == ("", "hello\\x0d\n" if told else "")
