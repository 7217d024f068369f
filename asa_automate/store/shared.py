"""What makes a store one that workers share: PostgreSQL, and the tables of orders in it."""

from typing import Any

from sqlalchemy import Connection, inspect, make_url, select, text

from asa_automate.errors import StoreRefused, UsageError
from asa_automate.store.engine import Store
from asa_automate.store.orders import metadata, orders
from asa_automate.store.schema import SCHEMA_LOCK
from asa_automate.store.tables import meta

#: Of the tables of orders; raised with a step in `_ensure_orders` that alters them.
ORDERS_VERSION = 1


#: Inside a `Store.write` block, for those who do not know SQLAlchemy.
Transaction = Connection


def must_be_shared(store: Store) -> None:
    """Refuse a store that is a file.

    Raises:
        UsageError: it is SQLite.
    """
    if store.engine.dialect.name != "postgresql":
        raise UsageError(
            f"store {store.name}: workers share a PostgreSQL; set ASA_AUTOMATE_STORE to "
            "postgresql://user@host/database"
        )


def conninfo_of(url: str) -> str:
    """The URL of a store as libpq takes it, password and TLS options included."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def locked(connection: Connection) -> None:
    """One at a time changes the schema; until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})


def locked_now(connection: Connection, key: int) -> bool:
    """Whether nobody else has this lock; if so, it is ours until the transaction ends."""
    lock = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(connection.execute(lock, {"key": key}).scalar())


def driver_of(connection: Connection) -> Any:
    """psycopg's connection, inside the transaction."""
    return connection.connection.driver_connection


def has_table(connection: Connection, name: str) -> bool:
    """Whether there is a table of that name."""
    return name in inspect(connection).get_table_names()


def noted(connection: Connection, key: str) -> str | None:
    """A word that `note` has kept."""
    found = connection.scalar(select(meta.c.value).where(meta.c.key == key))
    return None if found is None else str(found)


def note(store: Store, connection: Connection, key: str, value: str) -> None:
    """Keep a word beside the version of the schema."""
    row = store.insert(meta).values(key=key, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def ensure_orders(store: Store, connection: Connection) -> None:
    """The tables of orders, as this version has them; inside a `Store.write` block.

    Raises:
        StoreRefused: a newer version wrote them.
    """
    found = noted(connection, "orders")
    if found is not None and int(found) > ORDERS_VERSION:
        raise StoreRefused(
            f"store {store.name}: its orders have schema {found}, this version knows "
            f"{ORDERS_VERSION}; use the newer asa-automate that wrote them"
        )
    if found is None:
        if has_table(connection, orders.name):
            raise StoreRefused(
                f"store {store.name}: has a table 'orders' of another program; "
                "give asa-automate a database of its own"
            )
        metadata.create_all(connection)
        note(store, connection, "orders", str(ORDERS_VERSION))
