"""The latest of each device, followed from sample to sample: a scrape reads only what is new."""

import threading

from asa_automate.collect.current import Current
from asa_automate.collect.deltas import Fold
from asa_automate.collect.folded import from_text
from asa_automate.store.engine import Store
from asa_automate.store.hourly import ROLLED, mark_of
from asa_automate.store.samples import last_success, numbered
from asa_automate.store.values import Verdict
from asa_automate.store.verdicts import latest_verdicts

AT_A_TIME = 2000


class Live:
    """What is known of each device, up to the last sample that was read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._known: dict[str, tuple[int, Fold]] = {}

    def now(self) -> list[Current]:
        """All devices with samples, by name.

        Raises:
            StoreRefused: the store cannot be read.
        """
        with self._lock:
            newest = last_success(self._store)
            checked = latest_verdicts(self._store)
            return [
                self._current(device, newest[device], checked.get(device))
                for device in sorted(newest)
            ]

    def _current(self, device: str, at: float, verdict: Verdict | None) -> Current:
        upto, fold = self._known.get(device) or self._rolled(device)
        while fresh := numbered(self._store, device, after=upto, first=AT_A_TIME):
            for _, seen in fresh:
                fold.take(seen)
            upto = fresh[-1][0]
        self._known[device] = (upto, fold)
        there = {label: last.total for label, last in fold.seen.items() if not last.missing}
        return Current(device, at, there, verdict)

    def _rolled(self, device: str) -> tuple[int, Fold]:
        upto, state = mark_of(self._store, device, ROLLED)
        return upto, from_text(state)
