"""Is the journal what this tool wrote? The chain, record by record, and its head."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from asa_automate.store.chain import digest
from asa_automate.store.engine import Store
from asa_automate.store.schema import GENESIS
from asa_automate.store.tables import journal, journal_head

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the chain that this tool did not write: at which record, and what."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What a verification found; ``records`` is how many there are."""

    records: int
    problems: tuple[Problem, ...]


def verify(store: Store) -> Audit:
    """Walk the whole chain in one consistent view.

    Found are records edited, removed, swapped or inserted, and a journal cut off at its end.
    """
    with store.read() as connection:
        head = connection.execute(select(journal_head)).one_or_none()
        query = select(journal).order_by(journal.c.seq)
        rows = connection.execution_options(yield_per=BATCH).execute(query)
        walk = _Walk()
        problems = [problem for row in rows for problem in walk.step(row)]
        problems += walk.end(head)
    return Audit(walk.count, tuple(problems))


class _Walk:
    """Where the walk stands: the last record seen. One fault is reported once, then believed."""

    def __init__(self) -> None:
        self.count = 0
        self.seq = 0
        self.hash = GENESIS

    def step(self, row: Row[Any]) -> Iterator[Problem]:
        gap = row.seq != self.seq + 1
        if gap:
            yield Problem(row.seq, f"records {self.seq + 1} to {row.seq - 1} are missing")
        elif row.prev_hash != self.hash:
            yield Problem(row.seq, f"does not follow record {self.seq} as it stands now")
        if digest(row.prev_hash, row._asdict()) != row.hash:
            yield Problem(row.seq, "was altered: its hash is not that of its content")
        self.count, self.seq, self.hash = self.count + 1, row.seq, row.hash

    def end(self, head: Row[Any] | None) -> Iterator[Problem]:
        if head is None:
            yield Problem(self.seq, "the head of the journal is missing")
        elif head.seq > self.seq:
            yield Problem(self.seq + 1, f"records {self.seq + 1} to {head.seq} are missing")
        elif (head.seq, head.hash) != (self.seq, self.hash):
            yield Problem(self.seq, "is not the last record that was written")
