"""Mail through a virtual firewall of `lab serve` while it is planned on and changed over SSH."""

import json
import os
import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asa_automate.cli.main import run
from asa_automate.errors import Exit
from tests.mail_parts import LOOPBACK, PATIENCE, mail_server

GATEWAY = "tcp 198.51.100.7 -> 192.168.1.1:25 in outside out inside"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The command, with mail going through its first firewall; the port of the mail."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("USERNAME", "admin"), ("PASSWORD", "admin"), ("ENABLE", "enable")):
        monkeypatch.setenv(f"ASA_AUTOMATE_{name}", value)
    with mail_server() as (_, upstream):
        words = ["lab", "serve", "--port", "0", "--write-inventory", "inventory"]
        ends = ["--upstream", f"{LOOPBACK}:{upstream}", "--listen", f"{LOOPBACK}:0"]
        running = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "asa_automate", *words, *ends, "--flow", GATEWAY],
            stderr=subprocess.PIPE, text=True, env=dict(os.environ),
        )  # fmt: skip
        assert running.stderr is not None
        found = (re.match(r"listening on \S+:(\d+);", line) for line in running.stderr)
        port = next((int(one[1]) for one in found if one), None)
        assert port is not None
        try:
            yield port
        finally:
            running.send_signal(signal.SIGINT)
            running.communicate(timeout=PATIENCE)


def send(port: int) -> bytes:
    """One message; the greeting."""
    client = smtplib.SMTP(timeout=PATIENCE)
    greeting = client.connect(LOOPBACK, port)[1]
    client.sendmail("a@example.com", ["b@example.net"], b"Subject: x\r\n\r\ny\r\n")
    client.quit()
    return greeting


def counted(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert Exit.DONE == run(["collect", "--limit", "lab-fw1"])
    capsys.readouterr()
    assert Exit.DONE == run(["counters", "show", "--output", "json"])
    return {row["name"]: row["value"] for row in json.loads(capsys.readouterr().out)}


def test_counters_move_until_the_exemption(lab: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert Exit.DONE == run(["hostkeys", "trust", "--yes"])
    assert {b"*"} == {bytes([c]) for c in send(lab) if c not in b"20 "}
    assert 1 == counted(capsys)["mask-banner"]
    send(lab)
    before = counted(capsys)
    assert 2 == before["mask-banner"]
    assert 2 <= before["ehlo-reply-parameter others"]

    assert Exit.DONE == run(["plan", "--limit", "lab-fw1", "--out", "plan.json"])
    assert Exit.DONE == run(["apply", "plan.json", "--yes"])

    assert b"ESMTP" in send(lab)
    assert 0 == counted(capsys)["mask-banner"], "a new class, and the gateway's mail is not in it"
