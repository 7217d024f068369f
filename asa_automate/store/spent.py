"""Plans are good for once: on which devices a plan has led to its new state already."""

from sqlalchemy import select

from asa_automate.store.engine import Store
from asa_automate.store.journal import Kind
from asa_automate.store.tables import journal, runs


def spent(store: Store, plan_id: str) -> dict[str, str]:
    """Device -> the run in which this plan was verified on it, whatever came after.

    Told by the journal, where that was written before anything was saved; a device that was
    brought back to its old state before that is not among them.
    """
    query = (
        select(journal.c.device, runs.c.id)
        .join(runs, runs.c.id == journal.c.run_id)
        .where(runs.c.plan_id == plan_id, journal.c.kind == Kind.VERIFIED.value)
        .order_by(journal.c.seq)
    )
    with store.read() as connection:
        return {row.device: row.id for row in connection.execute(query)}
