"""From an inventory to plans: the composition that ``plan``, ``simulate plan``, ``demo`` share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from asa_automate.apply.reading import RUNNING
from asa_automate.apply.role import (
    CLUSTER,
    must_be_control_unit,
    must_be_single,
    must_not_replicate,
    must_not_stand_by,
)
from asa_automate.cli.settings import Settings
from asa_automate.config.reader import read_running
from asa_automate.config.running import RunningConfig
from asa_automate.config.system import CLUSTER as CLUSTER_HEAD
from asa_automate.config.system import system_line
from asa_automate.device.contexts import FAILOVER, VERSION
from asa_automate.errors import AsaAutomateError, BadInput, Exit, Incomplete, Refused, gravest
from asa_automate.fleet.local import each
from asa_automate.inventory import Inventory
from asa_automate.model import Device, Identity, Reading, Strategy
from asa_automate.plan.document import DevicePlan, PlanReading
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request
from asa_automate.show.device import parse_version
from asa_automate.show.service_policy import ServicePolicyReport, parse_service_policy

if TYPE_CHECKING:
    from asa_automate.store.engine import Store

COUNTERS = "show service-policy inspect esmtp"


@dataclass(frozen=True, slots=True)
class Texts:
    """What a device said; ``None`` for what was not asked or is not saved.

    ``chassis`` is what the system execution space said on the way to a context, by command.
    """

    running: str
    version: str | None = None
    failover: str | None = None
    counters: str | None = None
    cluster: str | None = None
    chassis: Mapping[str, str] = field(default_factory=dict)
    live: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A device's plan with what it was made from, for a report."""

    plan: DevicePlan
    running: RunningConfig | None = None
    counters: ServicePolicyReport | None = None
    exit: Exit = Exit.DONE


@dataclass(frozen=True, slots=True)
class Read:
    """A device whose configuration was read and may be planned on or judged."""

    running: RunningConfig
    identity: Identity
    reading: PlanReading


class Ended(Protocol):
    """What a device came to, as far as the exit code goes."""

    @property
    def exit(self) -> Exit:
        """Its own exit code."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How to plan: the flags of ``plan``."""

    strategy: Strategy | None = None
    allow_incomplete: bool = False
    workers: int = 8


Source = Callable[[Device], Texts]


def plan_all(
    inventory: Inventory, source: Source, wish: Wish, store: "Store | None"
) -> list[Planned]:
    """A plan for every device of the inventory, unreachable ones included."""
    return each(
        inventory.devices,
        lambda device: _plan_one(inventory, device, source, wish, store),
        wish.workers,
    )


def exit_of(planned: Sequence[Ended], *, detailed: bool) -> Exit:
    """The exit code of a plan or a check: refused devices count only where all are refused."""
    codes = [p.exit for p in planned]
    if codes and all(c in (Exit.REFUSED, Exit.DISPROVED) for c in codes):
        return gravest(codes)
    kept = (Exit.DONE if c is Exit.REFUSED else c for c in codes)
    return gravest(Exit.DONE if c is Exit.CHANGES and not detailed else c for c in kept)


def from_devices(settings: Settings) -> Source:
    """Ask the devices themselves, over read-only sessions."""

    def ask(device: Device) -> Texts:
        from asa_automate.cli.connect import open_session

        with open_session(device, settings) as session:
            if device.context is None:
                must_be_single(session)
            running = session.show(RUNNING)
            return Texts(
                version=session.show(VERSION),
                failover=session.show(FAILOVER),
                running=running,
                counters=session.show(COUNTERS),
                cluster=session.show(CLUSTER) if f"\n{CLUSTER_HEAD}" in running else None,
                chassis=session.chassis,
                live=True,
            )

    return ask


def from_directory(directory: Path) -> Source:
    """Read saved texts: ``DIR/<device>/show_running-config.txt`` or ``DIR/<device>.cfg``."""
    if not directory.is_dir():
        raise BadInput(f"{directory}: not a directory of saved texts")

    def look(device: Device) -> Texts:
        folder = directory / device.name
        running = _saved(folder / "show_running-config.txt")
        running = running if running is not None else _saved(directory / f"{device.name}.cfg")
        if running is None:
            raise Refused(
                f"no saved text: neither {folder / 'show_running-config.txt'} nor "
                f"{directory / (device.name + '.cfg')} exists",
                device=device.name,
            )
        return Texts(
            running=running,
            version=_saved(folder / "show_version.txt"),
            failover=_saved(folder / "show_failover.txt"),
            counters=_saved(folder / "show_service-policy.txt"),
        )

    return look


def _saved(path: Path) -> str | None:
    try:
        return (
            path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else None
        )
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error


