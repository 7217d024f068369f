"""Sizes of waves: numbers and shares of all, each the number that is done at the wave's end."""

import pytest

from asa_automate.errors import UsageError
from asa_automate.fleet.waves import amount, amounts, ends, wave_of


@pytest.mark.parametrize(
    ("text", "total", "wanted"),
    [
        ("1,10%,100%", 50, (1, 5, 50)),
        ("1,10%,100%", 1000, (1, 100, 1000)),
        ("100%", 7, (7,)),
        ("1,10%,100%", 5, (1, 5)),  # 10% of 5 is 1, rounded up: no wave of its own
        ("1,10%,100%", 1, (1,)),
        ("1, 5 ,20", 10, (1, 5, 10)),
        ("10%,33%", 10, (1, 4)),  # 3.3 rounded up; the rest is behind the last wave
        ("1", 10, (1,)),
        ("10,20%,100%", 20, (10, 20)),
        ("1,100%", 0, ()),
    ],
)
def test_ends(text: str, total: int, wanted: tuple[int, ...]) -> None:
    assert wanted == ends(amounts(text), total)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0%",
        "1,",
        "x",
        "5,1",
        "5,5",
        "50%,10%",
        "101%",
        "-1",
        "1.5",
        "1;2",
        "\u0661",
        "1,10 %",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--wave"):
        amounts(text)


def test_max_fail_may_be_nought() -> None:
    assert 0 == amount("0", "--max-fail").of(50)
    assert 5 == amount("10%", "--max-fail").of(50)
    with pytest.raises(UsageError, match="--max-fail: 'many'"):
        amount("many", "--max-fail")


def test_the_wave_of_each_position() -> None:
    assert [1, 2, 2, None] == [wave_of(n, (1, 3)) for n in range(4)]
