"""Samples in, observations out."""

import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from asa_automate.errors import StoreRefused
from asa_automate.store.engine import Store, open_store
from asa_automate.store.samples import history, record_sample, sampled_devices
from asa_automate.store.tables import counters, samples, series
from asa_automate.store.values import Label, Observation, Sample

MASK = Label("global", "gp", "c", "esmtp", "m", "mask-banner", "")
DROPS = Label("", "", "", "esmtp", "", "match caf\\udce9", "drop")


def sample(
    device: str = "fw1", at: float = 1.5, slot: float | None = None, **values: int
) -> Sample:
    named = {"mask": MASK, "drops": DROPS}
    readings = {named[name]: value for name, value in values.items()}
    seen = Observation(at, "JAD1", 600, complete=True, readings=readings)
    return Sample(device, seen, "caf\udce9\r\n", "test 1", ("odd",), slot)


def test_what_is_stored_comes_back(store: Store) -> None:
    taken = [sample(mask=2**40, drops=0), sample(at=2, mask=7), sample("fw2")]
    for one in taken:
        record_sample(store, one)

    assert [taken[0].seen, taken[1].seen] == history(store, "fw1")
    assert [taken[1].seen] == history(store, "fw1", last=1)
    assert [taken[2].seen] == history(store, "fw2")
    assert [] == history(store, "fw3")
    assert ["fw1", "fw2"] == sampled_devices(store)


def test_what_a_counter_counts_is_stored_once(store: Store) -> None:
    for at in range(3):
        record_sample(store, sample(at=at, mask=at, drops=1))
    with store.read() as connection:
        assert 2 == connection.scalar(select(func.count()).select_from(series))
        assert 6 == connection.scalar(select(func.count()).select_from(counters))


def test_the_text_is_kept_byte_for_byte(store: Store) -> None:
    record_sample(store, sample())
    with store.read() as connection:
        row = connection.execute(select(samples)).one()

    assert (b"caf\xe9\r\n", '["odd"]', "test 1") == (row.raw, row.unparsed, row.parser)


def test_a_scheduled_instant_is_answered_once(store: Store) -> None:
    record_sample(store, sample(slot=300, mask=1))
    with pytest.raises(StoreRefused):
        record_sample(store, sample(slot=300, mask=2))
    record_sample(store, sample("fw2", slot=300))

    assert [1] == [seen.readings[MASK] for seen in history(store, "fw1")]


def test_killed_while_writing_every_sample_is_whole(url: str) -> None:
    program = (
        "import sys\n"
        "from asa_automate.store.engine import open_store\n"
        "from asa_automate.store.samples import record_sample\n"
        "from asa_automate.store.values import Label, Observation, Sample\n"
        "store = open_store(sys.argv[1])\n"
        "labels = [Label('', '', '', 'esmtp', '', str(n), '') for n in range(50)]\n"
        "for at in range(100000):\n"
        "    seen = Observation(at, None, None, True, dict.fromkeys(labels, at))\n"
        "    record_sample(store, Sample('fw1', seen, '', ''))\n"
        "    print(at, flush=True)\n"
    )
    writer = subprocess.Popen(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    for _ in range(20):
        writer.stdout.readline()
    writer.send_signal(signal.SIGKILL)
    acknowledged = 20 + len(writer.stdout.read().split("\n")[:-1])
    writer.communicate()

    store = open_store(url)
    seen = history(store, "fw1")
    store.close()
    assert list(range(len(seen))) == [one.at for one in seen]
    assert len(seen) >= acknowledged
    assert {50} == {len(one.readings) for one in seen}
