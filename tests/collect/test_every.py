"""``collect --every`` as a process, over SSH: it only reads, politely, and ends well."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asa_automate.cli.main import run
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.ssh_server import serve
from asa_automate.store.engine import open_store
from asa_automate.store.gaps import list_gaps
from asa_automate.store.leases import Holder, acquire, lease_key, release
from asa_automate.store.samples import history

READS = re.compile(
    r"\(.*password\)|enable|exit|terminal pager 0|show (curpriv|mode|version|service-policy.*)"
)


class Site:
    """Firewalls that listen, and an inventory of them."""

    def __init__(self, home: Path, boxes: dict[str, VirtualAsa]) -> None:
        self.home = home
        self.boxes = boxes
        self.store_url = os.environ["ASA_AUTOMATE_STORE"]

    def logins(self) -> int:
        return sum(box.counts.sessions for box in self.boxes.values())

    def must_only_have_read(self) -> None:
        for box in self.boxes.values():
            typed = [entry.line for entry in box.transcript]
            assert [] == [line for line in typed if not READS.fullmatch(line)]
            assert 0 == box.counts.config_lines


@contextmanager
def site(
    home: Path, count: int, monkeypatch: pytest.MonkeyPatch, **knobs: object
) -> Iterator[Site]:
    told = Knobs(**knobs)  # type: ignore[arg-type]  # names of knobs
    boxes = {
        f"fw{n}": VirtualAsa(ordinary(f"fw{n}", serial=f"9ALAB00000{n}"), told)
        for n in range(count)
    }
    for name, value in (
        ("USERNAME", told.username),
        ("PASSWORD", told.password),
        ("ENABLE", told.enable_password),
        ("INVENTORY", str(home / "inventory")),
    ):
        monkeypatch.setenv(f"ASA_AUTOMATE_{name}", value)
    (home / "inventory").mkdir()
    with serve(boxes) as lab:
        hosts = [
            f"{name}:\n  hostname: 127.0.0.1\n  port: {lab.ports[name]}\n  data: {{site: ams}}\n"
            for name in boxes
        ]
        (home / "inventory" / "hosts.yaml").write_text("".join(hosts))
        assert 0 == run(["hostkeys", "trust", "--yes"])
        for box in boxes.values():
            box.transcript.clear()
        yield Site(home, boxes)


@contextmanager
def collecting(*words: str) -> Iterator["subprocess.Popen[str]"]:
    started = subprocess.Popen(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-m", "asa_automate", "collect", "--output", "json", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    guard = threading.Timer(120, started.kill)
    guard.start()
    try:
        yield started
    finally:
        guard.cancel()
        started.kill()
        started.communicate()


def lines_of(process: "subprocess.Popen[str]", count: int) -> list[dict[str, object]]:
    assert process.stdout is not None
    return [json.loads(process.stdout.readline()) for _ in range(count)]


def collected_twice(process: "subprocess.Popen[str]", here: Site) -> list[dict[str, object]]:
    """What is told until each has two samples: a busy machine may skip rounds."""
    told: list[dict[str, object]] = []
    taken: Counter[str] = Counter()
    while min((taken[name] for name in here.boxes), default=0) < 2:
        told += lines_of(process, 1)
        if told[-1]["outcome"] == "collected":
            taken[str(told[-1]["device"])] += 1
    return told


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_goes_on_until_it_is_stopped_and_only_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    with site(tmp_path, 2, monkeypatch) as here:
        with collecting("--every", "1s") as process:
            told = collected_twice(process, here)
            process.send_signal(how)
            out, err = process.communicate(timeout=60)

        assert 130 == process.returncode
        assert "Traceback" not in err
        told += [json.loads(line) for line in out.splitlines()]
        taken = [one for one in told if one["outcome"] == "collected"]
        store = open_store(here.store_url)
        kept = {name: history(store, name) for name in here.boxes}
        store.close()
        assert len(taken) == sum(map(len, kept.values()))
        assert min(map(len, kept.values())) >= 2
        assert all(seen.complete for found in kept.values() for seen in found)
        assert [] == [box.open_sessions for box in here.boxes.values() if box.open_sessions]
        here.must_only_have_read()


def test_one_refused_login_is_the_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with site(tmp_path, 4, monkeypatch) as here:
        monkeypatch.setenv("ASA_AUTOMATE_PASSWORD", "wrong")
        before = sum(box.counts.logins_refused for box in here.boxes.values())
        capsys.readouterr()

        assert 4 == run(["collect", "--output", "json"])

        found = json.loads(capsys.readouterr().out)
        assert 4 == len(found)
        refused = [one for one in found if "not tried again" in str(one["message"])]
        assert 3 == len(refused)
        assert 1 == sum(box.counts.logins_refused for box in here.boxes.values()) - before
        store = open_store(here.store_url)
        words = sorted(gap.reason for name in here.boxes for gap in list_gaps(store, name))
        store.close()
        assert ["credential"] * 3 + ["login"] == words


def test_a_firewall_under_change_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with site(tmp_path, 1, monkeypatch) as here:
        assert 0 == run(["collect"])
        store = open_store(here.store_url)
        someone = Holder("elsewhere", 7, "operator@elsewhere")
        lease = acquire(store, lease_key("9ALAB000000"), someone, 1e9, 2e9, lambda _: False)
        before = here.logins()

        assert 5 == run(["collect"])

        assert before == here.logins()
        assert ["changing"] == [gap.reason for gap in list_gaps(store, "fw0")]
        assert "fw0: is being changed; left alone\n" in capsys.readouterr().err
        release(store, lease)
        assert 0 == run(["collect"])
        store.close()


def test_a_second_collector_does_not_ask_at_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path, 1, monkeypatch) as here, collecting("--every", "1s") as process:
        most = 0
        lines_of(process, 1)
        for _ in range(4):
            assert run(["collect"]) in (0, 5)
            most = max(most, here.boxes["fw0"].open_sessions)

        assert most <= 1
        here.must_only_have_read()
