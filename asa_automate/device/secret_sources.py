"""Where a secret is read from, at the moment it is needed: environment, file, keyring, Vault.

The grammar of a reference is that of :mod:`asa_automate.references`. No message of this
module holds what was found, only where it was looked for.
"""

import os
import stat
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from asa_automate.errors import BadInput
from asa_automate.references import KINDS, reference

DIRECTORY_VARIABLES = ("ASA_AUTOMATE_SECRETS_DIR", "CREDENTIALS_DIRECTORY")
"""Names of a directory of secrets; systemd sets the second (systemd.exec(5), *Credentials*)."""

LARGEST = 64 * 1024
"""Bytes of a file that holds one secret."""

VAULT_SECONDS = 10
"""How long Vault may take for one answer."""


def look_up(text: str, env: Mapping[str, str]) -> str:
    """The secret that a reference stands for.

    Raises:
        BadInput: it is no reference, or leads nowhere.
    """
    found = reference(text)
    if found is None:
        raise BadInput(f"must be a reference: {KINDS}")
    return _SOURCES[found.kind](found.parts, env)


def from_directory(name: str, env: Mapping[str, str]) -> str | None:
    """The file of a variable's name, in capitals or small, in the directory of secrets."""
    directory = directory_of(env)
    for spelt in (name, name.lower()) if directory else ():
        path = Path(str(directory)) / spelt
        if path.exists():
            return _mounted(path)
    return None


def directory_of(env: Mapping[str, str]) -> Path | None:
    """The directory of secrets, if one is named."""
    named = next((env[name] for name in DIRECTORY_VARIABLES if env.get(name)), None)
    return Path(named) if named else None


def read_private(path: Path) -> str:
    """The text of a plain file that is ours or root's, and that others may neither read nor write.

    Raises:
        BadInput: it is not so, is too large, or cannot be read.
    """
    text = _read(path, stat.S_IRWXO | stat.S_IWGRP, "others may read or write it")
    return text.removesuffix("\n").removesuffix("\r")


def read_guarded(path: Path) -> str:
    """The text of a plain file that is ours or root's, and that others may not write.

    Raises:
        BadInput: it is not so, is too large, or cannot be read.
    """
    return _read(path, stat.S_IWOTH | stat.S_IWGRP, "others may write it")


def _read(path: Path, forbidden: int, why: str) -> str:
    # Without waiting for somebody at the other end of a pipe.
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            info = os.fstat(file.fileno())
            fault = f"{why}; run chmod 600 on it" if info.st_mode & forbidden else None
            fault = _fault(info) or fault
            if fault:
                raise BadInput(f"{path}: {fault}")
            return file.read(LARGEST + 1).decode("utf-8")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: not UTF-8 text") from None


def _fault(info: os.stat_result) -> str | None:
    if not stat.S_ISREG(info.st_mode):
        return "is no plain file"
    if info.st_uid not in (os.geteuid(), 0):
        return f"belongs to user id {info.st_uid}, neither to you nor to root"
    return f"is larger than {LARGEST} bytes" if info.st_size > LARGEST else None


def _from_env(parts: Mapping[str, str], env: Mapping[str, str]) -> str:
    name = parts["name"]
    if name not in env:
        raise BadInput(f"the environment variable {name} is not set")
    return env[name]


def _from_file(parts: Mapping[str, str], env: Mapping[str, str]) -> str:
    """A relative path is one of the directory of secrets, where there is such a directory."""
    path = Path(parts["path"]).expanduser()
    directory = directory_of(env)
    return _mounted(directory / path if directory else path)


def _mounted(path: Path) -> str:
    """Others may read it where whoever put it there says so: containers mount secrets as 0444."""
    return read_guarded(path).removesuffix("\n").removesuffix("\r")


def _from_keyring(parts: Mapping[str, str], _env: Mapping[str, str]) -> str:
    service, user = parts["service"], parts["user"]
    try:
        import keyring
    except ImportError:
        raise BadInput("keyring: pip install 'asa-automate[keyring]'") from None
    try:
        found = keyring.get_password(service, user)
    except Exception as error:  # keyring backends raise what they like
        raise BadInput(f"keyring: {type(error).__name__}") from None
    if not isinstance(found, str):
        raise BadInput(f"keyring: no entry for {service}/{user}")
    return found


def _from_vault(parts: Mapping[str, str], env: Mapping[str, str]) -> str:
    """A field of a KV secret; PATH begins with the mount, as in ``vault kv get PATH``."""
    path, field = parts["path"].strip("/"), parts["field"]
    try:
        import hvac
    except ImportError:
        raise BadInput("vault: pip install 'asa-automate[vault]'") from None
    client = hvac.Client(
        url=_vault_address(env),
        token=_vault_token(env),
        namespace=env.get("VAULT_NAMESPACE"),
        verify=env.get("VAULT_CACERT") or True,
        timeout=VAULT_SECONDS,
        # A token goes to the server that was named, and to no other one.
        allow_redirects=False,
    )
    try:
        found = _kv(client, path).get(field)
    except Exception as error:  # hvac's, requests', and what a strange answer leads to
        raise BadInput(f"vault: {path}: {type(error).__name__}") from None
    finally:
        client.adapter.close()
    if not isinstance(found, str):
        raise BadInput(f"vault: {path} has no field {field}")
    return found


def _kv(client: Any, path: str) -> Mapping[str, Any]:
    """The fields of a secret, in a mount of either version of the KV engine."""
    about = client.read(f"sys/internal/ui/mounts/{path}")["data"]
    if (about.get("options") or {}).get("version") != "2":
        return dict(client.read(path)["data"])
    mount = str(about["path"])
    answer = client.read(f"{mount}data/{path.removeprefix(mount)}")
    return dict(answer["data"]["data"])


def _vault_address(env: Mapping[str, str]) -> str:
    address = env.get("VAULT_ADDR", "")
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname)):
        raise BadInput("vault: set VAULT_ADDR to https://HOST:PORT (http only on this machine)")
    return address


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _vault_token(env: Mapping[str, str]) -> str:
    """``VAULT_TOKEN``, else the file that ``vault login`` and the Vault Agent write."""
    if env.get("VAULT_TOKEN"):
        return env["VAULT_TOKEN"]
    kept = from_directory("VAULT_TOKEN", env)
    return kept or read_private(Path(env.get("HOME") or Path.home()) / ".vault-token")


_SOURCES: Mapping[str, Callable[[Mapping[str, str], Mapping[str, str]], str]] = {
    "env": _from_env,
    "file": _from_file,
    "keyring": _from_keyring,
    "vault": _from_vault,
}
