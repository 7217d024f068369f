"""What all execution spaces of one virtual ASA share: script, record, clock, open sessions."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from asa_automate.lab.faults import Script
from asa_automate.lab.records import Counts, Entry
from asa_automate.lab.replica import Replica

Space = TypeVar("Space")


@dataclass(slots=True)
class Chassis(Generic[Space]):
    """What all execution spaces of one box have in common; in single mode there is one space.

    Args:
        spaces: the contexts and the system execution space by name; empty in single mode.
        denied: regular expressions of lines that are no longer authorized; an empty one stands
            for every line of the configuration.
        prompt_suffix: what the prompt has after the name; ``None``: what the knob says.
        replica: what the mate has been told.
        seconds: how far the virtual clock has gone.
        booted: where it stood when the answering unit was started last.
    """

    script: Script
    transcript: list[Entry] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    spaces: dict[str, Space] = field(default_factory=dict)
    boots: list[Callable[[], None]] = field(default_factory=list)
    hang_ups: list[Callable[[], None]] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    prompt_suffix: str | None = None
    replica: Replica = field(default_factory=Replica)
    seconds: float = 0.0
    booted: float = 0.0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def hang_up(self) -> None:
        """Every session is gone."""
        leaving, self.hang_ups = self.hang_ups, []
        for hang_up in leaving:
            hang_up()
