"""Sizes of a rollout: ``1,10%,100%`` to the number of firewalls that are done after each wave."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asa_automate.errors import UsageError

_NUMBER = re.compile(r"([0-9]{1,6})(%?)")
HOW = "give numbers or percents that rise, such as 1,10%,100%"


@dataclass(frozen=True, slots=True)
class Amount:
    """``5``, or ``10%`` of all firewalls of the run."""

    number: int
    percent: bool = False

    def of(self, total: int) -> int:
        """So many of ``total``; a share is rounded up."""
        return math.ceil(total * self.number / 100) if self.percent else self.number

    def __str__(self) -> str:
        return f"{self.number}{'%' if self.percent else ''}"


def amount(text: str, flag: str) -> Amount:
    """Read ``5`` or ``10%``.

    Raises:
        UsageError: it is neither, or more than 100%.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{flag}: '{text}' is neither a number nor a percentage such as 10%")
    read = Amount(int(found[1]), found[2] == "%")
    if read.percent and read.number > 100:
        raise UsageError(f"{flag}: {read} is more than all")
    return read


def amounts(text: str) -> tuple[Amount, ...]:
    """Read the value of ``--wave``.

    Raises:
        UsageError: it is no list of numbers and percents that rise, each kind for itself.
    """
    read = tuple(amount(part, "--wave") for part in text.split(","))
    for percent in (False, True):
        same = [one.number for one in read if one.percent is percent]
        if 0 in same or same != sorted(set(same)):
            raise UsageError(f"--wave {text}: {HOW}")
    return read


def ends(waves: Iterable[Amount], total: int) -> tuple[int, ...]:
    """How many of ``total`` firewalls are done at the end of each wave.

    An amount that is not above the one before (few firewalls: 10% of 5 is 1) makes no wave.
    """
    found: list[int] = []
    for one in waves:
        end = min(one.of(total), total)
        if end > (found[-1] if found else 0):
            found.append(end)
    return tuple(found)


def wave_of(position: int, waves: Sequence[int]) -> int | None:
    """The wave, from 1, of the firewall at ``position``, from 0; ``None`` behind the last one."""
    return next((n for n, end in enumerate(waves, 1) if position < end), None)
