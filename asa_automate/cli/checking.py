"""From an inventory to a check of every device: the composition behind ``check``."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asa_automate.cli.planning import Source, Wish, read_device, status_of
from asa_automate.errors import AsaAutomateError, Exit
from asa_automate.fleet.local import each
from asa_automate.inventory import Inventory
from asa_automate.model import Device, Exemption
from asa_automate.plan.check import check
from asa_automate.plan.verdicts import DeviceCheck

if TYPE_CHECKING:
    from asa_automate.store.engine import Store


@dataclass(frozen=True, slots=True)
class Checked:
    """A device's check and its exit code."""

    device: DeviceCheck
    exit: Exit


def check_all(
    inventory: Inventory, source: Source, wish: Wish, store: "Store | None"
) -> list[Checked]:
    """A check of every device of the inventory, unreachable ones included."""
    return each(
        inventory.devices,
        lambda device: _one(device, inventory.exemptions_for(device), source, wish, store),
        wish.workers,
    )


def _one(
    device: Device,
    exemptions: tuple[Exemption, ...],
    source: Source,
    wish: Wish,
    store: "Store | None",
) -> Checked:
    wanted = tuple(dict.fromkeys(g for e in exemptions for g in e.gateways))
    try:
        read = read_device(device, source(device), store, allow_incomplete=wish.allow_incomplete)
        found = check(read.running, exemptions, read.reading)
    except AsaAutomateError as error:
        status, code = status_of(error)
        refused = DeviceCheck(device.name, device.context, status, error.message, wanted=wanted)
        return Checked(refused, code)
    one = DeviceCheck(
        device.name,
        device.context,
        identity=read.identity,
        reading=read.reading,
        wanted=wanted,
        check=found,
    )
    return Checked(one, Exit.DONE if one.complies else Exit.CHANGES)
