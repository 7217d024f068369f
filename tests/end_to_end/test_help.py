"""What there is to type, said by the program itself."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from asa_automate.cli.main import build, run

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench


def _leaves() -> list[tuple[str, ...]]:
    """Every command with its groups, as the program itself has them."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), get_command(build()))]
    found: list[tuple[str, ...]] = []
    while waiting:
        words, one = waiting.pop()
        inner = getattr(one, "commands", None)
        if inner is None:
            found.append(words)
        else:
            waiting += [((*words, name), command) for name, command in inner.items()]
    return sorted(found)


LEAVES = _leaves()


def test_the_program_itself(bench: "Bench") -> None:
    said = bench.site().run("--help").must_be(0)

    assert {words[0] for words in LEAVES} <= set(re.findall(r"^  ([a-z]+)", said.out, re.M))
    assert "asa-automate demo" in said.out


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_a_command(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """It ends with 0, shows an example of itself, and has no option that takes a secret."""
    assert 0 == run([*words, "--help"])

    shown = capsys.readouterr().out
    assert f"asa-automate {' '.join(words)}" in shown.split("Examples:")[1]
    # A file may be named: what is in it shows in no list of processes.
    assert not re.search(r"--\S*(password|secret|enable|token)(?!-file)", shown, re.IGNORECASE)


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_the_flags_that_stand_everywhere(words: tuple[str, ...]) -> None:
    """``--inventory``, ``--limit``, ``-q`` ... behind any command, needed there or not."""
    command: Any = get_command(build())
    for word in words:
        command = command.commands[word]
    known = {flag for parameter in command.params for flag in getattr(parameter, "opts", ())}

    assert {"--inventory", "--limit", "--output", "--no-color", "-v", "-q"} <= known


def test_groups(bench: "Bench") -> None:
    site = bench.site()
    for group in sorted({words[0] for words in LEAVES if len(words) > 1}):
        site.run(group, "--help").must_be(0)
