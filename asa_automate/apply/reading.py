"""Reading a device: its identity, its configuration, and what must hold before a change."""

from dataclasses import dataclass

from asa_automate.apply.ports import Session
from asa_automate.config.reader import read_running
from asa_automate.config.running import RunningConfig
from asa_automate.device.contexts import VERSION
from asa_automate.errors import Incomplete, Refused
from asa_automate.model import Identity
from asa_automate.plan.state import fingerprint_of
from asa_automate.show.device import FailoverFacts, parse_version

RUNNING = "show running-config"
STARTUP = "show startup-config"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A configuration as it was read, and its fingerprint."""

    running: RunningConfig
    fingerprint: str


def read(session: Session, device: str, command: str = RUNNING) -> Snapshot:
    """Read a whole configuration.

    Raises:
        Incomplete: it was cut short, or is no configuration.
    """
    running = read_running(session.show(command))
    if not running.tree.complete:
        raise Incomplete(
            f"`{command}` came without its end; nothing is decided on it", device=device
        )
    return Snapshot(running, fingerprint_of(running))


def identify(session: Session) -> Identity:
    """Hostname, serial and version as ``show version`` says them; ``None`` where it does not.

    A context names no serial number: the box has it, and its system execution space names it.
    """
    facts = parse_version(session.show(VERSION))
    box = parse_version(session.chassis.get(VERSION, ""))
    return Identity(
        hostname=facts.hostname, serial=facts.serial or box.serial, version=facts.version
    )


def recognise(
    session: Session, planned: Identity, device: str, mate: str | None = None
) -> Identity:
    """The identity of the box that answers, which must be the planned one, or its mate.

    What a `show version` that can be read leaves out is taken from the head of the
    running-config.

    Args:
        mate: the serial number of the other unit of the planned box's failover pair.

    Raises:
        Refused: another box, or another version of its software.
    """
    found = identify(session)
    if bool(found.serial) != bool(found.version):
        tree = read(session, device).running.tree
        found = found.model_copy(
            update={
                "serial": found.serial or tree.serial,
                "version": found.version or tree.version,
            }
        )
    if mate and found.serial == mate:
        planned = planned.model_copy(update={"serial": mate})
    must_be_the_planned_box(found, planned, device)
    return found


def mate_of(planned: Identity, facts: FailoverFacts) -> str | None:
    """The serial number of the planned box's mate, as far as the device names it.

    After a switchover the planned box is the mate of the one that answers (`show failover`,
    line ``Serial Number: Ours ..., Mate ...``).
    """
    pair = {facts.serial, facts.mate_serial} - {None}
    if planned.serial not in pair:
        return None
    others = pair - {planned.serial}
    return others.pop() if others else None


def must_be_the_planned_box(found: Identity, planned: Identity, device: str) -> None:
    """Refuse another box, or the same one with other software."""
    for what in ("serial", "version"):
        want, have = getattr(planned, what), getattr(found, what)
        if want and have != want:
            raise Refused(
                f"the plan is for {what} {want}, but {have or 'no ' + what} answered: "
                "another device answers at its address, or it was changed since the plan",
                device=device,
            )


def must_be_saved(session: Session, snapshot: Snapshot, device: str) -> None:
    """Refuse a box with unsaved changes: our ``write memory`` would save them as well."""
    if read(session, device, STARTUP).fingerprint != snapshot.fingerprint:
        raise Refused(
            "its running-config has changes that are not in its startup-config; "
            "save or undo them first",
            device=device,
        )
