"""What a probe found out about a box, kept per serial number and software version.

Contexts of one box share it: how a class is picked is the software's doing, and no setting.
"""

from datetime import UTC, datetime

from sqlalchemy import select

from asa_automate.model import Reading
from asa_automate.store.engine import Store
from asa_automate.store.tables import probes

NEVER_PROBED = "never probed"


def remember(
    store: Store, serial: str, version: str, reading: Reading, *, now: float, source: str = "probe"
) -> None:
    """Keep a probe's answer. UNKNOWN never replaces a known one; else the latest counts.

    Args:
        source: what asked, e.g. ``probe`` or ``probe in run 20261124T061502-7f3a``.
    """
    row = {"reading": reading.value, "at": now, "source": source}
    query = store.insert(probes).values(serial=serial, version=version, **row)
    keys = [probes.c.serial, probes.c.version]
    with store.write() as connection:
        if reading is Reading.UNKNOWN:
            connection.execute(query.on_conflict_do_nothing(index_elements=keys))
        else:
            connection.execute(query.on_conflict_do_update(index_elements=keys, set_=row))


def recall(store: Store, serial: str | None, version: str | None) -> tuple[Reading, str]:
    """The reading of this box under this software and where it comes from (for a person).

    ``(UNKNOWN, "never probed")`` if there is none, or the box is not known by both.
    """
    query = select(probes).where(probes.c.serial == serial, probes.c.version == version)
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return Reading.UNKNOWN, NEVER_PROBED
    when = datetime.fromtimestamp(row.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Reading(row.reading), f"{row.source}, {when}"
