"""Signals taken for the length of a block: the one way in which a command is asked to stop."""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

#: What ends a command that goes on until somebody ends it: `kill`, and Ctrl-C.
ENDS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def taken(names: Iterable[signal.Signals], do: Callable[[], None]) -> Iterator[None]:
    """Call ``do`` at each of these signals while the block runs; it must not wait.

    Python lets only the main thread take signals; in another one this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def asked(number: int, frame: FrameType | None) -> None:
        del number, frame
        do()

    before = {name: signal.signal(name, asked) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
