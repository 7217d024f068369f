"""A credential that one firewall refused is not tried at the next: accounts are locked that way.

``aaa local authentication attempts max-fail``, and servers behind it, count failed logins over all
devices. So the first login of each credential is made alone, and after one refusal it is not used
again by this command.
"""

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asa_automate.errors import LoginRefused

if TYPE_CHECKING:
    from asa_automate.device.credentials import Credentials

#: Seconds that others wait for the first login of a credential: one dead device blocks nobody.
PATIENCE = 5.0


@dataclass
class _Door:
    """One credential. ``known``: it has opened a firewall; ``refused_by``: one refused it."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    known: bool = False
    refused_by: str = ""


class Doors:
    """The credentials that one command has used, by a keyed hash that dies with it."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._doors: dict[bytes, _Door] = {}

    @contextmanager
    def entering(
        self, device: str, found: "Credentials", *, another: bool = False
    ) -> Iterator[None]:
        """Log in inside the block; others with the same credential wait for the first of them.

        Args:
            another: whether the device has another credential to fall back on. Then a refusal
                stops only a credential that has opened nothing so far: a device whose AAA server
                is down refuses what all others take.

        Raises:
            LoginRefused: it was refused elsewhere; nothing was tried.
        """
        door = self._door(found)
        alone = not door.known and door.turn.acquire(timeout=PATIENCE)
        try:
            with self._watched(door, device, another):
                yield
            door.known = True
        finally:
            if alone:
                door.turn.release()

    @contextmanager
    def _watched(self, door: _Door, device: str, another: bool) -> Iterator[None]:
        if door.refused_by:
            raise LoginRefused(
                f"not tried: its credential was refused by {door.refused_by}", device=device
            )
        try:
            yield
        except LoginRefused:
            if not (another and door.known):
                door.refused_by = device
            raise

    def _door(self, found: "Credentials") -> _Door:
        parts = (found.username, found.password.reveal(), found.enable and found.enable.reveal())
        name = hashlib.blake2b(repr(parts).encode(), key=self._key).digest()
        with self._lock:
            return self._doors.setdefault(name, _Door())
