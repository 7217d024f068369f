"""Bad days: the store gone or locked, a firewall away for hours; the collector says so."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from asa_automate.cli.main import run
from asa_automate.collect.slots import missed, slot_of
from asa_automate.errors import StoreRefused
from asa_automate.store.engine import open_store
from asa_automate.store.gaps import list_gaps
from asa_automate.store.samples import history, record_sample
from asa_automate.store.values import Label, Observation, Sample
from tests.collect.test_every import collecting, lines_of

DROPS = Label("global", "gp", "inspection_default", "esmtp", "m", "drops", "")
TEXT = (
    "Global policy:\n  Service-policy: gp\n    Class-map: inspection_default\n"
    "      Inspect: esmtp m, packet 9, drop 1, reset-drop 1\n"
)
HOURS = 3 * 3600


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An inventory of one firewall that nobody answers for, and a text in its place."""
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "hosts.yaml").write_text("fw1:\n  hostname: 127.0.0.1\n  port: 1\n")
    (tmp_path / "texts" / "fw1").mkdir(parents=True)
    (tmp_path / "texts" / "fw1" / "show_service-policy.txt").write_text(TEXT)
    monkeypatch.setenv("ASA_AUTOMATE_INVENTORY", str(tmp_path / "inventory"))
    for name in ("USERNAME", "PASSWORD", "ENABLE"):
        monkeypatch.setenv(f"ASA_AUTOMATE_{name}", "made-up")
    return tmp_path


def store_file() -> Path:
    return Path(os.environ["ASA_AUTOMATE_STORE"].removeprefix("sqlite:///"))


def series(name: str, capsys: pytest.CaptureFixture[str]) -> list[float]:
    capsys.readouterr()
    assert 0 == run(["counters", "export", "--format", "openmetrics"])
    families = text_string_to_metric_families(capsys.readouterr().out)
    return [sample.value for one in families for sample in one.samples if sample.name == name]


def test_a_firewall_that_is_away_for_hours(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    then = float(int(time.time()) - HOURS)
    store = open_store(os.environ["ASA_AUTOMATE_STORE"])
    record_sample(store, Sample("fw1", Observation(then, "J", None, True, {DROPS: 4}), "", "t"))
    store.close()
    rules = home / "rules.yaml"
    rules.write_text("alerts:\n  - {name: stale, kind: stale, older_than: 1h}\n")

    for told in (["firing"], []):
        capsys.readouterr()
        assert 4 == run(["collect", "--output", "json", "--alerts", str(rules)])
        found = json.loads(capsys.readouterr().out)
        assert "failed" == found[0]["outcome"]
        assert told == [one["event"] for one in found if "alert" in one]

    assert [then] == series("asa_collect_last_success_timestamp_seconds", capsys)
    assert [4] == series("asa_esmtp_inspect_drops_total", capsys)
    store = open_store(os.environ["ASA_AUTOMATE_STORE"])
    assert ["unreachable"] * 2 == [gap.reason for gap in list_gaps(store, "fw1")]
    store.close()


def test_a_store_that_is_removed_or_replaced_takes_nothing(tmp_path: Path) -> None:
    """SQLite would go on writing into a file that nobody can open again."""
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path}")
    sample = Sample("fw1", Observation(1.0, None, None, True, {}), "", "t")
    record_sample(store, sample)
    away = path.rename(tmp_path / "away.db")
    for _ in range(2):
        with pytest.raises(StoreRefused, match="removed or replaced"):
            record_sample(store, sample)
        with pytest.raises(StoreRefused, match="removed or replaced"):
            history(store, "fw1")
        path.touch(mode=0o600)

    away.rename(path)
    record_sample(store, sample)
    assert 2 == len(history(store, "fw1"))
    store.close()


def until(process: "subprocess.Popen[str]", key: str, words: str) -> dict[str, object]:
    """The first that says so; a busy machine may skip rounds."""
    while words not in str((told := lines_of(process, 1)[0])[key]):
        pass
    return told


def test_the_collector_outlives_its_store(home: Path) -> None:
    """Samples wait while the file is away; those that nobody takes in the end are said."""
    with collecting("--every", "1s", "--from-dir", str(home / "texts")) as process:
        until(process, "outcome", "collected")
        store_file().rename(home / "away.db")
        failed = until(process, "message", "wait in memory")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)

    assert "failed" == failed["outcome"]
    assert "samples are lost" in err
    assert "Traceback" not in err
    assert 5 == process.returncode


def test_a_store_that_others_hold_for_a_while(home: Path) -> None:
    """Another process writes for some seconds: the sample waits for it, and is stored."""
    assert 0 == run(["collect", "--from-dir", str(home / "texts")])
    held = sqlite3.connect(store_file(), isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    with collecting("--from-dir", str(home / "texts")) as process:
        time.sleep(3)  # it comes to its write meanwhile, and has to wait
        assert process.poll() is None
        held.execute("ROLLBACK")
        held.close()
        out, _ = process.communicate(timeout=60)

    assert 0 == process.returncode
    assert ["collected"] == [one["outcome"] for one in json.loads(out)]
    store = open_store(os.environ["ASA_AUTOMATE_STORE"])
    assert 2 == len(history(store, "fw1"))
    store.close()


def test_missed_rounds_are_one_gap_and_not_made_up_for(home: Path) -> None:
    store = open_store(os.environ["ASA_AUTOMATE_STORE"])
    then = time.time() - 3600
    record_sample(store, Sample("fw1", Observation(then, "J", None, True, {DROPS: 0}), "", "t"))
    with collecting("--every", "1m", "--from-dir", str(home / "texts")) as process:
        until(process, "outcome", "collected")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

    assert 2 == len(history(store, "fw1"))
    assert ["missed"] == [gap.reason for gap in list_gaps(store, "fw1")]
    store.close()


def test_a_clock_that_jumps() -> None:
    """Forward by a day: one gap, whose message says how many rounds; back: no gap."""
    day = slot_of(1e9 + 86_400, 300)

    assert 287 == missed(slot_of(1e9, 300), day, 300)
    assert 0 == missed(day, slot_of(1e9, 300), 300)
