"""Each command that a page shows, anywhere, is one that the program understands as it stands."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from asa_automate.cli.main import build, run
from tests.docs.parsing import understood, words_of

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
_BLOCK = re.compile(r"^(?:    )?(asa-automate [^<\n]+)$", re.MULTILINE)
_INLINE = re.compile(r"`(asa-automate [^`\n]+)`")
#: Figures of other programs beside ours, and what `make demo` printed.
_MADE = re.compile(r"<!-- (\S+)[^>]*: begin -->.*?<!-- \1[^>]*: end -->", re.DOTALL)
#: Stands for any of them.
_ANY = "asa-automate COMMAND"


def shown(text: str) -> Iterator[str]:
    """The command lines of a page, those in running text too."""
    own = _MADE.sub("", text)
    for line in (*_BLOCK.findall(own), *_INLINE.findall(own)):
        if not line.startswith(_ANY):
            yield line


def everything() -> list[tuple[str, str]]:
    return sorted({(p.name, line) for p in PAGES for line in shown(p.read_text("utf-8"))})


def test_the_pages_have_commands() -> None:
    silent = {page.name for page in PAGES} - {page for page, _ in everything()}

    assert silent <= {"benchmarks.md", "lab-checks.md", "strategies.md"}


@pytest.mark.parametrize(("page", "line"), everything(), ids=str)
def test_a_command_of_a_page(page: str, line: str) -> None:
    del page
    understood(words_of(line))


def examples() -> list[str]:
    """The lines below ``Examples:`` of every command's help."""
    waiting: list[Any] = [get_command(build())]
    found: set[str] = set()
    while waiting:
        one = waiting.pop()
        waiting += getattr(one, "commands", {}).values()
        found |= set(re.findall(r"^  (.*asa-automate .+?)  +#", one.epilog or "", re.MULTILINE))
    return sorted(found)


@pytest.mark.parametrize("line", examples())
def test_an_example_of_help(line: str) -> None:
    understood(words_of(line[line.index("asa-automate") :]))


def test_there_is_one_for_each_command() -> None:
    assert len(examples()) > 50


def test_the_command_of_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """docs/findings.md: its one command, on a saved text, and the keys that it takes out."""
    import json

    page = (ROOT / "docs" / "findings.md").read_text()
    [line] = [line for line in shown(page) if "jq" in line]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "hosts.yaml").write_text("fw1:\n  hostname: 192.0.2.1\n")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "fw1.cfg").write_text("hostname fw1\n: end\n")

    run([*words_of(line), "--from-dir", "texts"])

    [device] = json.loads(capsys.readouterr().out)["devices"]
    assert {"device", "findings"} <= set(device)
