"""How a session comes about: credentials, netmiko's transport, dialogue. Chosen here only."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from asa_automate.apply.ports import Log
from asa_automate.cli.doors import Doors
from asa_automate.cli.output import complain
from asa_automate.cli.roads import Roads
from asa_automate.errors import LoginRefused
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

    Credentials are tried in their order, the next one only where a login was refused. Of a
    failover pair whose other unit has no entry of its own, the active unit is taken.
    """
    session = _opened(device, settings, may_change)
    if device.mate_host is None:
        return session
    return _active(session, device, settings, may_change)


def _opened(device: Device, settings: Surroundings, may_change: bool) -> "Session":
    """A session with the first credential that the device takes."""
    logins = logins_of(device)
    for number, login in enumerate(logins, 1):
        another = number < len(logins)
        try:
            return _with(login, settings, may_change, another=another)
        except LoginRefused as error:
            if not another:
                raise
            complain(f"{device.name}: {error.message}; falling back on credential {number + 1}")
    raise AssertionError("a device has at least one login")


def logins_of(device: Device) -> tuple[Device, ...]:
    """The device with each of its credentials, in the order in which they are tried."""
    others = (device.model_copy(update={"credentials": refs}) for refs in device.fallback)
    return (device, *others)


def _with(device: Device, settings: Surroundings, may_change: bool, *, another: bool) -> "Session":
    # netmiko takes half a second to import: only those who connect wait for it.
    from asa_automate.device import credentials, netmiko_transport
    from asa_automate.device.session import Session

    found = credentials.resolve(device, settings.env)
    with settings.doors.entering(device.name, found, another=another):
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


def _active(
    session: "Session", device: Device, settings: Surroundings, may_change: bool
) -> "Session":
    """The session, or one with the mate where this unit stands by and the mate is active."""
    from asa_automate.device.contexts import FAILOVER
    from asa_automate.show.device import parse_failover

    try:
        facts = parse_failover(session.show(FAILOVER))
    except BaseException:
        session.close()
        raise
    if not facts.enabled or facts.state == "active" or facts.mate_state != "active":
        return session
    session.close()
    return _opened(device.model_copy(update={"host": device.mate_host}), settings, may_change)
