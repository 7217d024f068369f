"""Diffie-Hellman over the groups of RFC 3526 by OpenSSL; paramiko computes it in Python.

Real firewalls often offer nothing else. Only the arithmetic is another one: message formats, hash
and signature check stay paramiko's.
"""

from typing import Any

import paramiko
from cryptography.hazmat.primitives.asymmetric import dh
from paramiko.kex_curve25519 import KexCurve25519
from paramiko.kex_group14 import KexGroup14, KexGroup14SHA256
from paramiko.kex_group16 import KexGroup16SHA512
from paramiko.message import Message


class _Power:
    """Our secret and its public half, in one group; draws the secret when it is made."""

    def __init__(self, prime: int, generator: int) -> None:
        self._parameters = dh.DHParameterNumbers(prime, generator)
        self._private = self._parameters.parameters().generate_private_key()

    @property
    def public(self) -> int:
        return self._private.public_key().public_numbers().y

    def shared(self, theirs: int) -> int:
        """The number that both sides come to.

        Raises:
            SSHException: theirs is not within 2 .. p-2. RFC 4253 (section 8) allows 1 and p-1 as
                well, from which everybody knows the outcome; no honest server sends them.
        """
        if not 2 <= theirs <= self._parameters.p - 2:
            raise paramiko.SSHException("the server's half of the key exchange is out of range")
        peer = dh.DHPublicNumbers(theirs, self._parameters).public_key()
        return int.from_bytes(self._private.exchange(peer), "big")


class _OpenSsl:
    """Mixed into a key exchange of paramiko, as a client."""

    P: int
    G: int
    transport: Any
    hash_algo: Any
    e: int
    f: int

    def start_kex(self) -> None:
        """Send our half."""
        self._power = _Power(self.P, self.G)
        self.e = self._power.public
        message = Message()
        message.add_byte(bytes([_INIT]))
        message.add_mpint(self.e)
        self.transport._send_message(message)
        self.transport._expect_packet(_REPLY)

    def _parse_kexdh_reply(self, message: Message) -> None:
        """Take the server's half and its signature (RFC 4253, section 8)."""
        host_key = message.get_string()
        self.f = message.get_mpint()
        signature = message.get_binary()
        shared = self._power.shared(self.f)
        signed = Message()
        here = self.transport
        signed.add(
            here.local_version, here.remote_version, here.local_kex_init, here.remote_kex_init
        )
        signed.add_string(host_key)
        for number in (self.e, self.f, shared):
            signed.add_mpint(number)
        here._set_K_H(shared, self.hash_algo(signed.asbytes()).digest())
        here._verify_key(host_key, signature)
        here._activate_outbound()


_INIT, _REPLY = 30, 31
"""Numbers of SSH_MSG_KEXDH_INIT and SSH_MSG_KEXDH_REPLY."""


class Group14(_OpenSsl, KexGroup14):  # type: ignore[misc] # paramiko ships no types
    """diffie-hellman-group14-sha1."""


class Group14Sha256(_OpenSsl, KexGroup14SHA256):  # type: ignore[misc] # as above
    """diffie-hellman-group14-sha256."""


class Group16Sha512(_OpenSsl, KexGroup16SHA512):  # type: ignore[misc] # as above
    """diffie-hellman-group16-sha512."""


CURVE = "curve25519-sha256"
"""The name of RFC 8731 for what paramiko knows as ``curve25519-sha256@libssh.org`` only."""

EXCHANGES = {
    CURVE: KexCurve25519,
    **{kex.name: kex for kex in (Group14, Group14Sha256, Group16Sha512)},
}
"""Name of a key exchange -> what carries it out in the place of paramiko's."""
