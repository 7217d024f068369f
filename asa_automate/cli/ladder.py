"""The ladder that ``doctor`` climbs for each device: one rung after the other, as a table.

A rung is a name, a function that climbs it and words on how to mend it. The function takes the
:class:`Climb` and returns what it found; it raises an error of ours where the way ends here, and
:class:`Doubt` where the way goes on all the same. To add a rung: write its function, add its row.
"""

import contextlib
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asa_automate.apply.reading import RUNNING
from asa_automate.apply.role import must_be_active
from asa_automate.cli.settings import Settings
from asa_automate.config.reader import read_running
from asa_automate.device import hostkeys, known_hosts, netmiko_transport, ssh
from asa_automate.device.contexts import FAILOVER, VERSION, must_name_its_context, runs_contexts
from asa_automate.device.known_hosts import Verdict
from asa_automate.device.refusals import is_denied
from asa_automate.device.session import Session
from asa_automate.errors import (
    AsaAutomateError,
    Exit,
    HostKeyRefused,
    Incomplete,
    Refused,
    Unreachable,
)
from asa_automate.inventory.jump import hops
from asa_automate.model import Device
from asa_automate.show.device import parse_curpriv, parse_failover, parse_version
from asa_automate.show.service_policy import parse_service_policy

if TYPE_CHECKING:
    from asa_automate.device.credentials import Credentials

COUNTERS = "show service-policy inspect esmtp"
READ = (VERSION, FAILOVER, RUNNING, COUNTERS, "show startup-config")
"""What `plan`, `collect` and `apply` ask for."""


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
    credentials: "Credentials | None" = None
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

    def denied(self, command: str) -> bool:
        """Whether the account may not type it."""
        try:
            return is_denied(self.text(command))
        except Incomplete:
            return False

    def close(self) -> None:
        """Log out and hang up; never raises."""
        with contextlib.suppress(Exception):
            if self.session is not None:
                self.session.close()
        with contextlib.suppress(Exception):
            if self.connection is not None:
                self.connection.close()


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: its name, what climbs it, and what helps where it breaks."""

    name: str
    climb: Callable[[Climb], str]
    fix: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a step came to: ``ok``, ``warning``, ``failed`` or ``skipped``."""

    step: str
    status: str
    text: str = ""
    fix: str = ""
    exit: Exit = Exit.DONE


def _first(device: Device) -> tuple[str, int]:
    """What we dial ourselves: the first jump host, or the device."""
    for hop in hops(device.via):
        return hop.host, hop.port
    return device.host, device.port


def _dns(climb: Climb) -> str:
    host, port = _first(climb.device)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Unreachable(f"'{host}' is not found: {why}") from None
    addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
    return f"{host}: {', '.join(addresses)}"


def _tcp(climb: Climb) -> str:
    host, port = _first(climb.device)
    climb.connection = ssh.dial(host, port, netmiko_transport.PATIENCE)
    return f"{host}:{port} answers"


def _jump_hosts(climb: Climb) -> str:
    device, settings = climb.device, climb.settings
    dial = settings.roads.to(device, settings)
    if dial is None:
        return "none needed"
    if climb.connection is not None:  # to the first one, to see whether it answers
        climb.connection.close()
    climb.connection = dial(device.host, device.port, netmiko_transport.PATIENCE)
    return f"{' > '.join(map(str, hops(device.via)))} > {device.host}:{device.port}"


def _key_exchange(climb: Climb) -> str:
    device = climb.device
    assert climb.connection is not None  # noqa: S101  # the rung below opened it
    climb.met = hostkeys.meet(
        climb.connection, device.host, device.port, hostkeys.PATIENCE, legacy=device.legacy_ssh
    )
    climb.connection = None
    taken = climb.met.agreed
    said = f"{taken['kex']}, {taken['cipher']}"
    old = sorted({name for name in taken.values() if name in ssh.OLD})
    if old:
        raise Doubt(f"{said}; old algorithms in use: {', '.join(old)}")
    return said


def _host_key(climb: Climb) -> str:
    assert climb.met is not None  # noqa: S101  # the rung below met it
    known = known_hosts.read(climb.settings.known_hosts)
    shown = climb.met.key
    verdict = known_hosts.judge(known, shown)
    if verdict is not Verdict.TRUSTED:
        word = "HOST KEY CHANGED" if verdict is Verdict.CHANGED else "host key unknown"
        raise HostKeyRefused(f"{word}: it shows {shown.kind} {shown.fingerprint}")
    return f"{shown.kind} {shown.fingerprint}"


