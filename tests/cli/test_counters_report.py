"""``counters report``: one page that needs nothing else, and says what happened and no more."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

from asa_automate.cli.main import run
from asa_automate.collect.rollup import tend
from asa_automate.report.chart import HEIGHT, Point, path_of
from asa_automate.report.meaning import UNKNOWN, meaning_of
from asa_automate.store.engine import open_store
from asa_automate.store.gaps import record_gaps
from asa_automate.store.runs import RunDevice, RunKind, RunStatus, create_run, set_device
from asa_automate.store.samples import record_samples
from asa_automate.store.values import Gap, Label, Observation, Sample

HOUR = 3600
EVIL = "<script>alert(1)</script>"
MASK = Label("global", "gp", "inspection_default", "esmtp", "m", "mask-banner", "")
HEADER = MASK._replace(name="header line length gt 998", action="drop-connection log")
ODD = MASK._replace(name=EVIL)
QUIET = MASK._replace(name="drops")


def fill() -> float:
    """Five days of hours; after the third day an apply, and nothing is masked any more."""
    begin = (time.time() // HOUR - 120) * HOUR
    store = open_store(os.environ["ASA_AUTOMATE_STORE"])
    taken = []
    for hour in range(120):
        after = max(0, hour - 72)
        seen = {MASK: 10 * (hour - after), HEADER: 2 * (hour - after), ODD: hour, QUIET: 4}
        if hour not in range(30, 36):
            observation = Observation(begin + hour * HOUR + 60, "JAD1", None, True, seen)
            taken.append(Sample("fw1", observation, "", "t"))
    record_samples(store, taken)
    record_gaps(store, [Gap("fw1", begin + 31 * HOUR, "unreachable", "fw1: no route")])
    create_run(
        store,
        run_id="20261120T000000-aaaa",
        kind=RunKind.APPLY,
        plan_id="p",
        operator="ann@host",
        now=begin + 72 * HOUR + 600,
        devices=[RunDevice("fw1")],
    )
    set_device(store, "20261120T000000-aaaa", "fw1", status=RunStatus.DONE, outcome="new")
    tend(store, begin + 100 * HOUR, None)
    store.close()
    return begin


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def written(tmp_path: Path) -> str:
    fill()
    assert 0 == run(["counters", "report", "--html", str(tmp_path / "impact.html"), "--days", "7"])
    return (tmp_path / "impact.html").read_text()


def test_says_what_happened(tmp_path: Path) -> None:
    text = written(tmp_path)

    assert "apply 20261120T000000-aaaa: new" in text
    assert "10.0 an hour before the last change, 0.0 after it" in text
    assert "samples that did not come: 1 unreachable" in text
    assert "Nothing was added to: drops." in text
    assert "720 in all, 10 in the highest hour" in text
    top = text[text.index("Top droppers") : text.index("<h2>fw1</h2>")]
    assert "header line length gt 998 (drop-connection log)" in top
    assert "mask-banner" not in top
    assert '<td class="number">144</td>' in top


def test_needs_nothing_else_and_takes_no_markup_from_a_device(tmp_path: Path) -> None:
    text = written(tmp_path)
    tags = Tags()
    tags.feed(text)

    assert EVIL not in text
    assert "&lt;script&gt;" in text
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in tags.found}
    named = {name for _, attributes in tags.found for name in attributes}
    assert not {"src", "href", "style"} & named
    assert not [name for name in named if name.startswith("on")]
    assert "default-src 'none'; style-src 'sha256-" in text
    assert 3 == sum(tag == "svg" for tag, _ in tags.found)
    assert 3 == sum(attributes.get("class") == "mark" for _, attributes in tags.found)


def test_a_gap_breaks_the_line() -> None:
    points = [Point(0, 0), Point(1, 4), Point(2, None), Point(3, 4)]

    assert f"M0.0 {HEIGHT}.0h0.1 L213.3 0.0 M640.0 0.0h0.1" == path_of(points, 0, 3, 4)
    assert "" == path_of([Point(1, None)], 0, 3, 0)


def test_each_known_counter_has_a_meaning() -> None:
    assert meaning_of("header line length gt 512").harm
    assert meaning_of("ehlo-reply-parameter others").harm
    assert not meaning_of("mask-banner").harm
    assert UNKNOWN is meaning_of("something of tomorrow")


def test_a_browser_shows_it_without_network_or_complaint(
    tmp_path: Path, require_program: Callable[[str], Path]
) -> None:
    chromium = require_program("chromium")
    written(tmp_path)
    done = subprocess.run(  # noqa: S603  # our own page
        [
            str(chromium),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--enable-logging=stderr",
            "--window-size=1000,1600",
            f"--screenshot={tmp_path / 'page.png'}",
            (tmp_path / "impact.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert 0 == done.returncode, done.stderr
    assert [] == re.findall(r".*CONSOLE.*", done.stderr)
    image = (tmp_path / "page.png").read_bytes()
    assert image.startswith(b"\x89PNG")
    if kept := os.environ.get("ASA_AUTOMATE_SCREENSHOTS"):
        shutil.copy(tmp_path / "page.png", Path(kept) / "counters-report.png")
