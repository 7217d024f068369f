"""A channel of a jump host's connection, as a socket for another SSH connection.

A bare channel of paramiko's would do, but for two things that hurt the neighbours. It may send
data, or end-of-file, behind its own close, when two threads are at it; an OpenSSH server then ends
the connection that all devices share. And an error while closing, when that connection is gone,
kills a thread with a traceback.
"""

import contextlib
from typing import Any

import paramiko

_REKEYING = 30.0
"""Seconds that a new key exchange of the jump host's connection may take."""


class _Ordered(paramiko.Channel):  # type: ignore[misc] # paramiko ships no types
    """Sends under the lock under which it decides to: nothing follows a close."""

    def _send(self, data: bytes, message: paramiko.Message) -> int:
        # Whoever waits for new keys must not hold the lock: they are read by the thread below it.
        self.transport.clear_to_send.wait(_REKEYING)
        with self.lock:
            if self.closed:
                raise OSError("the channel is closed")
            size: int = self._wait_for_send_window(len(data))
            if size:
                message.add_string(data[:size])
                self.transport._send_user_message(message)
            return size

    def _close_internal(self) -> tuple[None, None]:
        """Called with the lock held, by closing here and there; its caller sends what it gets."""
        messages: tuple[Any, ...] = super()._close_internal()
        for message in messages:
            if message is not None:
                self.transport._send_user_message(message)
        return None, None


class Lane:
    """What paramiko asks of a socket, over a channel; closing is done once, and never fails."""

    def __init__(self, channel: paramiko.Channel) -> None:
        channel.__class__ = _Ordered  # open_channel names its own class
        self._channel = channel

    def send(self, data: bytes) -> int:
        """Bytes taken of ``data``; ``OSError`` once the connection is gone."""
        try:
            return int(self._channel.send(data))
        except EOFError:
            raise OSError("the jump host's connection has ended") from None

    def recv(self, size: int) -> bytes:
        """What has arrived; nothing once the other side has ended."""
        return bytes(self._channel.recv(size))

    def settimeout(self, seconds: float | None) -> None:
        """For ``send`` and ``recv``."""
        self._channel.settimeout(seconds)

    def shutdown(self, _how: int) -> None:
        """The same as closing: both directions end with one message."""
        self.close()

    def close(self) -> None:
        """End the channel, not the connection below it."""
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._channel.close()

    @property
    def _closed(self) -> bool:
        """Private to sockets, and yet asked for by paramiko."""
        return bool(self._channel.closed)
