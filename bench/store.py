"""``python -m bench.store``: the store with ten million readings (``--quick``: a few of them).

Rows a second, the two questions that are asked daily, and bytes a reading. What is read back is
compared with what was written before a time counts.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from asa_automate.collect.deltas import Change, changes
from asa_automate.collect.rollup import figures, increments, roll_up
from asa_automate.store.engine import Store, open_store
from asa_automate.store.samples import history, record_samples, sampled_devices
from asa_automate.store.values import Label, Observation, Sample
from bench.keep import keep
from bench.markdown import grid

PERIOD, DAY, MONTH = 300, 86_400, 30 * 86_400
#: What a firewall with one inspection says: three totals, one parameter, eleven matches.
NAMES = ("packets", "drops", "reset_drops", "mask-banner", *(f"match {n}" for n in range(11)))
LABELS = [Label("global", "gp", "inspection_default", "esmtp", "m", name, "") for name in NAMES]
TEXT = "Global policy:\n" + "        match cmd line length gt 512\n" * len(NAMES)
#: Samples in one transaction, which is on the disk before the next begins.
BATCH = 500
LOOK_BACK = 24
#: Samples an hour: whole hours are asked for, since what is rolled up has no smaller parts.
HOURLY = 12
READINGS, QUICK = 10_000_000, 100_000
ROWS_A_SECOND, MILLISECONDS = 50_000, 200.0


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured; ``goal`` is what the issue wants of it, where it wants something."""

    name: str
    value: float
    goal: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """``reached`` or ``NOT REACHED``, and nothing where nothing was wanted."""
        if self.goal is None:
            return ""
        met = self.value >= self.goal if self.at_least else self.value < self.goal
        wanted = f"{'at least' if self.at_least else 'under'} {self.goal:,.0f}"
        return f"{wanted}: {'reached' if met else f'NOT REACHED ({self.value:,.1f})'}"


def samples_of(device: str, count: int) -> Iterator[Sample]:
    """A sample each five minutes; each counter goes up by the number of its place."""
    for step in range(count):
        readings = {label: step * place for place, label in enumerate(LABELS)}
        at = float(step * PERIOD)
        yield Sample(device, Observation(at, "JAD1", step * PERIOD, True, readings), TEXT, "b")


def fill(store: Store, devices: int, count: int) -> float:
    """Write all samples; the seconds that the store took, the making of samples left out."""
    spent = 0.0
    for number in range(devices):
        taken = list(samples_of(f"fw{number:03}", count))
        for first in range(0, count, BATCH):
            before = time.perf_counter()
            record_samples(store, taken[first : first + BATCH])
            spent += time.perf_counter() - before
    return spent


def show(store: Store) -> list[Change]:
    """What `counters show --limit` asks: who there is, and the latest samples of one."""
    first = sampled_devices(store)[0]
    return list(changes(history(store, first, last=LOOK_BACK)))


def check(store: Store, devices: int, count: int) -> None:
    """Whether the answers are those that the samples give.

    Raises:
        SystemExit: one is wrong; its time says nothing.
    """
    end = float(count * PERIOD)
    month = increments(store, "fw000", since=end - MONTH)
    steps = min(count - 1, MONTH // PERIOD)
    right = [steps * place for place in range(len(LABELS))]
    last = [change.value for change in show(store)[-len(LABELS) :]]
    answers = (
        len(sampled_devices(store)) == devices,
        [month[label] for label in LABELS] == right,
        last == [(count - 1) * place for place in range(len(LABELS))],
    )
    if not all(answers):
        sys.exit(f"wrong answers: {answers}")


def timed(question: Callable[[], object]) -> float:
    """The median of seven, in milliseconds."""
    found = []
    for _ in range(7):
        before = time.perf_counter()
        question()
        found.append(time.perf_counter() - before)
    return sorted(found)[3] * 1000


def measure(readings: int, devices: int, home: Path) -> list[Figure]:
    """The figures, each with its name."""
    count = -(-readings // devices // len(LABELS) // HOURLY) * HOURLY
    total = count * devices * len(LABELS)
    store = open_store(f"sqlite:///{home / 'store.db'}")
    spent = fill(store, devices, count)
    before = time.perf_counter()
    for number in range(devices):
        roll_up(store, f"fw{number:03}", count * PERIOD + DAY)
    rolled = time.perf_counter() - before
    check(store, devices, count)
    since = float(count * PERIOD - MONTH)
    shown = timed(lambda: show(store))
    month = timed(lambda: increments(store, "fw000", since=since))
    hours = timed(lambda: figures(store, "fw000", since=since))
    each = timed(lambda: list(changes(history(store, "fw000", since=since))))
    store.close()
    size = sum(file.stat().st_size for file in home.iterdir())
    return [
        Figure("readings", total),
        Figure(
            "rows written a second, 500 samples a transaction", total / spent, ROWS_A_SECOND, True
        ),
        Figure("rows rolled up a second", total / rolled),
        Figure("`counters show`, one firewall, ms", shown, MILLISECONDS),
        Figure("increments of one firewall over 30 days, ms", month, MILLISECONDS),
        Figure("the same by the hour, as the report draws them, ms", hours, MILLISECONDS),
        Figure("each reading of these 30 days with its increment, ms", each),
        Figure("bytes a reading, texts and hourly figures included", size / total),
    ]


def table(found: Sequence[Figure]) -> str:
    """As it stands in docs/benchmarks.md."""
    rows = [[one.name, f"{one.value:,.1f}".removesuffix(".0"), one.verdict] for one in found]
    return "\n".join(grid(["store, on SQLite", "", "wanted"], rows))


def main() -> None:
    """Measure in a directory that is thrown away, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="little, and nothing is kept")
    parser.add_argument("--readings", type=int)
    parser.add_argument("--devices", type=int, default=60)
    words = parser.parse_args()
    readings = words.readings or (QUICK if words.quick else READINGS)
    with TemporaryDirectory() as home:
        found = measure(readings, words.devices, Path(home))
    results = {one.name: one.value for one in found}
    keep("store", results, table(found), for_good=readings == READINGS)


if __name__ == "__main__":
    main()
