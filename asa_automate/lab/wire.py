"""A session without a socket: what a dialogue writes goes straight into a virtual ASA."""

from collections import deque

from asa_automate.errors import LinkLost
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.console import Cut, Late, Piece


class MemoryWire:
    """An authenticated session with a box, as bytes; nothing sleeps.

    A delayed reply is handed out once ``read`` has waited long enough on the virtual clock. What
    ``read`` waits for nothing counts as silence of the session (knob ``idle_seconds``); so does
    what ``box.seconds`` goes on between two writes.

    Args:
        box: the firewall.
        chunk: at most so many bytes per ``read``; ``None``: all there are.
        user: who has logged in.

    Raises:
        Unreachable: the box has no free session.
    """

    def __init__(
        self, box: VirtualAsa, *, chunk: int | None = None, user: str | None = None
    ) -> None:
        box.counts.logins_tried += 1
        self._shell = box.open_session(user)
        self._chunk = chunk
        self._arriving: deque[Piece] = deque([self._shell.greeting()])

    def write(self, data: bytes) -> None:
        """Send all of ``data``; ``LinkLost`` once the link is gone."""
        if self._shell.closed:
            raise LinkLost("the connection is closed")
        self._arriving += self._shell.feed(data)

    def read(self, seconds: float) -> bytes:
        """What arrives within ``seconds`` of virtual time; ``LinkLost`` after the last of it."""
        if not self._arriving:
            if self._shell.closed:
                raise LinkLost("the connection was closed by the device")
            self._shell.waited(seconds)
            return b""
        piece = self._arriving.popleft()
        if isinstance(piece, Cut):
            raise LinkLost("the connection was closed by the device")
        if isinstance(piece, Late):
            return self._wait(piece, seconds)
        return self._some(piece)

    def close(self) -> None:
        """Hang up; safe to call twice."""
        self._shell.close()
        self._arriving.clear()

    def _wait(self, late: Late, seconds: float) -> bytes:
        if late.seconds > seconds:
            self._arriving.appendleft(Late(late.seconds - seconds))
            return b""
        return self.read(seconds - late.seconds)

    def _some(self, piece: bytes) -> bytes:
        if self._chunk is None:
            while self._arriving and isinstance(self._arriving[0], bytes):
                piece += self._arriving.popleft()  # type: ignore[operator]  # narrowed above
            return piece
        if len(piece) > self._chunk:
            self._arriving.appendleft(piece[self._chunk :])
        return piece[: self._chunk]
