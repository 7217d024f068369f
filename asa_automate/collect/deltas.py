"""Consecutive samples to increments: what happened between two readings, never a guess.

A counter begins a new epoch, and has no increment there, when it cannot be compared with its
last reading; `Reason` says why. The increment over a wrap is the one exception, and only where
the width of the counter is known.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from asa_automate.collect.unit import Unit
from asa_automate.store.values import Label, Observation

# Where in its range a counter must be for a wrap: from the last quarter into the first.
QUARTER = 4


class Reason(StrEnum):
    """Why a counter begins a new epoch, or, for `WRAP`, why it went back without one."""

    FIRST = "first reading"
    RELOAD = "reload"
    FAILOVER = "failover"
    CLEARED = "cleared"
    REAPPLIED = "policy re-applied"
    GONE = "class gone"
    WRAP = "wrap"


@dataclass(frozen=True, slots=True)
class Change:
    """One reading of one counter; ``delta`` is ``None`` at the beginning of an epoch.

    ``reason`` stands where an epoch begins, and at a wrap.
    """

    at: float
    label: Label
    value: int
    delta: int | None
    epoch: int
    reason: Reason | None = None


@dataclass(slots=True)
class Last:
    """A counter as last seen; ``generation`` is that of the unit.

    ``missing`` is why it was not in a complete sample since; ``total`` is its first value and
    all increments that are known since: a figure that never goes back, and never leaps.
    """

    value: int
    epoch: int
    generation: int
    missing: Reason | None = None
    total: int = 0


def no_width(label: Label) -> None:
    """No document says how wide a counter is: one that goes back was cleared."""
    del label


@dataclass(slots=True)
class Fold:
    """What has to be known of a device's past to read its next sample.

    Args:
        width_of: how many bits a counter has, where that is known.
    """

    unit: Unit = field(default_factory=Unit)
    seen: dict[Label, Last] = field(default_factory=dict)
    width_of: Callable[[Label], int | None] = no_width

    def take(self, observation: Observation) -> list[Change]:
        """The increments of the next sample."""
        generation = self.unit.generation_of(observation)
        back = _went_back(observation, self.seen)
        found = [
            self._change(observation, label, value, generation, back)
            for label, value in observation.readings.items()
        ]
        self._mark_cleared(observation, back)
        if observation.complete:
            self._mark_missing(observation)
        return found

    def missing(self) -> Mapping[Label, Reason]:
        """The counters that are gone, each with the reason."""
        return {label: last.missing for label, last in self.seen.items() if last.missing}

    def _change(
        self,
        observation: Observation,
        label: Label,
        value: int,
        generation: int,
        back: Mapping[tuple[str, str], "_Back"],
    ) -> Change:
        last = self.seen.get(label)
        if last is None:
            found = Change(observation.at, label, value, None, 0, Reason.FIRST)
        else:
            reason = self._reason(last, generation, back.get(label[:2]))
            found = self._next(observation.at, label, value, last, reason)
        total = (last.total if last else value) + (found.delta or 0)
        self.seen[label] = Last(value, found.epoch, generation, total=total)
        return found

    def _reason(self, last: Last, generation: int, back: "_Back | None") -> Reason | None:
        if last.generation != generation:
            other = self.unit.another_since(last.generation)
            return Reason.FAILOVER if other else Reason.RELOAD
        if last.missing:
            return last.missing
        if back is None:
            return None
        wrapped = back.others and back.is_wrap(self.width_of)
        return Reason.WRAP if wrapped else back.reason

    def _next(
        self, at: float, label: Label, value: int, last: Last, reason: Reason | None
    ) -> Change:
        if reason is None:
            return Change(at, label, value, value - last.value, last.epoch)
        if reason is not Reason.WRAP:
            return Change(at, label, value, None, last.epoch + 1, reason)
        if value >= last.value:
            return Change(at, label, value, value - last.value, last.epoch)
        whole = 1 << (self.width_of(label) or 0)
        return Change(at, label, value, value + whole - last.value, last.epoch, reason)

    def _mark_cleared(
        self, observation: Observation, back: Mapping[tuple[str, str], "_Back"]
    ) -> None:
        """A counter that a cut text does not show was cleared with the others of its policy."""
        for label, last in self.seen.items():
            found = back.get(label[:2])
            if found and label not in observation.readings and last.missing is None:
                last.missing = found.reason

    def _mark_missing(self, observation: Observation) -> None:
        policies = {label[:2] for label in observation.readings}
        for label, last in self.seen.items():
            if label not in observation.readings and last.missing is None:
                last.missing = Reason.GONE if label[:2] in policies else Reason.REAPPLIED


def changes(observations: Iterable[Observation], fold: Fold | None = None) -> Iterator[Change]:
    """The readings of one device, oldest first, with their increments. Epochs count from 0.

    Args:
        fold: what the samples before these left behind; it is carried on.
    """
    fold = fold or Fold()
    for observation in observations:
        yield from fold.take(observation)


@dataclass(frozen=True, slots=True)
class _Back:
    """What went back in one policy: (label, before, now); ``others`` of it counted on."""

    counters: tuple[tuple[Label, int, int], ...]
    others: bool
    reason: Reason

    def is_wrap(self, width_of: Callable[[Label], int | None]) -> bool:
        return all(_wraps(before, now, width_of(label)) for label, before, now in self.counters)


def _wraps(before: int, now: int, width: int | None) -> bool:
    if width is None:
        return False
    whole = 1 << width
    return whole - whole // QUARTER <= before < whole and now < whole // QUARTER


def _went_back(
    observation: Observation, seen: Mapping[Label, Last]
) -> dict[tuple[str, str], _Back]:
    """Policies with a counter that went back; `clear service-policy` clears all of a policy."""
    policies: dict[tuple[str, str], list[tuple[Label, int, int]]] = {}
    for label, value in observation.readings.items():
        if label in seen and value < seen[label].value:
            policies.setdefault(label[:2], []).append((label, seen[label].value, value))
    return {policy: _back(policy, found, observation, seen) for policy, found in policies.items()}


def _back(
    policy: tuple[str, str],
    found: list[tuple[Label, int, int]],
    observation: Observation,
    seen: Mapping[Label, Last],
) -> _Back:
    """A clear takes all counters to nothing; one that counts on beside it means another cause."""
    now = {label for label in observation.readings if label[:2] == policy}
    before = {label for label, last in seen.items() if label[:2] == policy and not last.missing}
    went_back = {label for label, _, _ in found}
    others = {label for label in before & now if seen[label].value > 0} - went_back
    edited = observation.complete and now != before
    reason = Reason.REAPPLIED if edited else Reason.CLEARED
    return _Back(tuple(found), bool(others), reason)
