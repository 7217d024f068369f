"""Which unit answers, and since when it is up: what makes its counters comparable."""

from dataclasses import dataclass

from asa_automate.store.values import Observation

# `show version` prints the two largest units only, so an uptime is exact to the smaller one.
HOUR, DAY, YEAR = 3600, 86_400, 365 * 86_400
# What two clocks may differ, and an answer may take, before it is read as a reload.
LEEWAY = 600


@dataclass(slots=True)
class Unit:
    """The unit as last seen; a new ``generation`` when another answers, or it was reloaded.

    ``last_other`` is the latest generation that began with another unit; ``up`` is when the unit
    last said its uptime, and what it said, both in seconds.
    """

    generation: int = 0
    serial: str | None = None
    up: tuple[float, int] | None = None
    last_other: int = -1

    def generation_of(self, seen: Observation) -> int:
        """The generation that this observation belongs to."""
        other = None not in (self.serial, seen.serial) and self.serial != seen.serial
        if other or self._reloaded(seen):
            self.generation += 1
        if other:
            self.last_other = self.generation
        self.serial = seen.serial or self.serial
        if seen.uptime is not None:
            self.up = (seen.at, seen.uptime)
        elif other:
            self.up = None
        return self.generation

    def another_since(self, generation: int) -> bool:
        """Whether another unit took over after that generation; if not, it was reloaded."""
        return self.last_other > generation

    def _reloaded(self, seen: Observation) -> bool:
        if self.up is None or seen.uptime is None:
            return False
        at, uptime = self.up
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
