"""netmiko's road to an ASA, and the one seam where its errors, and paramiko's, become ours.

netmiko brings the connection about; the bytes are then read from and written to its channel
directly, because netmiko drops what is not UTF-8. Its stock ASA driver enters configuration mode
at login (``terminal width 511``), takes any host key and sleeps; this subclass does none of that.
"""

from pathlib import Path
from typing import NoReturn

import paramiko
from netmiko.cisco.cisco_asa_ssh import CiscoAsaSSH
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException
from paramiko.ssh_exception import (
    AuthenticationException,
    BadHostKeyException,
    ChannelException,
    IncompatiblePeer,
    SSHException,
)

from asa_automate.device import known_hosts as store
from asa_automate.device import ssh
from asa_automate.device.credentials import Credentials
from asa_automate.device.known_hosts import HostKey
from asa_automate.device.legacy import negotiated
from asa_automate.device.wire import Wire
from asa_automate.errors import (
    AsaAutomateError,
    HostKeyRefused,
    LinkLost,
    LoginRefused,
    Unreachable,
    UsageError,
)
from asa_automate.model import Device

ADVICE = "look at it and pin it with 'asa-automate hostkeys trust'"
PATIENCE = 20.0
"""Seconds for each of connecting, key exchange and login."""
_CHUNK = 65_536
_WRITE_SECONDS = 30.0


class _UnknownKeyError(SSHException):  # type: ignore[misc] # paramiko ships no types
    """The server's key is not in our file."""

    def __init__(self, key: paramiko.PKey) -> None:
        super().__init__("unknown host key")
        self.key = key


class _Refuse(paramiko.MissingHostKeyPolicy):  # type: ignore[misc] # as above
    """Ends the connection before the login, and says which key it was."""

    def missing_host_key(
        self, _client: paramiko.SSHClient, _hostname: str, key: paramiko.PKey
    ) -> None:
        raise _UnknownKeyError(key)


class _Client(paramiko.SSHClient):  # type: ignore[misc] # as above
    """Knows our keys only, and asks for the pinned kind of key first."""

    def __init__(self, pinned: tuple[HostKey, ...]) -> None:
        super().__init__()
        self.pinned = pinned
        self.negotiation: ssh.Negotiation | None = None
        for key in pinned:
            self.get_host_keys().add(
                key.place, key.kind, paramiko.PKey.from_type_string(key.kind, key.blob)
            )

    def transport(self, *args: object, **kwargs: object) -> ssh.Negotiation:
        """A transport; for the argument ``transport_factory`` of ``connect``."""
        made = ssh.Negotiation(*args, **kwargs)
        made.ask_for([key.kind for key in self.pinned])
        self.negotiation = made
        return made


class QuietAsa(CiscoAsaSSH):
    """netmiko's ASA driver without anything that it does to a device at login."""

    def __init__(self, client: _Client, **kwargs: object) -> None:
        self._client = client
        super().__init__(**kwargs)

    def _build_ssh_client(self) -> paramiko.SSHClient:
        self._client.set_missing_host_key_policy(_Refuse())
        return self._client

    def _connect_params_dict(self) -> dict[str, object]:
        return {**super()._connect_params_dict(), "transport_factory": self._client.transport}

    def _try_session_preparation(self, force_data: bool = True) -> None:  # noqa: ARG002 - netmiko's
        self.session_preparation()

    def session_preparation(self) -> None:
        """Nothing: the dialogue is ours."""

    def cleanup(self, command: str = "exit") -> None:
        """Nothing: the stock one types at a device that nobody may type at any more."""


class ChannelWire:
    """The wire over an SSH channel."""

    def __init__(self, connection: QuietAsa, device: str) -> None:
        channel = connection.remote_conn
        if not isinstance(channel, paramiko.Channel):
            raise Unreachable("no terminal was opened", device=device)
        self._connection = connection
        self._channel = channel
        self._device = device
        self.algorithms = negotiated(channel.get_transport())

    def write(self, data: bytes) -> None:
        """See ``Wire``."""
        try:
            self._channel.settimeout(_WRITE_SECONDS)
            self._channel.sendall(data)
        except (OSError, SSHException, EOFError) as error:
            raise LinkLost(ssh.in_words(error), device=self._device) from None

    def read(self, seconds: float) -> bytes:
        """See ``Wire``."""
        try:
            self._channel.settimeout(max(seconds, 0.0))
            data: bytes = self._channel.recv(_CHUNK)
        except TimeoutError:
            return b""
        except (OSError, SSHException, EOFError) as error:
            raise LinkLost(ssh.in_words(error), device=self._device) from None
        if not data:
            raise LinkLost("the device hung up", device=self._device)
        return data

    def close(self) -> None:
        """See ``Wire``."""
        transport = self._channel.get_transport()
        if transport is not None:
            ssh.end(transport)
        self._connection.disconnect()


