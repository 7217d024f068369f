"""Power loss: a copy of the store cut, or torn, at many places never tells another story."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from asa_automate.errors import AsaAutomateError
from asa_automate.store import audit
from asa_automate.store.engine import Store, open_store
from asa_automate.store.files import SIDECARS
from asa_automate.store.journal import Journal, Kind, records

COUNT = 12
#: A step that is prime to every size that SQLite has, so that cuts fall everywhere.
STEP = 1999


def written(store: Store) -> list[int]:
    """Write some records, each of them acknowledged; what they say."""
    ours = Journal(store, "run", "fw", 1)
    for number in range(COUNT):
        ours.write(Kind.INTENT, {"n": number, "padding": "x" * 700})
    return list(range(COUNT))


def copied(store: Store, place: Path, side: str, data: bytes) -> str:
    """The URL of a copy of the store as it lies there now, with another content of one file."""
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(mode=0o700)
    for one in SIDECARS:
        source = Path(f"{store.name}{one}")
        if source.exists() and one != "-shm":
            shutil.copy(source, f"{place / 'copy.db'}{one}")
    target = Path(f"{place / 'copy.db'}{side}")
    target.write_bytes(data)
    target.chmod(0o600)
    return f"sqlite:///{place / 'copy.db'}"


def cuts(data: bytes) -> Iterator[bytes]:
    yield from (data[:size] for size in range(0, len(data), STEP))
    yield from (data[: len(data) - short] for short in range(1, 40))


def torn(data: bytes) -> Iterator[bytes]:
    """The length is on the disk already, the content behind some place is not."""
    for size in range(0, len(data), STEP):
        yield data[:size] + bytes(len(data) - size)
        yield data[:size] + b"\xa5" * (len(data) - size)


@pytest.mark.parametrize("damage", [cuts, torn])
def test_the_tail_of_the_log_is_lost(
    sqlite_store: Store, tmp_path: Path, damage: Callable[[bytes], Iterator[bytes]]
) -> None:
    """What is there is a beginning of what was written, in one chain, and can be gone on with."""
    said = written(sqlite_store)
    log = Path(f"{sqlite_store.name}-wal").read_bytes()
    assert len(log) > COUNT * 4096
    lengths = set()
    for data in damage(log):
        store = open_store(copied(sqlite_store, tmp_path / "copy", "-wal", data))
        found = [record.payload["n"] for record in records(store, "run")]
        assert said[: len(found)] == found
        assert audit.Audit(len(found), ()) == audit.verify(store)
        with store.read() as connection:
            assert "ok" == connection.execute(text("PRAGMA integrity_check")).scalar()
        Journal(store, "run", "fw", 1).write(Kind.ABORT, {})
        assert audit.Audit(len(found) + 1, ()) == audit.verify(store)
        store.close()
        lengths.add(len(found))
    assert {0, COUNT - 1} <= lengths, "the cuts fall everywhere"


def test_the_database_itself_is_cut(sqlite_store: Store, tmp_path: Path) -> None:
    """No sync was promised there: it is refused, or found out; never a shorter story believed."""
    said = written(sqlite_store)
    sqlite_store.close()
    data = Path(sqlite_store.name).read_bytes()
    ends = [
        told(copied(sqlite_store, tmp_path / "copy", "", data[:size]))
        for size in range(STEP, len(data) - 4096, STEP)
    ]

    assert said not in ends
    assert ends.count(None) > 3, "refused, or found out"


def told(url: str) -> list[int] | None:
    """What a store tells of the run; ``None`` where it is refused, or does not verify."""
    try:
        store = open_store(url)
    except AsaAutomateError:
        return None
    try:
        found = [record.payload["n"] for record in records(store, "run")]
        return None if audit.verify(store).problems else found
    except AsaAutomateError:
        return None
    finally:
        store.close()
