"""Scheduled instants: which one is meant now, and which were missed. Pure arithmetic."""

import re

from asa_automate.errors import UsageError

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
SHORTEST = 1.0


def seconds_of(text: str) -> float:
    """``90s``, ``5m``, ``1h`` or ``400d`` in seconds.

    Raises:
        UsageError: it is none of these, or less than a second.
    """
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)([smhd])", text.strip())
    seconds = float(found[1]) * UNITS[found[2]] if found else 0.0
    if seconds < SHORTEST:
        raise UsageError(f"'{text}' is no time such as 90s, 5m, 1h or 400d")
    return seconds


def slot_of(now: float, every: float) -> float:
    """The scheduled instant nearest to now: a round may begin a little late."""
    return (now + every / 2) // every * every


def missed(last: float | None, slot: float, every: float) -> int:
    """How many instants between two rounds had none; 0 where the clock went back."""
    if last is None:
        return 0
    return max(0, round((slot - last) / every) - 1)
