"""Signatures of plans: ours and OpenSSH's are each other's judge, and no altered byte gets by."""

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from asa_automate.errors import BadInput, Refused
from asa_automate.plan import signature
from asa_automate.plan.signature import must_be_signed, private_key, public_keys, sign

DATA = b'{"schema": "asa-automate/plan/1"}\n'
KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


def line(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def text(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


TRUSTED = public_keys(f"# who\n\n{line(KEY)} lead@example\n", "signers")
BOTH = public_keys(f"{line(KEY)}\n{line(OTHER)}\n", "signers")


def refuses(data: bytes, signatures: str | None, trusted: frozenset[bytes] = TRUSTED) -> bool:
    try:
        must_be_signed(data, signatures, trusted, least=1, source="p")
    except Refused:
        return True
    return False


def test_a_signature_is_taken() -> None:
    assert not refuses(DATA, sign(DATA, KEY))
    assert not refuses(DATA, sign(DATA, private_key(text(KEY), "key")))


def test_none_another_ones_or_of_other_bytes_is_not() -> None:
    assert refuses(DATA, None)
    assert refuses(DATA, "")
    assert refuses(DATA, sign(DATA, OTHER))
    assert refuses(DATA + b" ", sign(DATA, KEY))


def test_no_byte_of_the_signature_can_be_another() -> None:
    good = sign(DATA, KEY).encode()
    chance = random.Random(8)  # noqa: S311  # any bytes will do
    tried = 0
    for place, byte in enumerate(good):
        for other in {byte ^ 1, byte ^ 0x20, 0x0A, 0x41, chance.randrange(256)} - {byte}:
            changed = good[:place] + bytes([other]) + good[place + 1 :]
            tried += 1
            assert refuses(DATA, changed.decode("latin-1")), (place, other)
        assert refuses(DATA, (good[:place] + good[place + 1 :]).decode())
    print(f"{tried} changes of one byte of a signature, all refused")
    assert tried > 4 * len(good) - 200


def test_two_must_sign() -> None:
    one, two = sign(DATA, KEY), sign(DATA, OTHER)
    must_be_signed(DATA, one + two, BOTH, least=2, source="p")
    for given in (one, one + one):
        with pytest.raises(Refused, match="by 1 of the 2"):
            must_be_signed(DATA, given, BOTH, least=2, source="p")
    with pytest.raises(Refused, match="does not fit"):
        must_be_signed(DATA, one + sign(b"x", OTHER), BOTH, least=1, source="p")


def test_one_for_another_purpose_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(signature, "NAMESPACE", b"git")
        of_a_commit = sign(DATA, KEY)
    assert refuses(DATA, of_a_commit)


@pytest.mark.parametrize(
    "words",
    ["", "# none\n", "ssh-rsa AAAA x", "ssh-ed25519", "ssh-ed25519 !!", "ssh-ed25519 AAAA"],
)
def test_a_file_of_signers_that_cannot_be_read(words: str) -> None:
    with pytest.raises(BadInput, match="signers"):
        public_keys(words, "signers")


@pytest.mark.parametrize("words", ["", "x", "-----BEGIN OPENSSH PRIVATE KEY-----"])
def test_a_key_that_cannot_be_read(words: str) -> None:
    with pytest.raises(BadInput, match="key"):
        private_key(words, "key")


def test_openssh_and_we_agree(tmp_path: Path, require_program: Callable[[str], Path]) -> None:
    program = str(require_program("ssh-keygen"))
    key, plan = tmp_path / "key", tmp_path / "plan.json"
    plan.write_bytes(DATA)
    _run(program, "-q", "-t", "ed25519", "-N", "", "-C", "lead", "-f", str(key))
    name = signature.NAMESPACE.decode()
    trusted = public_keys((tmp_path / "key.pub").read_text(), "signers")

    theirs = _run(program, "-Y", "sign", "-q", "-n", name, "-f", str(key), data=DATA)
    assert not refuses(DATA, theirs, trusted)

    ours = tmp_path / "ours.sig"
    ours.write_text(sign(DATA, private_key(key.read_text(), "key")))
    signers = tmp_path / "signers"
    signers.write_text(f"lead {(tmp_path / 'key.pub').read_text()}")
    verify = ("-Y", "verify", "-n", name, "-I", "lead", "-f", str(signers), "-s", str(ours))
    assert "Good" in _run(program, *verify, data=DATA)
    assert ours.read_text() == theirs


def _run(*words: str, data: bytes = b"") -> str:
    done = subprocess.run(  # noqa: S603  # words of the test itself
        words, input=data, capture_output=True, check=True
    )
    return done.stdout.decode()
