"""``serve`` and what is in ``deploy/``: the endpoint scraped, and every name that they use."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain
from ruamel.yaml import YAML

from asa_automate.cli.main import run
from asa_automate.store.engine import open_store
from asa_automate.store.samples import record_samples
from asa_automate.store.values import Label, Observation, Sample

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
MASK = Label("global", "gp", "inspection_default", "esmtp", "m", "mask-banner", "")
HEADER = MASK._replace(name="header line length gt 998", action="drop-connection log")
DROPS = MASK._replace(name="drops")
PACKETS = MASK._replace(name="packets")
OURS = PACKETS._replace(class_="ESA_EXEMPT_ESMTP")
ORDER = ("device", "scope", "policy", "class", "match", "action")
TOKEN = "a-token-of-the-test-5d0e"


def fill() -> None:
    """fw1 is failed over between its samples; fw2 has our exemption."""
    rows = (
        ("fw1", 1000.0, "JAD1", {MASK: 5, HEADER: 41, DROPS: 7, PACKETS: 90}),
        ("fw1", 1300.0, "JAD1", {MASK: 8, HEADER: 41, DROPS: 7, PACKETS: 95}),
        ("fw1", 1600.0, "JAD2", {MASK: 900, HEADER: 0, DROPS: 900, PACKETS: 9000}),
        ("fw2", 1600.5, "JAD3", {PACKETS: 3, OURS: 4}),
    )
    store = open_store(os.environ["ASA_AUTOMATE_STORE"])
    record_samples(
        store,
        [
            Sample(d, Observation(at, unit, None, True, seen), "", "t")
            for d, at, unit, seen in rows
        ],
    )
    store.close()


@contextmanager
def serving(*words: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    started = subprocess.Popen(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-m", "asa_automate", "serve", *(words or ("--listen", "127.0.0.1:0"))],
        stderr=subprocess.PIPE,
        text=True,
    )
    guard = threading.Timer(120, started.kill)
    guard.start()
    try:
        assert started.stderr is not None
        said = started.stderr.readline()
        found = re.search(r"http://\S+/metrics", said)
        assert found, said
        yield found[0], started
    finally:
        guard.cancel()
        started.kill()
        started.communicate()


def scraped(url: str, **headers: str) -> tuple[str, str]:
    asked = urllib.request.Request(url, headers=headers)  # noqa: S310  # our own, on loopback
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310  # the same
        return answer.read().decode(), answer.headers["Content-Type"]


def test_the_series_of_the_contract() -> None:
    fill()
    with serving() as (url, process):
        text, kind = scraped(url)
        process.send_signal(signal.SIGTERM)
        assert 130 == process.wait(60)

    assert kind.startswith("text/plain")
    found = {
        (sample.name, tuple(sample.labels[name] for name in ORDER if name in sample.labels)): (
            sample.value
        )
        for family in families(text)
        for sample in family.samples
    }
    place = ("fw1", "global", "gp", "inspection_default")
    assert {
        ("asa_esmtp_packets_total", (*place, "mask-banner", "")): 8,
        ("asa_esmtp_packets_total", (*place, *HEADER[-2:])): 41,
        ("asa_esmtp_inspect_packets_total", place): 95,
        ("asa_esmtp_inspect_packets_total", ("fw2", *place[1:])): 3,
        ("asa_esmtp_inspect_packets_total", ("fw2", "global", "gp", "ESA_EXEMPT_ESMTP")): 4,
        ("asa_esmtp_inspect_drops_total", place): 7,
        ("asa_collect_last_success_timestamp_seconds", ("fw1",)): 1600,
        ("asa_collect_last_success_timestamp_seconds", ("fw2",)): 1600.5,
        ("asa_exemption_state", ("fw1",)): 0,
        ("asa_exemption_state", ("fw2",)): 1,
    } == found
    labels = {s.name: set(s.labels) for family in families(text) for s in family.samples}
    assert set(ORDER) == labels["asa_esmtp_packets_total"]


def test_the_export_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    fill()
    capsys.readouterr()
    assert 0 == run(["counters", "export", "--format", "openmetrics"])
    text = capsys.readouterr().out

    with serving() as (url, _):
        served, kind = scraped(url, Accept="application/openmetrics-text; version=1.0.0")

    assert text.endswith("# EOF\n")
    assert kind.startswith("application/openmetrics-text")
    parse: Any = openmetrics
    assert list(parse(text)) == list(parse(served))


def test_a_new_sample_is_in_the_next_scrape() -> None:
    fill()
    with serving() as (url, _):
        scraped(url)
        store = open_store(os.environ["ASA_AUTOMATE_STORE"])
        seen = Observation(1900.0, "JAD2", None, True, {MASK: 903, DROPS: 901})
        record_samples(store, [Sample("fw1", seen, "", "t")])
        store.close()
        text, _ = scraped(url)

    masked = [
        sample.value
        for family in families(text)
        for sample in family.samples
        if sample.labels.get("match") == "mask-banner"
    ]
    assert [11] == masked


def test_off_loopback_only_with_a_token(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert 64 == run(["serve", "--listen", "0.0.0.0:0"])
    assert "--token-file" in capsys.readouterr().err
    (tmp_path / "token").write_text("short\n")
    assert 65 == run(["serve", "--token-file", str(tmp_path / "token")])
    (tmp_path / "token").write_text(TOKEN + "\n")

    with serving("--listen", "127.0.0.1:0", "--token-file", str(tmp_path / "token")) as (url, _):
        for given in ({}, {"Authorization": "Bearer wrong"}):
            with pytest.raises(urllib.error.HTTPError, match="401") as refused:
                scraped(url, **given)
            refused.value.close()
        assert "# HELP" in scraped(url, Authorization=f"Bearer {TOKEN}")[0]
        with pytest.raises(urllib.error.HTTPError, match="404") as lost:
            scraped(url.replace("/metrics", "/"), Authorization=f"Bearer {TOKEN}")
        lost.value.close()


@pytest.mark.parametrize("listen", ["9877", "host:", ":1", "127.0.0.1:99999", "[::1]:1"])
def test_no_address(listen: str) -> None:
    assert 64 == run(["serve", "--listen", listen])


def families(text: str) -> list[Metric]:
    """As Prometheus' own parser reads them."""
    return list(plain(text))


