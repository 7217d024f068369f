"""Maintenance windows: over midnight, by weekday, in other time zones, when clocks change."""

from datetime import UTC, datetime

import pytest

from asa_automate.fleet.windows import closed, is_open, opens
from asa_automate.model import Window

NIGHT = Window(begin="22:00", end="04:00", zone="Europe/Berlin")
WEEKEND = Window(begin="22:00", end="04:00", zone="Europe/Berlin", days=("sat",))
TOKYO = Window(begin="01:00", end="03:00", zone="Asia/Tokyo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "now", "wanted"),
    [
        (NIGHT, "2026-11-24T20:59:59", False),  # 21:59:59 in Berlin, UTC+1
        (NIGHT, "2026-11-24T21:00:00", True),
        (NIGHT, "2026-11-25T02:59:59", True),
        (NIGHT, "2026-11-25T03:00:00", False),
        (NIGHT, "2026-07-01T20:00:00", True),  # in summer UTC+2
        (WEEKEND, "2026-11-28T21:30:00", True),  # Saturday night
        (WEEKEND, "2026-11-29T02:00:00", True),  # the Sunday morning of Saturday's window
        (WEEKEND, "2026-11-28T02:00:00", False),  # Friday's night is not asked for
        (WEEKEND, "2026-11-29T21:30:00", False),
        (TOKYO, "2026-11-24T16:30:00", True),  # 01:30 of the next day
        (TOKYO, "2026-11-24T01:30:00", False),
        # The night of 2026-03-29 lacks 02:00 to 03:00 in Berlin; the window is an hour shorter.
        (NIGHT, "2026-03-29T01:59:00", True),
        (NIGHT, "2026-03-29T02:00:00", False),
        # The night of 2026-10-25 has 02:00 to 03:00 twice.
        (NIGHT, "2026-10-25T02:59:00", True),
        (NIGHT, "2026-10-25T03:00:00", False),
    ],
)
def test_open(window: Window, now: str, wanted: bool) -> None:
    assert wanted == is_open(window, at(now))


@pytest.mark.parametrize(
    ("window", "now", "wanted"),
    [
        (NIGHT, "2026-11-24T12:00:00", "2026-11-24T22:00:00+01:00"),
        (NIGHT, "2026-11-24T21:30:00", "2026-11-25T22:00:00+01:00"),
        (WEEKEND, "2026-11-24T12:00:00", "2026-11-28T22:00:00+01:00"),
        (WEEKEND, "2026-11-28T21:30:00", "2026-12-05T22:00:00+01:00"),
        (TOKYO, "2026-11-24T12:00:00", "2026-11-25T01:00:00+09:00"),
    ],
)
def test_opens(window: Window, now: str, wanted: str) -> None:
    assert wanted == opens(window, at(now)).isoformat()


def test_in_words() -> None:
    assert closed(None, at("2026-11-24T12:00:00")) is None
    assert closed(NIGHT, at("2026-11-24T22:00:00")) is None
    assert closed(WEEKEND, at("2026-11-24T12:00:00")) == (
        "outside its maintenance window; it opens at Sat 2026-11-28 22:00 Europe/Berlin"
    )
