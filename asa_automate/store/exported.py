"""The journal for other systems: every record as plain values, with its place in the chain."""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from asa_automate.store.engine import Store
from asa_automate.store.tables import journal

BATCH = 1000


def exported(store: Store, after: int = 0) -> Iterator[dict[str, Any]]:
    """The records behind number ``after``, in order; ``at`` in seconds since the epoch.

    A payload that is no JSON (somebody altered it) comes as its text.
    """
    query = select(journal).where(journal.c.seq > after).order_by(journal.c.seq)
    with store.read() as connection:
        for row in connection.execution_options(yield_per=BATCH).execute(query):
            yield {"store": store.name, **row._asdict(), "payload": _payload(row.payload)}


def _payload(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
