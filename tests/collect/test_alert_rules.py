"""The file of alert rules: what may stand in it, and each mistake with its line."""

from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from asa_automate.collect.alerts.rules import json_schema, load
from asa_automate.errors import BadInput

SAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "alert-rules.yaml"
GOOD = "alerts:\n  - {name: a, kind: stale, older_than: 10m}\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(text)
    return path


def test_the_sample_is_read_and_fits_the_schema() -> None:
    found = load(SAMPLE).rules

    assert ["threshold", "threshold", "rate", "exemption", "stale"] == [
        rule.kind for rule in found.alerts
    ]
    assert (0.0, 1800.0) == found.alerts[0].patience
    jsonschema.validate(YAML(typ="safe", pure=True).load(SAMPLE.read_text()), json_schema())


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "alerts"),
        ("alerts: []\n", 1, "at least 1"),
        ("alerts:\n- name: a\n", 2, "'kind' is missing"),
        ("alerts:\n- name: a\n  kind: treshold\n", 2, "threshold, rate, exemption, stale"),
        ("alerts:\n- name: a\n  kind: stale\n  older: 5m\n", 4, "did you mean 'older_than'"),
        ("alerts:\n- name: a b\n  kind: stale\n", 2, "one word"),
        ("alerts:\n- name: a\n  kind: stale\n  older_than: 5\n", 4, "'older_than'"),
        ("alerts:\n- name: a\n  kind: stale\n  older_than: 5 m\n", 4, "no time such as"),
        ("alerts:\n- name: a\n  kind: stale\n  older_than: 0s\n", 4, "'0s' is no time"),
        ("alerts:\n- name: a\n  kind: rate\n  counter: drops\n", 2, "'above' is missing"),
        ("alerts:\n- {name: a, kind: rate, counter: d, above: .inf}\n", 2, ".inf"),
        ("alerts:\n- {name: a, kind: rate, counter: d, above: -1}\n", 2, "'above'"),
        ("alerts:\n- {name: a, kind: rate, counter: d, above: 1, clear: 2}\n", 2, "'clear'"),
        ("alerts:\n- {name: a, kind: exemption, expect: gone}\n", 2, "'expect'"),
        (GOOD + "  - {name: a, kind: stale}\n", 3, "stands in line 2 already"),
        (GOOD + "to:\n  syslog: udp:1\n", 4, "/dev/log"),
        (GOOD + "to:\n  apprise:\n  - mailto://user:secret@host\n", 5, "env:NAME"),
        (GOOD + "to: {sylog: /dev/log}\n", 3, "did you mean 'syslog'"),
        ("alerts: &a [*a]\n", 1, ""),
        ("alerts:\n\t- x\n", 2, "is not YAML"),
    ],
)
def test_each_mistake_has_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadInput) as caught:
        load(path)

    told = caught.value.problems[0]
    assert told.startswith(f"{path}:{line}: "), told
    assert words in told
    assert "secret" not in told.replace("the URL is a secret", "")


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    text = "alerts:\n- {name: a, kind: stale, x: 1}\n- {name: b, kind: rate, above: 1}\n"
    with pytest.raises(BadInput) as caught:
        load(written(tmp_path, text))

    assert 2 == len(caught.value.problems)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is missing"):
        load(tmp_path / "none.yaml")
