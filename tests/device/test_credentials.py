"""Where secrets come from, and that they do not show."""

import logging
import pickle
from pathlib import Path

import pytest

from asa_automate.device.credentials import Secret, resolve
from asa_automate.errors import BadInput
from asa_automate.model import CredentialRefs, Device

ENV = {
    "ASA_AUTOMATE_USERNAME": "ops",
    "ASA_AUTOMATE_PASSWORD": "c4nary-pw",
    "ASA_AUTOMATE_ENABLE": "c4nary-en",
    "OTHER": "c4nary-other",
}


def _device(username: str | None = None, **refs: str) -> Device:
    return Device(name="fw1", host="x", username=username, credentials=CredentialRefs(**refs))


def test_the_environment_is_used_without_references() -> None:
    found = resolve(_device(), ENV)
    assert (found.username, found.password.reveal()) == ("ops", "c4nary-pw")
    assert found.enable == Secret("c4nary-en")


def test_no_enable_is_no_enable() -> None:
    assert resolve(_device(), {**ENV, "ASA_AUTOMATE_ENABLE": ""}).enable is None


def test_references_go_before_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "enable"
    file.write_text(" with blanks \n")
    file.chmod(0o600)
    found = resolve(_device("own", password="env:OTHER", enable=f"file:{file}"), ENV)
    assert (found.username, found.password.reveal()) == ("own", "c4nary-other")
    assert found.enable == Secret(" with blanks ")


@pytest.mark.parametrize(
    ("refs", "said"),
    [
        ({"password": "env:NOT_SET"}, "NOT_SET"),
        ({"password": "file:/no/such/file"}, "/no/such/file"),
        ({"password": "vault:a#b"}, "vault"),
        ({"enable": "keyring:no-such-service/x"}, "keyring"),
        ({"password": "c4nary-literal"}, "env:NAME"),
        ({"password": "literal:c4nary-literal"}, "env:NAME"),
    ],
)
def test_a_reference_that_leads_nowhere(refs: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=r"^fw1: ") as caught:
        resolve(_device(**refs), ENV)
    assert said in str(caught.value)
    assert "c4nary" not in str(caught.value)


@pytest.mark.parametrize("part", ["USERNAME", "PASSWORD"])
def test_what_is_missing_is_named_with_its_variable(part: str) -> None:
    env = {name: text for name, text in ENV.items() if not name.endswith(part)}
    with pytest.raises(BadInput, match=rf"^fw1: no {part.lower()}: set ASA_AUTOMATE_{part}"):
        resolve(_device(), env)


def test_a_secret_cannot_hold_a_second_line() -> None:
    with pytest.raises(BadInput, match="control character"):
        resolve(_device(), {**ENV, "ASA_AUTOMATE_ENABLE": "x\nreload"})


def test_a_secret_does_not_show(caplog: pytest.LogCaptureFixture) -> None:
    found = resolve(_device(), ENV)
    logging.getLogger("test").warning("%s %r", found, found.password)
    assert "c4nary" not in f"{found} {found!r} {found.enable!r} {caplog.text}"
    with pytest.raises(TypeError):
        pickle.dumps(found.password)
