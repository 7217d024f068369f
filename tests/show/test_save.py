"""``[OK]`` and nothing else means saved."""

import pytest

from asa_automate.show.save import FAILURES, save_succeeded

SAVED = """\
Building configuration...
Cryptochecksum: 11111111 22222222 33333333 44444444 

20838 bytes copied in 0.50 secs
[OK]
"""


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        (SAVED, True),
        (SAVED.replace("\n", "\r\n"), True),
        (SAVED.replace("0.50 secs", "3.260 secs (6854 bytes/sec)"), True),
        (f"fw# write memory\n{SAVED}fw# ", True),
        (SAVED.replace("[OK]\n", ""), False),
        (SAVED.replace("[OK]", "[FAILED]"), False),
        (f"%Error copying system:/running-config (No Device)\n{SAVED}", False),
        ("", False),
        ("It is not [OK] to say so", False),
    ],
)
def test_save(text: str, saved: bool) -> None:
    assert saved is save_succeeded(text)


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_beside_ok_is_a_failure(failure: str) -> None:
    assert not save_succeeded(f"{failure} something\n{SAVED}")
