"""Jump hosts: one SSH connection to each, shared by all devices behind it, over several hops.

A bastion is logged in to with keys (an agent, a file) or a password of its own, never with the
credentials of a device. Its host key must be pinned like a device's.
"""

import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from paramiko.ssh_exception import (
    AuthenticationException,
    ChannelException,
    IncompatiblePeer,
    SSHException,
)

from asa_automate.device import known_hosts, ssh
from asa_automate.device.known_hosts import HostKey, Verdict
from asa_automate.device.lane import Lane
from asa_automate.device.printable import one_line
from asa_automate.device.secret import Secret
from asa_automate.errors import AsaAutomateError, HostKeyRefused, JumpHostRefused, Unreachable
from asa_automate.inventory.jump import Hop

ADVICE = "look at it and pin it with 'asa-automate hostkeys trust'"
PATIENCE = 20.0
"""Seconds for each of connecting, key exchange and login at a jump host."""
KEEPALIVE = 30
"""Seconds; a bastion's own firewall forgets connections that are silent."""
DEAD_FOR = 30.0
"""Seconds for which a jump host that could not be reached is not tried again: others wait."""

IDENTITIES = ("id_ed25519", "id_ecdsa", "id_rsa")
"""Files of a user's keys below ``~/.ssh``, in the order in which they are tried (ssh(1), -i)."""


@dataclass(frozen=True, slots=True)
class JumpLogin:
    """How to log in to jump hosts.

    Attributes:
        username: where ``via`` does not name one.
        keys: files of private keys, without a passphrase, in their order; missing ones count as
            not there.
        agent: whether the keys of an SSH agent are tried, before the files.
        password: tried last, at jump hosts only.
    """

    username: str
    keys: tuple[Path, ...] = ()
    agent: bool = True
    password: Secret | None = None


Chain = tuple[Hop, ...]
"""Jump hosts, the first one first."""


@dataclass
class _Post:
    """One jump host, as reached over the ones before it."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    transport: paramiko.Transport | None = None
    error: AsaAutomateError | None = None
    since: float = 0.0


class Bastions:
    """The connections to jump hosts of one command; safe for many threads.

    Args:
        login: how to log in to them.
        known: our file of host keys.
        clock: monotonic seconds.
    """

    def __init__(
        self, login: JumpLogin, known: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._login = login
        self._known = known
        self._clock = clock
        self._lock = threading.Lock()
        self._posts: dict[Chain, _Post] = {}
        self._closing = weakref.finalize(self, _close, self._posts)

    def dial(self, via: Chain, host: str, port: int, timeout: float) -> Lane:
        """A channel to ``host:port`` that the last of ``via`` opens; used like a socket.

        Raises:
            Unreachable: a jump host cannot be reached, or does not lead there.
            HostKeyRefused: the key of a jump host is unknown or changed.
            JumpHostRefused: a jump host does not let us in; it is not tried again.
        """
        *_, last = via
        try:
            return Lane(
                self._transport(via).open_channel(
                    "direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=timeout
                )
            )
        except ChannelException as error:
            raise Unreachable(_refused(last, host, port, error)) from None
        except (SSHException, EOFError, OSError) as error:
            why = ssh.in_words(error)
            raise Unreachable(
                f"cannot connect to {host}:{port}: jump host {last} did not answer ({why})"
            ) from None

    def open(self, via: Chain) -> None:
        """Log in to each of ``via``, unless that is done; raises as :meth:`dial` does."""
        self._transport(via)

    def close(self) -> None:
        """End all connections; safe to call twice."""
        _close(self._posts)

    def count(self) -> int:
        """How many connections there are."""
        return sum(post.transport is not None for post in self._posts.values())

    def _transport(self, via: Chain) -> paramiko.Transport:
        with self._lock:
            post = self._posts.setdefault(via, _Post())
        with post.turn:
            if post.transport is not None and post.transport.is_active():
                return post.transport
            self._must_be_worth_trying(post)
            try:
                post.transport = self._connect(via)
            except AsaAutomateError as error:
                post.error, post.since = error, self._clock()
                raise
            return post.transport

    def _must_be_worth_trying(self, post: _Post) -> None:
        """A refusal stands; what did not answer is tried again after a while."""
        error = post.error
        if error is None:
            return
        lasting = isinstance(error, HostKeyRefused | JumpHostRefused)
        if lasting or self._clock() - post.since < DEAD_FOR:
            raise type(error)(error.message)

    def _connect(self, via: Chain) -> paramiko.Transport:
        *before, hop = via
        way = self._way_to(tuple(before), hop)
        transport = None
        try:
            transport = ssh.Negotiation(
                way, disabled_algorithms=ssh.disabled_algorithms(legacy=False)
            )
            self._meet(transport, hop)
            _log_in(transport, hop, self._login)
            transport.set_keepalive(KEEPALIVE)
        except BaseException:
            if transport is not None:
                transport.close()
            way.close()
            raise
        return transport

    def _way_to(self, before: Chain, hop: Hop) -> ssh.Socket:
        if before:
            return self.dial(before, hop.host, hop.port, PATIENCE)
        try:
            return ssh.dial(hop.host, hop.port, PATIENCE)
        except Unreachable as error:
            raise Unreachable(f"jump host {hop}: {error.message}") from None

    def _meet(self, transport: ssh.Negotiation, hop: Hop) -> None:
        """The key exchange; ends here unless the jump host's key is the pinned one."""
        ssh.keep_quiet()
        pinned = known_hosts.keys_of(known_hosts.read(self._known), hop.host, hop.port)
        transport.ask_for([key.kind for key in pinned])
        transport.banner_timeout = PATIENCE
        try:
            transport.start_client(timeout=PATIENCE)
        except IncompatiblePeer as error:
            why = ssh.mismatch(error, transport)
            raise Unreachable(f"jump host {hop}: {why}") from None
        except (SSHException, EOFError, OSError) as error:
            why = ssh.ended_in(error, transport)
            raise Unreachable(f"jump host {hop}: {why}") from None
        key = transport.get_remote_server_key()
        _must_be_trusted(pinned, ssh.host_key(hop.host, hop.port, key), hop)


