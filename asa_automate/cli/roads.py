"""The way to a device: straight, or over its jump hosts, each connected to once per command."""

import getpass
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from asa_automate.model import Device

if TYPE_CHECKING:
    from asa_automate.device.jump import Bastions, JumpLogin
    from asa_automate.device.ssh import Dial, Socket

KEY, PASSWORD, USERNAME = (
    "ASA_AUTOMATE_JUMP_KEY",
    "ASA_AUTOMATE_JUMP_PASSWORD",
    "ASA_AUTOMATE_JUMP_USERNAME",
)
"""Environment variables: a file with a private key, a password, a user name for jump hosts."""


class Around(Protocol):
    """What jump hosts need of the settings."""

    @property
    def known_hosts(self) -> Path:
        """Our file of host keys."""

    @property
    def env(self) -> Mapping[str, str]:
        """The environment."""


class Roads:
    """The jump hosts that one command has connected to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bastions: Bastions | None = None

    def to(self, device: Device, around: Around) -> "Dial | None":
        """How to dial to ``device``; ``None`` where no jump host stands before it."""
        if not device.via:
            return None
        from asa_automate.inventory.jump import hops

        bastions, via = self.bastions(around), hops(device.via)

        def dial(host: str, port: int, timeout: float, /) -> "Socket":
            return bastions.dial(via, host, port, timeout)

        return dial

    def bastions(self, around: Around) -> "Bastions":
        """All connections to jump hosts."""
        from asa_automate.device.jump import Bastions

        with self._lock:
            if self._bastions is None:
                self._bastions = Bastions(login_of(around.env), around.known_hosts)
            return self._bastions


def jump_hosts(devices: Iterable[Device]) -> tuple[Device, ...]:
    """All jump hosts of these devices, as devices, each once, the nearer ones first."""
    from asa_automate.inventory.jump import hops

    found: dict[tuple[object, ...], Device] = {}
    for device in devices:
        chain = hops(device.via)
        for number, hop in enumerate(chain):
            place = tuple((h.host, h.port) for h in chain[: number + 1])
            host = Device(
                name=f"jump host {hop}", host=hop.host, port=hop.port, via=device.via[:number]
            )
            found.setdefault(place, host)
    return tuple(sorted(found.values(), key=lambda host: len(host.via)))


def login_of(env: Mapping[str, str]) -> "JumpLogin":
    """How to log in to jump hosts: with the keys that ``ssh`` takes, or with what is named."""
    from asa_automate.device.jump import IDENTITIES, JumpLogin
    from asa_automate.device.secret import Secret

    own = Path(env["HOME"]) / ".ssh" if env.get("HOME") else Path.home() / ".ssh"
    named = env.get(KEY)
    keys = (Path(named).expanduser(),) if named else tuple(own / name for name in IDENTITIES)
    password = env.get(PASSWORD)
    return JumpLogin(
        username=env.get(USERNAME) or getpass.getuser(),
        keys=keys,
        agent=named is None and bool(env.get("SSH_AUTH_SOCK")),
        password=Secret(password) if password else None,
    )
