"""Pure functions that are asked the same thing thousands of times: remembered before forking.

What is remembered here are answers of functions of their arguments alone; a fork inherits them.
"""

import gc
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from asa_automate.config.reader import read_running
from asa_automate.plan.state import fingerprint_of
from tests.torture.deeds import BESIDE, INTO, kind_of
from tests.torture.explore import Case, Replay
from tests.torture.operations import Operation
from tests.torture.states import edited, state_of
from tests.torture.world import Event, Process, Smooth


def remember() -> None:
    """Read each text, and take the fingerprint of what was read, once.

    For processes of the torture run only: it puts caches around two functions of the program.
    """
    reading: Any = import_module("asa_automate.apply.reading")
    reading.read_running = cache(read_running)
    reading.fingerprint_of = _by_identity(fingerprint_of)


def _by_identity(function: Callable[[Any], str]) -> Callable[[Any], str]:
    """For arguments that are too large to be compared, and of which each is made once."""
    known: dict[int, tuple[Any, str]] = {}

    def asked(value: Any) -> str:
        if id(value) not in known:
            known[id(value)] = value, function(value)
        return known[id(value)][1]

    return asked


class _Listening:
    """Notes which kind of event comes when."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def at(self, process: Process, event: Event) -> None:
        """No fault, ever."""
        del process
        self.kinds.append(kind_of(event))


def warm_up(operation: Operation) -> list[str]:
    """Go through every state that comes up often; the kinds of the run's events, in order."""
    listening = _Listening()
    clean = Case.of(operation)
    clean.run(listening)
    clean.finish()
    for lines in (*BESIDE.values(), *INTO.values()):
        for text in (operation.standard.old, operation.standard.new):
            state_of(edited(text, operation.standard.knobs, (lines,)))
    for number, kind in enumerate(listening.kinds, 1):
        if kind in ("line", "save"):
            case = Case.of(operation)
            case.run(Replay(number, "kill-after"))
            case.recover(Smooth())
            case.finish()
    gc.collect()
    gc.freeze()
    gc.disable()
    return listening.kinds
