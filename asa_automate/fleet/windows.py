"""Maintenance windows: open or not at an instant, and when the next one opens. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from asa_automate.model import WEEKDAYS, Window

#: A week and the day behind it: the next opening is never further.
_AHEAD = 9


def is_open(window: Window, now: datetime) -> bool:
    """Whether ``now`` lies in the window; one that runs past midnight belongs to its first day."""
    return any(begin <= now < end for begin, end in _around(window, now))


def opens(window: Window, now: datetime) -> datetime:
    """The next instant at which it opens, in the window's time zone."""
    return next(begin for begin, _ in _around(window, now) if begin > now).astimezone(
        ZoneInfo(window.zone)
    )


def closed(window: Window | None, now: datetime) -> str | None:
    """Why nothing may begin now; ``None`` where it may."""
    if window is None or is_open(window, now):
        return None
    return (
        f"outside its maintenance window; it opens at {opens(window, now):%a %Y-%m-%d %H:%M} "
        f"{window.zone}"
    )


def _around(window: Window, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Begin and end, in UTC, of the windows from yesterday on, in order."""
    zone = ZoneInfo(window.zone)
    today = now.astimezone(zone).date()
    for ahead in range(-1, _AHEAD):
        day = today + timedelta(days=ahead)
        if not window.days or WEEKDAYS[day.weekday()] in window.days:
            begin, end = _clock(window.begin), _clock(window.end)
            last = day if end > begin else day + timedelta(days=1)
            yield _instant(day, begin, zone), _instant(last, end, zone)


def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    # Through UTC: the difference of two local times forgets a change of the clocks.
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
