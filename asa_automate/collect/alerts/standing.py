"""Levels to phases: a rule fires once, and clears once, however its figure wavers. Pure.

Hysteresis is two things: between ``clear`` and ``above`` a rule that fires goes on firing, and a
figure must have been bad for ``for``, or good for ``clear_for``, before anything is said.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class Level(StrEnum):
    """What a figure means to its rule; ``UNKNOWN`` where there is none: nothing changes then."""

    GOOD = "good"
    BETWEEN = "between"
    BAD = "bad"
    UNKNOWN = "unknown"


class Phase(StrEnum):
    """How a rule stands on a firewall."""

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    CLEARING = "clearing"


class Event(StrEnum):
    """What is said."""

    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule stands: ``since`` when in this state, ``fired`` when it was said.

    ``baseline`` is the state of the exemption that a rule which watches for drift goes by, with
    the instant of which that is known.
    """

    state: Phase = Phase.OK
    since: float = 0.0
    fired: float | None = None
    value: float | None = None
    baseline: tuple[str, float] | None = None


#: Phase and level -> the next state; what is not here stays.
NEXT = {
    (Phase.OK, Level.BAD): Phase.PENDING,
    (Phase.PENDING, Level.BETWEEN): Phase.OK,
    (Phase.PENDING, Level.GOOD): Phase.OK,
    (Phase.FIRING, Level.GOOD): Phase.CLEARING,
    (Phase.CLEARING, Level.BETWEEN): Phase.FIRING,
    (Phase.CLEARING, Level.BAD): Phase.FIRING,
}


def stepped(
    old: Standing, level: Level, now: float, patience: tuple[float, float]
) -> tuple[Standing, Event | None]:
    """The next standing, and what is to be said of it.

    Args:
        patience: seconds that it must be bad before it fires, and good before it clears.
    """
    after = NEXT.get((old.state, level), old.state)
    # After a clock that went back nothing has lasted for long.
    since = min(old.since, now) if after is old.state else now
    new = replace(old, state=after, since=since)
    lasted = now - since
    if after is Phase.PENDING and level is Level.BAD and lasted >= patience[0]:
        return replace(new, state=Phase.FIRING, since=now, fired=now), Event.FIRING
    if after is Phase.CLEARING and level is Level.GOOD and lasted >= patience[1]:
        return replace(new, state=Phase.OK, since=now, fired=None), Event.RESOLVED
    return new, None
