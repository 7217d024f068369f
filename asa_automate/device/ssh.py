"""SSH below the login: dialling, algorithms, and paramiko's errors in our own words.

Key exchange and host key only; whoever wants a password sent does that elsewhere.
"""

import contextlib
import logging
import socket
from typing import Any, Protocol

import paramiko

from asa_automate.device.hostile import bound
from asa_automate.device.kex import CURVE, EXCHANGES
from asa_automate.device.known_hosts import HostKey
from asa_automate.device.printable import one_line
from asa_automate.errors import Unreachable

SHA1_KEX = (
    "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group1-sha1",
)
WEAK_CIPHERS = ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc")
WEAK_MACS = ("hmac-sha1-96", "hmac-md5", "hmac-md5-96")

DISABLED = {
    "kex": SHA1_KEX,
    "keys": ("ssh-rsa",),
    "pubkeys": ("ssh-rsa",),
    "ciphers": WEAK_CIPHERS,
    "macs": WEAK_MACS,
}
"""What is not offered unless a device is marked ``ssh: {legacy: true}``."""

OFFERS = {
    "kex": "kex_algo_list",
    "host key": "server_key_algo_list",
    "cipher": "server_encrypt_algo_list",
    "mac": "server_mac_algo_list",
}
"""Kind of algorithm, in the words of paramiko's errors -> its list in a parsed ``KEXINIT``."""

OLD = frozenset(name for names in DISABLED.values() for name in names)
"""All of that as one set of names."""


_RSA = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")


class Socket(Protocol):
    """What SSH is spoken over: a connection, or a channel of another one."""

    def close(self) -> None:
        """End it."""


class Dial(Protocol):
    """A way to a TCP port: straight, or over jump hosts."""

    def __call__(self, host: str, port: int, timeout: float, /) -> Socket:
        """An open connection, for its caller to close; raises ``Unreachable``."""


LEGACY_ADVICE = "mark it 'ssh: {legacy: true}' in the inventory if it offers only old ones"


QUICK_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
"""Encrypt and authenticate in one go (RFC 5647, as OpenSSH names them)."""


def _first(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return (*names, *(name for name in others if name not in names))


class Negotiation(paramiko.Transport):  # type: ignore[misc] # paramiko ships no types
    """A transport that remembers what the server offered, for the message if nothing fits."""

    offered: dict[str, Any] | None = None
    # paramiko's own tables, with the quick ones first and the exchanges of RFC 3526 by OpenSSL.
    _kex_info = paramiko.Transport._kex_info | EXCHANGES
    _preferred_kex = _first((CURVE,), paramiko.Transport._preferred_kex)
    _preferred_ciphers = _first(QUICK_CIPHERS, paramiko.Transport._preferred_ciphers)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bound(self)

    def _really_parse_kex_init(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        parsed: dict[str, Any] = super()._really_parse_kex_init(*args, **kwargs)
        self.offered = parsed
        return parsed

    def ask_for(self, kinds: list[str]) -> None:
        """Ask the server for these kinds of host key first: those that are pinned."""
        names = [name for kind in kinds for name in (_RSA if kind == "ssh-rsa" else (kind,))]
        options = self.get_security_options()
        possible = list(options.key_types)
        first = [name for name in dict.fromkeys(names) if name in possible]
        options.key_types = [*first, *(name for name in possible if name not in first)]

    def offers(self) -> dict[str, tuple[str, ...]]:
        """Kind of algorithm -> all that the server offers; empty before it has said so."""
        offered = self.offered or {}
        return {kind: tuple(map(str, offered.get(field, ()))) for kind, field in OFFERS.items()}

    def agreed(self) -> dict[str, str]:
        """Kind of algorithm -> the one that both sides took."""
        offers = self.offers()
        # The first of ours that the server has (RFC 4253, section 7.1); paramiko forgets which.
        kex = next((name for name in self.preferred_kex if name in offers["kex"]), "")
        return {
            "kex": kex,
            "host key": str(self.host_key_type),
            "cipher": str(self.remote_cipher),
            "mac": str(self.remote_mac),
        }


def disabled_algorithms(*, legacy: bool) -> dict[str, list[str]] | None:
    """For paramiko's argument of this name."""
    return None if legacy else {kind: list(names) for kind, names in DISABLED.items()}


def dial(host: str, port: int, timeout: float) -> socket.socket:
    """A TCP connection that does not wait to fill packets.

    Raises:
        Unreachable: name not found, refused, or silent for ``timeout`` seconds.
    """
    try:
        connection = socket.create_connection((host, port), timeout)
    except socket.gaierror as error:
        raise Unreachable(
            f"cannot connect to {host}:{port}: name not found ({error.strerror})"
        ) from None
    except TimeoutError:
        raise Unreachable(
            f"cannot connect to {host}:{port}: no answer in {timeout:.0f} s"
        ) from None
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unreachable(f"cannot connect to {host}:{port}: {reason.lower()}") from None
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def end(transport: paramiko.Transport) -> None:
    """End a connection at once; never raises."""
    # Or the reading thread looks only every tenth of a second whether it shall end.
    with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
        transport.sock.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
        transport.close()
    with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
        transport.sock.close()


def host_key(host: str, port: int, key: paramiko.PKey) -> HostKey:
    """paramiko's key as ours."""
    return HostKey(host, port, key.get_name(), key.asbytes())


def mismatch(error: Exception, transport: paramiko.Transport | None) -> str:
    """What did not fit in the negotiation of algorithms, naming what the server offers."""
    text = str(error)
    offers = transport.offers() if isinstance(transport, Negotiation) else {}
    for word in OFFERS:
        if word in text.lower():
            names = one_line(", ".join(offers.get(word, ()))) or "unknown"
            return f"no common {word} algorithm; it offers {names}; {LEGACY_ADVICE}"
    return f"no common algorithms ({one_line(text)}); {LEGACY_ADVICE}"


def ended_in(error: BaseException, transport: paramiko.Transport | None) -> str:
    """How a connection ended before login, in words.

    A server that finds no common algorithm may reset the connection before its list is read.
    """
    words = in_words(error)
    if transport and transport.remote_version and not transport.initial_kex_done:
        return f"{words}, during the key exchange: no common algorithm, perhaps; {LEGACY_ADVICE}"
    return words


def in_words(error: BaseException) -> str:
    """What an exception of socket or paramiko means, in one line."""
    if isinstance(error, TimeoutError):
        return "timed out"
    text = str(error)
    if "protocol banner" in text:
        return "no SSH greeting: it is no SSH server, or all its sessions are taken"
    return one_line(getattr(error, "strerror", None) or text) or "connection closed"


def keep_quiet() -> None:
    """Keep the libraries' loggers from writing what they see to anybody's log."""
    for name in ("paramiko", "netmiko"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
