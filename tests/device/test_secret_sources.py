"""Each kind of reference against what it refers to: files, a keyring backend, Vault's API."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend

from asa_automate.device.credentials import resolve
from asa_automate.device.secret_sources import LARGEST, look_up, read_private
from asa_automate.errors import BadInput
from asa_automate.model import CredentialRefs, Device
from tests.canaries import TOKEN
from tests.device.vault import vault

SECRET = "c4nary-secret"
KEPT = {"kv/fw/ams": {"enable": SECRET, "number": 7}, "old/fw": {"password": SECRET}}
MOUNTS = {"kv/": "2", "old/": ""}


class InMemory(KeyringBackend):
    """A keyring as the package ``keyring`` wants its backends."""

    priority = 1
    kept: ClassVar[dict[tuple[str, str], str]] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise RuntimeError(SECRET)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def own_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())  # type: ignore[no-untyped-call] # its package says no more
    yield
    keyring.set_keyring(before)


def private(path: Path, text: str = f"{SECRET}\n", mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_keyring() -> None:
    keyring.set_password("asa", "admin", SECRET)
    assert look_up("keyring:asa/admin", {}) == SECRET


def test_vault_of_both_versions() -> None:
    with vault(KEPT, MOUNTS) as env:  # type: ignore[arg-type] # one field is no text
        assert look_up("vault:kv/fw/ams#enable", env) == SECRET
        assert look_up("vault:old/fw#password", env) == SECRET


@pytest.mark.parametrize(
    "text",
    ["vault:kv/fw/ams#none", "vault:kv/fw/ams#number", "vault:kv/none#x", "vault:moved/kv/fw#x"],
)
def test_what_vault_has_not(text: str) -> None:
    with (
        vault(KEPT, MOUNTS) as env,  # type: ignore[arg-type] # one field is no text
        pytest.raises(BadInput, match=r"^vault: ") as caught,
    ):
        look_up(text, env)
    assert SECRET not in str(caught.value)


def test_vault_says_no_and_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        vault(KEPT, MOUNTS) as env,  # type: ignore[arg-type] # one field is no text
        pytest.raises(BadInput) as caught,
    ):
        look_up("vault:kv/fw/ams#enable", env | {"VAULT_TOKEN": f"{TOKEN}x"})
    assert TOKEN not in f"{caught.value} {caplog.text}"


@pytest.mark.parametrize(
    "address", ["http://192.0.2.1:8200", "", "ftp://127.0.0.1", "http://localhost.example:1"]
)
def test_vault_in_the_clear_is_not_asked(address: str) -> None:
    with pytest.raises(BadInput, match="VAULT_ADDR"):
        look_up("vault:kv/fw#x", {"VAULT_ADDR": address, "VAULT_TOKEN": TOKEN})


def test_the_token_of_an_agent(tmp_path: Path) -> None:
    tmp_path /= "planted"
    tmp_path.mkdir()
    private(tmp_path / ".vault-token", TOKEN)
    with vault(KEPT, MOUNTS) as env:  # type: ignore[arg-type] # one field is no text
        env = {"VAULT_ADDR": env["VAULT_ADDR"], "HOME": str(tmp_path)}
        assert look_up("vault:kv/fw/ams#enable", env) == SECRET


@pytest.mark.parametrize("variable", ["CREDENTIALS_DIRECTORY", "ASA_AUTOMATE_SECRETS_DIR"])
def test_a_directory_of_secrets(tmp_path: Path, variable: str) -> None:
    """As `LoadCredential=asa_automate_password:...` of a systemd unit leaves it."""
    private(tmp_path / "asa_automate_username", "ops\n", 0o400)
    private(tmp_path / "asa_automate_password", mode=0o400)
    private(tmp_path / "enable-of-fw", f"{SECRET}2\n", 0o400)
    device = Device(name="fw", host="x", credentials=CredentialRefs(enable="file:enable-of-fw"))

    found = resolve(device, {variable: str(tmp_path)})
    assert (found.username, found.password.reveal()) == ("ops", SECRET)
    assert found.enable is not None
    assert found.enable.reveal() == f"{SECRET}2"


def test_the_environment_goes_before_the_directory(tmp_path: Path) -> None:
    private(tmp_path / "ASA_AUTOMATE_PASSWORD", "other")
    env = {"CREDENTIALS_DIRECTORY": str(tmp_path), "ASA_AUTOMATE_USERNAME": "ops"}
    found = resolve(Device(name="fw", host="x"), env | {"ASA_AUTOMATE_PASSWORD": SECRET})
    assert found.password.reveal() == SECRET


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write(tmp_path: Path, mode: int) -> None:
    path = private(tmp_path / "s", mode=mode)
    with pytest.raises(BadInput, match="chmod 600"):
        look_up(f"file:{path}", {})


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o620])
def test_a_key_that_others_may_read_or_write(tmp_path: Path, mode: int) -> None:
    path = private(tmp_path / "key", mode=mode)
    if mode == 0o640:
        assert SECRET == read_private(path)
        return
    with pytest.raises(BadInput, match="chmod 600"):
        read_private(path)


def test_a_secret_as_containers_mount_it(tmp_path: Path) -> None:
    """Readable by all, writable by nobody: whoever mounted it has decided so."""
    path = private(tmp_path / "s", mode=0o444)
    assert SECRET == look_up(f"file:{path}", {})


def test_what_is_no_file_or_too_large(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    private(tmp_path / "large", "x" * (LARGEST + 1))
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("pipe", "large", "loop", "", "none"):
        with pytest.raises(BadInput, match=str(tmp_path / name)):
            look_up(f"file:{tmp_path / name}", {})


@pytest.mark.parametrize("text", ["keyring:asa/nobody", "keyring:locked/x"])
def test_a_keyring_without_it(text: str) -> None:
    with pytest.raises(BadInput, match=r"^keyring: ") as caught:
        look_up(text, {})
    assert SECRET not in str(caught.value)
