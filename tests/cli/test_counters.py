"""``collect``, ``counters show`` and ``counters export`` as typed, over saved texts."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from asa_automate.cli.main import run

CSV_COLUMNS = "time,device,scope,policy,class,engine,map,name,action,value,delta,epoch"


def text(masked: int) -> str:
    return (
        "Global policy:\n  Service-policy: global_policy\n    Class-map: inspection_default\n"
        "      Inspect: esmtp _default_esmtp_map, packet 96, drop 2, reset-drop 1\n"
        f"        mask-banner, count {masked}\n"
        "        match cmd line length gt 512\n          drop-connection log, packet 0\n"
    )


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An inventory of two devices, and saved texts of one of them."""
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    (inventory / "hosts.yaml").write_text(
        "fw1:\n  hostname: 192.0.2.1\nfw2:\n  hostname: 192.0.2.2\n"
    )
    monkeypatch.setenv("ASA_AUTOMATE_INVENTORY", str(inventory))
    save(tmp_path / "texts", "fw1", text(3))
    return tmp_path / "texts"


def save(texts: Path, device: str, said: str) -> None:
    (texts / device).mkdir(parents=True, exist_ok=True)
    (texts / device / "show_service-policy.txt").write_text(said)


def collect(site: Path, *words: str) -> int:
    return run(["collect", "--from-dir", str(site), *words])


def exported(capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    capsys.readouterr()
    assert 0 == run(["counters", "export", "--format", "csv"])
    out = capsys.readouterr().out
    assert CSV_COLUMNS == out.splitlines()[0]
    return list(csv.DictReader(io.StringIO(out)))


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert 0 == run(["counters", "show", "--output", "json", *words])
    return json.loads(capsys.readouterr().out)


def test_one_without_texts_does_not_stop_the_other(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 5 == collect(site, "--output", "json")

    out, err = capsys.readouterr()
    first, second = json.loads(out)
    assert ("fw1", "collected", 5) == (first["device"], first["outcome"], first["counters"])
    assert ("fw2", "failed") == (second["device"], second["outcome"])
    assert re.fullmatch(r"fw2: .*show_service-policy\.txt: No such file or directory\n", err)


def test_three_samples_and_what_was_added(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for masked in (3, 10, 2):
        save(site, "fw1", text(masked))
        assert 0 == collect(site, "--limit", "fw1")

    masks = [row for row in exported(capsys) if row["name"] == "mask-banner"]

    found = [(row["value"], row["delta"], row["epoch"]) for row in masks]
    assert [("3", "", "0"), ("10", "7", "0"), ("2", "", "1")] == found
    places = ("device", "scope", "policy", "class", "engine", "map", "action")
    assert {
        ("fw1", "global", "global_policy", "inspection_default", "esmtp", "_default_esmtp_map", "")
    } == {tuple(row[name] for name in places) for row in masks}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", r["time"]) for r in masks)


def test_names_and_actions(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collect(site, "--limit", "fw1")

    assert {
        ("packets", ""),
        ("drops", ""),
        ("reset_drops", ""),
        ("mask-banner", ""),
        ("cmd line length gt 512", "drop-connection log"),
    } == {(row["name"], row["action"]) for row in exported(capsys)}


def test_jsonl_says_the_same(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for masked in (3, 4):
        save(site, "fw1", text(masked))
        collect(site)
    rows = exported(capsys)
    run(["counters", "export", "--format", "jsonl"])

    parsed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert CSV_COLUMNS.split(",") == list(parsed[0])
    as_text = [{k: "" if v is None else str(v) for k, v in row.items()} for row in parsed]
    assert rows == as_text
    assert {int} == {type(row["value"]) for row in parsed}


def test_show_has_the_latest_and_what_was_added(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for masked in (3, 10):
        save(site, "fw1", text(masked))
        collect(site)

    rows = {row["name"]: row for row in shown(capsys)}
    run(["counters", "show"])
    table = capsys.readouterr().out

    assert (10, 7) == (rows["mask-banner"]["value"], rows["mask-banner"]["delta"])
    assert (96, 0) == (rows["packets"]["value"], rows["packets"]["delta"])
    assert 5 == len(rows)
    line = next(line for line in table.splitlines() if "mask-banner" in line)
    assert ["10", "+7"] == line.split()[-2:]


def test_a_limit_takes_devices_of_the_inventory(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(site, "fw2", text(1))
    collect(site)

    assert {"fw2"} == {row["device"] for row in shown(capsys, "--limit", "fw2")}
    assert {"fw1", "fw2"} == {row["device"] for row in shown(capsys)}


def test_nothing_collected_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert [] == shown(capsys)
    assert [] == exported(capsys)


def test_device_text_is_no_formula_and_no_escape_sequence(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = (
        text(1).replace("global_policy", "=HYPERLINK(1)").replace("inspection_default", "a\x1b[2J")
    )
    save(site, "fw1", evil)
    collect(site, "--limit", "fw1")
    capsys.readouterr()
    run(["counters", "export"])
    run(["counters", "show"])
    run(["counters", "export", "--format", "jsonl"])

    out = capsys.readouterr().out

    assert "\x1b" not in out
    assert ",=HYPERLINK" not in out


def test_what_was_not_understood_is_stored_marked_and_said(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(site, "fw1", text(1) + "        brand-new thing 7\n")

    assert 0 == collect(site, "--limit", "fw1", "--output", "json")

    out, err = capsys.readouterr()
    (only,) = json.loads(out)
    assert ("incomplete", 1) == (only["outcome"], len(only["unparsed"]))
    assert err.startswith("fw1: 1 lines were not understood")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["collect", "--from-dir", "/nowhere"], 65),
        (["collect", "--workers", "0"], 64),
        (["counters", "export", "--format", "xml"], 64),
        (["counters", "show", "--limit", "nobody"], 64),
    ],
)
def test_what_cannot_be_done(
    site: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    assert site.is_dir()
    collect(site)
    capsys.readouterr()

    assert code == run(words)
    out, err = capsys.readouterr()
    assert "" == out
    assert 1 == len(err.splitlines())


def test_a_store_that_is_none_is_one_line(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but long enough to be read as one" * 99)
    (tmp_path / "notes.txt").chmod(0o600)
    monkeypatch.setenv("ASA_AUTOMATE_STORE", f"sqlite:///{tmp_path / 'notes.txt'}")

    assert 65 == collect(site)
    assert re.fullmatch(
        r"asa-automate: store \S+notes\.txt: is not a database.*\n", capsys.readouterr().err
    )
