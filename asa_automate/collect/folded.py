"""What is known of a device's past, as text and back: kept beside the hourly figures."""

import json

from asa_automate.collect.deltas import Fold, Last, Reason
from asa_automate.collect.unit import Unit
from asa_automate.store.canonical import canonical
from asa_automate.store.values import Label


def as_text(fold: Fold) -> str:
    """The fold as JSON."""
    unit = fold.unit
    return canonical(
        {
            "unit": [unit.generation, unit.serial, unit.up, unit.last_other],
            "seen": [
                [*label, last.value, last.epoch, last.generation, last.missing, last.total]
                for label, last in fold.seen.items()
            ],
        }
    )


def from_text(text: str | None) -> Fold:
    """The fold that was written; a new one for nothing.

    Raises:
        ValueError: the text is none of ours.
    """
    if not text:
        return Fold()
    found = json.loads(text)
    generation, serial, up, last_other = found["unit"]
    fold = Fold(Unit(generation, serial, tuple(up) if up else None, last_other))
    for *words, value, epoch, since, missing, total in found["seen"]:
        last = Last(value, epoch, since, Reason(missing) if missing else None, total)
        fold.seen[Label(*words)] = last
    return fold
