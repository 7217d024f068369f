"""Ctrl-C and its like while devices are being changed."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from asa_automate.apply.ports import Stopped
from asa_automate.cli.output import complain

_ONCE = "stopping: the line under way is finished and each device is left whole"
_AGAIN = "stopping already: each device is being left whole"


class Stop:
    """Ctrl-C, SIGTERM, SIGHUP: the line under way is finished, then the device is left whole."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        """Somebody wants to stop, however that was heard."""
        self._asked.set()

    def guard(self) -> None:
        """Raise once somebody has asked to stop."""
        if self._asked.is_set():
            raise Stopped

    @contextmanager
    def listening(self) -> "Iterator[Stop]":
        """Take the signals for as long as devices are being changed, and their ends shown."""
        names = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        before = {name: signal.signal(name, self._ask) for name in names}
        try:
            yield self
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        again = self._asked.is_set()
        self._asked.set()
        with suppress(OSError):  # the terminal may be the very thing that is gone
            complain(_AGAIN if again else _ONCE)
