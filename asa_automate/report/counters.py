"""The impact report: one page of HTML that needs nothing else, for a screen and for paper."""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from asa_automate.report.chart import HEIGHT, WIDTH, Point, most_of, path_of, x_of
from asa_automate.report.counters_page import PAGE, STYLE
from asa_automate.report.meaning import meaning_of
from asa_automate.store.values import Hour, Label

HOUR = 3600
#: Instants that are named below each chart.
TICKS = 5
TOP = 10


@dataclass(frozen=True, slots=True)
class Mark:
    """A change of a firewall: what ended when, and how."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class DeviceCounters:
    """What the report says of one firewall; ``gaps`` counts samples that did not come."""

    device: str
    hours: Mapping[Label, Sequence[Hour]]
    marks: Sequence[Mark]
    gaps: Mapping[str, int]


def page(devices: Sequence[DeviceCounters], *, since: float, until: float, now: float) -> str:
    """The report as HTML.

    Args:
        since, until: what it covers, seconds since the epoch; whole hours.
    """
    environment = Environment(
        loader=DictLoader({"page": PAGE}), autoescape=True, undefined=StrictUndefined
    )
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return environment.get_template("page").render(
        style=Markup(STYLE),  # noqa: S704  # a constant of ours
        style_hash=f"sha256-{digest}",
        now=_instant(now),
        since=_instant(since),
        until=_instant(until),
        ticks=[_tick(since + n * (until - since) / (TICKS - 1)) for n in range(TICKS)],
        width=WIDTH,
        height=HEIGHT,
        top=_top(devices),
        devices=[_device(one, since, until) for one in devices],
    )


def _top(devices: Iterable[DeviceCounters]) -> list[dict[str, object]]:
    """The counters of lost or weakened mail that rose most."""
    rows = [
        {"device": one.device, "name": name_of(label), "added": added, "means": meaning.text}
        for one in devices
        for label, hours in one.hours.items()
        if (meaning := meaning_of(label.name)).harm
        and (added := sum(hour.added for hour in hours))
    ]
    return sorted(rows, key=lambda row: -int(str(row["added"])))[:TOP]


def _device(one: DeviceCounters, since: float, until: float) -> dict[str, object]:
    marks = [
        {"x": round(x_of(mark.at, since, until), 1), "at": _instant(mark.at), "text": mark.text}
        for mark in one.marks
    ]
    charts = [
        _chart(label, hours, one.marks, since, until)
        for label, hours in one.hours.items()
        if any(hour.added for hour in hours)
    ]
    rose = {label for label, hours in one.hours.items() if any(hour.added for hour in hours)}
    quiet = [name_of(label) for label in one.hours if label not in rose]
    gaps = [f"{count} {reason}" for reason, count in sorted(one.gaps.items())]
    return {"name": one.device, "marks": marks, "charts": charts, "quiet": quiet, "gaps": gaps}


def _chart(
    label: Label, hours: Sequence[Hour], marks: Sequence[Mark], since: float, until: float
) -> dict[str, object]:
    points = list(_points(hours))
    most = most_of(points)
    return {
        "name": name_of(label),
        "place": " / ".join(filter(None, (label.scope, label.policy, label.class_, label.map))),
        "means": meaning_of(label.name).text,
        "path": path_of(points, since, until, most),
        "most": f"{most:g}",
        "added": sum(hour.added for hour in hours),
        "breaks": sum(hour.breaks for hour in hours),
        "change": _before_after(hours, marks, since, until),
    }


def _points(hours: Sequence[Hour]) -> Iterable[Point]:
    """Per hour. One without a reading is a gap; so is one in which no increment is known.

    What was added over a gap is known, its hour is not: it stands behind the gap as a mean.
    """
    before: int | None = None
    for hour in hours:
        passed = 1 if before is None else (hour.hour - before) // HOUR
        if before is not None and passed > 1:
            yield Point(before + HOUR, None)
        known = hour.readings > hour.breaks
        yield Point(hour.hour, hour.added / passed if known else None)
        before = hour.hour


def _before_after(
    hours: Sequence[Hour], marks: Sequence[Mark], since: float, until: float
) -> str | None:
    """Per hour, before and after the last change, its own hour left out."""
    if not marks:
        return None
    at = marks[-1].at // HOUR * HOUR
    then = _rate([hour for hour in hours if since <= hour.hour < at])
    now = _rate([hour for hour in hours if at < hour.hour < until])
    if then is None or now is None:
        return None
    return f"{then:.1f} an hour before the last change, {now:.1f} after it"


def _rate(hours: Sequence[Hour]) -> float | None:
    """Per hour, from the end of the first hour to the end of the last, whatever is missing."""
    if len(hours) < 2:
        return None
    return sum(hour.added for hour in hours[1:]) * HOUR / (hours[-1].hour - hours[0].hour)


def name_of(label: Label) -> str:
    """A counter in the firewall's words."""
    return f"{label.name} ({label.action})" if label.action else label.name


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _tick(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%b %d %H:%M")
