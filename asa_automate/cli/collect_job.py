"""One device of an order to collect, as a worker does it: a sample or a gap in the store."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from asa_automate.cli.collected import as_json
from asa_automate.cli.collecting import Wiring
from asa_automate.cli.settings import Settings
from asa_automate.collect.turns import Limits, Turn
from asa_automate.errors import Exit, Refused, StoreRefused
from asa_automate.inventory import Inventory
from asa_automate.store.gaps import record_gaps
from asa_automate.store.samples import AnsweredBefore, answered, record_sample
from asa_automate.store.values import Gap, Sample

if TYPE_CHECKING:
    from asa_automate.collect.collector import Outcome
    from asa_automate.store.engine import Store
    from asa_automate.store.orders import Order


def collect_job(
    settings: Settings, store: "Store", inventory: Inventory, order: "Order", name: str
) -> Mapping[str, Any]:
    """Ask the device for its counters, once for each instant."""
    chosen = [device for device in inventory.devices if device.name == name]
    if not chosen:
        raise Refused("it is not in this worker's inventory (any more)")
    slot = order.detail.get("slot")
    if slot is not None and name in answered(store, slot):
        return {"device": name, "outcome": "collected", "exit": int(Exit.DONE)}
    wiring = Wiring(settings, store, Limits(), None, lambda _: None)
    asking = replace(wiring.asking(), keep=lambda sample: _kept(store, sample))
    outcome = asking(Turn(chosen[0], slot, None))
    if outcome.gap == "store":
        raise StoreRefused(str(outcome.message))
    if outcome.gap:
        record_gaps(store, [Gap(name, time.time(), outcome.gap, outcome.message or "", slot)])
    return result_of(outcome)


def _kept(store: "Store", sample: Sample) -> None:
    """At once: a sample that waits in a worker's memory would be lost with the worker."""
    with suppress(AnsweredBefore):
        record_sample(store, sample)


def result_of(outcome: "Outcome") -> dict[str, Any]:
    """A row of the JSON of ``collect``, and the exit code."""
    return {**as_json(outcome), "exit": int(outcome.exit)}
