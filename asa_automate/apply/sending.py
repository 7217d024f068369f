"""Lines to the device: each one journaled before it is sent, its reply checked, its group gated.

A group is the mode lines that lead to a commit line and the commit line itself. Before each group
the device is read again: what it has must be what is predicted, or nothing more is sent. Where
classes leave and are entered again, that is one group: nothing is asked while they are away.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from asa_automate.apply.ports import Session, Surroundings
from asa_automate.apply.reading import read
from asa_automate.plan.document import Command
from asa_automate.plan.gap import opens_gap
from asa_automate.plan.predict import Prediction
from asa_automate.plan.state import fingerprint_of

#: Lines that open a sub-mode from configuration mode, and lines that are typed in none.
_OPENERS = ("policy-map ", "class-map ", "object-group ")
_IN_NO_MODE = ("access-list ", "no access-list ")


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that are sent without reading in between; ``commit`` ends in a commit line."""

    lines: tuple[Command, ...]
    commit: bool


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
    groups = list(groups_of(commands))
    for number, group in enumerate(groups):
        committed = number > 0 and groups[number - 1].commit
        if group.commit or committed:
            gate(session, device, now, around)
        session.configure()
        for command in group.lines:
            around.guard()
            around.log.write(intent, {"line": command.line, "commit": command.commit})
            session.line(command.line)
            around.log.write("ack", {"line": command.line})
            now = now.after(command.line)
        session.end()
        if group.commit:
            after_commit(group, now)
    return now


def gate(session: Session, device: str, now: Prediction, around: Surroundings) -> None:
    """Read the device: it must have exactly what is predicted."""
    found = read(session, device)
    wanted = fingerprint_of(now.running)
    around.log.write("gate", {"found": found.fingerprint, "wanted": wanted})
    if found.fingerprint != wanted:
        raise GateClosed("the device does not have what its replies promised")
