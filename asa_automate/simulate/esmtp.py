"""The ESMTP inspection without I/O: bytes of both directions in, events out.

    engine.receive(Direction.SERVER, b"220 mail.example.com ESMTP\\r\\n")
    while (event := engine.next_event()) is not None: ...

Sources: Cisco doc 117801; Cisco ASA 8.4 and 9.3 guides, *SMTP and Extended SMTP Inspection*.
"""

from collections.abc import Callable

from asa_automate.simulate import esmtp_syslog as syslog
from asa_automate.simulate.esmtp_commands import command
from asa_automate.simulate.esmtp_counters import Counters
from asa_automate.simulate.esmtp_events import Ended, Event
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_map import InspectionMap
from asa_automate.simulate.esmtp_message import data_line
from asa_automate.simulate.esmtp_replies import reply
from asa_automate.simulate.esmtp_session import Session, State
from asa_automate.simulate.smtp import HOLD, Direction


def _auth_line(session: Session, line: bytes) -> None:
    """An answer to a challenge (RFC 4954): not a command."""
    session.asked.append("AUTH")
    session.state = State.WAITING
    session.forward(Direction.CLIENT, line)


#: How a line of the client is read; in a state that is not here its bytes wait.
READERS: dict[State, Callable[[Session, bytes], None]] = {
    State.COMMANDS: command,
    State.AUTH: _auth_line,
    State.MESSAGE: data_line,
}


class Engine:
    """One connection through the inspection.

    Args:
        clock: seconds, for ``rate-limit``.
        version: of the release, for what differs between releases.
    """

    def __init__(
        self,
        inspected: InspectionMap,
        knobs: Knobs | None = None,
        ends: syslog.Ends | None = None,
        clock: Callable[[], float] = lambda: 0.0,
        version: tuple[int, int] | None = None,
    ) -> None:
        self._session = Session(inspected, knobs or Knobs(), ends or syslog.Ends(), clock, version)

    @property
    def counters(self) -> Counters:
        """What was counted so far."""
        return self._session.counters

    def next_event(self) -> Event | None:
        """The next thing that happened; ``None``: more bytes are needed."""
        events = self._session.events
        return events.popleft() if events else None

    def receive(self, sender: Direction, data: bytes) -> None:
        """Bytes of one side, however they were cut; ``b""``: that side closed its half."""
        session = self._session
        if session.state is State.CLOSED:
            return
        if not data:
            self._end(sender)
            return
        session.counters.add("packet")
        if session.state is State.OPEN:
            session.forward(sender, data)
            return
        (session.client if sender is Direction.CLIENT else session.server).feed(data)
        self._run(sender)

    def _run(self, sender: Direction) -> None:
        session = self._session
        if sender is Direction.SERVER:
            while session.state not in (State.OPEN, State.CLOSED):
                line = session.server.line()
                if line is None:
                    break
                reply(session, line)
        while (read := READERS.get(session.state)) and (line := session.client.line()):
            read(session, line)
        if session.state is State.OPEN:
            session.forward(Direction.SERVER, session.server.rest())
            session.forward(Direction.CLIENT, session.client.rest())
        elif len(session.client.held) > HOLD:
            session.anomaly(Direction.CLIENT, "pipelining", "close")

    def _end(self, sender: Direction) -> None:
        session = self._session
        lines = session.client if sender is Direction.CLIENT else session.server
        left = lines.rest()
        if left and sender is Direction.CLIENT and session.state is State.COMMANDS:
            treatment = session.knobs.truncated
            session.anomaly(sender, "truncated command", treatment)
            if treatment == "discard":
                session.discard(sender, left, "truncated command")
                left = b""
        if session.state is not State.CLOSED:
            session.forward(sender, left)
            session.events.append(Ended(sender))
