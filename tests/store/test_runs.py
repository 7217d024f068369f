"""Runs in, runs out."""

import pytest

from asa_automate.errors import Exit, UsageError
from asa_automate.model import Reading
from asa_automate.store import probes
from asa_automate.store.engine import Store
from asa_automate.store.runs import (
    RunDevice,
    RunKind,
    RunStatus,
    create_run,
    finish_run,
    get_run,
    list_runs,
    new_run_id,
    set_device,
)


def begin(store: Store, run_id: str, now: float = 1000.5, *devices: str) -> None:
    create_run(
        store,
        run_id=run_id,
        kind=RunKind.APPLY,
        plan_id="plan",
        operator="ann@host",
        now=now,
        devices=[RunDevice(name, context="ctx", payload={"n": 1}) for name in devices],
        detail={"waves": [1, 10]},
    )


def test_ids_sort_by_time() -> None:
    assert "20261124T061502-7f3a" == new_run_id(1795500902.9, b"\x7f\x3a\x99")
    assert new_run_id(1795500902, b"\xff\xff") < new_run_id(1795500903, b"\x00\x00")


def test_a_run_from_begin_to_end(store: Store) -> None:
    begin(store, "r1", 1000.5, "zeta", "alpha")
    set_device(store, "r1", "zeta", serial="JAD1", before_fingerprint="b", payload={"n": 2})
    set_device(store, "r1", "zeta", status=RunStatus.DONE, outcome="new", after_fingerprint="a")
    set_device(store, "r1", "zeta")
    finish_run(store, "r1", RunStatus.FAILED, now=1001.25)

    run = get_run(store, "r1")

    zeta = RunDevice("zeta", "ctx", "JAD1", RunStatus.DONE, "new", None, "b", "a", {"n": 2})
    assert (zeta, RunDevice("alpha", "ctx", payload={"n": 1})) == run.devices
    assert ("r1", RunKind.APPLY, RunStatus.FAILED) == (run.id, run.kind, run.status)
    assert ("plan", 1000.5, 1001.25) == (run.plan_id, run.created, run.finished)
    assert ("ann@host", None, {"waves": [1, 10]}) == (run.operator, run.parent, run.detail)


def test_the_oldest_is_first_whatever_the_clock_did(store: Store) -> None:
    begin(store, "second-by-clock", 2000)
    begin(store, "first-by-clock", 1000, "fw1")

    found = list_runs(store)

    assert ["second-by-clock", "first-by-clock"] == [run.id for run in found]
    assert [0, 1] == [len(run.devices) for run in found]
    assert get_run(store, "first-by-clock") == found[1]


def test_an_unknown_run_is_a_usage_error(store: Store) -> None:
    with pytest.raises(UsageError, match="no run r9") as caught:
        get_run(store, "r9")
    assert Exit.USAGE == caught.value.exit


def test_a_run_with_a_device_twice_is_not_begun_at_all(store: Store) -> None:
    with pytest.raises(Exception, match="store"):
        begin(store, "r1", 1000, "fw1", "fw1")
    assert [] == list_runs(store)


def test_a_reading_is_remembered_per_box_and_version(store: Store) -> None:
    probes.remember(store, "JAD1", "9.8(2)", Reading.PER_CLASS, now=0, source="probe in run r1")

    assert (Reading.PER_CLASS, "probe in run r1, 1970-01-01T00:00:00Z") == probes.recall(
        store, "JAD1", "9.8(2)"
    )
    for serial, version in (("JAD1", "9.8(3)"), ("JAD2", "9.8(2)"), (None, "9.8(2)")):
        assert (Reading.UNKNOWN, probes.NEVER_PROBED) == probes.recall(store, serial, version)


def test_what_is_known_is_not_forgotten_over_an_unreadable_answer(store: Store) -> None:
    for reading in (Reading.UNKNOWN, Reading.PER_CLASS, Reading.PER_ENGINE, Reading.UNKNOWN):
        probes.remember(store, "JAD1", "9.8", reading, now=5)

    assert Reading.PER_ENGINE == probes.recall(store, "JAD1", "9.8")[0]
