"""Our own file of host keys, in OpenSSH's format (sshd(8), *SSH_KNOWN_HOSTS FILE FORMAT*).

Names are not hashed, so that an audit can read them. Only ``hostkeys trust`` writes it.
"""

import base64
import binascii
import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from asa_automate.errors import BadInput

DEFAULT_PORT = 22


@dataclass(frozen=True, slots=True)
class HostKey:
    """The public key of one server: ``kind`` as in ``ssh-ed25519``, ``blob`` in SSH's encoding."""

    host: str
    port: int
    kind: str
    blob: bytes

    @property
    def place(self) -> str:
        """How the file names the server: ``host``, or ``[host]:port`` off port 22."""
        return place(self.host, self.port)

    @property
    def fingerprint(self) -> str:
        """``SHA256:...``, as ``ssh-keygen -l`` prints it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return f"SHA256:{digest.rstrip('=')}"

    def line(self) -> str:
        """The line of the file."""
        return f"{self.place} {self.kind} {base64.b64encode(self.blob).decode('ascii')}"


class Verdict(StrEnum):
    """What the file says of a key that a server shows."""

    TRUSTED = "trusted"
    UNKNOWN = "unknown"
    CHANGED = "changed"


def place(host: str, port: int) -> str:
    """The name of a server in the file."""
    return host if port == DEFAULT_PORT else f"[{host}]:{port}"


def read(path: Path) -> tuple[HostKey, ...]:
    """All keys of the file, in order; none if there is no file.

    Raises:
        BadInput: a line is not one of ours; the message gives file and line.
    """
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read ({_reason(error)})") from None
    return tuple(
        _parse(line, f"{path}:{number}")
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("#")
    )


def keys_of(keys: Iterable[HostKey], host: str, port: int) -> tuple[HostKey, ...]:
    """Those of ``keys`` that belong to one server."""
    return tuple(key for key in keys if (key.host, key.port) == (host, port))


def judge(known: Iterable[HostKey], shown: HostKey) -> Verdict:
    """What the ``known`` keys say of the one that a server shows."""
    own = keys_of(known, shown.host, shown.port)
    if shown in own:
        return Verdict.TRUSTED
    return Verdict.CHANGED if own else Verdict.UNKNOWN


def trust(path: Path, key: HostKey, *, replace: bool = False) -> None:
    """Write ``key`` into the file, for good: whole or not at all, mode 0600, directory 0700.

    Args:
        replace: whether other keys of the same server give way. Without it they are an error.

    Raises:
        BadInput: another key of this server is there and ``replace`` is false.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = read(path)
    verdict = judge(known, key)
    if verdict is Verdict.TRUSTED:
        return
    if verdict is Verdict.CHANGED and not replace:
        raise BadInput(f"{path}: {key.place} has another key already")
    others = [old for old in known if (old.host, old.port) != (key.host, key.port)]
    _write(path, "".join(f"{entry.line()}\n" for entry in [*others, key]))


def _write(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".known_hosts.")  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _parse(line: str, where: str) -> HostKey:
    fields = line.split()
    if len(fields) < 3 or fields[0].startswith(("@", "|")) or "," in fields[0]:
        raise BadInput(f"{where}: not a line 'host kind key' (hashed names are not supported)")
    try:
        blob = base64.b64decode(fields[2], validate=True)
        host, port = _host_and_port(fields[0])
    except (binascii.Error, ValueError):
        raise BadInput(f"{where}: the key or the port cannot be read") from None
    return HostKey(host, port, fields[1], blob)


def _host_and_port(text: str) -> tuple[str, int]:
    if not text.startswith("["):
        return text, DEFAULT_PORT
    host, _, port = text[1:].rpartition("]:")
    return host, int(port)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "error" if isinstance(error, OSError) else "not plain text"
