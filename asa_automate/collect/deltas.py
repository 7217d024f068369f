"""Consecutive samples to increments: what happened between two readings, never a guess.

A counter begins a new epoch, and has no increment there, when it cannot be compared with its
last reading: another unit answers, the unit was reloaded, its policy's counters went back
(``clear service-policy``), or it was gone in between.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asa_automate.store.values import Label, Observation

# `show version` prints the two largest units only, so an uptime is exact to the smaller one.
HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400
# What two clocks may differ, and an answer may take, before it is read as a reload.
LEEWAY = 600


@dataclass(frozen=True, slots=True)
class Change:
    """One reading of one counter; ``delta`` is ``None`` at the beginning of an epoch."""

    at: float
    label: Label
    value: int
    delta: int | None
    epoch: int


@dataclass(slots=True)
class _Last:
    """A counter as last seen; ``generation`` is that of the unit, ``whole`` until it is gone."""

    value: int
    epoch: int
    generation: int
    whole: bool = True


def changes(observations: Iterable[Observation]) -> Iterator[Change]:
    """The readings of one device, oldest first, with their increments. Epochs count from 0."""
    unit = _Unit()
    seen: dict[Label, _Last] = {}
    for observation in observations:
        generation = unit.generation_of(observation)
        cleared = _cleared(observation, seen)
        for label, value in observation.readings.items():
            last = seen.get(label)
            comparable = (
                last is not None
                and last.whole
                and last.generation == generation
                and label[:2] not in cleared
            )
            delta = value - last.value if last and comparable else None
            epoch = (last.epoch + (not comparable)) if last else 0
            seen[label] = _Last(value, epoch, generation)
            yield Change(observation.at, label, value, delta, epoch)
        if observation.complete:
            _mark_gone(observation, seen)


def _cleared(observation: Observation, seen: dict[Label, _Last]) -> set[tuple[str, str]]:
    """Policies with a counter that went back; `clear service-policy` clears all of a policy."""
    return {
        (label.scope, label.policy)
        for label, value in observation.readings.items()
        if label in seen and value < seen[label].value
    }


def _mark_gone(observation: Observation, seen: dict[Label, _Last]) -> None:
    for label, last in seen.items():
        if label not in observation.readings:
            last.whole = False


class _Unit:
    """Which unit answers, and since when it is up; a new generation when that changes."""

    def __init__(self) -> None:
        self._generation = 0
        self._serial: str | None = None
        self._up: tuple[float, int] | None = None

    def generation_of(self, seen: Observation) -> int:
        other = None not in (self._serial, seen.serial) and self._serial != seen.serial
        if other or self._reloaded(seen):
            self._generation += 1
        self._serial = seen.serial or self._serial
        if seen.uptime is not None:
            self._up = (seen.at, seen.uptime)
        elif other:
            self._up = None
        return self._generation

    def _reloaded(self, seen: Observation) -> bool:
        if self._up is None or seen.uptime is None:
            return False
        at, uptime = self._up
        if seen.uptime < uptime:
            return True
        elapsed = seen.at - at
        return seen.uptime + _grain(seen.uptime) + LEEWAY < uptime + elapsed


def _grain(uptime: int) -> int:
    if uptime < HOUR:
        return 1
    if uptime < DAY:
        return 60
    return HOUR if uptime < YEAR else DAY
