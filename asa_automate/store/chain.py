"""The hash that ties a journal record to the one before it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from asa_automate.store.canonical import canonical
from asa_automate.store.tables import MICROSECONDS

HASHED = ("seq", "run_id", "device", "at", "monotonic", "host", "pid", "fence", "kind", "payload")
INSTANTS = ("at", "monotonic")


def digest(prev_hash: str, row: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and the record, instants as whole microseconds."""
    record = {name: row[name] for name in HASHED}
    for name in INSTANTS:
        record[name] = round(record[name] * MICROSECONDS)
    return sha256(f"{prev_hash}\n{canonical(record)}".encode()).hexdigest()
