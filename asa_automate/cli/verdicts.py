"""``collect --what config``: the configuration, over the same session, judged as `check` does."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from asa_automate.cli.planning import Texts, from_directory, read_device
from asa_automate.collect.collector import Reader
from asa_automate.collect.current import ENGINE
from asa_automate.device.contexts import FAILOVER, VERSION
from asa_automate.errors import AsaAutomateError, Exit
from asa_automate.inventory import Inventory
from asa_automate.model import Device
from asa_automate.plan import verdicts as plan
from asa_automate.plan.check import check
from asa_automate.plan.names import CLASS
from asa_automate.plan.state import fingerprint_of
from asa_automate.store.values import Sample, State, Verdict
from asa_automate.store.verdicts import record_verdict

if TYPE_CHECKING:
    from asa_automate.store.engine import Store

RUNNING = "show running-config"
STATES = {
    plan.State.EXEMPT: State.EXEMPT,
    plan.State.PARTLY: State.PARTLY,
    plan.State.NOT_EXEMPT: State.NOT_EXEMPT,
    plan.State.CANNOT_TELL: State.CANNOT_TELL,
}


def looker(
    inventory: Inventory, store: "Store", from_dir: Path | None
) -> Callable[[Device, Reader, Sample], None]:
    """What judges the configuration of a device after its sample, and stores the verdict.

    Nothing of the text is stored but its fingerprint: it holds secrets of others.
    """
    saved = from_directory(from_dir) if from_dir else None

    def look(device: Device, reader: Reader, sample: Sample) -> None:
        classed = any(
            label.engine == ENGINE and label.class_ == CLASS for label in sample.seen.readings
        )
        try:
            texts = saved(device) if saved else _asked(reader, sample)
            found = _verdict(inventory, device, texts, store, classed)
        except AsaAutomateError as error:
            if error.exit is Exit.REFUSED:  # it was read, and says nothing
                unsure = Verdict(device.name, time.time(), State.CANNOT_TELL, classed, None, {})
                record_verdict(store, unsure)
            raise
        record_verdict(store, found)

    return look


def _asked(reader: Reader, sample: Sample) -> Texts:
    return Texts(
        version=reader.show(VERSION),
        failover=reader.show(FAILOVER),
        running=reader.show(RUNNING),
        counters=sample.raw,
        chassis=reader.chassis,
        live=True,
    )


def _verdict(
    inventory: Inventory, device: Device, texts: Texts, store: "Store", classed: bool
) -> Verdict:
    read = read_device(device, texts, store, allow_incomplete=False)
    found = check(read.running, inventory.exemptions_for(device), read.reading)
    return Verdict(
        device=device.name,
        at=time.time(),
        state=over_all(STATES[one.state] for one in found.gateways),
        classed=classed,
        fingerprint=fingerprint_of(read.running),
        gateways={str(one.gateway): STATES[one.state].value for one in found.gateways},
    )


def over_all(states: Iterable[State]) -> State:
    """One state for all gateways of a device."""
    found = set(states)
    if not found:
        return State.NOBODY
    if len(found) == 1:
        return found.pop()
    if found & {State.PARTLY, State.NOT_EXEMPT}:
        return State.PARTLY
    return State.CANNOT_TELL
