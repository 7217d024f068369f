"""``hostkeys scan / trust / list``, as typed, against real SSH servers."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from asa_automate.cli.main import run
from asa_automate.errors import Exit

ONE = asyncssh.generate_private_key("ssh-ed25519")
TWO = asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture
def typed(
    tmp_path: Path, server: Any, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, Any, str]]:
    """``typed("trust", "--yes", fw1=device)``: exit code, JSON from stdout, stderr."""
    files = tmp_path / "inventory"
    files.mkdir()

    def act(verb: str, *words: str, **devices: Any) -> tuple[int, Any, str]:
        entries = {
            name: {"hostname": device.host, "port": device.port}
            for name, device in devices.items()
        }
        (files / "hosts.yaml").write_text(json.dumps(entries))
        env = {
            "HOME": str(tmp_path),
            "ASA_AUTOMATE_KNOWN_HOSTS": str(tmp_path / "own" / "known_hosts"),
            "ASA_AUTOMATE_PASSWORD": server.password,
        }
        line = ["hostkeys", verb, "--inventory", str(files), "--output", "json", *words]
        code = run(line, env)
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return act


def test_trust_scan_list(server: Any, typed: Any, tmp_path: Path) -> None:
    device = server.start(ONE)
    code, found, _ = typed("scan", fw1=device)
    assert (code, found[0]["status"]) == (Exit.DONE, "unknown")
    code, found, err = typed("trust", "--yes", fw1=device)
    assert (code, found[0]["status"]) == (Exit.DONE, "added")
    assert ONE.get_fingerprint() == found[0]["fingerprint"]
    assert found[0]["fingerprint"] in err
    code, again, err = typed("trust", "--yes", fw1=device)
    assert (code, again[0]["status"], err) == (Exit.DONE, "trusted", "")
    code, found, _ = typed("list", fw1=device)
    assert found[0]["fingerprint"] == ONE.get_fingerprint()
    assert server.seen == []
    file = tmp_path / "own" / "known_hosts"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_a_changed_key_is_shown_with_both_fingerprints(
    server: Any, typed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = server.start(ONE)
    typed("trust", "--yes", fw1=old)
    server.stop_last()
    new = server.start(TWO, port=old.port)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, found, err = typed("trust", fw1=new)
    assert (code, found[0]["status"]) == (Exit.REFUSED, "not trusted")
    assert "CHANGED" in err
    assert ONE.get_fingerprint() in err
    assert TWO.get_fingerprint() in err
    code, found, _ = typed("trust", "--yes", fw1=new)
    assert (code, found[0]["status"]) == (Exit.DONE, "replaced")
    assert typed("scan", fw1=new)[1][0]["status"] == "trusted"


def test_nobody_to_ask_trusts_nothing(
    server: Any, typed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = server.start(ONE)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, _, err = typed("trust", fw1=device)
    assert code == Exit.USAGE
    assert "--yes" in err
    assert typed("scan", fw1=device)[1][0]["status"] == "unknown"


def test_one_that_is_away_does_not_stop_the_others(server: Any, typed: Any) -> None:
    here = server.start(ONE)
    away = here.model_copy(update={"port": 1})
    code, found, err = typed("trust", "--yes", fw1=away, fw2=here)
    assert code == Exit.UNREACHABLE
    assert [entry["status"] for entry in found] == ["unreachable", "added"]
    assert "fw1: cannot connect to 127.0.0.1:1" in err
