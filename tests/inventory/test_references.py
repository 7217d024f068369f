"""The kinds of reference, and what they lead to."""

from pathlib import Path

import pytest

from asa_automate.errors import BadInput
from asa_automate.inventory.references import lookups, reference, secret


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("env:FW_PASSWORD", {"name": "FW_PASSWORD"}),
        ("file:/run/secrets/fw", {"path": "/run/secrets/fw"}),
        ("keyring:asa/ops", {"service": "asa", "user": "ops"}),
        ("vault:secret/fw#enable", {"path": "secret/fw", "field": "enable"}),
    ],
)
def test_a_reference(text: str, parts: dict[str, str]) -> None:
    found = reference(text)

    assert found is not None
    assert found.parts == parts


@pytest.mark.parametrize(
    "text",
    ["secret", "env:", "env:1X", "env:A B", "file:", "keyring:asa", "vault:a", "op:x/y", ":"],
)
def test_no_reference(text: str) -> None:
    assert reference(text) is None


def test_secrets_are_found_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("from file\n")
    known = lookups({"PW": "from env"}, tmp_path)

    assert secret("env:PW", known).get_secret_value() == "from env"
    assert secret("file:pw", known).get_secret_value() == "from file"
    assert "from env" not in repr(secret("env:PW", known))


@pytest.mark.parametrize("text", ["env:MISSING", "file:missing", "vault:a#b", "literal"])
def test_what_leads_nowhere_is_bad_input(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        secret(text, lookups({}, tmp_path))

    assert "literal" not in str(caught.value)
