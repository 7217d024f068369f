"""Who logs in, with what: references resolved at the last moment, secrets that do not show."""

from collections.abc import Mapping
from dataclasses import dataclass

from asa_automate.device.secret import Secret as Secret  # a credential is made of them
from asa_automate.device.secret_sources import from_directory, look_up
from asa_automate.errors import BadInput
from asa_automate.model import Device

VARIABLES = {
    "username": "ASA_AUTOMATE_USERNAME",
    "password": "ASA_AUTOMATE_PASSWORD",
    "enable": "ASA_AUTOMATE_ENABLE",
}
"""The environment variable of each part, used where a device has no reference of its own."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login needs; ``enable`` is ``None`` where there is no enable password."""

    username: str
    password: Secret
    enable: Secret | None = None


def resolve(device: Device, env: Mapping[str, str]) -> Credentials:
    """The credentials of ``device``.

    Args:
        device: its references are of :mod:`asa_automate.references`.
        env: the environment; may name a directory of secrets (``secret_sources``), which is
            read where a device has no reference and the environment no variable.

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
    variable = VARIABLES[part]
    return _clean(device, part, own or env.get(variable) or _kept(device, part, variable, env))


def _look_up(device: Device, part: str, reference: str, env: Mapping[str, str]) -> str:
    try:
        return look_up(reference, env)
    except BadInput as error:
        raise BadInput(f"credentials.{part}: {error.message}", device=device.name) from None


def _kept(device: Device, part: str, variable: str, env: Mapping[str, str]) -> str | None:
    try:
        return from_directory(variable, env)
    except BadInput as error:
        raise BadInput(f"{part}: {error.message}", device=device.name) from None


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
