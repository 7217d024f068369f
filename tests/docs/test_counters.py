"""docs/counters.md: its commands run, and its tables are the program's."""

import re
from pathlib import Path

import pytest

from asa_automate.cli.main import run
from asa_automate.collect.alerts.rules import KINDS
from asa_automate.collect.deltas import Reason
from asa_automate.collect.metrics import METRICS

PAGE = (Path(__file__).parents[2] / "docs" / "counters.md").read_text()
_FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXT = (
    "Global policy:\n  Service-policy: global_policy\n    Class-map: inspection_default\n"
    "      Inspect: esmtp _default_esmtp_map, packet 96, drop 2, reset-drop 1\n"
    "        mask-banner, count 3\n"
)


def test_its_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "hosts.yaml").write_text("fw1:\n  hostname: 192.0.2.1\n")
    (tmp_path / "texts" / "fw1").mkdir(parents=True)
    (tmp_path / "texts" / "fw1" / "show_service-policy.txt").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    lines = [line for block in _FENCE.findall(PAGE) for line in block.splitlines()]

    assert 7 == len(lines)
    for line in lines:
        program, *words = line.split()
        assert "asa-automate" == program
        # A text in the place of a firewall.
        assert 0 == run([*words, *(["--from-dir", "texts"] if words == ["collect"] else [])])
    assert "mask-banner" in (tmp_path / "impact.html").read_text()


def test_each_reason_and_each_series_is_explained() -> None:
    reasons = {reason.value for reason in Reason} - {Reason.WRAP.value}

    assert reasons == set(re.findall(r"^\| ([a-z -]+) \| ", PAGE, re.MULTILINE)) & reasons
    for metric in METRICS:
        name = f"{metric.name}_total" if metric.kind == "counter" else metric.name
        assert f"`{name}" in PAGE


def test_each_kind_of_rule_and_its_keys_are_explained() -> None:
    alerts = PAGE[PAGE.index("## Alerts") :]
    for kind, form in KINDS.items():
        assert f"| `{kind}` | " in alerts
        for name, field in form.model_fields.items():
            assert f"`{field.alias or name}" in alerts or name == "kind", name


def test_the_defaults_are_those_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["collect", "--help"])
    shown = re.sub(r"\s+", " ", capsys.readouterr().out)

    rows = re.findall(r"\| (\d+) \| `(--[a-z-]+)` \|", PAGE)
    assert 4 == len(rows)
    for number, flag in rows:
        assert re.search(rf"{flag} N .*?default: {number}(\.0)?[;\]]", shown), flag
