"""Templates are found, give records, name the line that they refuse, and cannot run wild."""

import re._parser as sre  # type: ignore[import-not-found]  # CPython's own parser of patterns
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import textfsm

from asa_automate.errors import AsaAutomateError, BadInput
from asa_automate.show.templates import LINE_CAP, lines_of, records

TEMPLATES = sorted((Path(__file__).parents[2] / "textfsm_templates").glob("*.textfsm"))

NUMBERS = """\
Value NAME (\\w+)
Value List NUMBERS (\\d+)

Start
  ^name ${NAME}
  ^number ${NUMBERS}
  ^end -> Record End
  ^. -> Error
"""


@pytest.fixture
def own_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "own"
    directory.mkdir()
    monkeypatch.setenv("NET_TEXTFSM", f"{tmp_path / 'nowhere'}:{directory}")
    return directory


def test_records(own_templates: Path) -> None:
    (own_templates / "cisco_asa_show_numbers_all.textfsm").write_text(NUMBERS)

    found = records("show  numbers all", "name x\r\nnumber 1\rnumber 2\nend\nnot read any more\n")

    assert [{"NAME": "x", "NUMBERS": ["1", "2"]}] == found
    assert [] == records("show numbers all", "")
    assert found == records("show numbers all", "name x\nnumber 1\nnumber 2\nend")


def test_a_refused_line_is_named(own_templates: Path) -> None:
    (own_templates / "cisco_asa_show_numbers.textfsm").write_text(NUMBERS)

    with pytest.raises(BadInput, match=r"show numbers: line 3 is not understood: 'nonsense'"):
        records("show numbers", "name x\n\nnonsense\n")
    with pytest.raises(BadInput, match=r"line 1 has 5000 characters"):
        records("show numbers", "x" * 5000)


def test_a_broken_template_is_bad_input(own_templates: Path) -> None:
    (own_templates / "cisco_asa_show_broken.textfsm").write_text("Value X (\n\nStart\n")

    with pytest.raises(BadInput, match=r"cisco_asa_show_broken\.textfsm: not a TextFSM template"):
        records("show broken", "x")


def test_a_missing_template_is_an_error_of_ours() -> None:
    with pytest.raises(AsaAutomateError, match="cisco_asa_show_nothing_at_all"):
        records("show nothing at all", "x")


def test_the_template_of_a_user_wins_if_it_gives_what_is_needed(own_templates: Path) -> None:
    own = own_templates / "cisco_asa_show_mode.textfsm"
    own.write_text("Value MODE (\\S+)\n\nStart\n  ^mode ${MODE}\n")

    assert [{"MODE": "odd"}] == records("show mode", "mode odd", ("MODE",))
    other = "Security context mode: single"
    assert [] == records("show mode", other, ("MODE",))

    second = own_templates / "cisco_asa_show_curpriv.textfsm"
    second.write_text("Value ANOTHER (\\S+)\n\nStart\n  ^${ANOTHER}\n")
    found = records("show curpriv", "Current privilege level : 15", ("LEVEL",))
    assert [{"LEVEL": "15"}] == found


def test_threads_do_not_mix_their_texts(own_templates: Path) -> None:
    (own_templates / "cisco_asa_show_threads.textfsm").write_text(NUMBERS)
    wrong: list[str] = []

    def read(name: str) -> None:
        text = f"name {name}\n" + "number 1\n" * 50 + "end\n"
        for _ in range(20):
            if records("show threads", text) != [{"NAME": name, "NUMBERS": ["1"] * 50}]:
                wrong.append(name)

    threads = [Thread(target=read, args=(f"fw{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == wrong


def test_lines_break_where_a_terminal_breaks_them() -> None:
    assert ["a", "b c", "d\\udc92", "", "e"] == lines_of("a\r\nb\x0cc\rd\udc92\n\ne\n")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_repetition_within_a_repetition(path: Path) -> None:
    """Backtracking stays polynomial; the cap on a line's length does the rest."""
    with path.open() as file:
        fsm = textfsm.TextFSM(file)

    patterns = [rule.regex for rules in fsm.states.values() for rule in rules]
    assert patterns
    nested = [pattern for pattern in patterns if list(_nested(sre.parse(pattern), False))]
    assert [] == nested


@pytest.mark.parametrize("evil", [r"^(a+)+$", r"^(?:\s*\w*)*x", r"^(?:(?:ab?)+c)*", r"^(a*){2,9}"])
def test_the_check_above_can_fail(evil: str) -> None:
    assert list(_nested(sre.parse(evil), False))


@pytest.mark.parametrize(
    "harmless", [r"^(?:\s+\w+)?(?: (?:auth|size))+$", r"^\S+(?:\s+\S+)*\s*$", r"x(?:\s+[^\s!]+)*"]
)
def test_the_check_above_lets_harmless_patterns_pass(harmless: str) -> None:
    assert not list(_nested(sre.parse(harmless), False))


def _nested(pattern: object, within: bool) -> Iterator[object]:
    """Open-ended repetitions that stand inside a repetition."""
    for operation, argument in pattern:  # type: ignore[attr-defined]  # CPython's, without types
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            _, most, repeated = argument
            if _is_words(repeated):
                continue
            if within and most > 1:
                yield operation
            yield from _nested(repeated, within or most > 1)
        else:
            yield from _below(argument, within)


def _is_words(repeated: sre.SubPattern) -> bool:
    """``\\s+`` and then what is no blank: there is but one way to cut a text into words."""
    repeats = (sre.MAX_REPEAT, sre.MIN_REPEAT)
    parts = [str(argument[2]) for operation, argument in repeated if operation in repeats]
    blank = "[(IN, [(CATEGORY, CATEGORY_SPACE)])]"
    return (
        len(parts) == len(repeated) == 2
        and parts[0] == blank
        and ("(NEGATE, None), (CATEGORY, CATEGORY_SPACE)" in parts[1] or "NOT_SPACE" in parts[1])
    )


def _below(argument: object, within: bool) -> Iterator[object]:
    if isinstance(argument, sre.SubPattern):
        yield from _nested(argument, within)
    elif isinstance(argument, (tuple, list)):
        for part in argument:
            yield from _below(part, within)


def test_the_longest_line_is_handed_on(own_templates: Path) -> None:
    (own_templates / "cisco_asa_show_long.textfsm").write_text(
        "Value X (x+)\n\nStart\n  ^${X}$$ -> Record\n"
    )

    assert [{"X": "x" * LINE_CAP}] == records("show long", "x" * LINE_CAP)
