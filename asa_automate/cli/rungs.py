"""What climbs each rung of the ladder of ``doctor``; the table of them is in ``ladder``.

Each takes the :class:`Climb` and returns what it found. It raises an error of ours where the way
ends, and :class:`Doubt` where something is amiss and the way goes on all the same.
"""

import contextlib
import socket
from dataclasses import dataclass, field

from asa_automate.apply.reading import RUNNING
from asa_automate.apply.rights import Account, missing_rights
from asa_automate.apply.role import must_be_active
from asa_automate.cli.connect import logins_of
from asa_automate.cli.settings import Settings
from asa_automate.config.reader import read_running
from asa_automate.device import credentials, hostkeys, known_hosts, netmiko_transport, ssh
from asa_automate.device.contexts import FAILOVER, VERSION, must_name_its_context, runs_contexts
from asa_automate.device.credentials import Credentials
from asa_automate.device.known_hosts import Verdict
from asa_automate.device.legacy import remark
from asa_automate.device.session import Session
from asa_automate.errors import (
    HostKeyRefused,
    Incomplete,
    LoginRefused,
    Refused,
    Unreachable,
)
from asa_automate.inventory.jump import hops
from asa_automate.model import Device
from asa_automate.show.device import parse_curpriv, parse_failover, parse_version
from asa_automate.show.service_policy import parse_service_policy

COUNTERS = "show service-policy inspect esmtp"


class Doubt(Exception):
    """Something is not as it should be, and the way goes on; the text is for a person."""


@dataclass
class Climb:
    """One device and what was found of it so far; closes what it opened.

    Attributes:
        texts: the device's answers, by command.
    """

    device: Device
    settings: Settings
    credentials: Credentials | None = None
    met: hostkeys.Met | None = None
    session: Session | None = None
    connection: ssh.Socket | None = None
    texts: dict[str, str | Incomplete] = field(default_factory=dict)

    def open(self) -> Session:
        """The session; a rung further down has opened it."""
        if self.session is None:
            raise Unreachable("there is no session")
        return self.session

    def text(self, command: str) -> str:
        """The device's answer to a ``show`` command, asked once; raises ``Incomplete``."""
        if command not in self.texts:
            try:
                self.texts[command] = self.open().show(command)
            except Incomplete as error:
                self.texts[command] = error
        answer = self.texts[command]
        if isinstance(answer, Incomplete):
            raise answer
        return answer

    def close(self) -> None:
        """Log out and hang up; never raises."""
        with contextlib.suppress(Exception):
            if self.session is not None:
                self.session.close()
        with contextlib.suppress(Exception):
            if self.connection is not None:
                self.connection.close()


def _first(device: Device) -> tuple[str, int]:
    """What we dial ourselves: the first jump host, or the device."""
    for hop in hops(device.via):
        return hop.host, hop.port
    return device.host, device.port


def dns(climb: Climb) -> str:
    """The address of what we dial ourselves."""
    host, port = _first(climb.device)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Unreachable(f"'{host}' is not found: {why}") from None
    addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
    return f"{host}: {', '.join(addresses)}"


def tcp(climb: Climb) -> str:
    """A connection to it."""
    host, port = _first(climb.device)
    climb.connection = ssh.dial(host, port, netmiko_transport.PATIENCE)
    return f"{host}:{port} answers"


def jump_hosts(climb: Climb) -> str:
    """A channel to the device over its jump hosts."""
    device, settings = climb.device, climb.settings
    dial = settings.roads.to(device, settings)
    if dial is None:
        return "none needed"
    if climb.connection is not None:  # to the first one, to see whether it answers
        climb.connection.close()
    climb.connection = dial(device.host, device.port, netmiko_transport.PATIENCE)
    return f"{' > '.join(map(str, hops(device.via)))} > {device.host}:{device.port}"


def key_exchange(climb: Climb) -> str:
    """SSH up to the host key."""
    device = climb.device
    assert climb.connection is not None  # noqa: S101  # the rung below opened it
    climb.met = hostkeys.meet(
        climb.connection, device.host, device.port, hostkeys.PATIENCE, legacy=device.legacy_ssh
    )
    climb.connection = None
    taken = climb.met.agreed
    said = f"{taken['kex']}, {taken['cipher']}"
    note = remark(device, taken)
    if note:
        raise Doubt(f"{said}; {note}")
    return said


