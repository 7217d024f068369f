"""Opening the store: one SQLAlchemy URL, SQLite or PostgreSQL, the same code above it.

Promises: what a `Store.write` block did is on the disk when the block ends, or did not happen;
every failure is one line (`StoreRefused` or `BadInput`) that names the store.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.schema import Table

from asa_automate.errors import BadInput, StoreRefused
from asa_automate.store.files import born_whole, guard_file, still_there
from asa_automate.store.mounts import guard_place
from asa_automate.store.schema import ensure_schema

BUSY_SECONDS = 30
WRITES = "asa_automate_writes"

# Each connection of its own accord; order matters: nothing may wait before busy_timeout is set.
SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)

# What the database driver says, and what a person should read (SQLite result codes NOTADB,
# CORRUPT, FULL, READONLY, CANTOPEN, BUSY, IOERR).
ADVICE = (
    ("file is not a database", "is not a database; move it away or name another store"),
    ("malformed", "is damaged; restore a copy or move it away"),
    ("database or disk is full", "the disk is full; nothing of this step was recorded"),
    ("readonly database", "cannot be written to"),
    ("unable to open database file", "cannot be opened"),
    ("database is locked", f"is busy: another process held it for {BUSY_SECONDS} s"),
    ("disk i/o error", "the disk reports an error; nothing of this step is certain"),
)
NOT_OURS = ("file is not a database", "malformed")


@dataclass(frozen=True, slots=True)
class Store:
    """An open store; threads may share it. ``name`` is for messages: no password in it.

    ``there``: whether the file that was opened still is the one of that name.
    """

    engine: Engine
    name: str
    there: Callable[[], bool] = lambda: True
    _turn: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one consistent view."""
        self._must_be_there()
        with translated(self.name), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, joined: Connection | None = None) -> Iterator[Connection]:
        """A transaction that is durable once the block has ended without an error.

        On SQLite one writer at a time, from the first statement on, across processes.

        Args:
            joined: a connection already inside a `write` block, to become part of it.
        """
        if joined is not None:
            yield joined
            return
        self._must_be_there()
        with ExitStack() as stack:
            stack.enter_context(translated(self.name))
            if self.engine.dialect.name == "sqlite":
                stack.enter_context(self._turn)
            connection = stack.enter_context(self.engine.connect())
            connection.execution_options(**{WRITES: True})
            stack.enter_context(connection.begin())
            yield connection

    def _must_be_there(self) -> None:
        """A file that was removed or replaced takes what is written, and nobody reads it again."""
        if not self.there():
            raise StoreRefused(
                f"store {self.name}: was removed or replaced while it was open; nothing of this "
                "step was recorded. Put it back, or start again for a new one"
            )

    def insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """An INSERT with ``on_conflict_*``, which both databases have in the same words."""
        if self.engine.dialect.name == "sqlite":
            return sqlite.insert(table)
        return postgresql.insert(table)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


@contextmanager
def translated(name: str) -> Iterator[None]:
    """The one seam where a database's exceptions become ours."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _refusal(name, error) from error


def _refusal(name: str, error: SQLAlchemyError) -> StoreRefused | BadInput:
    words = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    for mark, advice in ADVICE:
        if mark in words.lower():
            kind = BadInput if mark in NOT_OURS else StoreRefused
            return kind(f"store {name}: {advice}")
    first_line = words.splitlines()[0] if words else type(error).__name__
    return StoreRefused(f"store {name}: {first_line}")


def open_store(url: str) -> Store:
    """Open the store at a SQLAlchemy URL and create or check its schema.

    ``sqlite:///relative/file.db``, ``sqlite:////absolute/file.db`` or
    ``postgresql://user@host/database`` (which needs the package psycopg).

    Raises:
        BadInput: the URL cannot be read, or the file is no store.
        StoreRefused: the store cannot be opened, may be written by others, or is newer.
    """
    parsed = _parse(url)
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return _open_sqlite(parsed)
    if kind == "postgresql":
        return _open_postgresql(parsed)
    raise BadInput(f"store {_shown(parsed)}: only sqlite and postgresql are known")


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        # The text is not repeated: it may hold a password.
        raise BadInput("the store is not a URL such as sqlite:////var/lib/x/store.db") from error


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _open_sqlite(url: URL) -> Store:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise BadInput(f"store {_shown(url)}: name a file, as in sqlite:////var/lib/x/store.db")
    path = Path(url.database)
    guard_place(path)
    if not guard_file(path):
        born_whole(path, _fill_sqlite)
        guard_file(path)
    return _checked(Store(_sqlite_engine(path), str(path), still_there(path)))


def _fill_sqlite(path: Path) -> None:
    _checked(Store(_sqlite_engine(path), str(path))).close()


def _checked(store: Store) -> Store:
    try:
        with store.read() as connection:
            known = ensure_schema(connection, store.name, create=False)
        if not known:
            with store.write() as connection:
                ensure_schema(connection, store.name, create=True)
    except BaseException:
        store.close()
        raise
    return store


def _sqlite_engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_SECONDS},
        max_overflow=-1,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, record: object) -> None:
    del record
    # Python's driver would begin transactions on its own, and late; we begin them ourselves.
    dbapi_connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        dbapi_connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgresql(url: URL) -> Store:
    name = _shown(url)
    try:
        engine = create_engine(url.set(drivername="postgresql+psycopg"), max_overflow=-1)
    except ModuleNotFoundError as error:
        raise StoreRefused(
            f"store {name}: PostgreSQL needs the Python package psycopg (psycopg[binary])"
        ) from error
    event.listen(engine, "begin", _begin_postgresql)
    return _checked(Store(engine, name))


def _begin_postgresql(connection: Connection) -> None:
    """A server may be set to acknowledge before it has written; we may not."""
    if connection.get_execution_options().get(WRITES, False):
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO on")
