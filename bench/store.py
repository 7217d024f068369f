"""The store with many readings: rows a second, the two questions asked daily, bytes a reading.

``python -m bench.store --readings 10000000``; one million, of 60 firewalls, without the flag.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from asa_automate.collect.deltas import changes
from asa_automate.collect.rollup import increments, roll_up
from asa_automate.store.engine import Store, open_store
from asa_automate.store.samples import history, record_samples
from asa_automate.store.values import Label, Observation, Sample

PERIOD, DAY = 300, 86_400
#: What a firewall with one inspection says: three totals, one parameter, eleven matches.
NAMES = ("packets", "drops", "reset_drops", "mask-banner", *(f"match {n}" for n in range(11)))
LABELS = [Label("global", "gp", "inspection_default", "esmtp", "m", name, "") for name in NAMES]
TEXT = "Global policy:\n" + "        match cmd line length gt 512\n" * len(NAMES)
#: Samples in one transaction.
BATCH = 500
LOOK_BACK = 24


def samples_of(device: str, count: int, begin: float) -> Iterator[Sample]:
    """A sample each five minutes; the counters go up by the number of their place."""
    for step in range(count):
        readings = {label: step * place for place, label in enumerate(LABELS)}
        at = begin + step * PERIOD
        yield Sample(device, Observation(at, "JAD1", step * PERIOD, True, readings), TEXT, "b")


def fill(store: Store, devices: int, count: int, begin: float) -> float:
    """Write all samples; the seconds that the store took, the making of samples left out."""
    spent = 0.0
    for number in range(devices):
        taken = list(samples_of(f"fw{number}", count, begin))
        for first in range(0, count, BATCH):
            before = time.perf_counter()
            record_samples(store, taken[first : first + BATCH])
            spent += time.perf_counter() - before
    return spent


def timed(question: Callable[[], object]) -> float:
    """The median of five, in milliseconds."""
    found = []
    for _ in range(5):
        before = time.perf_counter()
        question()
        found.append(time.perf_counter() - before)
    return sorted(found)[2] * 1000


def measure(readings: int, devices: int, home: Path) -> list[tuple[str, str]]:
    """The figures, each with its name."""
    count = max(LOOK_BACK, readings // devices // len(LABELS))
    total = count * devices * len(LABELS)
    path = home / "store.db"
    store = open_store(f"sqlite:///{path}")
    end = count * PERIOD
    spent = fill(store, devices, count, 0.0)
    before = time.perf_counter()
    for number in range(devices):
        roll_up(store, f"fw{number}", end)
    rolled = time.perf_counter() - before
    show = timed(lambda: list(changes(history(store, "fw0", last=LOOK_BACK))))
    month = timed(lambda: increments(store, "fw0", since=end - 30 * DAY))
    store.close()
    size = sum(file.stat().st_size for file in home.iterdir())
    return [
        ("readings", f"{total:,}"),
        ("rows written a second", f"{total / spent:,.0f}"),
        ("rows rolled up a second", f"{total / rolled:,.0f}"),
        ("counters show, one firewall, ms", f"{show:.1f}"),
        ("increments over 30 days, one firewall, ms", f"{month:.1f}"),
        ("bytes a reading, texts and hourly figures included", f"{size / total:.1f}"),
    ]


def main() -> None:
    """Measure in a directory that is thrown away, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=1_000_000)
    parser.add_argument("--devices", type=int, default=60)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        for name, figure in measure(words.readings, words.devices, Path(home)):
            sys.stdout.write(f"{name:<52} {figure:>14}\n")


if __name__ == "__main__":
    main()
