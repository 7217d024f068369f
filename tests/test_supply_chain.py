"""What we are made of, and that no text becomes a statement or a program."""

import ast
import json
import re
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = (ROOT / "deploy" / "ci-audit.yml").read_text()

#: Functions of SQLAlchemy and of the drivers that take a statement as text.
TAKES_TEXT = {"text", "exec_driver_sql"}


def test_the_sample_for_ci_is_strict() -> None:
    [command] = re.findall(r"pip-audit --strict.*?audit\.json", SAMPLE, re.DOTALL)
    assert "--require-hashes" in command
    assert "requirements.lock" in command


@pytest.mark.parametrize(
    ("found", "passes"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], True),
        ([{"name": "a", "skip_reason": "not on the index"}], False),
        ([], False),
    ],
)
def test_its_second_step_finds_what_was_passed_over(
    tmp_path: Path, found: list[dict[str, object]], *, passes: bool
) -> None:
    [step] = re.findall(r"<<'PY'\n(.*?)\n *PY\n", SAMPLE, re.DOTALL)
    (tmp_path / "audit.json").write_text(json.dumps({"dependencies": found}))
    (tmp_path / "requirements.lock").write_text("a==1 \\\n    --hash=sha256:00\n")
    done = subprocess.run(  # noqa: S603  # the text of our own sample
        [sys.executable, "-c", textwrap.dedent(step)],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert passes == (done.returncode == 0), done.stderr


def test_ruffs_security_rules_are_on() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    assert not any(rule.startswith("S") and rule[1:].isdigit() for rule in lint["ignore"])


def test_make_has_a_bill_of_materials_from_a_pinned_tool() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(r"^SBOM_TOOLS +:= cyclonedx-bom==[\d.]+$", makefile, re.MULTILINE)
    assert re.search(r"^sbom:", makefile, re.MULTILINE)


def statements() -> Iterator[tuple[str, ast.expr]]:
    """Where the store hands a text to the database, and that text."""
    for path in sorted((ROOT / "asa_automate" / "store").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in TAKES_TEXT and node.args:
                yield f"{path.name}:{node.lineno}", node.args[0]


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_no_sql_is_made_of_texts() -> None:
    """Each statement that is a text is one that stands in the code, with nothing put into it."""
    found = list(statements())
    made = [where for where, text in found if not _stands_there(text)]
    assert found
    assert made == []


def _stands_there(text: ast.expr) -> bool:
    """A constant, or one whose holes are filled with constants of our own (in capitals)."""
    if isinstance(text, ast.Constant):
        return True
    if isinstance(text, ast.IfExp):
        return _stands_there(text.body) and _stands_there(text.orelse)
    if isinstance(text, ast.JoinedStr):
        holes = [part.value for part in text.values if isinstance(part, ast.FormattedValue)]
        return all(isinstance(hole, ast.Name) and hole.id.isupper() for hole in holes)
    return isinstance(text, ast.Name)
