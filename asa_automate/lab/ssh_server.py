"""Virtual ASAs behind real SSH on loopback: one event loop in one thread for all of them."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Coroutine, Mapping
from types import TracebackType
from typing import Any, TypeVar

import asyncssh

from asa_automate.errors import Unreachable
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.console import Late, Piece
from asa_automate.lab.shell import Shell
from asa_automate.lab.ssh_options import LEGACY, SshOptions

__all__ = ["LEGACY", "LabServer", "SshOptions", "serve"]

T = TypeVar("T")
_LOG = logging.getLogger(__name__)
#: For whatever the caller asks of the loop: loopback answers at once, or something is broken.
_PATIENCE = 30.0
#: After a logoff the client may close first; seconds until the box does.
_LINGER = 0.2
#: As real boxes announce themselves.
_SERVER_VERSION = "Cisco-1.25"


class _Session(asyncssh.SSHServerSession[bytes]):
    """One channel: what arrives goes to the shell, what the shell says goes back, in order."""

    def __init__(self, box: VirtualAsa, connection: asyncssh.SSHServerConnection) -> None:
        self._box = box
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Piece] = deque()
        self._held = False
        self._shell: Shell | None = None
        self._spoke = self._loop.time()

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._chan = chan

    def pty_requested(self, *_args: Any) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def session_started(self) -> None:
        try:
            user = str(self._connection.get_extra_info("username"))
            self._shell = self._box.open_session(user)
        except Unreachable:
            self._connection.abort()
            return
        self._shell.on_close.append(self._closed_from_elsewhere)
        self._send([self._shell.greeting()])

    def data_received(self, data: bytes, _datatype: asyncssh.DataType) -> None:
        try:
            if self._shell is not None:
                self._shell.waited(self._silence())
                self._send(self._shell.feed(data))
        except Exception:
            # Whatever is wrong with the lab must not leave a client waiting.
            _LOG.exception("a virtual ASA failed")
            self._connection.abort()

    def break_received(self, _msec: int) -> bool:
        self.data_received(b"\x03", None)
        return True

    def connection_lost(self, _exc: Exception | None) -> None:
        if self._shell is not None:
            self._shell.close()

    def _closed_from_elsewhere(self) -> None:
        """A reload, maybe in another thread: what is left to say is said by the loop."""
        self._loop.call_soon_threadsafe(self.data_received, b"", None)

    def _silence(self) -> float:
        """Seconds since the client typed something, or since it was answered late."""
        before, self._spoke = self._spoke, self._loop.time()
        return self._spoke - before

    def _send(self, pieces: list[Piece]) -> None:
        self._waiting += pieces
        self._pump()

    def _pump(self) -> None:
        while self._waiting and not self._held:
            piece = self._waiting.popleft()
            if isinstance(piece, bytes):
                self._chan.write(piece)
            elif isinstance(piece, Late):
                self._held = True
                self._loop.call_later(piece.seconds, self._release)
            else:
                self._hang_up(piece.clean)

    def _release(self) -> None:
        self._held = False
        self._spoke = self._loop.time()
        self._pump()

    def _hang_up(self, clean: bool) -> None:
        if clean:
            self._chan.exit(0)
            self._loop.call_later(_LINGER, self._connection.abort)
        else:
            self._connection.abort()


class _Door(asyncssh.SSHServer):
    """Who gets in: the box's one user, as long as a session is free."""

    def __init__(self, box: VirtualAsa, inside: set[asyncssh.SSHServerConnection]) -> None:
        self._box = box
        self._inside = inside

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._inside.add(conn)
        if self._box.open_sessions >= self._box.knobs.max_sessions:
            conn.abort()

    def connection_lost(self, _exc: Exception | None) -> None:
        self._inside.discard(self._connection)

    def begin_auth(self, _username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def kbdint_auth_supported(self) -> bool:
        return False

    def validate_password(self, username: str, password: str) -> bool:
        knobs, counts = self._box.knobs, self._box.counts
        counts.logins_tried += 1
        right = (username, password) == (knobs.username, knobs.password)
        counts.logins_refused += not right
        return right

    def session_requested(self) -> asyncssh.SSHServerSession[bytes]:
        return _Session(self._box, self._connection)


class LabServer:
    """SSH servers for many boxes; use it as a context manager.

    Args:
        boxes: by name.
        host: the address to listen on.
        ports: fixed ports by name; a box without one gets a free port.
        options: key exchange and host key by name.

    Attributes:
        ports: where each box listens, filled when started.
        host_keys: the public key of each, as ``ssh-ed25519 AAAA...``.
    """

    def __init__(
        self,
        boxes: Mapping[str, VirtualAsa],
        *,
        host: str = "127.0.0.1",
        ports: Mapping[str, int] | None = None,
        options: Mapping[str, SshOptions] | None = None,
    ) -> None:
        self.boxes = dict(boxes)
        self.host = host
        self.ports = dict(ports or {})
        self.host_keys: dict[str, str] = {}
        self._options = dict(options or {})
        self._keys: dict[str, asyncssh.SSHKey] = {}
        self._acceptors: dict[str, asyncssh.SSHAcceptor] = {}
        self._inside: set[asyncssh.SSHServerConnection] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="virtual-asas", daemon=True)

    def start(self) -> "LabServer":
        """Listen, unless it does already; raises ``OSError`` when a fixed port is taken."""
        if self._thread.is_alive():
            return self
        self._thread.start()
        try:
            for name in self.boxes:
                self._ask(self._listen(name))
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Close every session and stop listening; safe to call twice."""
        if not self._thread.is_alive():
            return
        self._ask(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)

    def fingerprint(self, name: str) -> str:
        """``SHA256:...`` of a box's host key."""
        return str(self._keys[name].get_fingerprint())

    def rotate_host_key(self, name: str) -> str:
        """Give a box another host key, as after a replacement; its new public key."""
        self._keys[name] = asyncssh.generate_private_key(self._of(name).key_type)
        self._publish(name)
        self._ask(self._update(name))
        return self.host_keys[name]

    def __enter__(self) -> "LabServer":
        return self.start()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _of(self, name: str) -> SshOptions:
        return self._options.get(name, SshOptions())

    def _publish(self, name: str) -> None:
        self.host_keys[name] = self._keys[name].export_public_key().decode().strip()

    async def _listen(self, name: str) -> None:
        box = self.boxes[name]
        self._keys[name] = self._of(name).key()
        self._publish(name)
        acceptor = await asyncssh.create_server(
            lambda: _Door(box, self._inside),
            self.host,
            self.ports.get(name, 0),
            server_host_keys=[self._of(name).offered(self._keys[name])],
            server_version=_SERVER_VERSION,
            encoding=None,
            line_editor=False,
            **self._of(name).algorithms(),
        )
        self._acceptors[name] = acceptor
        self.ports[name] = acceptor.get_port()

    async def _update(self, name: str) -> None:
        pair = self._of(name).offered(self._keys[name])
        self._acceptors[name].update(server_host_keys=[pair])

    async def _close(self) -> None:
        for acceptor in self._acceptors.values():
            acceptor.close()
        leaving = list(self._inside)
        for connection in leaving:
            connection.abort()
        for connection in leaving:
            await connection.wait_closed()
        for acceptor in self._acceptors.values():
            await acceptor.wait_closed()
        # One more round of the loop, so that it closes the sockets.
        await asyncio.sleep(0)

    def _ask(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()


def serve(
    boxes: Mapping[str, VirtualAsa],
    *,
    host: str = "127.0.0.1",
    ports: Mapping[str, int] | None = None,
    options: Mapping[str, SshOptions] | None = None,
) -> LabServer:
    """``with serve({"edge-a": box}) as lab: ... lab.ports["edge-a"]``."""
    return LabServer(boxes, host=host, ports=ports, options=options)
