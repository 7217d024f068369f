"""``counters``: what was collected, as a table and as files for other programs."""

import csv
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asa_automate.cli import alerts, explain
from asa_automate.cli.options import InventoryOption, LimitOption, OutputOption, command
from asa_automate.cli.output import emit, emit_json, escape, say, table
from asa_automate.cli.settings import Settings

if TYPE_CHECKING:
    from asa_automate.collect.deltas import Change
    from asa_automate.report.counters import DeviceCounters, Mark
    from asa_automate.store.engine import Store
    from asa_automate.store.values import Label

Row = dict[str, str | int | None]

COLUMNS = (
    "time", "device", "scope", "policy", "class", "engine", "map",
    "name", "action", "value", "delta", "epoch",
)  # fmt: skip  # in the order in which they are exported

# What one inspection is known by, besides its map.
PLACE = ("device", "scope", "policy", "class")

# How far back `show` looks: for the reading before the last one, and for the course.
LOOK_BACK = 24
HOUR = 3600
BARS = "▁▂▃▄▅▆▇█"

# What a spreadsheet would take for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    """What `counters export` can write."""

    CSV = "csv"
    JSONL = "jsonl"
    OPENMETRICS = "openmetrics"


REPORT = {
    "asa-automate counters report --html impact.html": "the last 30 days, for a browser or paper",
}
SHOW = {"asa-automate counters show --limit fw1": "the latest reading of one firewall"}
EXPORT = {
    "asa-automate counters export --format csv > counters.csv": "all readings, for a spreadsheet",
    "asa-automate counters export --format jsonl": "one JSON object a line",
    "asa-automate counters export --format openmetrics": "the latest of each, for Prometheus",
}


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    group = typer.Typer(
        no_args_is_help=True,
        help="What was collected: the latest readings, and all of them for other programs.",
        rich_markup_mode=None,
    )
    app.add_typer(group, name="counters")
    command(group, "show", InventoryOption, LimitOption, OutputOption, examples=SHOW)(show)
    command(group, "export", InventoryOption, LimitOption, examples=EXPORT)(export)
    command(group, "report", InventoryOption, LimitOption, examples=REPORT)(report)
    alerts.register(group)
    explain.register(group)


def show(settings: Settings) -> None:
    """The latest reading of each counter and what was added since the one before."""
    from asa_automate.store.engine import open_store

    with closing(open_store(settings.store)) as store:
        devices = _devices(settings, store)
        rows = [row for device in devices for row in _latest(store, device)]
    if settings.json:
        emit_json(rows)
        return
    if not rows:
        say(settings, "nothing was collected yet; `asa-automate collect` does it")
    headings = ("counter", "action", "course", "value", "delta")
    for place, found in groupby(rows, _place):
        emit(place)
        table(settings, headings, [_cells(row) for row in found])


def export(
    settings: Settings,
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.CSV,
) -> None:
    """Write every reading with its increment to stdout, oldest first (openmetrics: the latest).

    The increment is empty where a counter begins anew: first reading, reload, other unit, counters
    cleared. It is never negative and never guessed.
    """
    from asa_automate.store.engine import open_store

    with closing(open_store(settings.store)) as store:
        devices = _devices(settings, store)
        if form is Format.OPENMETRICS:
            _write_openmetrics(store, devices)
        else:
            WRITERS[form](_all(store, devices))


