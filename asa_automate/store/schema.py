"""The version of the schema, stored beside what it describes, and the steps from older ones."""

from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select, text, update

from asa_automate.errors import BadInput, StoreRefused
from asa_automate.store.tables import (
    SCHEMA_VERSION,
    alert_events,
    alerts,
    counters,
    gaps,
    hourly,
    journal_head,
    marks,
    meta,
    metadata,
    verdicts,
)

GENESIS = "0" * 64
# Any number, as long as all versions of this tool take the same one.
SCHEMA_LOCK = 4208114115


def ensure_schema(connection: Connection, name: str, *, create: bool) -> bool:
    """Whether our schema is there, as this version has it.

    With ``create`` it is made, or brought up from an older version, all in this transaction.

    Raises:
        StoreRefused: written by a newer version of this tool.
        BadInput: a database of some other program.
    """
    if create and connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})
    tables = inspect(connection).get_table_names()
    if meta.name in tables:
        found = _version(connection, name)
        if create:
            _migrate(connection, found)
        return create or found == SCHEMA_VERSION
    if tables and connection.dialect.name == "sqlite":
        raise BadInput(f"store {name}: is a database of another program")
    if create:
        _create(connection)
    return create


def _version(connection: Connection, name: str) -> int:
    found = connection.scalar(select(meta.c.value).where(meta.c.key == "schema"))
    if found is None or not found.isdecimal():
        raise BadInput(f"store {name}: is a database of another program")
    if int(found) > SCHEMA_VERSION:
        raise StoreRefused(
            f"store {name}: has schema {found}, this version knows {SCHEMA_VERSION}; "
            "use the newer asa-automate that wrote it, or name another store"
        )
    return int(found)


def _migrate(connection: Connection, found: int) -> None:
    """One step after the other; the record of them is in the same transaction."""
    if found == SCHEMA_VERSION:
        return
    for version in range(found, SCHEMA_VERSION):
        STEPS[version](connection)
    connection.execute(
        update(meta).where(meta.c.key == "schema").values(value=str(SCHEMA_VERSION))
    )


def _from_1(connection: Connection) -> None:
    """Gaps, hourly figures, and whether a sample was taken during a change."""
    connection.execute(text("ALTER TABLE samples ADD COLUMN changing BOOLEAN"))
    for table in (gaps, hourly, marks):
        table.create(connection)


def _from_2(connection: Connection) -> None:
    """Counters by sample first; verdicts of checks, and alerts."""
    connection.execute(text("ALTER TABLE counters RENAME TO counters_2"))
    if connection.dialect.name == "postgresql":  # names of constraints are the schema's
        connection.execute(text("ALTER INDEX counters_pkey RENAME TO counters_2_pkey"))
    for table in (counters, verdicts, alerts, alert_events):
        table.create(connection)
    connection.execute(
        text(
            "INSERT INTO counters (sample_id, series_id, value) "
            "SELECT sample_id, series_id, value FROM counters_2 ORDER BY sample_id, series_id"
        )
    )
    connection.execute(text("DROP TABLE counters_2"))


#: Version of the schema -> what takes it to the next one.
STEPS: dict[int, Callable[[Connection], None]] = {1: _from_1, 2: _from_2}


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    connection.execute(insert(meta).values(key="schema", value=str(SCHEMA_VERSION)))
    connection.execute(insert(journal_head).values(id=1, seq=0, hash=GENESIS))
