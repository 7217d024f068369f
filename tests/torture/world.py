"""One virtual firewall, one store, and the processes that come and go between them.

A process dies when a :class:`Killed` is raised at one of its events. From then on it is inert:
its wires send nothing, its journal takes nothing, and the box has seen its sessions drop.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from asa_automate.apply.outcome import Outcome
from asa_automate.apply.ports import Surroundings
from asa_automate.device.credentials import Secret
from asa_automate.device.session import Session
from asa_automate.errors import LinkLost
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.shell import Shell
from asa_automate.lab.wire import MemoryWire
from asa_automate.model import Reading
from tests.torture.records import Attempt, Edit

T = TypeVar("T")
Record = tuple[str, Mapping[str, Any]]


class Killed(BaseException):
    """SIGKILL: nothing of the process runs any more."""


class Bug(Exception):
    """A mistake in the program, raised somewhere."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a process is about to do.

    Args:
        what: ``journal``, ``send``, ``guard``, ``wait``, ``link`` or ``memory``.
        detail: the record's kind, the line that is sent.
    """

    what: str
    detail: str = ""


class Fault(Protocol):
    """What goes wrong right before and right after an event."""

    def before(self, process: "Process", event: Event) -> None:
        """Happens first; what it raises comes in the place of the event."""

    def after(self, process: "Process", event: Event) -> None:
        """Happens when the event is done, and before anybody knows."""


class Pilot(Protocol):
    """Decides at every event what goes wrong there."""

    def at(self, process: "Process", event: Event) -> Fault | None:
        """The fault to take, ``None`` for none."""


class Smooth:
    """Nothing goes wrong."""

    def at(self, process: "Process", event: Event) -> None:
        """No fault, ever."""
        del process, event


@dataclass
class World:
    """What outlives every process: the box, the store, the clock, and what was done to them.

    Args:
        secret: the box's enable password.
        other: a box that answers in the place of the right one, once.
        unreachable: how many links fail from now on.
    """

    box: VirtualAsa
    secret: str
    clock: float = 0.0
    fault_at: float | None = None
    readings: dict[tuple[str, str], Reading] = field(default_factory=dict)
    journals: list[list[Record]] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    other: VirtualAsa | None = None
    unreachable: int = 0

    def recall(self, serial: str | None, version: str | None) -> Reading:
        """What is known of a box."""
        return self.readings.get((str(serial), str(version)), Reading.UNKNOWN)

    def attempt(
        self, work: Callable[[Surroundings], Outcome], pilot: Pilot | None = None
    ) -> Attempt:
        """Let a new process do ``work``; how it ended."""
        process = Process(self, pilot or Smooth())
        self.journals.append(process.records)
        start, snapshots = len(self.box.transcript), len(self.box.snapshots)
        outcome, died = None, ""
        try:
            outcome = work(process.surroundings())
        except Killed:
            died = "killed"
        except Exception as error:  # a bug: a traceback for the user, exit code 1
            died = f"{type(error).__name__}: {error}"
        process.die()
        attempt = Attempt(
            start=start,
            end=len(self.box.transcript),
            first_snapshot=snapshots,
            died=died,
            state=outcome.state.value if outcome else "",
            exit=int(outcome.exit) if outcome else -1,
            saved=bool(outcome and outcome.saved),
            reason=(outcome.reason or "") if outcome else "",
            lines=outcome.lines if outcome else (),
            left_open=process.left_open,
        )
        self.attempts.append(attempt)
        return attempt

    def forget_unsaved(self) -> None:
        """A start, or a mate that had not heard: what nobody saved is gone by itself."""
        last = max((i for i, edit in enumerate(self.edits) if edit.saved), default=-1)
        del self.edits[last + 1 :]

    def edit(self, lines: tuple[str, ...], *, ours: bool) -> None:
        """A second operator types ``lines``; ``ours``: into what the tool owns."""
        before = self.box.running.stanzas
        self.box.edit(lines)
        if self.box.running.stanzas != before:
            here, snapshot = len(self.box.transcript), len(self.box.snapshots)
            self.edits.append(Edit(lines, here, snapshot, ours=ours))


class Process:
    """One run of the program: everything that an apply needs around it, each use an event."""

    def __init__(self, world: World, pilot: Pilot) -> None:
        self.world = world
        self.pilot = pilot
        self.alive = True
        self.records: list[Record] = []
        self.wires: list[EventWire] = []
        self.left_open = 0

    def surroundings(self) -> Surroundings:
        """What the program is given."""
        return Surroundings(
            link=self.link,
            log=self,
            memory=self,
            guard=lambda: self.happens(Event("guard"), lambda: None),
            wait=self.wait,
            settle=0.0,
        )

    def happens(self, event: Event, do: Callable[[], T]) -> T:
        """One event, with what goes wrong at it."""
        self.must_live()
        fault = self.pilot.at(self, event)
        if fault is None:
            return do()
        if self.world.fault_at is None:
            self.world.fault_at = self.world.clock
        fault.before(self, event)
        done = do()
        fault.after(self, event)
        return done

    def must_live(self) -> None:
        """Whoever is dead does nothing."""
        if not self.alive:
            raise Killed

    def kill(self) -> None:
        """Die here and now."""
        self.die()
        raise Killed

    def die(self) -> None:
        """The end of the process; sessions that it left open are counted, and drop."""
        if not self.alive:
            return
        self.alive = False
        self.left_open = sum(not wire.closed for wire in self.wires)
        for wire in self.wires:
            wire.drop()

    def write(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Append to the journal, as a store would keep it."""
        text = json.dumps(payload)
        event = Event("journal", kind)
        self.happens(event, lambda: self.records.append((kind, json.loads(text))))

    def recall(self, serial: str | None, version: str | None) -> Reading:
        """What is known of a box."""
        return self.world.recall(serial, version)

    def remember(self, serial: str, version: str, reading: Reading) -> None:
        """Keep what the probe found out."""

        def keep() -> None:
            self.world.readings[serial, version] = reading

        self.happens(Event("memory"), keep)

    def wait(self, seconds: float) -> None:
        """Sleep on the virtual clock."""

        def sleep() -> None:
            self.world.clock += seconds

        self.happens(Event("wait"), sleep)

    def link(self) -> Session:
        """A new session."""
        wire = self.happens(Event("link"), self._wire)
        return Session.open(
            wire,
            device="fw",
            enable_secret=Secret(self.world.secret),
            may_change=True,
            clock=lambda: self.world.clock,
        )

    def _wire(self) -> "EventWire":
        world = self.world
        if world.unreachable:
            world.unreachable -= 1
            raise LinkLost("no route to host")
        box, world.other = world.other or world.box, None
        wire = EventWire(self, MemoryWire(box), box.sessions[-1])
        self.wires.append(wire)
        return wire


class EventWire:
    """A wire on which every line that is sent is an event, and silence moves the clock."""

    def __init__(self, process: Process, wire: MemoryWire, shell: Shell) -> None:
        self._process = process
        self._wire = wire
        self.shell = shell
        self.closed = False
        self.lost = False

    def write(self, data: bytes) -> None:
        """Send; ``LinkLost`` once the link is gone."""
        line = data.decode("ascii", "replace").strip()
        if line == self._process.world.secret:
            line = "(password)"
        self._process.happens(Event("send", line), lambda: self._sent(data))

    def _sent(self, data: bytes) -> None:
        if self.lost:
            raise LinkLost("the connection is closed")
        self._wire.write(data)

    def read(self, seconds: float) -> bytes:
        """What arrives within ``seconds``."""
        self._process.must_live()
        if self.lost:
            raise LinkLost("the connection was reset")
        data = self._wire.read(seconds)
        if not data:
            self._process.world.clock += seconds
        return data

    def close(self) -> None:
        """Hang up."""
        self._process.must_live()
        self.closed = True
        self._wire.close()

    def drop(self) -> None:
        """The link is gone, and nobody says goodbye."""
        self.lost = True
        self._wire.close()
