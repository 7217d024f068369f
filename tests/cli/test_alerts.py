"""Alerts from the store to stdout, syslog and apprise; once, across restarts."""

import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from asa_automate.cli.main import run
from asa_automate.collect.alerts.syslog import line_of
from asa_automate.store.alerts import Told, unheard
from asa_automate.store.engine import open_store
from asa_automate.store.samples import record_sample
from asa_automate.store.values import Label, Observation, Sample

DROPS = Label("global", "gp", "inspection_default", "esmtp", "m", "drops", "")
RULES = """\
alerts:
  - {name: dropped, kind: threshold, counter: drops, above: 9, clear: 2, within: 10m}
  - {name: stale, kind: stale, older_than: 10m, severity: critical}
"""


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    (inventory / "hosts.yaml").write_text(
        "fw1:\n  hostname: 192.0.2.1\nfw2:\n  hostname: 192.0.2.2\n"
    )
    monkeypatch.setenv("ASA_AUTOMATE_INVENTORY", str(inventory))
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return path


def sampled(*past: tuple[float, int], device: str = "fw1") -> None:
    """Samples so many seconds ago, with so many drops."""
    now = time.time()
    store = open_store(os.environ["ASA_AUTOMATE_STORE"])
    for ago, drops in past:
        seen = Observation(now - ago, "JAD1", None, True, {DROPS: drops})
        record_sample(store, Sample(device, seen, "", "t"))
    store.close()


@pytest.fixture
def told(rules: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[dict[str, Any]]]:
    """Judges the rules; what was told on stdout."""

    def judge(*words: str, expected: int = 0) -> list[dict[str, Any]]:
        capsys.readouterr()
        assert expected == run(["counters", "alerts", "--rules", str(rules), *words])
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return judge


def test_each_change_is_one_line_once(told: Callable[..., list[dict[str, Any]]]) -> None:
    sampled((500, 0), (400, 50))
    sampled((60, 0), device="fw2")

    first = told("--detailed-exitcode", expected=2)

    assert [("dropped", "firing", "fw1", "warning", 50.0)] == [
        (one["alert"], one["event"], one["device"], one["severity"], one["value"]) for one in first
    ]
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first[0]["time"])
    assert [] == told()  # each call is a process of its own as far as the store goes


