"""A page in headless Chromium: what its console says, and what it asks for."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

#: Not a measurement: a browser that hangs shall end the test and not the test run.
PATIENCE = 120
_CONSOLE = re.compile(r':CONSOLE(?::|\()[^"]*"(.*)", source', re.DOTALL)
#: The initiator in the log of a request that no page has made.
_ITS_OWN = "not an origin"
#: No updates, no names: what is asked for is what the page asks for.
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-extensions"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a page: its document after loading, its console, the addresses it asked for."""

    dom: str
    console: tuple[str, ...]
    requests: tuple[str, ...]


def look_at(page: Path, chromium: Path, scratch: Path) -> Seen:
    """Load a file; ``scratch`` is for the browser's own files."""
    log = scratch / "net.json"
    done = subprocess.run(  # noqa: S603  # a browser, on a page of ours
        [
            str(chromium),
            *_QUIET,
            f"--user-data-dir={scratch / 'profile'}",
            f"--log-net-log={log}",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return Seen(done.stdout, tuple(_CONSOLE.findall(done.stderr)), tuple(_asked(log)))


def _asked(log: Path) -> list[str]:
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    asked = (event.get("params", {}) for event in events)
    # What the browser wants for itself has no origin; a page of a file has one, called null.
    found = (str(p["url"]) for p in asked if p.get("initiator", _ITS_OWN) != _ITS_OWN)
    return [url for url in dict.fromkeys(found) if not url.startswith("file:")]
