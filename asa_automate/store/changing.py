"""Whether somebody is changing a firewall now: its lease tells."""

from collections.abc import Iterable

from sqlalchemy import bindparam, func, select

from asa_automate.store.engine import Store
from asa_automate.store.leases import lease_key
from asa_automate.store.tables import Instant, leases, samples

_HELD = (
    select(leases.c.key)
    .where(leases.c.host.is_not(None), leases.c.expires > bindparam("now", type_=Instant))
    .limit(1)
)


def any_change(store: Store, now: float) -> bool:
    """Whether a lease is held on any device: mostly none is, and nothing else has to be asked."""
    with store.read() as connection:
        return connection.scalar(_HELD, {"now": now}) is not None


def under_change(store: Store, names: Iterable[str], context: str | None, now: float) -> bool:
    """Whether a lease is held on a device that has one of these names (serial, address)."""
    keys = [lease_key(name, context) for name in names]
    query = select(func.count()).where(
        leases.c.key.in_(keys), leases.c.host.is_not(None), leases.c.expires > now
    )
    with store.read() as connection:
        return bool(connection.scalar(query))


def last_serial(store: Store, device: str) -> str | None:
    """The serial number that the device said last."""
    query = (
        select(samples.c.serial)
        .where(samples.c.device == device, samples.c.serial.is_not(None))
        .order_by(samples.c.id.desc())
        .limit(1)
    )
    with store.read() as connection:
        return connection.scalars(query).one_or_none()
