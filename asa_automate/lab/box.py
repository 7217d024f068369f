"""The state of one virtual ASA: configurations, counters, clock, and the record of what it did."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from asa_automate.config.tree import Tree
from asa_automate.lab import layout
from asa_automate.lab.access import Packet
from asa_automate.lab.chassis import Chassis
from asa_automate.lab.dialects import Dialect
from asa_automate.lab.edit import Outcome, Refused
from asa_automate.lab.editor import carry_out
from asa_automate.lab.faults import Fault, Script
from asa_automate.lab.flow import Classifier, attached, classes, inspections
from asa_automate.lab.grammar import Unparsed
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.modes import mode_name
from asa_automate.lab.records import Connection, Entry, Snapshot
from asa_automate.lab.stanzas import Path

#: Where the virtual clock stands when a box is made.
BOOTED = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

#: Who the second operator is: the user of :meth:`Box.edit`, whose session has the number 0.
OPERATOR = "operator"

#: (``global`` or interface, policy-map, class, engine, counter). Counters are ``packet``,
#: ``drop``, ``reset-drop``, ``lock fail``, ``5-min-pkt-rate``, ``v6-fail-close``,
#: ``sctp-drop-override``, ``mask-banner``, ``allow-tls`` or a ``match ...`` line.
Counter = tuple[str, str, str, str, str]


class Box:
    """One execution space; see :class:`asa_automate.lab.asa.VirtualAsa`, which adds sessions."""

    def __init__(
        self,
        config: str,
        knobs: Knobs | None = None,
        faults: Sequence[Fault] = (),
        *,
        chassis: "Chassis[Box] | None" = None,
        space: str = "",
    ) -> None:
        self.knobs = knobs or Knobs()
        self.space = space
        self.chassis: Chassis[Box] = chassis or Chassis(Script(tuple(faults)))
        self.script = self.chassis.script
        self.transcript = self.chassis.transcript
        self.counts = self.chassis.counts
        self.lock = self.chassis.lock
        self.running = layout.loaded(config, self.knobs, space)
        when = self._stamp(BOOTED)
        self.startup = layout.saved(self.running, self.knobs, "enable_15", when, space)
        self.snapshots: list[Snapshot] = []
        self.counters: dict[Counter, int] = {}
        self.connections: list[Connection] = []
        self.most_connections = 0
        self.last_change = ""
        self.reporting_asked = False
        self.chassis.boots.append(self._boot)
        self._replicate_all()
        self._seen = (self.running, self._settings())

    @property
    def running_text(self) -> str:
        """The running-config as ``show running-config`` prints it now."""
        with self.lock:
            return layout.printed(self.running, self.knobs)

    @property
    def startup_text(self) -> str:
        """The startup-config as ``show startup-config`` prints it now."""
        with self.lock:
            return layout.printed(self.startup, self.knobs)

    @property
    def hostname(self) -> str:
        """The name that this space gives itself."""
        return self._current()[0]

    @property
    def seconds(self) -> float:
        """How far the virtual clock has gone since the box was made."""
        return self.chassis.seconds

    @seconds.setter
    def seconds(self, value: float) -> None:
        self.chassis.seconds = value

    @property
    def width(self) -> int:
        """Of every terminal: ``terminal width`` is a setting of the configuration."""
        return self._current()[1]

    @property
    def version(self) -> tuple[int, int]:
        """Major and minor of the software."""
        return layout.version_pair(self.running.version or self.knobs.version)

    @property
    def dialect(self) -> Dialect:
        """What its release does otherwise than others."""
        return layout.spoken_by(self.running, self.knobs)

    @property
    def serial(self) -> str:
        """The serial number."""
        return self.running.serial or self.knobs.serial

    def now(self) -> datetime:
        """The virtual clock."""
        return BOOTED + timedelta(seconds=self.seconds)

    def stamp(self) -> str:
        """The time as the ASA prints it: ``08:00:00.000 UTC Mon Jan 5 2026``."""
        return self._stamp(self.now())

    def classifier(self) -> Classifier:
        """Answers about flows under the running configuration as it is now."""
        return Classifier(self.running.stanzas, self.knobs, self.version)

    def treatment(self, packet: Packet, *interfaces: str) -> dict[str, str]:
        """Which engines inspect a flow, and by which map; see :meth:`Classifier.treatment`."""
        with self.lock:
            return self.classifier().treatment(packet, *interfaces)

    def count(self, counter: Counter) -> int:
        """The value of one counter; 0 unless it was set."""
        return self.counters.get(counter, 0)

    def configure(self, path: Path, line: str, number: int | None, user: str) -> Outcome:
        """Carry out one configuration line; ``Unparsed`` or ``Refused`` as in the editor."""
        outcome = carry_out(self.running.stanzas, path, line, self.knobs, self.dialect)
        if outcome.stanzas != self.running.stanzas:
            self.running = self.running.with_stanzas(outcome.stanzas)
            self.last_change = f"{user} at {self.stamp()}"
            self._forget_old_counters()
        self.chassis.replica.line(self.space, self.running, self.startup)
        self._snap(line, number, user)
        return outcome

    def edit(self, lines: Iterable[str]) -> tuple[str, ...]:
        """A second operator types ``lines`` in configuration mode; what the box answered.

        The lines are no events of the fault script.
        """
        path: Path = ()
        replies = []
        with self.lock:
            for line in lines:
                if line.strip() in ("exit", "end", "!"):
                    path = path[:-1] if line.strip() == "exit" else ()
                    continue
                path, reply = self._edit_one(path, line.strip())
                replies.append(reply)
        return tuple(replies)

    def save(self, user: str = "enable_15") -> None:
        """Running becomes startup."""
        self.startup = layout.saved(self.running, self.knobs, user, self.stamp(), self.space)
        self.counts.saves += 1
        self.chassis.replica.save(self.space, self.running, self.startup)
        self._snap("write memory", None, user)

    def reload(self) -> None:
        """Start again, with every context: counters are zero, every session is gone."""
        with self.lock:
            for boot in self.chassis.boots:
                boot()
            self.counts.reloads += 1
            self.chassis.booted = self.seconds
            self.chassis.hang_up()

    def take_over(self, knobs: Knobs, running: Tree, startup: Tree) -> None:
        """Be the other unit of the pair from now on: its knobs, what it holds, its counters."""
        serial = knobs.serial
        self.knobs = knobs
        self.running = layout.with_serial(running, serial)
        self.startup = layout.with_serial(startup, serial)
        self.counters.clear()
        self._replicate_all()
        self._snap("(switchover)", None, "")

    def at_reload(self, hang_up: Callable[[], None]) -> None:
        """Have ``hang_up`` called when the box goes down; once."""
        self.chassis.hang_ups.append(hang_up)

    def leave(self, hang_up: Callable[[], None]) -> None:
        """No longer call ``hang_up``."""
        if hang_up in self.chassis.hang_ups:
            self.chassis.hang_ups.remove(hang_up)

    def _boot(self) -> None:
        self.running = layout.booted(self.startup, self.knobs, self.space)
        self.counters.clear()
        self.connections.clear()
        self.most_connections = 0
        self.last_change = ""
        self._replicate_all()

    def _replicate_all(self) -> None:
        self.chassis.replica.begin(self.space, self.running, self.startup)

    def _edit_one(self, path: Path, line: str) -> tuple[Path, str]:
        mode, done = mode_name(path), True
        try:
            outcome = self.configure(path, line, None, OPERATOR)
            path, reply = outcome.path, outcome.reply
        except (Unparsed, Refused) as no:
            reply, done = no.reply, False
        self.transcript.append(Entry(0, mode, line, reply, executed=done, space=self.space))
        return path, reply

    def _current(self) -> tuple[str, int]:
        """Name and width, looked up once per configuration: every prompt needs them."""
        if self._seen[0] is not self.running:
            self._seen = (self.running, self._settings())
        return self._seen[1]

    def _settings(self) -> tuple[str, int]:
        return (
            layout.hostname(self.running, self.knobs),
            layout.terminal_width(self.running, self.knobs),
        )

    def _snap(self, line: str, number: int | None, user: str) -> None:
        shot = Snapshot(line, number, self.running, self.startup, self.knobs, user)
        self.snapshots.append(shot)

    def _forget_old_counters(self) -> None:
        """An inspection that is taken away and put back starts from zero."""
        if not self.counters:
            return
        stanzas = self.running.stanzas
        there = {
            (policy.scope, policy.policy, name, inspect.engine)
            for policy in attached(stanzas)
            for name, lines in classes(stanzas, policy.policy)
            for inspect in inspections(lines)
        }
        self.counters = {k: n for k, n in self.counters.items() if k[:4] in there}

    @staticmethod
    def _stamp(when: datetime) -> str:
        day = f"{when:%a %b} {when.day} {when.year}"
        return f"{when:%H:%M:%S}.{when.microsecond // 1000:03d} UTC {day}"
