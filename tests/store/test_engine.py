"""Opening a store: who may, what it becomes, and one line for everything that goes wrong."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select, update

from asa_automate.errors import AsaAutomateError, BadInput, StoreRefused
from asa_automate.store.engine import Store, open_store
from asa_automate.store.gaps import record_gaps
from asa_automate.store.samples import history, record_sample
from asa_automate.store.tables import SCHEMA_VERSION, meta, spent_plans
from asa_automate.store.values import Gap, Label, Observation, Sample


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(url: str) -> AsaAutomateError:
    with pytest.raises(AsaAutomateError) as caught:
        open_store(url).close()
    assert "\n" not in str(caught.value)
    return caught.value


def test_is_private_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "store.db"
    before = os.umask(0)
    try:
        store = open_store(f"sqlite:///{path}")
    finally:
        os.umask(before)

    assert (0o700, 0o700) == (mode(path.parent), mode(path.parent.parent))
    assert {0o600} == {mode(file) for file in path.parent.iterdir()}
    store.close()


def test_no_draft_is_left(sqlite_store: Store) -> None:
    sqlite_store.close()

    assert ["store.db"] == [file.name for file in Path(sqlite_store.name).parent.iterdir()]


def test_the_directory_is_synced_before_the_store_is_used(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the file's name could be gone after a power loss, with all that was promised in it."""
    synced: list[tuple[str, bool]] = []
    path = Path(url.removeprefix("sqlite:///"))
    sync = os.fsync

    def fsync(handle: int) -> None:
        sync(handle)
        synced.append((str(Path(f"/proc/self/fd/{handle}").readlink()), path.exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    open_store(url).close()

    assert (str(path.parent), True) in synced, "its name was there when its directory was synced"


def test_each_connection_syncs_and_checks(sqlite_store: Store) -> None:
    found = {}

    def look() -> None:
        with sqlite_store.read() as connection:
            for name in ("journal_mode", "synchronous", "foreign_keys"):
                found[name] = connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()

    assert {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1} == found


def test_opens_again(store: Store) -> None:
    with store.write() as connection:
        connection.execute(insert(spent_plans).values(plan_id="p", device="fw1", at=1.5))
    again = open_store(store.engine.url.render_as_string(hide_password=False))
    with again.read() as connection:
        assert [("p", "fw1", 1.5)] == [
            tuple(row) for row in connection.execute(select(spent_plans))
        ]
    again.close()


def test_an_error_in_the_block_undoes_it(store: Store) -> None:
    def fail() -> None:
        with store.write() as connection:
            connection.execute(insert(spent_plans).values(plan_id="p", device="fw1", at=1))
            raise KeyError("in the middle")

    with pytest.raises(KeyError):
        fail()
    with store.read() as connection:
        assert [] == connection.execute(select(spent_plans)).all()


def test_a_newer_schema_is_refused(store: Store) -> None:
    with store.write() as connection:
        connection.execute(update(meta).values(value="99"))

    error = refusal(store.engine.url.render_as_string(hide_password=False))

    assert isinstance(error, StoreRefused)
    assert "schema 99" in str(error)
    assert "newer asa-automate" in str(error)


@pytest.mark.parametrize("bits", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_refused(sqlite_store: Store, bits: int) -> None:
    sqlite_store.close()
    Path(sqlite_store.name).chmod(bits)

    assert isinstance(refusal(f"sqlite:///{sqlite_store.name}"), StoreRefused)


def test_a_directory_that_everybody_may_write_is_refused(sqlite_store: Store) -> None:
    sqlite_store.close()
    Path(sqlite_store.name).parent.chmod(0o777)

    assert "everybody may write" in str(refusal(f"sqlite:///{sqlite_store.name}"))


@pytest.mark.parametrize("side", ["", "-wal"])
def test_a_link_is_refused_and_not_followed(tmp_path: Path, side: str) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / f"store.db{side}").symlink_to(target)

    assert "symbolic link" in str(refusal(f"sqlite:///{tmp_path / 'store.db'}"))
    assert not target.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_somebody_elses_file_is_refused(sqlite_store: Store) -> None:
    sqlite_store.close()
    os.chown(sqlite_store.name, 12345, 12345)

    assert "user id 12345" in str(refusal(f"sqlite:///{sqlite_store.name}"))


def test_what_is_no_database_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_text("hostname fw1\n" * 1000)
    path.chmod(0o600)

    error = refusal(f"sqlite:///{path}")

    assert isinstance(error, BadInput)
    assert str(path) in str(error)
    assert path.read_text().startswith("hostname fw1\n")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    path.chmod(0o600)

    assert "another program" in str(refusal(f"sqlite:///{path}"))
    with sqlite3.connect(path) as connection:
        assert [("theirs",)] == connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_cut_copy_is_one_line(sqlite_store: Store, tmp_path: Path, size: int) -> None:
    """An empty file becomes a store (somebody's `touch`); half a one is refused."""
    sqlite_store.close()
    copy = tmp_path / "copy.db"
    copy.write_bytes(Path(sqlite_store.name).read_bytes()[:size])
    copy.chmod(0o600)

    if size:
        assert str(copy) in str(refusal(f"sqlite:///{copy}"))
    else:
        open_store(f"sqlite:///{copy}").close()


@pytest.mark.parametrize("place", ["/proc/no/store.db", "/dev/null/store.db", "/proc/store.db"])
def test_a_place_without_room_is_refused(place: str) -> None:
    assert place.rsplit("/", 1)[0] in str(refusal(f"sqlite:///{place}"))


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true", "mysql://u:secret@h/d", "x"],
)
def test_urls_that_name_no_store(url: str) -> None:
    error = refusal(url)

    assert isinstance(error, BadInput)
    assert "secret" not in str(error)


def test_a_full_disk_is_refused_and_what_was_written_stays(sqlite_store: Store) -> None:
    def fill(connection_limit: int) -> None:
        with sqlite_store.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {connection_limit}")
            rows = [{"plan_id": "x" * 4000, "device": str(n), "at": 1} for n in range(500)]
            connection.execute(insert(spent_plans), rows)

    with pytest.raises(StoreRefused, match="disk is full"):
        fill(60)
    with sqlite_store.read() as connection:
        assert [] == connection.execute(select(spent_plans)).all()


def test_a_file_that_may_not_grow_is_refused(url: str) -> None:
    """The operating system refuses the write: the process goes on and says which file."""
    program = (
        "import resource, sys\n"
        "from asa_automate.errors import StoreRefused\n"
        "from asa_automate.store.engine import open_store\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "try: open_store(sys.argv[1])\n"
        "except StoreRefused as error: print(error)\n"
    )

    done = subprocess.run(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-c", program, url], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("store /")
    assert len(done.stdout.splitlines()) == 1
    assert not Path(url.removeprefix("sqlite:///")).exists()


def test_many_processes_open_a_new_store_at_once(url: str) -> None:
    program = (
        "import sys\n"
        "from sqlalchemy import insert\n"
        "from asa_automate.store.engine import open_store\n"
        "from asa_automate.store.tables import spent_plans\n"
        "sys.stdin.readline()\n"
        "with open_store(sys.argv[1]).write() as connection:\n"
        "    row = insert(spent_plans).values(plan_id='p', device=sys.argv[2], at=1)\n"
        "    connection.execute(row)\n"
    )
    started = [
        subprocess.Popen(  # noqa: S603  # our own interpreter and program
            [sys.executable, "-c", program, url, str(n)], stdin=subprocess.PIPE
        )
        for n in range(4)
    ]
    for process in started:
        process.communicate(b"go\n")

    assert [0] * 4 == [process.returncode for process in started]
    store = open_store(url)
    with store.read() as connection:
        assert ["0", "1", "2", "3"] == sorted(connection.scalars(select(spent_plans.c.device)))
    store.close()


def test_threads_share_a_store(store: Store) -> None:
    def write(number: int) -> None:
        for turn in range(10):
            with store.write() as connection:
                row = {"plan_id": f"{number}", "device": f"{turn}", "at": 1}
                connection.execute(insert(spent_plans).values(**row))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.read() as connection:
        assert 200 == len(connection.execute(select(spent_plans)).all())


def test_text_that_is_no_unicode_is_kept_escaped(store: Store) -> None:
    with store.write() as connection:
        row = {"plan_id": "caf\udce9", "device": "a\0b'); DROP TABLE runs;--", "at": 1}
        connection.execute(insert(spent_plans).values(**row))
    with store.read() as connection:
        found = connection.execute(select(spent_plans)).one()

    assert ("caf\\udce9", "a\\x00b'); DROP TABLE runs;--") == (found.plan_id, found.device)


def test_a_postgresql_out_of_reach_is_refused() -> None:
    """Without the package psycopg as well as with it: nobody listens on that port."""
    error = refusal("postgresql://u:secret@127.0.0.1:1/d")

    assert isinstance(error, StoreRefused)
    assert str(error).startswith("store postgresql://u:***@127.0.0.1:1/d: ")


def test_what_a_writer_has_read_is_still_so_when_it_writes(url: str) -> None:
    """A second process waits until the first one, which has only read so far, is done."""
    first, second = open_store(url), open_store(url)
    written = threading.Event()

    def write(store: Store, device: str) -> None:
        with store.write() as connection:
            connection.execute(insert(spent_plans).values(plan_id="p", device=device, at=1))

    def other() -> None:
        write(second, "second")
        written.set()

    thread = threading.Thread(target=other)
    with first.write() as connection:
        before = connection.execute(select(spent_plans)).all()
        thread.start()
        # Gives a writer that does not wait the time to come between.
        assert not written.wait(0.5)
        connection.execute(insert(spent_plans).values(plan_id="p", device="first", at=1))
    thread.join()

    with first.read() as connection:
        found = connection.scalars(select(spent_plans.c.device)).all()
    first.close()
    second.close()
    assert ([], {"first", "second"}) == (before, set(found))


MASK = Label("global", "gp", "c", "esmtp", "m", "mask-banner", "")


def as_schema_2(store: Store) -> None:
    """The tables as version 2 made them, written by hand."""
    with store.write() as connection:
        for table in ("verdicts", "alerts", "alert_events"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("ALTER TABLE counters RENAME TO newer")
        if store.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER INDEX counters_pkey RENAME TO newer_pkey")
        connection.exec_driver_sql(
            "CREATE TABLE counters (series_id INTEGER NOT NULL REFERENCES series (id), "
            "sample_id INTEGER NOT NULL REFERENCES samples (id), value BIGINT NOT NULL, "
            "PRIMARY KEY (series_id, sample_id))"
        )
        connection.exec_driver_sql("CREATE INDEX counters_of_sample ON counters (sample_id)")
        connection.exec_driver_sql(
            "INSERT INTO counters (series_id, sample_id, value) "
            "SELECT series_id, sample_id, value FROM newer"
        )
        connection.exec_driver_sql("DROP TABLE newer")
        connection.execute(update(meta).where(meta.c.key == "schema").values(value="2"))


def as_schema_1(store: Store) -> None:
    """The tables as version 1 made them."""
    as_schema_2(store)
    with store.write() as connection:
        for table in ("gaps", "hourly", "marks"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("ALTER TABLE samples DROP COLUMN changing")
        connection.execute(update(meta).where(meta.c.key == "schema").values(value="1"))


@pytest.mark.parametrize("older", [as_schema_1, as_schema_2])
def test_an_older_store_is_brought_up(store: Store, older: Callable[[Store], None]) -> None:
    """With a sample in it, which is the same afterwards."""
    first = Observation(1.0, None, None, True, {MASK: 2**40})
    record_sample(store, Sample("fw1", first, "", "t"))
    older(store)

    again = open_store(store.engine.url.render_as_string(hide_password=False))

    with again.read() as connection:
        assert str(SCHEMA_VERSION) == connection.scalar(
            select(meta.c.value).where(meta.c.key == "schema")
        )
        indices = inspect(connection).get_pk_constraint("counters")
        assert ["sample_id", "series_id"] == indices["constrained_columns"]
    assert [first] == history(again, "fw1")
    second = Observation(2.0, None, None, True, {MASK: 5})
    record_sample(again, Sample("fw1", second, "", "t"))
    assert [first, second] == history(again, "fw1")
    record_gaps(again, [Gap("fw1", 3.0, "unreachable", "no route")])
    again.close()
