"""What an apply needs from outside: a link to the device, a log, a memory, a clock that waits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from asa_automate.model import Reading


class Session(Protocol):
    """An open privileged session (:class:`asa_automate.device.session.Session` is one).

    In a context it sends no line before the device has said that the session is there still; one
    that is found elsewhere ends with ``LinkLost``.
    """

    @property
    def device(self) -> str:
        """The inventory name."""

    @property
    def context(self) -> str | None:
        """The security context that it works in; ``None`` on a box in single mode."""

    @property
    def chassis(self) -> Mapping[str, str]:
        """What the system execution space of a box in multiple mode said, by command."""

    def move(self, line: str) -> str:
        """``changeto``; the device's refusal, empty where it obeyed."""

    def show(self, command: str) -> str:
        """The device's answer."""

    def configure(self) -> None:
        """Enter configuration mode."""

    def line(self, text: str) -> None:
        """Send one configuration line."""

    def end(self) -> None:
        """Leave configuration mode."""

    def save(self) -> str:
        """``write memory``."""

    def clear(self, line: str) -> str:
        """``clear conn`` with its filters; the device's answer."""

    def close(self) -> None:
        """Hang up."""


class Log(Protocol):
    """The journal: what is written is on the disk when ``write`` returns."""

    def write(self, kind: str, payload: Mapping[str, Any]) -> object:
        """Append a record."""


class Memory(Protocol):
    """Readings of devices, by serial and version."""

    def recall(self, serial: str | None, version: str | None) -> Reading:
        """What is known; ``UNKNOWN`` if nothing is."""

    def remember(self, serial: str, version: str, reading: Reading) -> None:
        """Keep a probe's answer."""


#: Opens a new session that may change the device; raises ``Unreachable`` or ``LinkLost``.
Link = Callable[[], Session]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything around one apply.

    Args:
        guard: called before every line for the device; raises to stop (lease lost, Ctrl-C).
        hold: takes the lease of a serial number besides; raises ``Refused`` if another has it.
        wait: sleeps for so many seconds.
        settle: seconds between the two verifications.
        reconnect: pauses in seconds between attempts to come back after a lost link.
        tell: progress for a person, one word or short phrase per stage.
    """

    link: Link
    log: Log
    memory: Memory
    guard: Callable[[], None]
    wait: Callable[[float], None]
    settle: float = 5.0
    reconnect: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 20.0)
    tell: Callable[[str], None] = field(default=lambda _: None)
    hold: Callable[[str], None] = field(default=lambda _: None)


class Stopped(Exception):
    """The user wants to stop: leave the device whole and say so."""
