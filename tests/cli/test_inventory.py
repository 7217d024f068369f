"""``inventory`` and ``init`` as a user types them."""

import json
from pathlib import Path

import pytest

from asa_automate.cli.main import run

SAMPLE = Path(__file__).parents[2] / "inventory"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    (tmp_path / "hosts.yaml").write_text('fw1:\n  port: 0\n"fw\\e2": {}\n')
    return tmp_path


def test_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inventory", "list", "--inventory", str(SAMPLE), "--output", "json"]) == 0

    first, second = json.loads(capsys.readouterr().out)
    assert (first["name"], first["port"], second["name"]) == ("lab-fw1", 2200, "lab-fw2")
    assert first["exemptions"][0]["gateways"] == ["192.168.1.1"]


@pytest.mark.parametrize("place", ["before", "after", "environment"])
def test_where_the_inventory_is(
    place: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if place == "environment":
        monkeypatch.setenv("ASA_AUTOMATE_INVENTORY", str(SAMPLE))
    flag = ["--inventory", str(SAMPLE)]
    words = {"before": [*flag, "inventory", "list"], "after": ["inventory", "list", *flag]}

    assert run(words.get(place, ["inventory", "list"])) == 0
    assert "127.0.0.1:2201" in capsys.readouterr().out


def test_limits_before_and_after_are_anded(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--inventory", str(SAMPLE), "--limit", "group:lab", "inventory", "list"]

    assert run([*words, "--limit", "site=fra", "--output", "json"]) == 0
    assert [d["name"] for d in json.loads(capsys.readouterr().out)] == ["lab-fw2"]


def test_a_limit_that_matches_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inventory", "list", "--inventory", str(SAMPLE), "--limit", "lab-fw"]) == 64

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("asa-automate: --limit 'lab-fw' matches no device; near it are lab-fw")


def test_show(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["inventory", "show", "lab-fw1", "--inventory", str(SAMPLE)]

    assert run(words) == 0
    assert "env:ASA_AUTOMATE_PASSWORD" in capsys.readouterr().out
    assert run([*words, "--output", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["environment"] == "lab"


def test_show_somebody_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inventory", "show", "lab-fw9", "--inventory", str(SAMPLE)]) == 64
    assert "did you mean 'lab-fw" in capsys.readouterr().err


def test_lint_of_good_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inventory", "lint", "--inventory", str(SAMPLE)]) == 0
    assert "2 devices, 1 exemptions, no errors" in capsys.readouterr().out


def test_lint_tells_all_problems(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inventory", "lint", "--inventory", str(broken)]) == 65

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{broken}/hosts.yaml:2: 'port' must be a port")
    assert second.startswith(f"{broken}/hosts.yaml:3: the key 'fw\\x1b2' must be a name")


def test_lint_as_json(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inventory", "lint", "--inventory", str(broken), "--output", "json"]) == 65

    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    assert [(p["line"], p["severity"]) for p in found["problems"]] == [(2, "error"), (3, "error")]


def test_other_commands_refuse_with_file_and_line(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["inventory", "list", "--inventory", str(broken)]) == 65

    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(" ")[1] for line in err.splitlines()] == [
        f"{broken}/hosts.yaml:2:",
        f"{broken}/hosts.yaml:3:",
    ]


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["inventory", "schema"]) == 0
    schemas = json.loads(capsys.readouterr().out)
    assert list(schemas) == ["hosts", "groups", "defaults", "exemptions"]
    host = schemas["hosts"]["$defs"]["Host"]
    assert host["additionalProperties"] is False
    assert {"hostname", "port", "groups", "data"} <= host["properties"].keys()

    assert run(["inventory", "schema", "exemptions"]) == 0
    assert json.loads(capsys.readouterr().out) == schemas["exemptions"]
    assert run(["inventory", "schema", "host"]) == 64


def test_init_writes_what_lint_accepts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "new/inventory"

    assert run(["init", str(target)]) == 0
    assert run(["inventory", "lint", "--inventory", str(target)]) == 0
    for name in ("hosts", "groups", "defaults", "exemptions"):
        first = (target / f"{name}.yaml").read_text().splitlines()[0]
        schema = first.partition("$schema=")[2]
        assert json.loads((target / schema).read_text())
    assert "2 devices" in capsys.readouterr().out


def test_init_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "groups.yaml").write_text("mine\n")

    assert run(["init", str(tmp_path)]) == 5
    assert "groups.yaml exists already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["groups.yaml"]
    assert (tmp_path / "groups.yaml").read_text() == "mine\n"


def test_init_where_nothing_can_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    assert run(["init", str(tmp_path / "file" / "x")]) == 5
    assert capsys.readouterr().err.startswith("asa-automate: cannot write into")
