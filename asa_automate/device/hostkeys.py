"""Ask a server for its host key, by a key exchange that ends before any login."""

from collections.abc import Mapping
from dataclasses import dataclass

import paramiko

from asa_automate.device import ssh
from asa_automate.device.known_hosts import HostKey
from asa_automate.errors import Unreachable

PATIENCE = 10.0
"""Seconds for connecting, and again for the key exchange."""


@dataclass(frozen=True, slots=True)
class Met:
    """What a key exchange shows of a server.

    Attributes:
        key: the host key that it signed with.
        software: what it calls itself, as ``SSH-2.0-Cisco-1.25``.
        agreed: kind (``kex``, ``host key``, ``cipher``, ``mac``) -> the algorithm that was taken.
        offered: kind -> all that it offers.
    """

    key: HostKey
    software: str
    agreed: Mapping[str, str]
    offered: Mapping[str, tuple[str, ...]]


def scan(
    host: str,
    port: int,
    timeout: float = PATIENCE,
    *,
    legacy: bool = False,
    dial: ssh.Dial = ssh.dial,
) -> list[HostKey]:
    """The key that the server shows to us; never authenticates.

    Args:
        timeout: seconds for connecting, and again for the key exchange.
        legacy: whether SHA-1 and ``ssh-rsa`` may be used.
        dial: the way there.

    Raises:
        Unreachable: no connection, no SSH server, or no algorithm in common.
    """
    return [meet(dial(host, port, timeout), host, port, timeout, legacy=legacy).key]


def meet(connection: ssh.Socket, host: str, port: int, timeout: float, *, legacy: bool) -> Met:
    """The same over a connection that is there, which is closed at the end; see :func:`scan`."""
    ssh.keep_quiet()
    transport = None
    try:
        transport = ssh.Negotiation(
            connection, disabled_algorithms=ssh.disabled_algorithms(legacy=legacy)
        )
        transport.banner_timeout = timeout
        transport.start_client(timeout=timeout)
        return Met(
            ssh.host_key(host, port, transport.get_remote_server_key()),
            str(transport.remote_version),
            transport.agreed(),
            transport.offers(),
        )
    except paramiko.ssh_exception.IncompatiblePeer as error:
        raise Unreachable(
            f"cannot connect to {host}:{port}: {ssh.mismatch(error, transport)}"
        ) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        why = ssh.ended_in(error, transport)
        raise Unreachable(f"cannot connect to {host}:{port}: {why}") from None
    finally:
        if transport is not None:
            transport.close()
        connection.close()
