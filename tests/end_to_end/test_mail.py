"""Real mail programs through the command `simulate proxy`: before the exemption, and after it.

A Postfix with a configuration of its own, swaks, aiosmtpd and smtplib, all on 127.0.0.1.
"""

import json
import os
import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from asa_automate.lab.samples import ordinary
from tests.mail_parts import LOOPBACK, PATIENCE, Inbox, Postfix, certificate, mail_server, ran

GATEWAY = "tcp 198.51.100.7 -> 192.168.1.1:25 in outside out inside"
CONTROL = "tcp 198.51.100.7 -> 192.168.1.2:25 in outside out inside"
MESSAGE = (
    b"From: a@example.com\r\nTo: b@example.net\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n"
    b"Message-ID: <1@example.com>\r\nSubject: whole\r\n\r\n.a dot\r\n" + b"text \xc3\xa4\r\n" * 50
)
INVENTORY = {
    "hosts.yaml": "edge1: {hostname: 192.0.2.1, groups: [all]}\n",
    "groups.yaml": "all: {platform: cisco_asa}\n",
    "defaults.yaml": "{}\n",
    "exemptions.yaml": (
        "exemptions:\n  - {name: esa, match: {host: edge1}, gateways: [192.168.1.1]}\n"
    ),
}


def program(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "asa_automate", *map(str, words)]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A saved configuration, `edge1.cfg`, and a plan that exempts 192.168.1.1, `plan.json`."""
    for name, text in INVENTORY.items():
        (tmp_path / "inventory").mkdir(exist_ok=True)
        (tmp_path / "inventory" / name).write_text(text)
    (tmp_path / "edge1.cfg").write_text(ordinary("edge1"))
    plan = ("plan", "--inventory", tmp_path / "inventory", "--from-dir", tmp_path)
    assert 0 == ran(*program(*plan, "--out", tmp_path / "plan.json")).returncode
    return tmp_path


@contextmanager
def proxied(texts: Path, port: int, flow: str, *more: str) -> Iterator[dict[str, Any]]:
    """The command, listening; at the end what it printed is in the dictionary."""
    words = ("simulate", "proxy", "--config", texts / "edge1.cfg", "--flow", flow)
    ends = ("--listen", f"{LOOPBACK}:0", "--upstream", f"{LOOPBACK}:{port}", "--output", "json")
    running = subprocess.Popen(  # noqa: S603 - words of this test
        program(*words, *ends, "--hold", "0.5", *more),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "COLUMNS": "200"},
    )  # fmt: skip
    told: dict[str, Any] = {}
    assert running.stderr is not None
    for line in running.stderr:
        if found := re.match(r"listening on \S+:(\d+);", line):
            told["port"] = int(found[1])
            break
    try:
        yield told
    finally:
        running.send_signal(signal.SIGTERM)
        out, told["talk"] = running.communicate(timeout=PATIENCE)
        told |= json.loads(out)
        told["exit"] = running.returncode


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[tuple[Inbox, int]]:
    with mail_server(certificate(tmp_path)) as one:
        yield one


def test_one_configuration_mangles_the_control_flow_and_leaves_the_gateway_alone(
    texts: Path, inbox: tuple[Inbox, int]
) -> None:
    kept, server = inbox
    seen = {}
    for name, flow in (("gateway", GATEWAY), ("control", CONTROL)):
        with proxied(texts, server, flow, "--plan", str(texts / "plan.json")) as told:
            client = smtplib.SMTP(timeout=PATIENCE)
            banner = client.connect(LOOPBACK, told["port"])[1]
            client.sendmail("a@example.com", ["b@example.net"], MESSAGE)
            seen[name] = (banner, client.has_extn("starttls"))
            client.quit()
        assert 0 == told["exit"]
        assert (name == "control") is told["inspected"]
        assert told["counters"].get("mask-banner", 0) == (name == "control")

    assert (b"localhost mail 2.0 ESMTP 2026", True) == seen["gateway"]
    assert (b"***************2*0*******202*", False) == seen["control"]
    assert [MESSAGE, MESSAGE] == kept.messages


@pytest.mark.parametrize("when", ["before", "after"])
def test_swaks(
    texts: Path,
    inbox: tuple[Inbox, int],
    when: str,
    require_program: Callable[[str], Path],
) -> None:
    """Its own transcript then plays the same in `simulate smtp`."""
    swaks = require_program("swaks")
    if ran("/usr/bin/perl", "-MNet::SSLeay", "-e1").returncode:
        pytest.skip("Net::SSLeay is missing: apt-get install libnet-ssleay-perl")
    plan = ["--plan", str(texts / "plan.json")] if when == "after" else []
    with proxied(texts, inbox[1], GATEWAY, *plan) as told:
        to = ("--server", f"{LOOPBACK}:{told['port']}", "--to", "b@example.net")
        done = ran(swaks, *to, "--from", "a@example.com", "--tls-optional")

    assert 0 == done.returncode, done.stdout
    assert ("TLS started" in done.stdout) is (when == "after")
    assert [when == "after"] == inbox[0].under_tls
    (texts / "transcript.txt").write_text(done.stdout)
    words = ("simulate", "smtp", texts / "transcript.txt", "--config", texts / "edge1.cfg")
    played = ran(*program(*words, "--flow", GATEWAY, "--output", "json", *plan))
    verdicts = {"before": "unchanged", "after": "changed"}
    assert verdicts[when] == json.loads(played.stdout)["before"]["verdict"]
    if plan:
        assert "untouched" == json.loads(played.stdout)["after"]["verdict"]


@pytest.fixture
def postfix_to(require_program: Callable[[str], Path]) -> type[Postfix]:
    require_program("postfix")
    if os.geteuid() != 0:
        pytest.skip("postfix is started by root only")
    return Postfix


def submit(postfix: Postfix) -> None:
    with smtplib.SMTP(LOOPBACK, postfix.port, timeout=PATIENCE) as client:
        client.sendmail("a@example.com", ["b@example.net"], MESSAGE)


def test_postfix_defers_where_it_insists_on_tls(
    texts: Path, inbox: tuple[Inbox, int], postfix_to: Callable[[int, str], Postfix]
) -> None:
    with (
        proxied(texts, inbox[1], GATEWAY) as told,
        postfix_to(told["port"], "encrypt") as postfix,
    ):
        submit(postfix)
        assert "TLS is required" in postfix.logs("status=deferred")

    assert [] == inbox[0].messages
    assert 1 <= told["counters"]["mask-banner"]


def test_postfix_sends_in_clear_where_it_may_and_works_around_a_pix(
    texts: Path, inbox: tuple[Inbox, int], postfix_to: Callable[[int, str], Postfix]
) -> None:
    with proxied(texts, inbox[1], GATEWAY) as told, postfix_to(told["port"], "may") as postfix:
        submit(postfix)
        postfix.logs("status=sent")
        postfix.logs("enabling PIX workarounds: disable_esmtp for")
        assert "TLS connection established" not in postfix.log

    assert [False] == inbox[0].under_tls
    assert inbox[0].messages[0].endswith(MESSAGE)


@pytest.mark.parametrize("level", ["encrypt", "may"])
def test_postfix_negotiates_tls_after_the_exemption(
    texts: Path, inbox: tuple[Inbox, int], postfix_to: Callable[[int, str], Postfix], level: str
) -> None:
    plan = str(texts / "plan.json")
    with (
        proxied(texts, inbox[1], GATEWAY, "--plan", plan) as told,
        postfix_to(told["port"], level) as postfix,
    ):
        submit(postfix)
        postfix.logs("status=sent")
        assert "TLS connection established" in postfix.log
        assert "PIX" not in postfix.log

    assert [True] == inbox[0].under_tls
    assert inbox[0].messages[0].endswith(MESSAGE)
    assert not told["inspected"]
