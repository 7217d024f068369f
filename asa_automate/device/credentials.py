"""Who logs in, with what: references resolved at the last moment, secrets that do not show."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asa_automate.errors import BadInput
from asa_automate.model import Device

VARIABLES = {
    "username": "ASA_AUTOMATE_USERNAME",
    "password": "ASA_AUTOMATE_PASSWORD",
    "enable": "ASA_AUTOMATE_ENABLE",
}
"""The environment variable of each part, used where a device has no reference of its own."""


class Secret:
    """A text that shows in no message, log, traceback or dump; ``reveal()`` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself: only where it is sent."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login needs; ``enable`` is ``None`` where there is no enable password."""

    username: str
    password: Secret
    enable: Secret | None = None


def resolve(device: Device, env: Mapping[str, str]) -> Credentials:
    """The credentials of ``device``.

    Args:
        device: its references are ``env:NAME``, ``file:PATH`` or ``keyring:SERVICE/USER``.
        env: the environment.

    Raises:
        BadInput: a reference leads nowhere, or user name or password are not to be found.
    """
    refs = device.credentials
    username, password, enable = (
        _part(device, part, reference, env)
        for part, reference in (
            ("username", refs.username),
            ("password", refs.password),
            ("enable", refs.enable),
        )
    )
    return Credentials(
        username=_needed(device, "username", username),
        password=Secret(_needed(device, "password", password)),
        enable=Secret(enable) if enable else None,
    )


def _part(device: Device, part: str, reference: str | None, env: Mapping[str, str]) -> str | None:
    if reference is not None:
        return _clean(device, part, _look_up(device, part, reference, env))
    # A user name in the inventory is more particular than the environment's.
    own = device.username if part == "username" else None
    return _clean(device, part, own or env.get(VARIABLES[part]))


def _look_up(device: Device, part: str, reference: str, env: Mapping[str, str]) -> str:
    kind, colon, where = reference.partition(":")
    if not colon or kind not in _SOURCES or not where:
        raise BadInput(
            f"credentials.{part} must be env:NAME, file:PATH or keyring:SERVICE/USER",
            device=device.name,
        )
    try:
        return _SOURCES[kind](where, env)
    except BadInput as error:
        raise BadInput(f"credentials.{part}: {error.message}", device=device.name) from None


def _clean(device: Device, part: str, text: str | None) -> str | None:
    """``text``, refused if it could be two lines: it will be typed at a question."""
    if text and not text.isprintable():
        raise BadInput(f"credentials.{part} holds a control character", device=device.name)
    return text


def _needed(device: Device, part: str, text: str | None) -> str:
    if not text:
        raise BadInput(
            f"no {part}: set {VARIABLES[part]}, or credentials.{part} in the inventory",
            device=device.name,
        )
    return text


def _from_env(name: str, env: Mapping[str, str]) -> str:
    if name not in env:
        raise BadInput(f"the environment variable {name} is not set")
    return env[name]


def _from_file(path: str, _env: Mapping[str, str]) -> str:
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise BadInput(f"{path}: {reason}") from None
    return text.removesuffix("\n").removesuffix("\r")


def _from_keyring(entry: str, _env: Mapping[str, str]) -> str:
    service, _, user = entry.rpartition("/")
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        raise BadInput("keyring: needs the package keyring (pip install keyring)") from None
    try:
        found = keyring.get_password(service, user)
    except Exception as error:  # keyring backends raise what they like
        raise BadInput(f"keyring: {type(error).__name__}") from None
    if not isinstance(found, str):
        raise BadInput(f"keyring: no entry for {service}/{user}")
    return found


def _from_vault(_path: str, _env: Mapping[str, str]) -> str:
    raise BadInput("vault: is not supported yet; use env:NAME, file:PATH or keyring:SERVICE/USER")


_SOURCES = {
    "env": _from_env,
    "file": _from_file,
    "keyring": _from_keyring,
    "vault": _from_vault,
}
