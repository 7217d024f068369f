"""What was to be sampled and was not."""

from collections.abc import Iterable

from sqlalchemy import func, insert, select

from asa_automate.store.engine import Store
from asa_automate.store.tables import gaps
from asa_automate.store.values import Gap


def record_gaps(store: Store, found: Iterable[Gap]) -> None:
    """Store these gaps, all or none."""
    rows = [
        {
            "device": gap.device,
            "at": gap.at,
            "slot": gap.slot,
            "reason": gap.reason,
            "message": gap.message,
        }
        for gap in found
    ]
    if not rows:
        return
    with store.write() as connection:
        connection.execute(insert(gaps), rows)


def list_gaps(store: Store, device: str, *, since: float | None = None) -> list[Gap]:
    """The gaps of a device, oldest first; those at or after ``since``, if given."""
    query = select(gaps).where(gaps.c.device == device).order_by(gaps.c.id)
    if since is not None:
        query = query.where(gaps.c.at >= since)
    with store.read() as connection:
        return [
            Gap(row.device, row.at, row.reason, row.message, row.slot)
            for row in connection.execute(query)
        ]


def count_gaps(store: Store) -> dict[tuple[str, str], int]:
    """How many gaps each device has, by reason."""
    query = select(gaps.c.device, gaps.c.reason, func.count()).group_by(
        gaps.c.device, gaps.c.reason
    )
    with store.read() as connection:
        return {(device, reason): count for device, reason, count in connection.execute(query)}
