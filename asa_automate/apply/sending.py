"""Lines to the device: each one journaled before it is sent, its reply checked, its group gated.

A group is the mode lines that lead to a commit line and the commit line itself. Right before each
commit line, before whatever follows one, and before a stanza is taken away, the device is read
again: what it has must be what is predicted, or nothing more is sent. Where classes leave and are
entered again, that is one group: nothing is asked while they are away.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from asa_automate.apply.ports import Session, Surroundings
from asa_automate.apply.reading import read
from asa_automate.errors import Incomplete
from asa_automate.plan.document import Command
from asa_automate.plan.gap import opens_gap
from asa_automate.plan.names import PROBE
from asa_automate.plan.predict import Prediction
from asa_automate.plan.state import fingerprint_of

#: Lines that open a sub-mode from configuration mode, and lines that are typed in none.
_OPENERS = ("policy-map ", "class-map ", "object-group ")
_IN_NO_MODE = ("access-list ", "no access-list ", "no object-group ", "no class-map ")
#: Lines that take a whole stanza away, or a class with all that is in it.
_WIPES = ("no object-group ", "no class-map ", "no class ")


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that end in a commit line, where ``commit`` says so."""

    lines: tuple[Command, ...]
    commit: bool

    @property
    def is_a_move(self) -> bool:
        """Whether classes leave and come back in it."""
        return any(opens_gap(c.line) for c in self.lines)

    def looks_before(self, number: int) -> bool:
        """Whether the device is read right before a line: it commits, or takes a stanza away.

        With a stanza of ours would go what somebody else put into it since the last look.
        """
        line = self.lines[number].line
        wipes = line.startswith(_WIPES) and not line.endswith(f" {PROBE}")
        commits = self.commit and number == len(self.lines) - 1
        return not self.is_a_move and (commits or wipes)

    def modes_before(self, number: int) -> tuple[Command, ...]:
        """The lines that lead to the mode of a line, of those that stand ahead of it."""
        if self.lines[number].line.startswith((*_OPENERS, *_IN_NO_MODE)):
            return ()
        openers = [i for i, c in enumerate(self.lines[:number]) if c.line.startswith(_OPENERS)]
        return self.lines[openers[-1] : number] if openers else ()


def groups_of(commands: Sequence[Command]) -> Iterator[Group]:
    """Cut commands so that every commit line stands in a group with just its mode lines."""
    waiting: list[Command] = []
    for command in commands:
        waiting.append(command)
        if command.commit:
            first = _first_of(waiting)
            if first:
                yield Group(tuple(waiting[:first]), commit=False)
            yield Group(tuple(waiting[first:]), commit=True)
            waiting = []
    if waiting:
        yield Group(tuple(waiting), commit=False)


def _first_of(waiting: Sequence[Command]) -> int:
    """Where the group of the commit line at the end of ``waiting`` begins."""
    first = next((i for i, c in enumerate(waiting) if opens_gap(c.line)), len(waiting) - 1)
    if waiting[first].line.startswith(_IN_NO_MODE):
        return first
    while first and not waiting[first].line.startswith(_OPENERS):
        first -= 1
    return first


class GateClosed(Exception):
    """The device does not have what was predicted; nothing more may be sent."""


Proof = Callable[[Group, Prediction], None]


def _nothing_to_prove(group: Group, now: Prediction) -> None:
    del group, now


def send(
    session: Session,
    device: str,
    start: Prediction,
    commands: Sequence[Command],
    around: Surroundings,
    *,
    after_commit: Proof = _nothing_to_prove,
    intent: str = "intent",
) -> Prediction:
    """Send all commands, gated; what the configuration should be then.

    Args:
        after_commit: called right after each commit line, out of configuration mode.

    Raises:
        GateClosed: before a commit line, or after one, the device has something else.
        LineRefused, LinkLost, Refused: from the session.
    """
    now = start
    line = _Line(session, around, intent)
    groups = list(groups_of(commands))
    for number, group in enumerate(groups):
        committed = number > 0 and groups[number - 1].commit
        if committed or group.is_a_move:
            gate(session, device, now, around)
        session.configure()
        for position, command in enumerate(group.lines):
            if group.looks_before(position):
                _gate_inside(session, device, group.modes_before(position), now, line)
            now = line(command, now)
        session.end()
        if group.commit:
            after_commit(group, now)
    return now


@dataclass(frozen=True, slots=True)
class _Line:
    """Sends one line, journaled before and after."""

    session: Session
    around: Surroundings
    intent: str

    def __call__(self, command: Command, now: Prediction) -> Prediction:
        self.around.guard()
        self.around.log.write(self.intent, {"line": command.line, "commit": command.commit})
        self.session.line(command.line)
        self.around.log.write("ack", {"line": command.line})
        return now.after(command.line)


def _gate_inside(
    session: Session, device: str, modes: Sequence[Command], now: Prediction, line: _Line
) -> None:
    """The gate, from the mode of the next line: an edit in that very instant alone is overlooked.

    A device that does not show its configuration there is read outside, and entered again.
    """
    try:
        gate(session, device, now, line.around)
    except Incomplete:
        session.end()
        gate(session, device, now, line.around)
        session.configure()
        for command in modes:
            line(command, now)


def gate(session: Session, device: str, now: Prediction, around: Surroundings) -> None:
    """Read the device: it must have exactly what is predicted."""
    found = read(session, device)
    wanted = fingerprint_of(now.running)
    around.log.write("gate", {"found": found.fingerprint, "wanted": wanted})
    if found.fingerprint != wanted:
        raise GateClosed("the device does not have what its replies promised")
