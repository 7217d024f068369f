"""The kinds of reference, and what they lead to."""

import pytest

from asa_automate.references import reference


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
