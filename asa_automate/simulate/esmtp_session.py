"""The state of one inspected connection, and what every part of the inspection does with it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from asa_automate.simulate import esmtp_syslog as syslog
from asa_automate.simulate.esmtp_counters import Counters
from asa_automate.simulate.esmtp_events import (
    Anomaly,
    Changed,
    Closed,
    Discarded,
    Event,
    Forward,
    Matched,
    Syslog,
)
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_map import InspectionMap, Policing
from asa_automate.simulate.esmtp_mime import Message
from asa_automate.simulate.esmtp_rules import Point, Rule, Subject
from asa_automate.simulate.smtp import Direction, Lines

#: So many commands may wait for their replies; an endless stream of them is no pipelining.
PENDING = 4096
#: What the greeting of a server answers.
CONNECT = "(connect)"
#: What the reply after the last line of a message answers.
END_OF_DATA = "(end of data)"


class State(StrEnum):
    """What the client may say next, and so how its bytes are read."""

    COMMANDS = "commands"
    WAITING = "waiting"  # for a reply that decides what its bytes are
    AUTH = "auth"
    MESSAGE = "message"
    OPEN = "open"  # not inspected any more
    CLOSED = "closed"


class Judged(StrEnum):
    """What the matches made of one subject."""

    PASS = "pass"  # noqa: S105 - no password, a verdict
    MASK = "mask"
    GONE = "gone"


@dataclass(slots=True)
class Session:
    """One connection.

    Args:
        clock: seconds; only ``rate-limit`` asks.
        asked: the commands whose replies are still to come, the oldest first.
        recipients: RCPT commands of this message, ``refused`` those that a server refused.
        letters: parameters masked in the EHLO reply that is under way.
        reply_lines: lines of that reply so far.
        masked_by: the last ``match`` that masked something.
        ended: sides that closed their half; ``said_ended`` of which an event was made.
    """

    inspected: InspectionMap
    knobs: Knobs
    ends: syslog.Ends
    clock: Callable[[], float]
    version: tuple[int, int] | None = None
    state: State = State.COMMANDS
    counters: Counters = field(default_factory=Counters)
    events: deque[Event] = field(default_factory=deque)
    client: Lines = field(default_factory=Lines)
    server: Lines = field(default_factory=Lines)
    asked: deque[str] = field(default_factory=lambda: deque([CONNECT]))
    message: Message | None = None
    sender: bytes = b""
    declared: int | None = None
    recipients: int = 0
    refused: int = 0
    letters: int = 0
    reply_lines: int = 0
    ended: list[Direction] = field(default_factory=list)
    said_ended: list[Direction] = field(default_factory=list)
    masked_by: str = ""
    rates: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether the inspection ended the connection."""
        return self.state is State.CLOSED

    def forward(self, sender: Direction, data: bytes) -> None:
        """Let bytes go on."""
        if data:
            self.events.append(Forward(sender, data))

    def change(self, sender: Direction, before: bytes, after: bytes, rule: str) -> None:
        """Let a line go on in another shape."""
        if before != after:
            self.events.append(Changed(sender, before, after, rule))
        self.forward(sender, after)

    def log(self, text: str) -> None:
        """Send a syslog."""
        self.events.append(Syslog(text))

    def close(self, how: str, rule: str, sender: Direction) -> None:
        """End the connection."""
        self.log(syslog.terminated(self.ends, sender))
        self.events.append(Closed(how, rule))
        self.state = State.CLOSED
        self.client.rest()
        self.server.rest()

    def ask(self, verb: str) -> None:
        """Wait for the reply to a command; ``""`` to one that was crossed out."""
        self.asked.append(verb)
        if len(self.asked) > PENDING:
            self.anomaly(Direction.CLIENT, "too many commands without a reply", "close")

    def discard(self, sender: Direction, data: bytes, rule: str) -> None:
        """Keep bytes from the other side."""
        self.events.append(Discarded(sender, data, rule))
        self.counters.add("drop")

    def anomaly(self, sender: Direction, signature: str, treatment: str) -> None:
        """Say that a signature was seen."""
        if treatment == "pass":
            return
        self.events.append(Anomaly(sender, signature, treatment))
        if treatment == "close":
            self.counters.add("drop")
            self.close("drop-connection", signature, sender)

    def judge(self, point: Point, subject: Subject, sender: Direction, data: bytes) -> Judged:
        """Try the matches that look at this, in the order of the map.

        Args:
            data: what goes if a rate is exceeded.
        """
        judged = Judged.PASS
        for rule in self.inspected.at(point):
            if rule.hits(subject):
                judged = self._act(rule, sender, data) or judged
                if judged is Judged.GONE:
                    break
        return judged

    def grew(
        self,
        point: Point,
        before: int,
        after: int,
        data: bytes,
        sender: Direction = Direction.CLIENT,
    ) -> bool:
        """Try the limits that something just went above, each once; whether ``data`` goes on."""
        for rule in self.inspected.at(point) if after > before else ():
            if rule.passed(before, after) and self._act(rule, sender, data) is Judged.GONE:
                return False
        return True

    def stood(self, point: Point, value: int, data: bytes) -> bool:
        """Try each ``match not ... gt`` on what is complete; whether ``data`` goes on."""
        for rule in self.inspected.at(point):
            hit = rule.negated and rule.hits(value)
            if hit and self._act(rule, Direction.CLIENT, data) is Judged.GONE:
                return False
        return True

    def _act(self, rule: Rule, sender: Direction, data: bytes) -> Judged | None:
        self.counters.add(rule.text)
        self.events.append(Matched(sender, rule.text, rule.said))
        if rule.log:
            why = f" matched Class {rule.number}: {rule.text.removeprefix('match ')}"
            self.log(syslog.acted(self.ends, sender, rule.action, why, "Classification"))
        if rule.action in ("drop-connection", "reset"):
            if self.knobs.matches_count_as_drops:
                self.counters.add("reset-drop" if rule.action == "reset" else "drop")
            self.close(rule.action, rule.text, sender)
            return Judged.GONE
        if rule.action == "rate-limit" and self._too_many(rule):
            self.discard(sender, data, rule.text)
            return Judged.GONE
        if rule.action != "mask":
            return None
        self.masked_by = rule.text
        return Judged.MASK

    def _too_many(self, rule: Rule) -> bool:
        second = int(self.clock())
        last, count = self.rates.get(rule.text, (second, 0))
        count = count + 1 if last == second else 1
        self.rates[rule.text] = (second, count)
        return count > rule.per_second

    def police(self, parameter: Policing, said: str, sender: Direction) -> bool:
        """Act on a parameter with an action; whether the connection is gone."""
        self.events.append(Matched(sender, parameter.name, parameter.action))
        if parameter.log:
            why = f" {parameter.name}: {said}"
            self.log(syslog.acted(self.ends, sender, parameter.action, why, "Parameter"))
        if parameter.action == "drop-connection":
            self.counters.add("drop")
            self.close("drop-connection", parameter.name, sender)
            return True
        return False
