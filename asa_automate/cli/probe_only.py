"""What ``doctor --probe`` does: the probe alone, under a run, a lease and a journal."""

from collections.abc import Sequence

from asa_automate.apply.probe_only import probe_device
from asa_automate.cli.changing import Changed, Terms, change_all
from asa_automate.cli.one_change import Task
from asa_automate.cli.settings import Settings
from asa_automate.cli.stopping import Stop
from asa_automate.fleet.members import Caps
from asa_automate.model import Device
from asa_automate.store.engine import Store


def probe_all(
    settings: Settings,
    store: Store,
    devices: Sequence[Device],
    *,
    workers: int = 8,
    stop: Stop | None = None,
) -> Changed:
    """Probe devices, some at a time; the run, and the end of each in their order.

    The readings go into the store, per serial number and version, with date and run.
    """
    tasks = [_task(device) for device in devices]
    terms = Terms(caps=Caps(workers=workers))
    return change_all(settings, store, "apply", tasks, terms=terms, stop=stop)


def _task(device: Device) -> Task:
    return Task(
        device, device.serial, lambda around: probe_device(device.name, device.context, around)
    )