def _plan_one(
    inventory: Inventory, device: Device, source: Source, wish: Wish, store: "Store | None"
) -> Planned:
    try:
        texts = source(device)
        return _from_texts(inventory, device, texts, wish, store)
    except AsaAutomateError as error:
        status, code = status_of(error)
        return Planned(_without(device, status, error.message), exit=code)


def status_of(error: AsaAutomateError) -> tuple[str, Exit]:
    """What an error makes of one device among others, and its exit code."""
    if isinstance(error, Refused | Incomplete):
        return "refused", Exit.REFUSED
    if isinstance(error, BadInput):  # its credentials, say: the others go on all the same
        return "refused", error.exit
    return "unreachable", error.exit


def _without(device: Device, status: str, reason: str) -> DevicePlan:
    return DevicePlan.model_validate(
        {"device": device.name, "context": device.context, "status": status, "reason": reason}
    )


def read_device(
    device: Device, texts: Texts, store: "Store | None", *, allow_incomplete: bool
) -> Read:
    """The configuration in a device's texts.

    Raises:
        Incomplete: it was cut short, and nobody allows that.
        Refused: nothing may be said of this device now, as for a standby unit.
    """
    _must_have_ended(device, texts, store)
    running = read_running(texts.running)
    if running.unreadable:
        raise Refused(str(running.unreadable))
    if not running.tree.complete and not allow_incomplete:
        raise Incomplete(
            "its running-config was cut short (no `: end`); --allow-incomplete takes it"
        )
    _must_be_plannable(device, texts, running)
    identity = _identity(running, texts)
    _must_be_the_box(device, identity)
    return Read(running, identity, _reading(identity, store))


def _from_texts(
    inventory: Inventory, device: Device, texts: Texts, wish: Wish, store: "Store | None"
) -> Planned:
    read = read_device(device, texts, store, allow_incomplete=wish.allow_incomplete)
    plan = plan_device(
        Request(
            device=device.name,
            context=device.context,
            identity=read.identity,
            exemptions=inventory.exemptions_for(device),
            reading=read.reading,
            strategy=wish.strategy,
        ),
        read.running,
    )
    counters = parse_service_policy(texts.counters) if texts.counters else None
    return Planned(plan, read.running, counters, _exit(plan))


def _must_have_ended(device: Device, texts: Texts, store: "Store | None") -> None:
    """A run that died half way comes first: what it left is in no startup-config."""
    if store is None or not texts.live:
        return
    from asa_automate.store.unfinished import in_the_way, unfinished

    run = in_the_way(unfinished(store), device.name, device.serial)
    if run:
        raise Refused(
            f"run {run} has not finished on it: wait for it, or finish it with "
            f"`asa-automate resume {run}`"
        )


def _must_be_the_box(device: Device, identity: Identity) -> None:
    """The inventory may name the serial: then no other box is planned for under that name."""
    if device.serial and identity.serial and device.serial != identity.serial:
        raise Refused(f"the inventory expects serial {device.serial}, not {identity.serial}")


def _must_be_plannable(device: Device, texts: Texts, running: RunningConfig) -> None:
    must_not_be_the_system(running)
    if texts.cluster is not None:
        must_be_control_unit(texts.cluster, device.name)
    if texts.failover:
        must_not_stand_by(texts.failover, device.name)
    if FAILOVER in texts.chassis:
        must_not_replicate(texts.chassis[FAILOVER], device.name)


def must_not_be_the_system(running: RunningConfig) -> None:
    """Refuse the configuration of a system execution space, with the line that shows it."""
    line = system_line(running.tree)
    if line is not None:
        raise Refused(
            "this is the configuration of a system execution space, which inspects nothing "
            f"(line {line.number}: {line.text}); take the configuration of a context"
        )


def _identity(running: RunningConfig, texts: Texts) -> Identity:
    facts = parse_version(texts.version) if texts.version else None
    box = parse_version(texts.chassis.get(VERSION, ""))
    return Identity(
        hostname=running.hostname or (facts.hostname if facts else None),
        serial=(facts.serial if facts else None) or box.serial or running.serial,
        version=(facts.version if facts else None) or running.tree.version,
    )


def _reading(identity: Identity, store: "Store | None") -> PlanReading:
    if store is None:
        return PlanReading()
    from asa_automate.store.probes import recall

    value, source = recall(store, identity.serial, identity.version)
    return PlanReading() if value is Reading.UNKNOWN else PlanReading(value=value, source=source)


def _exit(plan: DevicePlan) -> Exit:
    match plan.status:
        case "change":
            return Exit.CHANGES
        case "refused":
            disproved = plan.proof is not None and not plan.proof.holds
            return Exit.DISPROVED if disproved else Exit.REFUSED
        case _:
            return Exit.DONE
