"""`counters explain`: what the counters of Cisco doc 117801 say about mail, and what cures it."""

import json
from pathlib import Path
from typing import Any

import pytest

from asa_automate.cli.main import run
from asa_automate.errors import Exit
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.samples import ordinary
from tests.lab.conftest import EXEMPTION

#: Source: Cisco doc 117801.
COUNTERS = """\
Global policy:
  Service-policy: global_policy
    Class-map: {class_}
      Inspect: esmtp _default_esmtp_map, packet 104468, drop 0, reset-drop 0
        mask-banner, count 639
        match cmd line length gt 512
          drop-connection log, packet 0
        match body line length gt 998
          log, packet 7
        match header line length gt 998
          drop-connection log, packet 41
        match ehlo-reply-parameter others
          mask, packet 2555
"""
FILES = {
    "hosts.yaml": "fw: {hostname: 192.0.2.1}\nother: {hostname: 192.0.2.2}\n",
    "exemptions.yaml": "exemptions:\n  - {name: e, match: {host: fw}, gateways: [192.168.1.1]}\n",
}


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inventory").mkdir()
    for name, text in FILES.items():
        (tmp_path / "inventory" / name).write_text(text)
    save(tmp_path, COUNTERS.format(class_="inspection_default"), ordinary("fw"))
    return tmp_path


def save(place: Path, counters: str, running: str) -> None:
    (place / "fw").mkdir(exist_ok=True)
    (place / "fw" / "show_service-policy.txt").write_text(counters)
    (place / "fw" / "show_running-config.txt").write_text(running)


def explained(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, dict[str, Any]]:
    said = ["counters", "explain", "--limit", "fw", "--output", "json", *words]
    assert Exit.DONE == run(said)
    rows = json.loads(capsys.readouterr().out)
    return {row["counter"] or row["says"]: row for row in rows}


def test_before_the_exemption(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = explained(capsys, "--from-dir", str(texts))

    header = rows["header line length gt 998 (drop-connection log)"]
    assert (41, True) == (header["value"], header["harm"])
    assert "Message aborted MID" in header["seen"]
    assert "[Error 60]" in header["seen"]
    assert "cures it for the gateways" in header["cure"]
    assert "tcp 192.168.1.1 -> 198.51.100.7:25" in header["cure"]
    assert "TLS is required" in rows["ehlo-reply-parameter others (mask)"]["seen"]
    assert not rows["body line length gt 998 (log)"]["harm"]
    assert "only logs" in rows["body line length gt 998 (log)"]["says"]
    assert "PIX workarounds" in rows["mask-banner"]["seen"]
    assert any("strikes STARTTLS" in text for text in rows)


def test_after_the_exemption(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box = VirtualAsa(ordinary("fw"))
    box.edit(EXEMPTION)
    save(texts, COUNTERS.format(class_="MAIL"), box.running_text)

    rows = explained(capsys, "--from-dir", str(texts))

    assert {"none for the gateways: their mail does not meet this inspection"} == {
        row["cure"] for row in rows.values() if row["harm"]
    }


def test_our_own_class_has_the_mail_of_others(
    texts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(texts, COUNTERS.format(class_="ESA_EXEMPT_ESMTP"), ordinary("fw"))

    rows = explained(capsys, "--from-dir", str(texts))

    assert "left out of this class" in rows["mask-banner"]["cure"]


def test_in_words(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["counters", "explain", "--from-dir", str(texts)])
    captured = capsys.readouterr()

    assert Exit.DONE != code, "one of two devices has no texts"
    assert "other: " in captured.err
    assert "fw: class inspection_default of global_policy (global)" in captured.out
    assert "! ehlo-reply-parameter others (mask): 2,555. STARTTLS" in captured.out


def test_of_the_store(texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Exit.DONE == run(["collect", "--from-dir", str(texts), "--limit", "fw"])
    capsys.readouterr()

    rows = explained(capsys)

    assert 41 == rows["header line length gt 998 (drop-connection log)"]["value"]
    assert "`check` says" in rows["header line length gt 998 (drop-connection log)"]["cure"]
