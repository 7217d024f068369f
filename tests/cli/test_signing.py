"""What is checked is what is used: a plan file is read once."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from asa_automate.cli.main import run
from asa_automate.cli.settings import settings_from
from asa_automate.cli.signing import must_be_approved
from asa_automate.errors import BadInput, Refused
from asa_automate.plan.signature import sign

KEY = Ed25519PrivateKey.generate()
DATA = b"the plan\n"


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A signed file, and the settings that ask for the signature."""
    public = KEY.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    (tmp_path / "signers").write_bytes(public + b" lead\n")
    monkeypatch.setenv("ASA_AUTOMATE_PLAN_SIGNERS", str(tmp_path / "signers"))
    path = tmp_path / "plan.json"
    path.write_bytes(DATA)
    Path(f"{path}.sig").write_text(sign(DATA, KEY))
    return path


def test_the_bytes_that_are_checked_are_those_that_were_read(plan: Path) -> None:
    """The file may be another one by then: nobody looks at it again."""
    settings = settings_from(os.environ)
    plan.write_bytes(b"another plan\n")
    must_be_approved(settings, plan, DATA)
    with pytest.raises(Refused, match="does not fit"):
        must_be_approved(settings, plan, plan.read_bytes())


def test_apply_reads_the_plan_once(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []
    read_bytes = Path.read_bytes

    def counted(path: Path) -> bytes:
        reads.append(path)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    assert run(["apply", str(plan), "--yes"]) == 65  # signed, but no plan
    assert reads.count(plan) == 1


def test_no_list_of_signers(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASA_AUTOMATE_PLAN_SIGNERS", "/no/such/file")
    with pytest.raises(BadInput, match="/no/such/file"):
        must_be_approved(settings_from(os.environ), plan, DATA)


@pytest.mark.parametrize("number", ["0", "17", "-1", "two", "1.5", "٢"])
def test_a_number_of_signatures_that_is_none(number: str) -> None:
    with pytest.raises(BadInput, match="ASA_AUTOMATE_PLAN_SIGNATURES"):
        settings_from({"HOME": "/x", "ASA_AUTOMATE_PLAN_SIGNATURES": number})
