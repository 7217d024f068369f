"""What all execution spaces of one virtual ASA share: script, record, clock, open sessions."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asa_automate.lab.faults import Script
from asa_automate.lab.records import Counts, Entry

if TYPE_CHECKING:
    from asa_automate.lab.box import Box


@dataclass(slots=True)
class Chassis:
    """What all execution spaces of one box have in common; in single mode there is one space.

    Args:
        spaces: the contexts and the system execution space by name; empty in single mode.
        denied: regular expressions of lines that are no longer authorized; an empty one stands
            for every line of the configuration.
    """

    script: Script
    transcript: list[Entry] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    spaces: "dict[str, Box]" = field(default_factory=dict)
    boots: list[Callable[[], None]] = field(default_factory=list)
    hang_ups: list[Callable[[], None]] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    seconds: float = 0.0
    lock: threading.RLock = field(default_factory=threading.RLock)
