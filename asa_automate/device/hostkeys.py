"""Ask a server for its host key, by a key exchange that ends before any login."""

import paramiko

from asa_automate.device import ssh
from asa_automate.device.known_hosts import HostKey
from asa_automate.errors import Unreachable


def scan(host: str, port: int, timeout: float = 10.0, *, legacy: bool = False) -> list[HostKey]:
    """The key that the server shows to us; never authenticates.

    Args:
        timeout: seconds for connecting, and again for the key exchange.
        legacy: whether SHA-1 and ``ssh-rsa`` may be used.

    Raises:
        Unreachable: no connection, no SSH server, or no algorithm in common.
    """
    ssh.keep_quiet()
    connection = ssh.dial(host, port, timeout)
    transport = None
    try:
        transport = ssh.Negotiation(
            connection, disabled_algorithms=ssh.disabled_algorithms(legacy=legacy)
        )
        transport.banner_timeout = timeout
        transport.start_client(timeout=timeout)
        return [ssh.host_key(host, port, transport.get_remote_server_key())]
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
