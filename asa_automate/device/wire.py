"""The wire that a dialogue with a firewall runs over: three methods, whoever owns the socket."""

from typing import Protocol


class Wire(Protocol):
    """An open, authenticated terminal session, as bytes.

    ``LinkLost`` is raised by both directions once the other side is gone.
    """

    def write(self, data: bytes) -> None:
        """Send all of ``data``."""

    def read(self, seconds: float) -> bytes:
        """Whatever has arrived; ``b""`` when nothing arrives within ``seconds``."""

    def close(self) -> None:
        """Hang up; safe to call twice."""
