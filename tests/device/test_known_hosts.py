"""The file of host keys: judged against OpenSSH's own tool where it is installed."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import asyncssh
import pytest

from asa_automate.device import known_hosts
from asa_automate.device.known_hosts import HostKey, Verdict
from asa_automate.errors import BadInput


def _key(host: str = "fw", port: int = 22, kind: str = "ssh-ed25519") -> HostKey:
    return HostKey(host, port, kind, asyncssh.generate_private_key(kind).public_data)


def test_written_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "state" / "known_hosts"
    keys = (_key(), _key(port=2022), _key("192.0.2.1"), _key("2001:db8::1", 2222))
    for key in keys:
        known_hosts.trust(path, key)
        known_hosts.trust(path, key)  # twice is once
    assert known_hosts.read(path) == keys
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["known_hosts"]


def test_a_changed_key_needs_to_be_told(tmp_path: Path) -> None:
    path, old, new, other = tmp_path / "k", _key(), _key(), _key("other")
    known_hosts.trust(path, old)
    known_hosts.trust(path, other)
    assert known_hosts.judge([old], new) is Verdict.CHANGED
    with pytest.raises(BadInput):
        known_hosts.trust(path, new)
    assert known_hosts.read(path) == (old, other)
    known_hosts.trust(path, new, replace=True)
    assert known_hosts.read(path) == (other, new)


def test_verdicts_are_per_port() -> None:
    key = _key(port=1)
    assert known_hosts.judge([key], key) is Verdict.TRUSTED
    assert known_hosts.judge([_key(port=2)], key) is Verdict.UNKNOWN


def test_no_file_is_no_key(tmp_path: Path) -> None:
    assert known_hosts.read(tmp_path / "none") == ()


@pytest.mark.parametrize(
    "line", ["fw", "fw ssh-rsa", "|1|a|b ssh-rsa AAAA", "fw ssh-rsa *", "[fw]:x k AAAA"]
)
def test_a_line_that_is_not_ours_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"# comment\n\n{line}\n")
    with pytest.raises(BadInput, match="known_hosts:3"):
        known_hosts.read(path)


def test_openssh_agrees(tmp_path: Path, require_program: Callable[[str], Path]) -> None:
    path, key = tmp_path / "k", _key(port=2022)
    known_hosts.trust(path, key)
    command = [str(require_program("ssh-keygen")), "-l", "-F", "[fw]:2022", "-f", str(path)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # our own words
    assert key.fingerprint in shown.stdout