def _login(climb: Climb) -> str:
    from asa_automate.device import credentials

    device, settings = climb.device, climb.settings
    climb.credentials = credentials.resolve(device, settings.env)
    with settings.doors.entering(device.name, climb.credentials):
        wire = netmiko_transport.connect(
            device,
            climb.credentials,
            settings.known_hosts,
            dial=settings.roads.to(device, settings),
        )
    climb.session = Session.greet(wire, device=device.name)
    return f"as {climb.credentials.username}; prompt {climb.session.prompt.host}"


def _enable(climb: Climb) -> str:
    session = climb.open()
    needed = not session.prompt.privileged
    session.become_privileged(climb.credentials.enable if climb.credentials else None)
    return "privileged" if needed else "privileged at login"


def _pager(climb: Climb) -> str:
    session = climb.open()
    session.switch_pager_off()
    if session.paged:
        raise Doubt("`terminal pager 0` is refused: pages are turned one by one")
    return "off"


def _context(climb: Climb) -> str:
    session = climb.open()
    context = climb.device.context
    session.settle(context)
    if context is not None:
        return context
    if runs_contexts(session):
        raise must_name_its_context(session)
    return "single mode"


def _role(climb: Climb) -> str:
    text = climb.text(FAILOVER)
    must_be_active(text, climb.device.name)
    facts = parse_failover(text)
    if not facts.enabled:
        return "no failover"
    if facts.mate_state and "standby ready" not in facts.mate_state:
        raise Doubt(f"active; its mate is {facts.mate_state}")
    return f"active; its mate is {facts.mate_state or 'not named'}"


def _rights(climb: Climb) -> str:
    denied = [command for command in READ if climb.denied(command)]
    if denied:
        raise Refused(f"may not type: {', '.join(f'`{command}`' for command in denied)}")
    level = parse_curpriv(climb.open().show("show curpriv"))
    if level is not None and level < 15:
        raise Doubt(f"may read; privilege level {level}: changes may be denied")
    return f"may read; privilege level {'unknown' if level is None else level}"


def _parse(climb: Climb) -> str:
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


LADDER: tuple[Rung, ...] = (
    Rung("dns", _dns, "correct `hostname` in the inventory, or the name server"),
    Rung("tcp", _tcp, "open the port on the way, or allow SSH from here (`ssh ADDRESS MASK IF`)"),
    Rung("jump hosts", _jump_hosts, "look at `via` in the inventory and at the jump host itself"),
    Rung(
        "key exchange",
        _key_exchange,
        "`ssh: {legacy: true}` in the inventory for a device with nothing newer; better: upgrade",
    ),
    Rung("host key", _host_key, "compare it on the console, then `asa-automate hostkeys trust`"),
    Rung("login", _login, "check user name, password and AAA server; `show ssh sessions`"),
    Rung("enable", _enable, "set ASA_AUTOMATE_ENABLE, or credentials.enable in the inventory"),
    Rung("pager", _pager, "permit `terminal pager` to the account; slower without, else the same"),
    Rung("context", _context, "name a context as `context` in the inventory"),
    Rung("failover role", _role, "take the address of the active unit; look at its mate"),
    Rung("rights", _rights, "permit these commands to the account (AAA command authorization)"),
    Rung("parse", _parse, "report the line, and the version, as a bug"),
)
"""The rungs in their order; where one breaks, those above it are not tried."""


def climb(device: Device, settings: Settings, ladder: Sequence[Rung] = LADDER) -> list[Found]:
    """What each rung came to for ``device``; changes nothing on it."""
    state = Climb(device, settings)
    found: list[Found] = []
    try:
        for rung in ladder:
            broken = any(entry.status == "failed" for entry in found)
            found.append(Found(rung.name, "skipped") if broken else _step(rung, state))
    finally:
        state.close()
    return found


def _step(rung: Rung, state: Climb) -> Found:
    try:
        return Found(rung.name, "ok", rung.climb(state))
    except Doubt as doubt:
        return Found(rung.name, "warning", str(doubt), rung.fix)
    except AsaAutomateError as error:
        return Found(rung.name, "failed", error.message, rung.fix, error.exit)


def as_json(device: Device, found: Sequence[Found]) -> Mapping[str, object]:
    """One device of ``doctor --output json``."""
    return {
        "device": device.name,
        "status": status_of(found),
        "exit": int(max((entry.exit for entry in found), default=Exit.DONE)),
        "steps": [
            {"step": f.step, "status": f.status, "found": f.text, "fix": f.fix or None}
            for f in found
        ],
    }


def status_of(found: Sequence[Found]) -> str:
    """``failed`` before ``warning`` before ``ok``."""
    states = {entry.status for entry in found}
    return next((word for word in ("failed", "warning") if word in states), "ok")
