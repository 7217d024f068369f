"""The version of the schema, stored beside what it describes."""

from sqlalchemy import Connection, insert, inspect, select, text

from asa_automate.errors import BadInput, StoreRefused
from asa_automate.store.tables import SCHEMA_VERSION, journal_head, meta, metadata

GENESIS = "0" * 64
# Any number, as long as all versions of this tool take the same one.
SCHEMA_LOCK = 4208114115


def ensure_schema(connection: Connection, name: str, *, create: bool) -> bool:
    """Whether our schema is there; with ``create`` it is made, all in this transaction.

    Raises:
        StoreRefused: written by a newer version of this tool.
        BadInput: a database of some other program.
    """
    if create and connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})
    tables = inspect(connection).get_table_names()
    if meta.name in tables:
        _check_version(connection, name)
        return True
    if tables and connection.dialect.name == "sqlite":
        raise BadInput(f"store {name}: is a database of another program")
    if create:
        _create(connection)
    return create


def _check_version(connection: Connection, name: str) -> None:
    found = connection.scalar(select(meta.c.value).where(meta.c.key == "schema"))
    if found is None or not found.isdecimal():
        raise BadInput(f"store {name}: is a database of another program")
    if int(found) > SCHEMA_VERSION:
        raise StoreRefused(
            f"store {name}: has schema {found}, this version knows {SCHEMA_VERSION}; "
            "use the newer asa-automate that wrote it, or name another store"
        )


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    connection.execute(insert(meta).values(key="schema", value=str(SCHEMA_VERSION)))
    connection.execute(insert(journal_head).values(id=1, seq=0, hash=GENESIS))
