"""Samples that wait in memory while the store is full, locked or gone; bounded, and counted."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from asa_automate.errors import StoreRefused
from asa_automate.store.values import Gap, Sample

MOST_SAMPLES = 2000
MOST_BYTES = 64 * 1024 * 1024
MOST_GAPS = 5000
#: Seconds before a store that refused is tried again: trying may itself take half a minute.
REST = 30.0


class Spool:
    """In front of the store: nothing is lost before the bounds are reached, and then it is said.

    Args:
        keep: stores one sample durably; ``already`` are the refusals that mean it is there.
        note: stores gaps, all or none.
        monotonic: a clock that never jumps, in seconds.
    """

    def __init__(
        self,
        keep: Callable[[Sample], object],
        note: Callable[[Sequence[Gap]], object],
        monotonic: Callable[[], float],
        *,
        already: type[StoreRefused],
        most: int = MOST_SAMPLES,
    ) -> None:
        self._keep = keep
        self._note = note
        self._monotonic = monotonic
        self._already = already
        self._most = most
        self._lock = threading.Lock()
        self._samples: deque[Sample] = deque()
        self._bytes = 0
        self._gaps: deque[Gap] = deque(maxlen=MOST_GAPS)
        self._closed_until = float("-inf")

    def keep(self, sample: Sample) -> None:
        """Store a sample, and those before it that wait.

        Raises:
            StoreRefused: it waits in memory, and why; or its instant was answered before.
        """
        with self._lock:
            self._push(sample)
            self._drain()

    def note(self, gap: Gap) -> None:
        """Store a gap as soon as that is possible; never raises."""
        with self._lock:
            self._gaps.append(gap)
            try:
                self._drain()
            except StoreRefused:
                return

    def last_try(self) -> None:
        """Give the store what waits, however lately it refused; `waiting` is what stays."""
        with self._lock:
            self._closed_until = float("-inf")
            with suppress(StoreRefused):
                self._drain()

    @property
    def waiting(self) -> int:
        """How many samples wait."""
        return len(self._samples)

    def _push(self, sample: Sample) -> None:
        self._samples.append(sample)
        self._bytes += len(sample.raw)
        while len(self._samples) > self._most or self._bytes > MOST_BYTES:
            lost = self._samples.popleft()
            self._bytes -= len(lost.raw)
            text = f"{lost.device}: the store did not take its sample, and memory is bounded"
            self._gaps.append(Gap(lost.device, lost.seen.at, "store", text, lost.slot))

    def _drain(self) -> None:
        if self._monotonic() < self._closed_until:
            raise StoreRefused(f"the store is still away; {self.waiting} samples wait in memory")
        try:
            self._flush()
        except self._already:
            raise
        except StoreRefused as error:
            self._closed_until = self._monotonic() + REST
            text = f"{error.message}; {self.waiting} samples wait in memory"
            raise StoreRefused(text) from error

    def _flush(self) -> None:
        twice: StoreRefused | None = None
        while self._samples:
            try:
                self._keep(self._samples[0])
            except self._already as error:
                twice = error
            self._bytes -= len(self._samples.popleft().raw)
        if self._gaps:
            self._note(tuple(self._gaps))
            self._gaps.clear()
        if twice:
            raise twice
