"""``runs`` and ``audit verify`` as typed."""

import json
import os
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from asa_automate.cli.main import run
from asa_automate.store.engine import Store, open_store
from asa_automate.store.journal import Journal, Kind
from asa_automate.store.runs import (
    RunDevice,
    RunKind,
    RunStatus,
    create_run,
    finish_run,
    set_device,
)
from asa_automate.store.tables import journal


@pytest.fixture
def store() -> Iterator[Store]:
    """The store that the commands of this test will open."""
    opened = open_store(os.environ["ASA_AUTOMATE_STORE"])
    yield opened
    opened.close()


def begin(store: Store, run_id: str, kind: RunKind, *devices: str) -> None:
    create_run(
        store,
        run_id=run_id,
        kind=kind,
        plan_id="p1",
        operator="ann@host",
        now=1795500902,
        devices=[RunDevice(name) for name in devices],
    )


def test_the_contract(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    begin(store, "r1", RunKind.APPLY, "fw1", "fw2")
    set_device(store, "r1", "fw1", status=RunStatus.DONE, outcome="new")
    set_device(store, "r1", "fw2", status=RunStatus.FAILED, outcome="old", reason="a \x1b line")
    finish_run(store, "r1", RunStatus.FAILED, now=1795500999)
    begin(store, "r2", RunKind.ROLLBACK, "fw1")

    assert 0 == run(["runs", "--output", "json"])
    first, second = json.loads(capsys.readouterr().out)

    assert ("r1", "apply", "failed") == (first["id"], first["kind"], first["status"])
    assert ("r2", "rollback", "running") == (second["id"], second["kind"], second["status"])
    assert [("fw1", "new"), ("fw2", "old")] == [
        (device["device"], device["outcome"]) for device in first["devices"]
    ]
    assert "2026-11-24T06:16:39Z" == first["finished"]


def test_the_table(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    begin(store, "r1", RunKind.APPLY, "fw1", "fw2")
    set_device(store, "r1", "fw2", outcome="old", reason="refused \x1b[31m[bold]line")

    assert 0 == run(["runs"])
    out = capsys.readouterr().out

    assert "\x1b" not in out
    assert "refused \\x1b[31m[bold]line" in " ".join(out.split())
    assert 1 == out.count("r1 ")


def test_no_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["runs", "--output", "json"])
    assert [] == json.loads(capsys.readouterr().out)


def test_a_journal_that_is_whole(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    Journal(store, "r1", "fw1", 1).write(Kind.BEGIN, {})

    assert 0 == run(["audit", "verify"])
    assert capsys.readouterr().out.startswith("the journal is whole: 1 records")


def test_a_journal_that_was_altered(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        Journal(store, "r1", "fw1", 1).write(Kind.NOTE, {})
    with store.write() as connection:
        connection.execute(update(journal).where(journal.c.seq == 2).values(device="fw2"))

    assert 5 == run(["audit", "verify", "--output", "json"])
    out, err = capsys.readouterr()

    found = json.loads(out)
    assert (False, 3, [2]) == (
        found["ok"],
        found["records"],
        [p["seq"] for p in found["problems"]],
    )
    assert err.startswith("journal record 2: was altered")
    assert 5 == run(["audit", "verify"])
    assert "" == capsys.readouterr().out
