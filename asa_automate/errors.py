"""Everything that can go wrong on purpose, and the exit code that it ends in.

The tree::

    AsaAutomateError
    ├── UsageError            64  the command line cannot be carried out as typed
    ├── BadInput              65  a file of ours (inventory, exemptions, saved text) is wrong
    ├── Unreachable            4  no session; nothing was sent
    │   ├── HostKeyRefused     4  key unknown or changed; no password was sent
    │   └── LoginRefused       4  login or enable refused
    ├── LinkLost               4  a session broke; what it means is for the caller to find out
    │   └── Astray             4  a session was carried off to another context, and was ended
    ├── Incomplete             5  a device's answer was cut short: nothing is decided on it
    ├── Refused                5  a guard says no: nothing was changed
    │   ├── Replicating        5  a failover pair copies its configuration: not now
    │   ├── LeaseLost          5  another process has the device by now
    │   └── StoreRefused       5  the store cannot be opened, read or written
    ├── Disproved              6  the model, the proof or the probe says no
    ├── LineRefused            3  the device answered a configuration line with text
    └── StateUnknown           7  a person must look

A message names the device first, says what happened, then what to do.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import ClassVar


class Exit(IntEnum):
    """Exit codes, the one place where they stand (README, table *Exit codes*)."""

    DONE = 0
    BUG = 1
    CHANGES = 2
    FAILED = 3
    UNREACHABLE = 4
    REFUSED = 5
    DISPROVED = 6
    UNKNOWN = 7
    USAGE = 64
    BAD_INPUT = 65
    STOPPED = 130


GRAVITY = (
    Exit.UNKNOWN,
    Exit.BUG,
    Exit.STOPPED,
    Exit.FAILED,
    Exit.DISPROVED,
    Exit.REFUSED,
    # A device without credentials, say: nothing was sent, and a person has to mend a file.
    Exit.BAD_INPUT,
    Exit.USAGE,
    Exit.UNREACHABLE,
    Exit.CHANGES,
    Exit.DONE,
)


def gravest(codes: Iterable[Exit]) -> Exit:
    """The exit code for several devices: the gravest of theirs, ``DONE`` for none."""
    return min(codes, key=GRAVITY.index, default=Exit.DONE)


class AsaAutomateError(Exception):
    """Root of the tree; ``str()`` is the one line that a person reads.

    Args:
        message: what happened and, where that helps, what to do.
        device: the inventory name of the device concerned, if it is one device.
    """

    exit: ClassVar[Exit] = Exit.BUG

    def __init__(self, message: str, *, device: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.device = device

    def __str__(self) -> str:
        return f"{self.device}: {self.message}" if self.device else self.message


class UsageError(AsaAutomateError):
    """The command line cannot be carried out as typed."""

    exit = Exit.USAGE


class BadInput(AsaAutomateError):
    """A file that a person wrote is wrong; the message gives file and line.

    Args:
        problems: where several things are wrong at once, one line for each of them, each with
            file and line; they are shown instead of the message.
    """

    exit = Exit.BAD_INPUT

    def __init__(
        self, message: str, *, device: str | None = None, problems: Iterable[str] = ()
    ) -> None:
        super().__init__(message, device=device)
        self.problems = tuple(problems)


class Unreachable(AsaAutomateError):
    """No session came about; nothing was sent to the device."""

    exit = Exit.UNREACHABLE


class HostKeyRefused(Unreachable):
    """The host key is unknown or has changed; no password was sent."""


class LoginRefused(Unreachable):
    """The device refused the login or the enable password."""


class JumpHostRefused(Unreachable):
    """A jump host did not let us in; no device has seen anything."""


class LinkLost(AsaAutomateError):
    """A session broke or fell silent. What was executed is not known from this alone."""

    exit = Exit.UNREACHABLE


class Astray(LinkLost):
    """A session was found in another context than its own, and was ended.

    Args:
        line: the last line that changes something, if it was sent since the session was last
            known to be in its context: it may have been typed into the other one.
    """

    def __init__(self, message: str, *, device: str | None, line: str = "") -> None:
        super().__init__(message, device=device)
        self.line = line


class Incomplete(AsaAutomateError):
    """A device's answer was cut short or cannot be read: nothing is decided on it."""

    exit = Exit.REFUSED


class Refused(AsaAutomateError):
    """A guard says no; nothing was changed."""

    exit = Exit.REFUSED


class Replicating(Refused):
    """One unit of a failover pair is being given its configuration: nobody may type now."""


class LeaseLost(Refused):
    """The lease is another's by now: not one line more may be sent, forward or back."""


class StoreRefused(Refused):
    """The store cannot be opened, read or written: full, locked, damaged, not ours.

    In the middle of a change this means: send nothing more, go back. A failed sync is never
    followed by a second try that is believed.
    """


class Disproved(AsaAutomateError):
    """The model, the proof or the probe says no."""

    exit = Exit.DISPROVED


class LineRefused(AsaAutomateError):
    """The device answered a configuration line with text, or in another mode than expected.

    Args:
        line: the line as sent.
        reply: the device's text, raw; empty when only the mode was wrong.
    """

    exit = Exit.FAILED

    def __init__(self, message: str, *, device: str | None, line: str, reply: str) -> None:
        super().__init__(message, device=device)
        self.line = line
        self.reply = reply


class StateUnknown(AsaAutomateError):
    """Nobody can say in which state the device is, or it is in a state that is not ours.

    Args:
        lines: what a person should type after having looked, in order.
    """

    exit = Exit.UNKNOWN

    def __init__(self, message: str, *, device: str | None, lines: Iterable[str] = ()) -> None:
        super().__init__(message, device=device)
        self.lines = tuple(lines)
