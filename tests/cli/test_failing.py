"""With ``--output json`` a changing command says on stdout what went wrong, with its code."""

import json
from pathlib import Path

import pytest

from asa_automate.cli.main import run


@pytest.fixture(autouse=True)
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "hosts.yaml").write_text("fw1: {hostname: 192.0.2.1}\n")
    (tmp_path / "no.json").write_text("{}")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["apply", "--yes"], 64, "PLAN"),
        (["apply", "missing.json", "--yes"], 65, "missing.json"),
        (["apply", "no.json", "--yes"], None, "no.json"),
        (["apply", "no.json", "--no-such-flag"], 64, "--no-such-flag"),
        (["apply", "no.json", "--workers", "0"], 64, "--workers"),
        (["rollback", "20261124T061502-7f3a", "--yes"], 64, "20261124T061502-7f3a"),
        (["resume", "--yes"], 64, "--all"),
    ],
)
@pytest.mark.parametrize("flag", [["--output", "json"], ["--output=json"]])
def test_the_error_is_there(
    words: list[str],
    code: int | None,
    says: str,
    flag: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = run([*words, *flag])

    out, err = capsys.readouterr()
    said = json.loads(out)
    assert (None, []) == (said["run"], said["devices"])
    assert ended == said["error"]["exit"] != 0
    assert code in (None, ended)
    assert says in said["error"]["message"]
    assert says in err


def test_a_bad_inventory_is_told_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "inventory" / "hosts.yaml").write_text("fw1: {hostnam: x}\n")

    assert 65 == run(["--output", "json", "resume", "--all"])

    [problem] = json.loads(capsys.readouterr().out)["error"]["problems"]
    assert "hosts.yaml:1" in problem


def test_nothing_besides_without_the_flag(capsys: pytest.CaptureFixture[str]) -> None:
    assert 65 == run(["apply", "missing.json", "--yes"])
    assert "" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--wave", "5,1"], "--wave 5,1"),
        (["--max-fail", "x"], "--max-fail"),
        (["--gate", "counters"], "--wave"),
        (["--pause", "5m"], "--wave"),
        (["--wave", "1", "--pause", "soon"], "soon"),
    ],
)
def test_flags_of_a_rollout(
    flags: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before a store is opened, or anybody called."""
    from datetime import UTC, datetime

    from asa_automate.plan.document import make_plan_file, write_plan

    plan = tmp_path / "plan.json"
    plan.write_text(write_plan(make_plan_file((), now=datetime.now(UTC), nonce="0000")))

    assert 64 == run(["apply", str(plan), "--yes", *flags])
    assert says in capsys.readouterr().err