def report(
    settings: Settings,
    html: Annotated[Path, typer.Option("--html", metavar="FILE", help="Where to write it.")],
    days: Annotated[
        int, typer.Option("--days", metavar="N", min=1, max=3660, help="How far back.")
    ] = 30,
) -> None:
    """Write what the inspection did to mail, and what changes did to that, as one HTML page.

    The page has charts of each counter with the changes marked, needs no network and no script,
    and can be printed.
    """
    from asa_automate.cli.files import keep
    from asa_automate.report.counters import page
    from asa_automate.store.engine import open_store

    now = time.time()
    until = (now // HOUR + 1) * HOUR
    since = until - days * 24 * HOUR
    with closing(open_store(settings.store)) as store:
        found = _of_devices(store, _devices(settings, store), since)
    keep(html, page(found, since=since, until=until, now=now), encoding="utf-8")
    say(settings, f"the report on {len(found)} firewalls is in {html}")


def _of_devices(store: "Store", devices: Sequence[str], since: float) -> "list[DeviceCounters]":
    from asa_automate.collect.rollup import figures
    from asa_automate.report.counters import DeviceCounters
    from asa_automate.store.gaps import list_gaps

    marks = _marks(store, since)
    return [
        DeviceCounters(
            device,
            figures(store, device, since=since),
            marks.get(device, []),
            Counter(gap.reason for gap in list_gaps(store, device, since=since)),
        )
        for device in devices
    ]


def _marks(store: "Store", since: float) -> "dict[str, list[Mark]]":
    """The runs of each device that were not refused, oldest first."""
    from asa_automate.report.counters import Mark
    from asa_automate.store.runs import RunStatus, list_runs

    found: dict[str, list[Mark]] = {}
    for run in list_runs(store):
        for device in run.devices:
            if run.created >= since and device.status is not RunStatus.REFUSED:
                text = f"{run.kind} {run.id}: {device.outcome or device.status}"
                found.setdefault(device.device, []).append(Mark(run.created, text))
    return found


def _devices(settings: Settings, store: "Store") -> list[str]:
    """The devices that have samples; with ``--limit``, those of the inventory that it takes."""
    from asa_automate.store.samples import sampled_devices

    sampled = sampled_devices(store)
    if not settings.limits:
        return sampled
    from asa_automate.inventory import load

    wanted = {device.name for device in load(settings.inventory).select(settings.limits).devices}
    return [device for device in sampled if device in wanted]


def _latest(store: "Store", device: str) -> list[Row]:
    from asa_automate.collect.deltas import changes
    from asa_automate.store.samples import history

    seen = history(store, device, last=LOOK_BACK)
    course: dict[Label, list[Change]] = {}
    for change in changes(seen):
        course.setdefault(change.label, []).append(change)
    # No epoch: counted from a part of the history it would be another number than the export's.
    return [
        {name: cell for name, cell in _row(device, found[-1]).items() if name != "epoch"}
        | {"course": sparkline([change.delta for change in found])}
        for found in course.values()
        if found[-1].at == seen[-1].at
    ]


def sparkline(deltas: Sequence[int | None]) -> str:
    """A bar for each increment, of the largest; a blank where there is none."""
    most = max((delta or 0 for delta in deltas), default=0)
    return "".join(_bar(delta, most) for delta in deltas)


def _bar(delta: int | None, most: int) -> str:
    if delta is None:
        return " "
    return BARS[-(-delta * (len(BARS) - 1) // most)] if most else BARS[0]


def _all(store: "Store", devices: Iterable[str]) -> Iterator[Row]:
    from asa_automate.collect.deltas import changes
    from asa_automate.collect.rollup import fold_of
    from asa_automate.store.samples import history

    for device in devices:
        for change in changes(history(store, device), fold_of(store, device)):
            yield _row(device, change)


def _row(device: str, change: "Change") -> Row:
    label = change.label
    values = (
        _instant(change.at),
        device,
        *(word or None for word in label),
        change.value,
        change.delta,
        change.epoch,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _instant(at: float) -> str:
    stamp = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return stamp.replace("+00:00", "Z")


def _place(row: Row) -> str:
    """Which inspection of which firewall it is; "?" for what the text did not say."""
    device, scope, policy, class_ = (row[name] or "?" for name in PLACE)
    map_ = f", map {row['map']}" if row["map"] else ""
    return f"{device}: {scope}, policy {policy}, class {class_}{map_}"


def _cells(row: Row) -> list[str]:
    delta = "" if row["delta"] is None else f"+{row['delta']:,}"
    words = [str(row[name] or "") for name in ("name", "action", "course")]
    return [*words, f"{row['value']:,}", delta]


def _write_csv(rows: Iterable[Row]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_csv_cell(row[name]) for name in COLUMNS])


def _csv_cell(value: str | int | None) -> str | int | None:
    if not isinstance(value, str):
        return value
    return escape(f"'{value}" if value.startswith(FORMULAS) else value)


def _write_jsonl(rows: Iterable[Row]) -> None:
    for row in rows:
        sys.stdout.write(json.dumps(row) + "\n")


def _write_openmetrics(store: "Store", devices: Iterable[str]) -> None:
    from asa_automate.collect.exporter import openmetrics
    from asa_automate.collect.live import Live
    from asa_automate.collect.metrics import series_of
    from asa_automate.plan.names import CLASS

    wanted = set(devices)
    found = [current for current in Live(store).now() if current.device in wanted]
    sys.stdout.write(openmetrics(lambda: series_of(found, CLASS)))


WRITERS = {Format.CSV: _write_csv, Format.JSONL: _write_jsonl}
