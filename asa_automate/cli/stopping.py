"""Ctrl-C and its like while devices are being changed."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from asa_automate.apply.ports import Stopped
from asa_automate.cli.output import complain
from asa_automate.cli.signals import ENDS, taken

_ONCE = "stopping: the line under way is finished and each device is left whole"
_AGAIN = "stopping already: each device is being left whole"


class Stop:
    """Ctrl-C, SIGTERM, SIGHUP: the line under way is finished, then the device is left whole."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._told: list[Callable[[], None]] = []

    def ask(self) -> None:
        """Somebody wants to stop, however that was heard."""
        self._asked.set()

    def guard(self) -> None:
        """Raise once somebody has asked to stop."""
        if self._asked.is_set():
            raise Stopped

    @contextmanager
    def told(self, call: Callable[[], None]) -> Iterator[None]:
        """Inside the block ``call`` is made when somebody asks to stop, or has asked."""
        self._told.append(call)
        if self._asked.is_set():
            call()
        try:
            yield
        finally:
            self._told.remove(call)

    @contextmanager
    def listening(self) -> "Iterator[Stop]":
        """Take the signals for as long as devices are being changed, and their ends shown."""
        with taken((*ENDS, signal.SIGHUP), self._ask):
            yield self

    def _ask(self) -> None:
        again = self._asked.is_set()
        self._asked.set()
        for call in self._told:
            call()
        with suppress(OSError):  # the terminal may be the very thing that is gone
            complain(_AGAIN if again else _ONCE)
