"""How a session comes about: credentials, netmiko's transport, dialogue. Chosen here only."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from asa_automate.apply.ports import Log
from asa_automate.cli.doors import Doors
from asa_automate.cli.roads import Roads
from asa_automate.model import Device

if TYPE_CHECKING:
    from asa_automate.device.session import Session


class Surroundings(Protocol):
    """What a connection needs of the settings."""

    @property
    def known_hosts(self) -> Path:
        """Our file of host keys."""

    @property
    def env(self) -> Mapping[str, str]:
        """The environment that references of the inventory are looked up in."""

    @property
    def doors(self) -> Doors:
        """The credentials that were used so far."""

    @property
    def roads(self) -> Roads:
        """The jump hosts that were connected to so far."""


def open_session(device: Device, settings: Surroundings, *, may_change: bool = False) -> "Session":
    """A privileged session with ``device``; the caller closes it.

    Args:
        may_change: whether configuration lines may be sent on it.

    Raises:
        BadInput: no credentials are found.
        Unreachable: no connection, host key or login refused; nothing was changed.
        LinkLost: connected, but the device does not behave like an ASA.
    """
    # netmiko takes half a second to import: only those who connect wait for it.
    from asa_automate.device import credentials, netmiko_transport
    from asa_automate.device.session import Session

    found = credentials.resolve(device, settings.env)
    with settings.doors.entering(device.name, found):
        wire = netmiko_transport.connect(
            device, found, settings.known_hosts, dial=settings.roads.to(device, settings)
        )
    session = Session.open(
        wire,
        device=device.name,
        enable_secret=found.enable,
        context=device.context,
        may_change=may_change,
    )
    session.algorithms = getattr(wire, "algorithms", {})
    return session


def recorded_session(device: Device, settings: Surroundings, log: Log) -> "Session":
    """A session that may change the device; the algorithms that it uses are in the journal."""
    session = open_session(device, settings, may_change=True)
    try:
        log.write("note", {"ssh": {"legacy": device.legacy_ssh, **session.algorithms}})
    except BaseException:
        session.close()
        raise
    return session
