"""What a virtual ASA offers in the SSH key exchange."""

from dataclasses import dataclass

import asyncssh


@dataclass(frozen=True, slots=True)
class SshOptions:
    """What one box offers in the key exchange; an empty tuple: asyncssh's own choice.

    Args:
        host_key: a private key in OpenSSH or PEM form; ``None``: a new one is made.
        key_type: of a new key, such as ``ssh-ed25519`` or ``ssh-rsa``.
    """

    host_key: str | None = None
    key_type: str = "ssh-ed25519"
    kex_algs: tuple[str, ...] = ()
    encryption_algs: tuple[str, ...] = ()
    mac_algs: tuple[str, ...] = ()
    signature_algs: tuple[str, ...] = ()

    def key(self) -> asyncssh.SSHKey:
        """The given private key, or a new one."""
        if self.host_key is not None:
            return asyncssh.import_private_key(self.host_key)
        return asyncssh.generate_private_key(self.key_type)

    def offered(self, key: asyncssh.SSHKey) -> asyncssh.SSHKeyPair:
        """The key with the signature algorithms that the box offers for it."""
        (pair,) = asyncssh.load_keypairs([key])
        if self.signature_algs:
            pair.host_key_algorithms = [name.encode() for name in self.signature_algs]
        return pair

    def algorithms(self) -> dict[str, list[str]]:
        """The lists that are not left to asyncssh."""
        lists = {
            "kex_algs": self.kex_algs,
            "encryption_algs": self.encryption_algs,
            "mac_algs": self.mac_algs,
            "signature_algs": self.signature_algs,
        }
        return {name: list(chosen) for name, chosen in lists.items() if chosen}


#: A box of the 8.x years: nothing but SHA-1 and CBC.
LEGACY = SshOptions(
    key_type="ssh-rsa",
    kex_algs=("diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"),
    encryption_algs=("aes256-cbc", "aes128-cbc", "3des-cbc"),
    mac_algs=("hmac-sha1",),
    signature_algs=("ssh-rsa",),
)
