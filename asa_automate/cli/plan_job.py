"""One device of an order to plan, as a worker does it, and what the coordinator makes of it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from asa_automate.cli.planning import (
    Planned,
    Texts,
    Wish,
    from_devices,
    plan_all,
)
from asa_automate.cli.settings import Settings
from asa_automate.cli.submitting import inventory_digest
from asa_automate.config.reader import read_running
from asa_automate.errors import Exit, Refused
from asa_automate.inventory import Inventory
from asa_automate.model import Device, Strategy
from asa_automate.plan.document import DevicePlan
from asa_automate.show.service_policy import parse_service_policy

if TYPE_CHECKING:
    from asa_automate.store.engine import Store
    from asa_automate.store.orders import Order


def plan_job(
    settings: Settings,
    store: "Store",
    inventory: Inventory,
    order: "Order",
    name: str,
    tell: Callable[[str], None],
) -> Mapping[str, Any]:
    """The plan, and the texts that it was made from.

    Raises:
        Refused: coordinator and worker have different inventories.
    """
    chosen = [device for device in inventory.devices if device.name == name]
    if not chosen:
        raise Refused("it is not in this worker's inventory (any more)")
    if order.detail["inventory"].get(name) != inventory_digest(inventory, chosen[0]):
        raise Refused("coordinator and worker have different inventories; bring both up to date")
    texts: list[Texts] = []
    ask = from_devices(settings)

    def source(device: Device) -> Texts:
        tell("reading")
        texts.append(ask(device))
        tell("planning")
        return texts[-1]

    wanted = order.detail.get("strategy")
    wish = Wish(Strategy(wanted) if wanted else None, allow_incomplete=False, workers=1)
    only = Inventory((chosen[0],), inventory.exemptions)
    [planned] = plan_all(only, source, wish, store)
    return {
        "device": name,
        "outcome": planned.plan.status,
        "plan": planned.plan.model_dump(mode="json"),
        "running": texts[0].running if texts and planned.running else None,
        "counters": texts[0].counters if texts and planned.counters else None,
        "exit": int(planned.exit),
    }


def planned_of(result: Mapping[str, Any]) -> Planned:
    """What a worker has planned, as the coordinator's own planning would have given it."""
    if "plan" not in result:
        text = str(result["message"]).removeprefix(f"{result['device']}: ")
        plan = DevicePlan(device=result["device"], status="refused", reason=text)
        return Planned(plan, exit=Exit(result["exit"]))
    running, counters = result["running"], result["counters"]
    return Planned(
        DevicePlan.model_validate(result["plan"]),
        read_running(running) if running else None,
        parse_service_policy(counters) if counters else None,
        Exit(result["exit"]),
    )
