"""A device as its latest sample shows it, and the latest check of its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass

from asa_automate.store.values import Label, Verdict

ENGINE = "esmtp"


@dataclass(frozen=True, slots=True)
class Current:
    """A device as of its latest sample.

    ``totals`` has the counters that are there: first value and all known increments since, so
    that a cleared counter does not go back and another unit's does not leap. ``verdict`` is what
    the latest check of its configuration said, if there was one.
    """

    device: str
    at: float
    totals: Mapping[Label, int]
    verdict: Verdict | None = None
