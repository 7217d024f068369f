"""The virtual ASA: a box that is loaded with a configuration and changed by what is typed."""

from collections.abc import Sequence

from asa_automate.errors import Unreachable
from asa_automate.lab.box import OPERATOR, Box, Counter
from asa_automate.lab.chassis import Chassis
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.records import Connection, Counts, End, Entry, Snapshot
from asa_automate.lab.shell import Shell

__all__ = ["Box", "Connection", "Counter", "Counts", "End", "Entry", "Snapshot", "VirtualAsa"]


class VirtualAsa(Box):
    """One virtual firewall, or one context of it: no packets, no sockets.

    ``VirtualAsa(config, knobs, faults)`` loads any ``show running-config`` text and speaks the
    dialect of its version (see :mod:`asa_automate.lab.dialects`). A typed line
    changes ``running`` at once; only ``write memory`` changes ``startup``.

    What it did is read from the outside: ``running_text``, ``startup_text``, ``transcript``,
    ``snapshots``, ``counts``. ``counters`` may be set: see :data:`asa_automate.lab.box.Counter`;
    so may ``connections``, which are what ``show conn`` shows, since no packet ever passes.
    """

    def __init__(
        self,
        config: str,
        knobs: Knobs | None = None,
        faults: Sequence[Fault] = (),
        *,
        chassis: Chassis[Box] | None = None,
        space: str = "",
    ) -> None:
        super().__init__(config, knobs, faults, chassis=chassis, space=space)
        self._open: list[Shell] = []

    def open_session(self, user: str | None = None) -> Shell:
        """A terminal after authentication.

        Raises:
            Unreachable: all sessions of the box are taken.
        """
        with self.lock:
            self._open = self.sessions
            if len(self._open) >= self.knobs.max_sessions:
                raise Unreachable("no free session: the device refuses another one")
            self.counts.sessions += 1
            shell = Shell(self, self.counts.sessions, user or self.knobs.username)
            self._open.append(shell)
            return shell

    def hold_sessions(self, count: int) -> list[Shell]:
        """Somebody else opens so many sessions and leaves them open; close them to free them.

        Raises:
            Unreachable: there are not so many.
        """
        return [self.open_session(OPERATOR) for _ in range(count)]

    @property
    def sessions(self) -> list[Shell]:
        """The sessions that were opened here and are not closed."""
        with self.lock:
            return [shell for shell in self._open if not shell.closed]

    @property
    def open_sessions(self) -> int:
        """How many sessions there are now."""
        return len(self.sessions)
