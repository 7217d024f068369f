"""What ``show service-policy`` tells, as values: scope, policy, class, engine, match.

``None`` is what a text does not say; no zero is ever invented.
"""

from collections.abc import Mapping

from pydantic import Field

from asa_automate.model import Frozen


class Match(Frozen):
    """One ``match`` line of an inspection map, what is done to it, and how often it was met."""

    match: str
    action: str | None
    packets: int | None


class Inspect(Frozen):
    """The counters of one engine in one class.

    ``packets``, ``drops``, ``reset_drops`` and ``lock_fails`` are totals since the last clear,
    ``rate_5min`` is packets per second; ``parameters`` maps a parameter's name to its count.
    """

    engine: str
    map: str | None
    packets: int | None = None
    drops: int | None = None
    reset_drops: int | None = None
    lock_fails: int | None = None
    rate_5min: int | None = None
    parameters: Mapping[str, int] = Field(default_factory=dict)
    matches: tuple[Match, ...] = ()


class Class(Frozen):
    """One class of a policy; without inspections where it serves another feature."""

    name: str | None
    inspects: tuple[Inspect, ...] = ()


class Policy(Frozen):
    """One attached policy; ``scope`` is ``global``, ``interface:NAME`` or not said."""

    scope: str | None
    policy: str | None
    classes: tuple[Class, ...] = ()


class ServicePolicyReport(Frozen):
    """All of one answer; ``unparsed`` are the lines that found no place, in their order."""

    policies: tuple[Policy, ...] = ()
    unparsed: tuple[str, ...] = ()
