"""The ESMTP inspection without I/O: bytes of both directions in, events out.

    engine.receive(Direction.SERVER, b"220 mail.example.com ESMTP\\r\\n")
    while (event := engine.next_event()) is not None: ...

Sources: Cisco doc 117801; Cisco ASA 8.4 and 9.3 guides, *SMTP and Extended SMTP Inspection*.
"""

from collections.abc import Callable

from asa_automate.simulate import esmtp_syslog as syslog
from asa_automate.simulate.esmtp_body import message_bytes
from asa_automate.simulate.esmtp_commands import command
from asa_automate.simulate.esmtp_counters import Counters
from asa_automate.simulate.esmtp_events import Ended, Event
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_map import InspectionMap
from asa_automate.simulate.esmtp_replies import reply
from asa_automate.simulate.esmtp_session import Session, State
from asa_automate.simulate.smtp import HOLD, LF, Direction, Lines


def _command(session: Session, lines: Lines) -> bool:
    line = lines.line(session.inspected.holds.command)
    if line:
        command(session, line)
    return line is not None


def _auth_line(session: Session, lines: Lines) -> bool:
    """An answer to a challenge (RFC 4954): not a command."""
    line = lines.line()
    if line is None:
        return False
    if not line.endswith(LF):
        session.anomaly(Direction.CLIENT, "command without an end", "close")
        return False
    session.state = State.WAITING
    session.ask("AUTH")
    session.forward(Direction.CLIENT, line)
    return True


#: How the bytes of the client are read: each takes some, or says that it needs more; in a state
#: that is not here they wait.
READERS: dict[State, Callable[[Session, Lines], bool]] = {
    State.COMMANDS: _command,
    State.AUTH: _auth_line,
    State.MESSAGE: message_bytes,
}


#: In these states the server's bytes are read as replies.
INSPECTED = (State.COMMANDS, State.WAITING, State.AUTH, State.MESSAGE)


class Engine:
    """One connection through the inspection.

    Args:
        clock: seconds, for ``rate-limit``.
        version: of the release, for what differs between releases.
        counters: where to count; its own where none is given.
    """

    def __init__(
        self,
        inspected: InspectionMap,
        knobs: Knobs | None = None,
        ends: syslog.Ends | None = None,
        clock: Callable[[], float] = lambda: 0.0,
        version: tuple[int, int] | None = None,
        counters: Counters | None = None,
    ) -> None:
        ends = ends or syslog.Ends()
        self._session = Session(inspected, knobs or Knobs(), ends, clock, version)
        if counters is not None:
            self._session.counters = counters

    @property
    def counters(self) -> Counters:
        """What was counted so far."""
        return self._session.counters

    @property
    def closed(self) -> bool:
        """Whether the inspection ended the connection."""
        return self._session.closed

    @property
    def inspecting(self) -> bool:
        """Whether it still looks at the bytes."""
        return self._session.state in INSPECTED

    def holds(self, sender: Direction) -> int:
        """How many bytes of a side wait for more of them, or for the other side."""
        session = self._session
        return len((session.client if sender is Direction.CLIENT else session.server).held)

    @property
    def waits_for(self) -> int:
        """How many commands wait for their replies."""
        return len(self._session.asked)

    def next_event(self) -> Event | None:
        """The next thing that happened; ``None``: more bytes are needed."""
        events = self._session.events
        return events.popleft() if events else None

    def receive(self, sender: Direction, data: bytes) -> None:
        """Bytes of one side, however they were cut; ``b""``: that side closed its half."""
        session = self._session
        if session.state is State.CLOSED or sender in session.ended:
            return
        if not data:
            session.ended.append(sender)
        elif session.state is State.OPEN:
            session.forward(sender, data)
            return
        else:
            session.counters.add("packet")
            (session.client if sender is Direction.CLIENT else session.server).feed(data)
        self._run()

    def _run(self) -> None:
        session = self._session
        if session.client.held:
            self._client()
        while session.state in INSPECTED and (line := session.server.line()) is not None:
            reply(session, line)
            if session.client.held or session.state is State.OPEN:
                self._client()
        for sender in session.ended:
            self._end(sender)

    def _client(self) -> None:
        session = self._session
        while (read := READERS.get(session.state)) and read(session, session.client):
            pass
        if session.state is State.OPEN:
            session.forward(Direction.CLIENT, session.client.rest())
            session.forward(Direction.SERVER, session.server.rest())
        elif len(session.client.held) > HOLD:
            session.anomaly(Direction.CLIENT, "pipelining", "close")

    def _end(self, sender: Direction) -> None:
        """Say once that a side is done, as soon as nothing of it waits for the other side."""
        session = self._session
        waits = session.state is State.WAITING and Direction.SERVER not in session.ended
        if session.closed or sender in session.said_ended:
            return
        if sender is Direction.CLIENT and session.client.held and waits:
            return
        self._left_over(sender)
        if not session.closed:
            session.said_ended.append(sender)
            session.events.append(Ended(sender))

    def _left_over(self, sender: Direction) -> None:
        session = self._session
        left = (session.client if sender is Direction.CLIENT else session.server).rest()
        if not left or session.closed or session.state is State.OPEN:
            return
        if sender is Direction.CLIENT and session.state is State.MESSAGE:
            session.forward(sender, left)
            return
        what = "truncated command" if sender is Direction.CLIENT else "truncated reply"
        treatment = session.knobs.truncated
        session.anomaly(sender, what, treatment)
        if treatment == "discard":
            session.discard(sender, left, what)
        elif not session.closed:
            session.forward(sender, left)
