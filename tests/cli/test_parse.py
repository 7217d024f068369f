"""``parse`` as somebody types it: what comes on stdout, what on stderr, which exit code."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from asa_automate.cli.main import run
from asa_automate.cli.parse import Kind, kind_of
from asa_automate.errors import BadInput

COUNTERS = """\
Global policy:
  Service-policy: global_policy
    Class-map: inspection_default
      Inspect: esmtp _default_esmtp_map, packet 96, lock fail 0, drop 2, reset-drop 1
        mask-banner, count 3
        match cmd line length gt 512
          drop-connection log, packet 4
Something [bold]new[/bold]
"""
CONFIGURATION = """\
: Saved
ASA Version 9.8(2)
!
hostname fw1
interface GigabitEthernet0/0
 nameif outside
 ip address 203.0.113.1 255.255.255.0
class-map inspection_default
 match default-inspection-traffic
policy-map global_policy
 class inspection_default
  inspect ftp
  inspect esmtp MAIL_MAP
  #inspect skinny
  frobnicate everything
service-policy global_policy global
: end
"""


def _saved(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "saved.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert 0 == run(["parse", *words, "--output", "json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("words", [(), ("--as", "service-policy")])
def test_counters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    found = _json(capsys, _saved(tmp_path, COUNTERS), *words)

    assert {
        "policies": [
            {
                "scope": "global",
                "policy": "global_policy",
                "classes": [
                    {
                        "name": "inspection_default",
                        "inspects": [
                            {
                                "engine": "esmtp",
                                "map": "_default_esmtp_map",
                                "packets": 96,
                                "drops": 2,
                                "reset_drops": 1,
                                "lock_fails": 0,
                                "rate_5min": None,
                                "parameters": {"mask-banner": 3},
                                "matches": [
                                    {
                                        "match": "cmd line length gt 512",
                                        "action": "drop-connection log",
                                        "packets": 4,
                                    }
                                ],
                            }
                        ],
                    }
                ],
            }
        ],
        "unparsed": ["Something [bold]new[/bold]"],
    } == found


def test_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    saved = _saved(tmp_path, COUNTERS.replace("_default_esmtp_map", "map\x1b[31m"))

    assert 0 == run(["parse", saved])

    shown = capsys.readouterr().out
    assert "drop-connection log" in shown
    assert "map\\x1b[31m" in shown
    assert "\x1b" not in shown
    assert "Something [bold]new[/bold]" in shown


@pytest.mark.parametrize("words", [(), ("--as", "running-config")])
def test_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    found = _json(capsys, _saved(tmp_path, CONFIGURATION), *words)

    assert {
        "version": "9.8(2)",
        "hostname": "fw1",
        "service_policies": [{"scope": "global", "policy": "global_policy"}],
        "policy_maps": [
            {
                "name": "global_policy",
                "classes": [
                    {
                        "name": "inspection_default",
                        "inspects": [
                            {"engine": "ftp", "argument": None},
                            {"engine": "esmtp", "argument": "MAIL_MAP"},
                        ],
                    }
                ],
            }
        ],
        "class_maps": [
            {"name": "inspection_default", "matches": ["match default-inspection-traffic"]}
        ],
        "unparsed": ["frobnicate everything"],
    } == found


def test_configuration_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["parse", _saved(tmp_path, CONFIGURATION)])

    shown = capsys.readouterr().out
    assert "ftp, esmtp MAIL_MAP" in shown
    assert "frobnicate everything" in shown


def test_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(COUNTERS.encode())))

    assert "global" == _json(capsys, "-")["policies"][0]["scope"]


def test_bytes_that_are_no_utf8_survive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = b"\xef\xbb\xbf" + COUNTERS.encode() + "Fa\u00e7ade ".encode() + b"it\x92s odd\xff\n"

    assert "Fa\u00e7ade it\x92s odd\u00ff" == _json(capsys, _saved(tmp_path, text))["unparsed"][-1]


@pytest.mark.parametrize("word", ["missing.txt", "."])
def test_a_file_that_cannot_be_read(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 65 == run(["parse", word, "--output", "json"])

    captured = capsys.readouterr()
    assert word in captured.err
    assert "Traceback" not in captured.err


def test_a_text_that_is_neither(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = _saved(tmp_path, "dear diary\n")

    assert 65 == run(["parse", saved])
    assert "--as" in capsys.readouterr().err
    assert ["dear diary"] == _json(capsys, saved, "--as", "service-policy")["unparsed"]


def test_an_unknown_kind_is_a_usage_error(tmp_path: Path) -> None:
    assert 64 == run(["parse", _saved(tmp_path, COUNTERS), "--as", "poem"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (COUNTERS, Kind.SERVICE_POLICY),
        (
            "fw# show service-policy | include esmtp\r\nInspect: esmtp, packet 1\r\n",
            Kind.SERVICE_POLICY,
        ),
        (CONFIGURATION, Kind.RUNNING_CONFIG),
        ("fw# sh run policy-map\npolicy-map global_policy\n", Kind.RUNNING_CONFIG),
        ("hostname fw1\n", Kind.RUNNING_CONFIG),
        # Cisco's note on the subject shows both; its counters are what nobody else could read.
        (CONFIGURATION + COUNTERS, Kind.SERVICE_POLICY),
    ],
)
def test_what_it_looks_like(text: str, kind: Kind) -> None:
    assert kind is kind_of(text, Path("x"))


def test_what_looks_like_nothing() -> None:
    with pytest.raises(BadInput, match="x: neither"):
        kind_of("", Path("x"))


def test_corpus(corpus_service_policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, str(corpus_service_policy))

    assert found["policies"]
    assert [] == found["unparsed"]


def test_corpus_configurations(corpus_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, str(corpus_config))

    # One of them is a day-0 template that ends before its policies.
    assert bool(found["policy_maps"]) is (
        "policy-map global" in corpus_config.read_text("latin-1")
        or "policy-map abc" in corpus_config.read_text("latin-1")
    )
