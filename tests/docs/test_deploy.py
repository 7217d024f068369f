"""What is in ``deploy/``: valid by its own schema, and each command in it is one of ours."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.docs.parsing import understood

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("*.service"))
#: File -> the schema of it that check-jsonschema brings.
SCHEMAS = {
    "ci/github-actions.yaml": "github-workflows",
    "ci/gitlab-ci.yaml": "gitlab-ci",
    "compose.yaml": "compose-spec",
}


def loaded(name: str) -> Any:
    return YAML(typ="safe").load((DEPLOY / name).read_text())


@pytest.mark.parametrize("name", SCHEMAS)
def test_against_its_schema(name: str) -> None:
    """By the schemas that their makers publish; one that is broken on purpose is found."""
    jsonschema = pytest.importorskip("jsonschema")
    pytest.importorskip("check_jsonschema")
    vendored = files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((vendored / f"{SCHEMAS[name]}.json").read_text(encoding="utf-8"))
    judge = jsonschema.validators.validator_for(schema)(schema)

    assert [] == [error.message for error in judge.iter_errors(loaded(name))]
    part = {"compose.yaml": "services", "ci/github-actions.yaml": "jobs"}.get(name, "plan")
    broken = loaded(name) | {part: {"nonsense": {"script": 7, "steps": 7, "ports": 7}}}
    assert [error.message for error in judge.iter_errors(broken)]


@pytest.mark.parametrize("name", UNITS)
def test_units(name: str, tmp_path: Path, require_program: Callable[[str], Path]) -> None:
    """systemd itself finds nothing wrong."""
    copy = tmp_path / name.replace("@.", "@ams.")
    copy.write_text((DEPLOY / name).read_text())
    done = subprocess.run(  # noqa: S603  # systemd's own judge
        [require_program("systemd-analyze"), "verify", "--man=no", copy],
        capture_output=True,
        text=True,
        check=False,
    )

    about = [line for line in done.stderr.splitlines() if copy.name in line]
    assert [] == about
    assert 0 == done.returncode, done.stderr


_OURS = re.compile(r"(?:^ExecStart=\S+ |- run: | - |run )(asa-automate .+)$", re.MULTILINE)


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command line of ours in ``deploy/``, with the file that has it."""
    for path in sorted(DEPLOY.rglob("*")):
        text = path.read_text() if path.is_file() else ""
        for found in re.findall(
            r"(?:^ExecStart=\S+ |- run: | - |run )(asa-automate .+)$", text, re.M
        ):
            yield path.name, shlex.split(found)[1:]
    for service in loaded("compose.yaml")["services"].values():
        if "command" in service:
            yield "compose.yaml", service["command"]


@pytest.mark.parametrize(("name", "words"), list(commands()), ids=str)
def test_each_command_is_one_of_ours(name: str, words: list[str]) -> None:
    del name
    understood(words)


def test_the_files_have_commands() -> None:
    assert {"github-actions.yaml", "gitlab-ci.yaml", "compose.yaml", *UNITS} <= {
        name for name, _ in commands()
    }


def test_the_container_file() -> None:
    """Its steps, as far as they can be read without a builder; what it copies and calls exists."""
    text = (DEPLOY / "Containerfile").read_text()
    joined = re.sub(r"\\\n\s*", " ", text)
    steps = [line.split(maxsplit=1) for line in joined.splitlines() if line and line[0] != "#"]
    names = [name for name, _ in steps]

    assert "FROM" == names[0]
    assert set(names) <= {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT", "CMD"}
    assert ["asa-automate"] == json.loads(dict(steps)["ENTRYPOINT"])
    assert "root" not in dict(steps)["USER"]
    assert names.index("USER") > len(names) - 5, "nothing but the start is done as that user"
    assert ".[distributed]" in text