def test_it_clears_once(
    told: Callable[..., list[dict[str, Any]]], rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sampled((60, 0), device="fw2")
    sampled((500, 0), (400, 50))
    told()
    rules.write_text(RULES.replace("above: 9, clear: 2", "above: 60, clear: 40"))
    assert [] == told()
    capsys.readouterr()
    run(["counters", "alerts", "--rules", str(rules), "--firing", "--output", "json"])
    assert ["dropped"] == [one["alert"] for one in json.loads(capsys.readouterr().out)]

    rules.write_text(RULES.replace("above: 9, clear: 2", "above: 60, clear: 50"))
    assert [("resolved", "fw1")] == [(one["event"], one["device"]) for one in told()]
    assert [] == told("--detailed-exitcode")


def test_one_that_was_never_collected_is_stale(told: Callable[..., list[dict[str, Any]]]) -> None:
    sampled((60, 0))

    assert [("stale", "fw2", None)] == [(x["alert"], x["device"], x["value"]) for x in told()]
    assert [] == told("--limit", "fw1")


def test_a_rule_for_firewalls_that_there_are_not(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules.write_text(RULES + "  - {name: x, kind: stale, limit: fw9}\n")

    assert 65 == run(["counters", "alerts", "--rules", str(rules)])
    assert f"{rules}:4: limit 'fw9' matches no device" in capsys.readouterr().err


def test_mistakes_in_the_file(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules.write_text("alerts:\n  - {name: a, kind: stale, x: 1}\n  - {kind: stale}\n")

    assert 65 == run(["counters", "alerts", "--rules", str(rules)])
    err = capsys.readouterr().err
    assert f"{rules}:2: unknown key 'x'" in err
    assert f"{rules}:3: 'name' is missing" in err
    assert 64 == run(["counters", "alerts"])
    assert 65 == run(["collect", "--alerts", str(rules)])


#: RFC 5424, section 6: priority, version, time, host, program, process, id, data, message.
MESSAGE = re.compile(
    r"<(?P<pri>\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [!-~]+ asa-automate \d+ "
    r"(?P<id>[!-~]+) \[asaAlert@32473(?P<data>( [a-z]+=\"([^\"\\\]]|\\[\"\\\]])*\")+)\] "
    "\ufeff(?P<text>.*)"
)


def test_over_a_syslog_socket_and_udp(
    told: Callable[..., list[dict[str, Any]]], rules: Path, tmp_path: Path
) -> None:
    sampled((60, 0))
    path = tmp_path / "log"
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as local,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        local.bind(str(path))
        udp.bind(("127.0.0.1", 0))
        for one in (local, udp):
            one.settimeout(30)
        for where, one in ((path, local), (f"udp://127.0.0.1:{udp.getsockname()[1]}", udp)):
            rules.write_text(RULES.replace("name: stale", f"name: s-{int(one.family)}"))
            rules.write_text(f"to: {{syslog: '{where}'}}\n{rules.read_text()}")
            assert 1 == len(told())
            found = MESSAGE.fullmatch(one.recv(4096).decode())
            assert found
            # daemon (3) x 8 + critical (2)
            assert ("26", f"s-{int(one.family)}") == (found["pri"], found["id"])
            assert 'device="fw2"' in found["data"]
            assert "fw2: no counters were ever collected" == found["text"]


def test_structured_data_is_escaped() -> None:
    odd = Told(0.0, "r", 'fw"]\\\n<1>\udce9', "firing", "warning", None, "a\nb")

    found = MESSAGE.fullmatch(f"<1>{line_of(odd, 'h öst', 7)}")

    assert found
    assert r'device="fw\"\]\\\\x0a<1>\\udce9"' in found["data"]
    assert r"a\x0ab" == found["text"]


def test_who_is_away_is_told_later(
    told: Callable[..., list[dict[str, Any]]],
    rules: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sampled((60, 0))
    path = tmp_path / "log"
    rules.write_text(f"to: {{syslog: {path}}}\n{RULES}")

    assert ["stale"] == [one["alert"] for one in told(expected=4)]

    assert 4 == run(["counters", "alerts", "--rules", str(rules)])
    assert f"syslog:{path} was not told" in capsys.readouterr().err
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as back:
        back.bind(str(path))
        back.settimeout(30)
        assert [] == told()
        assert MESSAGE.fullmatch(back.recv(4096).decode())
    store = open_store(os.environ["ASA_AUTOMATE_STORE"])
    assert [] == unheard(store)
    store.close()


def test_udp_to_others_is_refused(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules.write_text("to: {syslog: 'udp://192.0.2.9:514'}\n" + RULES)

    assert 65 == run(["counters", "alerts", "--rules", str(rules)])
    assert "only to this host" in capsys.readouterr().err


@pytest.fixture
def service() -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Something that takes JSON over HTTP on loopback, and what it was sent."""
    sent: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, sent
    server.shutdown()
    thread.join()
    server.server_close()


def test_over_apprise(
    told: Callable[..., list[dict[str, Any]]],
    rules: Path,
    service: tuple[int, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip("apprise")
    port, sent = service
    sampled((60, 0))
    monkeypatch.setenv("WHERE", f"json://user:canary-5d0e@127.0.0.1:{port}/alerts")
    rules.write_text("to: {apprise: ['env:WHERE']}\n" + RULES)

    assert 1 == len(told())

    assert ["firing: stale on fw2"] == [one["title"] for one in sent]
    assert ["failure"] == [one["type"] for one in sent]
    monkeypatch.setenv("WHERE", "canary-5d0e")
    assert 65 == run(["counters", "alerts", "--rules", str(rules)])
    monkeypatch.setenv("WHERE", "")
    assert 65 == run(["counters", "alerts", "--rules", str(rules)])
    err = capsys.readouterr().err
    assert "env:WHERE: nothing is there" in err
    assert "canary" not in err
    assert b"canary" not in b"".join(
        path.read_bytes() for path in Path(os.environ["HOME"]).glob("store.db*")
    )


def test_collect_judges_after_its_round(
    rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = tmp_path / "texts" / "fw1"
    texts.mkdir(parents=True)
    (texts / "show_service-policy.txt").write_text("Global policy: \n  Service-policy: gp\n")
    words = ["collect", "--from-dir", str(texts.parent), "--alerts", str(rules)]
    capsys.readouterr()

    assert run([*words, "--output", "json"]) == 5  # fw2 has no text

    found = json.loads(capsys.readouterr().out)
    assert ["fw1", "fw2"] == [one["device"] for one in found if "outcome" in one]
    assert [("stale", "fw2")] == [(x["alert"], x["device"]) for x in found if "alert" in x]
    run(words)
    assert "stale" not in capsys.readouterr().out


def test_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["counters", "alerts", "--schema"])
    assert "alerts" in json.loads(capsys.readouterr().out)["properties"]
