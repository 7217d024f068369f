"""The schemas of the inventory files, judged by the library that editors use."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from asa_automate.cli.main import run

MISTAKES: dict[str, dict[str, Any]] = {
    "hosts": {
        "an unknown key": {"fw": {"hostnme": "192.0.2.1"}},
        "a port that is none": {"fw": {"port": 70000}},
        "a literal secret": {"fw": {"data": {"credentials": {"password": "secret"}}}},
    },
    "groups": {"groups that are no list": {"lab": {"groups": "emea"}}},
    "defaults": {"jump hosts that are no list": {"data": {"via": "jump"}}},
    "exemptions": {
        "no gateways": {"exemptions": [{"name": "esa", "gateways": []}]},
        "an unknown strategy": {
            "exemptions": [{"name": "esa", "gateways": ["192.0.2.1"], "strategy": "best"}]
        },
        "no name": {"exemptions": [{"gateways": ["192.0.2.1"]}]},
    },
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_an_editor_makes_of_the_sample(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The schema that a sample file names in its first line takes that file, and no mistake."""
    assert run(["init", str(tmp_path / "new")]) == 0
    capsys.readouterr()
    text = (tmp_path / "new" / f"{name}.yaml").read_text()
    first = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", text.splitlines()[0])
    assert first
    schema = json.loads((tmp_path / "new" / first[1]).read_text())
    Draft202012Validator.check_schema(schema)
    editor = Draft202012Validator(schema)

    assert [] == list(editor.iter_errors(YAML(typ="safe").load(text)))
    assert [] == list(editor.iter_errors(None))
    for what, mistake in MISTAKES[name].items():
        assert not editor.is_valid(mistake), what
