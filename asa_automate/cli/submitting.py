"""An order into the queue: all of it, with its run, or nothing."""

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from asa_automate.fleet.queue import Job, defer, lock_of, queue_of
from asa_automate.inventory import Inventory
from asa_automate.store.orders import Order, Part, create_order, is_there
from asa_automate.store.shared import locked

if TYPE_CHECKING:
    from asa_automate.model import Device
    from asa_automate.store.engine import Store

_NONE: Mapping[str, str | None] = MappingProxyType({})


def submit(
    store: "Store",
    order: Order,
    devices: "list[Device]",
    *,
    serials: Mapping[str, str | None] = _NONE,
    priority: int = 0,
    also: Callable[[Any], None] = lambda _: None,
) -> bool:
    """Queue an order, all of it or nothing; false where it is there already.

    Args:
        also: what else belongs to the transaction, such as the run of an apply.
    """
    kind = order.kind.value
    jobs = [
        Job(order.id, d.name, queue_of(d), lock_of(d, kind, serials.get(d.name)), priority)
        for d in devices
    ]
    with store.write() as connection:
        locked(connection)
        if is_there(connection, order.id):
            return False
        also(connection)
        create_order(connection, order, [Part(job.device, job.queue) for job in jobs])
        defer(store, connection, jobs)
    return True


def inventory_digest(inventory: Inventory, device: "Device") -> str:
    """What an inventory says of a device and wants of it: two hosts must agree on it to plan."""
    told = [
        device.model_dump_json(),
        *(e.model_dump_json() for e in inventory.exemptions_for(device)),
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
