"""Who stands for a plan: Ed25519 signatures in OpenSSH's own form (OpenSSH, PROTOCOL.sshsig).

``plan --sign`` writes them, and so does ``ssh-keygen -Y sign -n asa-automate-plan -f KEY FILE``,
which also takes keys of an agent or a token. A file of signatures holds one or more of them, each
over the whole of the plan's bytes; a second person adds theirs below the first.
"""

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from asa_automate.errors import BadInput, Refused

NAMESPACE = b"asa-automate-plan"
"""What a signature is good for; one made for a mail or a commit does not count."""

KIND = "ssh-ed25519"
MOST = 16
"""Signatures in one file."""

_MAGIC = b"SSHSIG"
_VERSION = 1
_HASHES = {b"sha512": hashlib.sha512, b"sha256": hashlib.sha256}
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_ARMOUR = re.compile(rf"{_BEGIN}\n([A-Za-z0-9+/=\n]{{1,2000}})\n{_END}\n")
_WIDTH = 70


def private_key(text: str, source: str) -> Ed25519PrivateKey:
    """The key of a file as ``ssh-keygen -t ed25519`` or ``openssl genpkey`` writes it.

    Raises:
        BadInput: it is none, is of another kind, or is locked by a passphrase.
    """
    load = load_ssh_private_key if "OPENSSH PRIVATE" in text else load_pem_private_key
    try:
        key = load(f"{text}\n".encode(), None)
    except (TypeError, ValueError):
        raise BadInput(
            f"{source}: no Ed25519 private key, or one with a passphrase "
            f"(then use ssh-keygen -Y sign -n {NAMESPACE.decode()})"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{source}: not an Ed25519 key; make one with ssh-keygen -t ed25519")
    return key


def public_keys(text: str, source: str) -> frozenset[bytes]:
    """The keys of a file with a line ``ssh-ed25519 AAAA... comment`` for each who may sign.

    Raises:
        BadInput: a line that is no such key, or no key at all.
    """
    lines = [line.strip() for line in text.splitlines()]
    keys = frozenset(
        _public_key(line, f"{source}:{number}")
        for number, line in enumerate(lines, 1)
        if line and not line.startswith("#")
    )
    if not keys:
        raise BadInput(f"{source}: holds no key; put in a line 'ssh-ed25519 AAAA... who'")
    return keys


def _public_key(line: str, where: str) -> bytes:
    words = line.split()
    try:
        if words[0] != KIND:
            raise ValueError
        kind, raw = _strings(base64.b64decode(words[1], validate=True), 2)
    except (IndexError, ValueError, struct.error):
        raise BadInput(f"{where}: not a line 'ssh-ed25519 AAAA... who'") from None
    if kind != KIND.encode() or len(raw) != 32:
        raise BadInput(f"{where}: the key cannot be read")
    return raw


def sign(data: bytes, key: Ed25519PrivateKey) -> str:
    """The signature of these bytes, for the file beside the plan."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = key.sign(_signed(data, b"sha512"))
    blob = _MAGIC + struct.pack(">I", _VERSION)
    blob += _string(_string(KIND.encode()) + _string(raw))
    blob += _string(NAMESPACE) + _string(b"") + _string(b"sha512")
    blob += _string(_string(KIND.encode()) + _string(signature))
    return _armoured(blob)


def must_be_signed(
    data: bytes, signatures: str | None, trusted: Iterable[bytes], *, least: int, source: str
) -> None:
    """At least so many of those who are trusted have signed these bytes.

    Raises:
        Refused: they have not, or the file of signatures holds anything else.
    """
    if signatures is None:
        raise Refused(f"{source}: is not signed (there is no {source}.sig); plan with --sign")
    signers = set(_signers(data, signatures, f"{source}.sig"))
    known = signers & set(trusted)
    if not known:
        raise Refused(f"{source}: nobody who is trusted has signed it")
    if len(known) < least:
        raise Refused(f"{source}: is signed by {len(known)} of the {least} who must sign it")


def _signers(data: bytes, text: str, source: str) -> Iterator[bytes]:
    found = list(_ARMOUR.finditer(text))
    if "".join(one[0] for one in found) != text or not 0 < len(found) <= MOST:
        raise Refused(f"{source}: is no file of signatures")
    for one in found:
        try:
            yield _signer(data, one)
        except (ValueError, struct.error, InvalidSignature, binascii.Error):
            raise Refused(f"{source}: a signature does not fit the plan; plan again") from None


def _signer(data: bytes, armour: re.Match[str]) -> bytes:
    """The public key that signed, once that is checked.

    Raises:
        ValueError, InvalidSignature: it is no signature of these bytes, or is spelt otherwise.
    """
    blob = base64.b64decode(armour[1].replace("\n", ""), validate=True)
    head = _MAGIC + struct.pack(">I", _VERSION)
    if not blob.startswith(head) or _armoured(blob) != armour[0]:
        raise ValueError("another form")
    public, namespace, reserved, hash_name, signature = _strings(blob[len(head) :], 5)
    kind, raw = _strings(public, 2)
    signature_kind, signed = _strings(signature, 2)
    if (namespace, reserved, kind, signature_kind) != (NAMESPACE, b"", *[KIND.encode()] * 2):
        raise ValueError("for something else")
    Ed25519PublicKey.from_public_bytes(raw).verify(signed, _signed(data, hash_name))
    return raw


def _signed(data: bytes, hash_name: bytes) -> bytes:
    """The bytes that are really signed."""
    digest = _HASHES.get(hash_name)
    if digest is None:
        raise ValueError("another hash")
    parts = (NAMESPACE, b"", hash_name, digest(data).digest())
    return _MAGIC + b"".join(map(_string, parts))


def _string(data: bytes) -> bytes:
    """RFC 4251 section 5, *string*."""
    return struct.pack(">I", len(data)) + data


def _strings(data: bytes, count: int) -> list[bytes]:
    """So many strings, and nothing besides."""
    found = []
    for _ in range(count):
        (length,) = struct.unpack_from(">I", data)
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
        if len(found[-1]) != length:
            raise ValueError("cut short")
    if data:
        raise ValueError("more than expected")
    return found


def _armoured(blob: bytes) -> str:
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    return "\n".join([_BEGIN, *lines, _END]) + "\n"
