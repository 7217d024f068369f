"""What the benchmarks of the store and the collector say of their figures."""

from pathlib import Path

import pytest

from asa_automate.store.engine import open_store
from asa_automate.store.samples import record_samples
from asa_automate.store.values import Label, Observation, Sample
from bench.collect import judge
from bench.store import Figure, check, fill

PACKETS = Label("global", "gp", "c", "esmtp", "m", "packets", "")


def test_reached_or_not() -> None:
    assert "at least 50: reached" == Figure("x", 50, 50, at_least=True).verdict
    assert "at least 50: NOT REACHED (49.9)" == Figure("x", 49.9, 50, at_least=True).verdict
    assert "under 200: reached" == Figure("x", 199.9, 200).verdict
    assert "under 200: NOT REACHED (200.0)" == Figure("x", 200, 200).verdict
    assert "" == Figure("x", 1).verdict


def test_wrong_answers_of_the_store_end_it(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    fill(store, 1, 24)
    check(store, 1, 24)
    with pytest.raises(SystemExit, match="wrong answers"):
        check(store, 2, 24)
    store.close()


def test_lost_doubled_and_mixed_up_samples_are_seen(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")

    def taken(device: int, packets: int, serial: int) -> Sample:
        seen = Observation(1.0, f"9AFARM{serial:05}", None, True, {PACKETS: packets})
        return Sample(f"fw{device:04}", seen, "", "t")

    record_samples(store, [taken(0, 1, 0), taken(1, 2, 1)])
    assert [] == judge(store, 2, 1)
    assert 2 == len(judge(store, 2, 2))  # lost
    assert judge(store, 3, 1)
    record_samples(store, [taken(0, 1, 0)])
    assert ["fw0000: 2 samples in 1 rounds"] == judge(store, 2, 1)
    record_samples(store, [taken(1, 1, 0)])
    assert any(line.startswith("fw0001: counters {") for line in judge(store, 2, 2))
    store.close()
