"""Samples to hourly figures, and the end of old samples: what a counter did outlives its texts.

Whole hours only, and each sample once: the figures, how far they go, and what is known of the
past at that point are one transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from asa_automate.collect.deltas import Change, Fold
from asa_automate.collect.folded import as_text, from_text
from asa_automate.store.alerts import drop_events
from asa_automate.store.engine import Store
from asa_automate.store.hourly import (
    KEPT,
    ROLLED,
    add_hours,
    added,
    drop_gaps,
    drop_samples,
    hours,
    mark_of,
)
from asa_automate.store.samples import history, numbered, oldest_after, sampled_devices
from asa_automate.store.values import Hour, Label, Observation
from asa_automate.store.verdicts import drop_verdicts

HOUR = 3600
# A sample may be written some time after it was taken.
SETTLED = 600
# Samples that are held in memory at once.
AT_A_TIME = 2000


def roll_up(store: Store, device: str, now: float) -> int:
    """Bring the hourly figures of a device up to the last whole hour; how many samples went in."""
    limit = (now - SETTLED) // HOUR * HOUR
    total = 0
    while went_in := _roll_some(store, device, limit):
        total += went_in
    return total


def _roll_some(store: Store, device: str, limit: float) -> int:
    upto, state = mark_of(store, device, ROLLED)
    fresh = _old_ones(store, device, upto, limit)
    if not fresh:
        return 0
    fold = from_text(state)
    figures = figures_of(change for _, seen in fresh for change in fold.take(seen))
    last = fresh[-1][0]
    done = add_hours(
        store, device, figures.items_in_order(), before=upto, upto=last, state=as_text(fold)
    )
    return len(fresh) if done else 0


def _old_ones(
    store: Store, device: str, after: int, limit: float
) -> list[tuple[int, Observation]]:
    """The next samples, as far as they are old enough; most of the time there are none."""
    oldest = oldest_after(store, device, after)
    if oldest is None or oldest >= limit:
        return []
    return _older(numbered(store, device, after=after, first=AT_A_TIME), limit)


def _older(
    found: Iterable[tuple[int, Observation]], limit: float
) -> list[tuple[int, Observation]]:
    """Those up to the first that is too young: by number, whatever the clock did."""
    taken = []
    for number, seen in found:
        if seen.at >= limit:
            break
        taken.append((number, seen))
    return taken


class Figures(dict[tuple[Label, int], Hour]):
    """Hourly figures by counter and hour."""

    def items_in_order(self) -> list[tuple[Label, Hour]]:
        """As the store takes them."""
        return [(label, hour) for (label, _), hour in self.items()]

    def take(self, change: Change) -> None:
        """Add one reading to its hour."""
        hour = int(change.at // HOUR * HOUR)
        old = self.get((change.label, hour)) or Hour(hour, 0, 0, 0, 0, 0)
        self[change.label, hour] = replace(
            old,
            added=old.added + (change.delta or 0),
            readings=old.readings + 1,
            breaks=old.breaks + (change.delta is None),
            value=change.value,
            epoch=change.epoch,
        )


def figures_of(changes: Iterable[Change]) -> Figures:
    """The hourly figures of these readings."""
    figures = Figures()
    for change in changes:
        figures.take(change)
    return figures


def keep_since(store: Store, device: str, cutoff: float) -> int:
    """Throw away the rolled-up samples of a device before ``cutoff``; how many there were."""
    total = 0
    while gone := _drop_some(store, device, cutoff):
        total += gone
    return total


def _drop_some(store: Store, device: str, cutoff: float) -> int:
    before, state = mark_of(store, device, KEPT)
    rolled, _ = mark_of(store, device, ROLLED)
    found = _old_ones(store, device, before, cutoff)
    old = [(number, seen) for number, seen in found if number <= rolled]
    if not old:
        return 0
    fold = from_text(state)
    for _, seen in old:
        fold.take(seen)
    upto = old[-1][0]
    done = drop_samples(store, device, before=before, upto=upto, state=as_text(fold))
    return len(old) if done else 0


def fold_of(store: Store, device: str) -> Fold:
    """What was known before the oldest sample that is still there."""
    return from_text(mark_of(store, device, KEPT)[1])


def tend(store: Store, now: float, keep: float | None) -> None:
    """Roll up all devices; with ``keep`` (seconds), throw away what is older."""
    for device in sampled_devices(store):
        roll_up(store, device, now)
        if keep is not None:
            keep_since(store, device, now - keep)
    if keep is not None:
        for drop in (drop_gaps, drop_verdicts, drop_events):
            drop(store, now - keep)


def increments(store: Store, device: str, *, since: float) -> Mapping[Label, int]:
    """What was added to each counter since an instant; by whole hours where rolled up."""
    upto, state = mark_of(store, device, ROLLED)
    total = dict(added(store, device, since=since))
    fold = from_text(state)
    for seen in history(store, device, after=upto):
        for change in fold.take(seen):
            if seen.at >= since:
                total[change.label] = total.get(change.label, 0) + (change.delta or 0)
    return total


def figures(store: Store, device: str, *, since: float) -> Mapping[Label, list[Hour]]:
    """The hourly figures of each counter, oldest first, the newest samples among them."""
    upto, state = mark_of(store, device, ROLLED)
    fold = from_text(state)
    fresh = history(store, device, after=upto)
    newest = figures_of(change for seen in fresh for change in fold.take(seen))
    found = {label: list(rolled) for label, rolled in hours(store, device, since=since).items()}
    for label, hour in newest.items_in_order():
        if hour.hour >= since:
            found.setdefault(label, []).append(hour)
    return {label: _joined(rows) for label, rows in found.items()}


def _joined(rows: Iterable[Hour]) -> list[Hour]:
    """By the hour; an hour of which a part was rolled up is one again."""
    found: dict[int, Hour] = {}
    for row in rows:
        old = found.get(row.hour)
        found[row.hour] = row if old is None else _sum(old, row)
    return [found[hour] for hour in sorted(found)]


def _sum(old: Hour, new: Hour) -> Hour:
    return replace(
        new,
        added=old.added + new.added,
        readings=old.readings + new.readings,
        breaks=old.breaks + new.breaks,
    )
