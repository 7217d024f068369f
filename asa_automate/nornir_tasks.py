"""Tasks for a Nornir script of your own: the same as the commands, for one host each.

    from nornir import InitNornir
    from asa_automate import nornir_tasks

    firewalls = InitNornir(config_file="config.yaml").filter(role="firewall")
    firewalls.run(nornir_tasks.collect)
    firewalls.run(nornir_tasks.plan, exemptions="inventory/exemptions.yaml")
    firewalls.run(nornir_tasks.apply, plan="plan.json")

Hosts come from whichever inventory plugin you use; their ``data`` is read as in ``hosts.yaml``.
Store, host keys and credentials are found as the commands find them, by ``ASA_AUTOMATE_...``.
What goes wrong with a host is an exception of :mod:`asa_automate.errors`, which Nornir keeps as
the host's result. ``apply`` takes a saved plan and nothing else, as the command does.
"""

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nornir.core.task import Result, Task

from asa_automate.errors import BadInput, Refused

if TYPE_CHECKING:
    from asa_automate.cli.settings import Settings
    from asa_automate.inventory import Inventory
    from asa_automate.model import Device


def collect(task: Task) -> Result:
    """One sample of the counters into the store; the result is a row of ``collect``'s JSON."""
    from asa_automate.cli.collected import as_json
    from asa_automate.cli.collecting import Wiring, once
    from asa_automate.collect.turns import Limits
    from asa_automate.store.engine import open_store

    settings = _settings()
    with closing(open_store(settings.store)) as store:
        [outcome] = once(Wiring(settings, store, Limits(), None, lambda _: None), (_device(task),))
    return Result(host=task.host, result=as_json(outcome), failed=outcome.exit != 0)


def plan(task: Task, exemptions: str | Path = "inventory/exemptions.yaml") -> Result:
    """A device of a plan, as ``plan --output json`` prints it; nothing is changed.

    Args:
        exemptions: the file with the gateways.
    """
    from asa_automate.cli.planning import Wish, from_devices, plan_all
    from asa_automate.store.engine import open_store

    settings = _settings()
    inventory = _inventory(_device(task), Path(exemptions))
    with closing(open_store(settings.store)) as store:
        [planned] = plan_all(inventory, from_devices(settings), Wish(workers=1), store)
    told = planned.plan.model_dump(mode="json")
    return Result(host=task.host, result=told, failed=planned.plan.status not in _FINE)


_FINE = ("change", "noop")


def apply(task: Task, plan: str | Path) -> Result:
    """Carry the host's part of a saved plan out; the result is a row of ``apply``'s JSON.

    Raises:
        Refused: the plan has expired, or no change for this host.
        BadInput: it is no plan.
    """
    from asa_automate.apply.applier import Options, apply_plan
    from asa_automate.cli.changing import change_all
    from asa_automate.cli.one_change import Task as Change
    from asa_automate.cli.outcomes import as_json
    from asa_automate.cli.signing import must_be_approved
    from asa_automate.plan.document import read_plan
    from asa_automate.store.engine import open_store
    from asa_automate.store.spent import spent

    settings, device = _settings(), _device(task)
    data = _bytes(Path(plan))
    made = read_plan(data, str(plan))
    must_be_approved(settings, Path(plan), data)
    if datetime.now(UTC) > made.expires:
        raise Refused(f"plan {made.id} expired; plan again", device=device.name)
    mine = [one for one in made.devices if one.device == device.name and one.status == "change"]
    if not mine:
        raise Refused("the plan has no change for it", device=device.name)
    change = Change(
        device, mine[0].identity.serial, lambda around: apply_plan(mine[0], around, Options())
    )
    with closing(open_store(settings.store)) as store:
        if device.name in (runs := spent(store, made.id)):
            raise Refused(
                f"this plan was applied to it already, in run {runs[device.name]}; plan again"
            )
        [outcome] = change_all(settings, store, "apply", [change], plan_id=made.id).outcomes
    return Result(
        host=task.host,
        result=as_json(outcome),
        changed=outcome.state.value == "new",
        failed=outcome.exit != 0,
    )


def _settings() -> "Settings":
    from asa_automate.cli.settings import settings_from

    return settings_from(os.environ)


def _device(task: Task) -> "Device":
    from asa_automate.inventory.source import device_of

    try:
        return device_of(task.host)
    except ValueError as error:
        raise BadInput(f"its data cannot be used: {error}", device=task.host.name) from error


def _inventory(device: "Device", path: Path) -> "Inventory":
    """This device alone, and what the file wants of it."""
    from asa_automate.inventory import Inventory
    from asa_automate.inventory.loading import wanted_of

    return Inventory((device,), wanted_of(path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error


__all__ = ["apply", "collect", "plan"]
