"""Plans that somebody stands for: the key that signs, and the check before an apply."""

from pathlib import Path
from typing import TYPE_CHECKING

from asa_automate.cli.settings import Settings
from asa_automate.errors import BadInput, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: Bytes of a file of signatures, or of public keys.
LARGEST = 64 * 1024


def signing_key(settings: Settings, out: Path | None) -> "Ed25519PrivateKey":
    """The key to sign with; asked for before the long work of planning.

    Raises:
        UsageError: none is configured, or there is no file to sign.
        BadInput: it cannot be used, or others may read it.
    """
    from asa_automate.device.secret_sources import read_private
    from asa_automate.plan.signature import private_key

    if out is None:
        raise UsageError("--sign needs --out FILE: the signature is written to FILE.sig")
    if settings.plan_key is None:
        raise UsageError("--sign needs a key: set ASA_AUTOMATE_PLAN_KEY to an Ed25519 key file")
    return private_key(read_private(settings.plan_key), str(settings.plan_key))


def must_be_approved(settings: Settings, path: Path, data: bytes) -> None:
    """Where signers are configured, a plan is taken only with their signatures.

    Args:
        data: the bytes of the plan, as they were read once.

    Raises:
        Refused: it is not signed by them.
        BadInput: the file of signers cannot be read, or others may write to it.
    """
    if settings.plan_signers is not None:
        must_carry(settings, data, signatures_beside(path), str(path))


def must_carry(settings: Settings, data: bytes, signatures: str | None, source: str) -> None:
    """The same for signatures that are at hand already.

    Args:
        source: where the plan comes from, for messages.
    """
    from asa_automate.device.secret_sources import read_guarded
    from asa_automate.plan.signature import must_be_signed, public_keys

    if settings.plan_signers is None:
        return
    trusted = public_keys(read_guarded(settings.plan_signers), str(settings.plan_signers))
    must_be_signed(data, signatures, trusted, least=settings.plan_signatures, source=source)


def signatures_beside(plan: Path) -> str | None:
    """What ``PLAN.sig`` holds; ``None`` where there is no such file."""
    path = Path(f"{plan}.sig")
    try:
        with path.open("rb") as file:
            return file.read(LARGEST).decode("ascii", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error