def _must_be_trusted(pinned: tuple[HostKey, ...], shown: HostKey, hop: Hop) -> None:
    verdict = known_hosts.judge(pinned, shown)
    if verdict is Verdict.UNKNOWN:
        raise HostKeyRefused(
            f"jump host {hop}: host key unknown ({shown.fingerprint}); nothing was sent: {ADVICE}"
        )
    if verdict is Verdict.CHANGED:
        ours = ", ".join(key.fingerprint for key in pinned)
        raise HostKeyRefused(
            f"jump host {hop}: HOST KEY CHANGED: it shows {shown.fingerprint}, pinned is {ours}; "
            f"nothing was sent: {ADVICE}"
        )


def _log_in(transport: paramiko.Transport, hop: Hop, login: JumpLogin) -> None:
    """Keys first, the password last; each once."""
    user = hop.username or login.username
    tried: list[str] = []
    agent = paramiko.Agent() if login.agent else None
    try:
        for key in [*(agent.get_keys() if agent else ()), *_keys_in_files(login)]:
            tried.append(f"key {key.fingerprint}")
            if _accepted(transport, user, key):
                return
        if login.password is not None:
            tried.append("password")
            transport.auth_password(user, login.password.reveal())
            return
    except AuthenticationException:
        pass
    except (SSHException, EOFError, OSError) as error:
        raise Unreachable(f"jump host {hop}: {ssh.in_words(error)}") from None
    finally:
        if agent:
            agent.close()
    with_what = ", ".join(tried) or "nothing"
    raise JumpHostRefused(
        f"jump host {hop}: login refused for user {user} (tried: {with_what}); "
        "give it a key: an SSH agent, ~/.ssh/id_ed25519 or ASA_AUTOMATE_JUMP_KEY"
    )


def _accepted(transport: paramiko.Transport, user: str, key: paramiko.PKey) -> bool:
    try:
        transport.auth_publickey(user, key)
    except AuthenticationException as error:
        if not transport.is_active():
            raise SSHException(str(error)) from None
        return False
    return True


def _keys_in_files(login: JumpLogin) -> list[paramiko.PKey]:
    return [_key(path) for path in login.keys if path.is_file()]


def _key(path: Path) -> paramiko.PKey:
    try:
        return paramiko.PKey.from_path(path)
    except paramiko.PasswordRequiredException:
        raise JumpHostRefused(f"{path} has a passphrase: put the key into an SSH agent") from None
    except (SSHException, OSError, ValueError, TypeError) as error:
        raise JumpHostRefused(f"{path} cannot be used as a key: {one_line(str(error))}") from None


def _refused(hop: Hop, host: str, port: int, error: ChannelException) -> str:
    """Why a jump host opens no way (RFC 4254, section 5.1)."""
    why = {
        1: "it does not permit forwarding there (AllowTcpForwarding, PermitOpen)",
        2: "it gets no connection to it",
    }.get(error.code, one_line(str(error.text)))
    return f"cannot connect to {host}:{port} over jump host {hop}: {why}"


def _close(posts: dict[Chain, _Post]) -> None:
    for via in sorted(posts, key=len, reverse=True):
        transport, posts[via].transport = posts[via].transport, None
        if transport is not None:
            ssh.end(transport)
