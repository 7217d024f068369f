"""The stores of tests/store: SQLite, and PostgreSQL where one can be had."""

from tests.store.conftest import postgresql_url, sqlite_store, store, url

__all__ = ["postgresql_url", "sqlite_store", "store", "url"]