def connect(
    device: Device,
    credentials: Credentials,
    known_hosts: Path,
    timeout: float = PATIENCE,
    *,
    dial: ssh.Dial | None = None,
) -> Wire:
    """Log in to ``device`` and open a terminal. Sends nothing on it.

    Args:
        known_hosts: the one file of keys that counts; no other is read.
        timeout: seconds for each of connecting, key exchange and login.
        dial: the way there; needed where it leads over jump hosts.

    Raises:
        Unreachable: no connection, no common algorithm, or no free session.
        HostKeyRefused: key unknown or changed; no password was sent.
        LoginRefused: the device refused user name or password.
    """
    if device.via and dial is None:
        raise UsageError("it stands behind jump hosts ('via')", device=device.name)
    ssh.keep_quiet()
    pinned = _pinned(device, known_hosts)
    client = _Client(pinned)
    connection = None
    try:
        connection = (dial or ssh.dial)(device.host, device.port, timeout)
        return ChannelWire(_log_in(device, credentials, client, connection, timeout), device.name)
    except BaseException as error:
        client.close()
        if connection is not None:
            connection.close()
        if isinstance(error, Exception):
            _translate(error, device, client)
        raise


def _pinned(device: Device, known_hosts: Path) -> tuple[HostKey, ...]:
    if not known_hosts.is_file():
        raise HostKeyRefused(
            f"there is no file of host keys ({known_hosts}): {ADVICE}", device=device.name
        )
    return store.keys_of(store.read(known_hosts), device.host, device.port)


def _log_in(
    device: Device,
    credentials: Credentials,
    client: _Client,
    connection: ssh.Socket,
    timeout: float,
) -> QuietAsa:
    return QuietAsa(
        client,
        device_type="cisco_asa",
        host=device.host,
        port=device.port,
        username=credentials.username,
        password=credentials.password.reveal(),
        sock=connection,
        ssh_strict=True,
        use_keys=False,
        allow_agent=False,
        allow_auto_change=False,
        disabled_algorithms=ssh.disabled_algorithms(legacy=device.legacy_ssh),
        conn_timeout=timeout,
        auth_timeout=timeout,
        banner_timeout=timeout,
    )


def _translate(error: Exception, device: Device, client: _Client) -> NoReturn:
    if isinstance(error, AsaAutomateError):
        raise type(error)(error.message, device=device.name) from None
    cause = _cause(error)
    where = f"{device.host}:{device.port}"
    if isinstance(cause, _UnknownKeyError):
        shown = ssh.host_key(device.host, device.port, cause.key).fingerprint
        raise HostKeyRefused(
            f"host key unknown ({shown}); no password was sent: {ADVICE}", device=device.name
        ) from None
    if isinstance(cause, BadHostKeyException):
        _raise_changed(cause, device, client)
    if isinstance(cause, IncompatiblePeer):
        why = ssh.mismatch(cause, client.negotiation)
        raise Unreachable(f"cannot connect to {where}: {why}", device=device.name) from None
    if isinstance(cause, ChannelException) or "opening channel" in str(cause):
        raise Unreachable(
            f"{where} gives no terminal: all its sessions may be taken", device=device.name
        ) from None
    if _is_refused_login(cause):
        raise LoginRefused(
            "login refused: wrong user name or password", device=device.name
        ) from None
    raise Unreachable(
        f"cannot connect to {where}: {ssh.ended_in(cause, client.negotiation)}", device=device.name
    ) from None


def _cause(error: Exception) -> BaseException:
    """netmiko wraps without ``from``: the error that it caught is the context."""
    if isinstance(error, NetmikoTimeoutException | NetmikoAuthenticationException):
        return error.__context__ or error
    return error


def _is_refused_login(cause: BaseException) -> bool:
    return isinstance(cause, AuthenticationException) and not any(
        word in str(cause) for word in ("transport shut down", "timeout")
    )


def _raise_changed(cause: BadHostKeyException, device: Device, client: _Client) -> NoReturn:
    shown = ssh.host_key(device.host, device.port, cause.key).fingerprint
    ours = ", ".join(key.fingerprint for key in client.pinned)
    raise HostKeyRefused(
        f"HOST KEY CHANGED: it shows {shown}, pinned is {ours}; no password was sent: {ADVICE}",
        device=device.name,
    ) from None
