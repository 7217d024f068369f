"""A store whose disk is full: samples wait in memory, the collector lives, nothing is lost."""

from pathlib import Path

import pytest

from asa_automate.collect.spool import REST, Spool
from asa_automate.errors import StoreRefused
from asa_automate.store.engine import open_store
from asa_automate.store.gaps import list_gaps, record_gaps
from asa_automate.store.samples import AnsweredBefore, history, record_sample
from asa_automate.store.values import Gap, Observation, Sample


def test_samples_wait_until_there_is_room(tmp_path: Path) -> None:
    """SQLite itself refuses to grow its file, as it does on a disk without room."""
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    now = [0.0]
    spool = Spool(
        lambda sample: record_sample(store, sample),
        lambda gaps: record_gaps(store, gaps),
        lambda: now[0],
        already=AnsweredBefore,
    )

    def take(at: float) -> None:
        seen = Observation(at, "JAD1", None, True, {})
        spool.keep(Sample("fw1", seen, "x" * 100_000, "t", (), at))

    def pages(most: int) -> None:
        with store.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    take(300)
    with store.read() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    pages(used)
    for at in (600, 900):
        with pytest.raises(StoreRefused):
            take(at)
    spool.note(Gap("fw1", 1000, "unreachable", "fw1: no route"))
    assert 2 == spool.waiting

    pages(used + 10_000)
    now[0] += REST
    take(1200)

    assert [300, 600, 900, 1200] == [seen.at for seen in history(store, "fw1")]
    assert ["unreachable"] == [gap.reason for gap in list_gaps(store, "fw1")]
    assert 0 == spool.waiting
    store.close()
