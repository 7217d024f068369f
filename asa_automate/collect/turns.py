"""Whose turn it is: caps per site and per credential, the rate of logins, refused credentials.

Pure: it is told what happened, and says what may begin. The first login of each credential goes
alone; after one refusal that credential is not used again.
"""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum, auto

from asa_automate.model import Device


@dataclass(frozen=True, slots=True)
class Limits:
    """How polite to be: firewalls at a time, in all, at one site, with one credential."""

    workers: int = 8
    per_site: int = 4
    per_credential: int = 8
    logins_per_second: float = 10.0


class Login(Enum):
    """What a turn has shown of its credential."""

    GOOD = auto()
    REFUSED = auto()
    UNTRIED = auto()


@dataclass(frozen=True, slots=True)
class Turn:
    """One device that may be asked now; ``refused``: its credential may not be used again.

    ``slot`` is the scheduled instant that it answers, if there is one.
    """

    device: Device
    slot: float | None
    credential: Hashable
    refused: bool = False


class Turns:
    """The devices that wait and those that are being asked.

    Args:
        credential_of: what is tried at a device's login; ``None``: nothing that could be refused.
    """

    def __init__(self, limits: Limits, credential_of: Callable[[Device], Hashable]) -> None:
        self._limits = limits
        self._credential_of = credential_of
        self._waiting: list[Turn] = []
        self._running: dict[str, Turn] = {}
        self._good: set[Hashable] = set()
        self._refused: set[Hashable] = set()
        self._free_at = 0.0

    @property
    def idle(self) -> bool:
        """Whether nobody waits and nobody is being asked."""
        return not self._waiting and not self._running

    def offer(self, device: Device, slot: float | None = None) -> bool:
        """Let a device wait for its turn; false if it waits, or is being asked, already."""
        names = {turn.device.name for turn in self._waiting} | self._running.keys()
        if device.name in names:
            return False
        self._waiting.append(Turn(device, slot, self._credential_of(device)))
        return True

    def drop(self) -> list[Turn]:
        """Nobody waits any longer; returns those who did."""
        dropped, self._waiting = self._waiting, []
        return dropped

    def next(self, now: float) -> Turn | None:
        """The next device that may be asked, or the next that may not be; ``None`` for now.

        Args:
            now: of a clock that never jumps, in seconds.
        """
        for turn in self._waiting:
            if turn.credential in self._refused:
                self._waiting.remove(turn)
                return Turn(turn.device, turn.slot, turn.credential, refused=True)
        if now < self._free_at:
            return None
        for turn in self._waiting:
            if self._may_begin(turn):
                self._waiting.remove(turn)
                self._running[turn.device.name] = turn
                if turn.credential is not None:
                    self._free_at = now + 1 / self._limits.logins_per_second
                return turn
        return None

    def wait(self, now: float) -> float | None:
        """Seconds until the rate of logins lets another begin; ``None``: wait for one to end."""
        if not self._waiting or now >= self._free_at:
            return None
        return self._free_at - now

    def done(self, turn: Turn, login: Login) -> None:
        """That device was asked."""
        del self._running[turn.device.name]
        if login is Login.REFUSED:
            self._refused.add(turn.credential)
        elif login is Login.GOOD:
            self._good.add(turn.credential)

    def _may_begin(self, turn: Turn) -> bool:
        running = self._running.values()
        if len(running) >= self._limits.workers:
            return False
        if turn.credential is None:
            return True
        sites = Counter(other.device.site for other in running)
        same = sum(other.credential == turn.credential for other in running)
        cap = self._limits.per_credential if turn.credential in self._good else 1
        at_site = sites[turn.device.site] if turn.device.site else 0
        return same < cap and at_site < self._limits.per_site