def host_key(climb: Climb) -> str:
    """The key that it shows, against the pinned one."""
    assert climb.met is not None  # noqa: S101  # the rung below met it
    known = known_hosts.read(climb.settings.known_hosts)
    shown = climb.met.key
    verdict = known_hosts.judge(known, shown)
    if verdict is not Verdict.TRUSTED:
        word = "HOST KEY CHANGED" if verdict is Verdict.CHANGED else "host key unknown"
        raise HostKeyRefused(f"{word}: it shows {shown.kind} {shown.fingerprint}")
    return f"{shown.kind} {shown.fingerprint}"


def login(climb: Climb) -> str:
    """User name and password, each credential in its order, and the first prompt."""
    logins = logins_of(climb.device)
    for number, login in enumerate(logins, 1):
        another = number < len(logins)
        try:
            said = _log_in(climb, login, another=another)
        except LoginRefused:
            if not another:
                raise
            continue
        if number > 1:
            raise Doubt(f"{said}; credential {number}: those before it were refused")
        return said
    raise AssertionError("a device has at least one login")


def _log_in(climb: Climb, login: Device, *, another: bool) -> str:
    settings = climb.settings
    climb.credentials = found = credentials.resolve(login, settings.env)
    dial = settings.roads.to(login, settings)
    with settings.doors.entering(login.name, found, another=another):
        wire = netmiko_transport.connect(login, found, settings.known_hosts, dial=dial)
    climb.session = Session.greet(wire, device=login.name)
    return f"as {found.username}; prompt {climb.session.prompt.host}"


def enable(climb: Climb) -> str:
    """The enable password."""
    session = climb.open()
    needed = not session.prompt.privileged
    session.become_privileged(climb.credentials.enable if climb.credentials else None)
    return "privileged" if needed else "privileged at login"


def pager(climb: Climb) -> str:
    """``terminal pager 0``."""
    session = climb.open()
    session.switch_pager_off()
    if session.paged:
        raise Doubt("`terminal pager 0` is refused: pages are turned one by one")
    return "off"


def context(climb: Climb) -> str:
    """The context that the inventory names; none on a box in single mode."""
    session = climb.open()
    context = climb.device.context
    session.settle(context)
    if context is not None:
        return context
    if runs_contexts(session):
        raise must_name_its_context(session)
    return "single mode"


def role(climb: Climb) -> str:
    """The active unit of a pair, or a box without one."""
    text = climb.text(FAILOVER)
    must_be_active(text, climb.device.name)
    facts = parse_failover(text)
    if not facts.enabled:
        return "no failover"
    if facts.mate_state and "standby ready" not in facts.mate_state:
        raise Doubt(f"active; its mate is {facts.mate_state}")
    return f"active; its mate is {facts.mate_state or 'not named'}"


def rights(climb: Climb) -> str:
    """Whether the account may type what we read with; what a change needs, a rehearsal tries."""
    denied = missing_rights(climb.open(), Account.READ, climb.text)
    if denied:
        raise Refused(f"may not type: {', '.join(f'`{command}`' for command in denied)}")
    level = parse_curpriv(climb.open().show("show curpriv"))
    if level is not None and level < 15:
        raise Doubt(f"may read; privilege level {level}: changes may be denied")
    return f"may read; privilege level {'unknown' if level is None else level}"


def parse(climb: Climb) -> str:
    """Whether the answers are whole and understood."""
    running = read_running(climb.text(RUNNING))
    if running.unreadable:
        raise Refused(str(running.unreadable))
    if not running.tree.complete:
        raise Incomplete("its running-config came without its end")
    version = parse_version(climb.text(VERSION)).version or running.tree.version
    unread = parse_service_policy(climb.text(COUNTERS)).unparsed
    if unread:
        raise Doubt(f"version {version}; not understood in `{COUNTERS}`: '{unread[0]}'")
    return f"version {version}, {len(climb.text(RUNNING).splitlines())} lines"