def names_in(text: str) -> set[str]:
    return set(re.findall(r"\basa_\w+", text))


def test_what_dashboard_and_rules_ask_for_is_served() -> None:
    fill()
    with serving() as (url, _):
        text, _ = scraped(url)
    served = {sample.name for family in families(text) for sample in family.samples}
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    rules = YAML(typ="safe", pure=True).load((DEPLOY / "alerts.yml").read_text())
    asked = names_in(" ".join(t["expr"] for p in board["panels"] for t in p["targets"]))
    asked |= names_in(board["templating"]["list"][1]["query"])
    alerts = {rule["alert"]: rule["expr"] for group in rules["groups"] for rule in group["rules"]}

    assert asked | names_in(" ".join(alerts.values())) == served
    assert len(alerts) == 5


def test_systemd_takes_the_units(tmp_path: Path, require_program: Callable[[str], Path]) -> None:
    verify = require_program("systemd-analyze")
    for unit in DEPLOY.glob("asa-automate-collect.*"):
        (tmp_path / unit.name).write_text(unit.read_text())
    done = subprocess.run(  # noqa: S603  # our own units
        [verify, "verify", *sorted(map(str, tmp_path.glob("asa-automate-collect.*")))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_unit_and_cron_run_a_command_that_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASA_AUTOMATE_INVENTORY", str(tmp_path / "none"))
    lines = [
        *re.findall(r"asa-automate (collect .*)", (DEPLOY / "cron").read_text()),
        *re.findall(
            r"asa-automate (collect .*)", (DEPLOY / "asa-automate-collect.service").read_text()
        ),
    ]
    assert 2 == len(lines)
    for line in lines:
        words = re.sub(r"--inventory \S+", "", line).split()
        assert 65 == run(words)  # the command line is taken; there is no inventory here
        assert str(tmp_path / "none") in capsys.readouterr().err
