"""Alert rules wired: whose they are, who is told, and the thread that looks after each round."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from asa_automate.cli.output import complain
from asa_automate.cli.settings import Settings
from asa_automate.errors import AsaAutomateError

if TYPE_CHECKING:
    from asa_automate.collect.alerts.watch import Watch
    from asa_automate.inventory import Inventory
    from asa_automate.store.engine import Store


def watch_of(
    settings: Settings,
    store: "Store",
    path: Path,
    inventory: "Inventory",
    write: Callable[[str], object],
) -> "Watch":
    """The rules of a file for the firewalls that ``--limit`` leaves.

    Args:
        inventory: the whole of it: a rule may be for others than those.
        write: takes the JSON lines.

    Raises:
        BadInput: the file is wrong, or somebody who is to be told cannot be.
    """
    from asa_automate.collect.alerts.places import Lines, places_of
    from asa_automate.collect.alerts.rules import load
    from asa_automate.collect.alerts.watch import Watch, scoped
    from asa_automate.plan.names import CLASS

    file = load(path)
    names = frozenset(one.name for one in inventory.select(settings.limits).devices)
    return Watch(
        store,
        [(rule, found & names) for rule, found in scoped(file, inventory.devices)],
        sorted(names),
        [Lines(write), *places_of(file.rules.to, settings.env)],
        CLASS,
        _away,
    )


def to_stdout(line: str) -> None:
    """A line that whoever reads gets at once."""
    sys.stdout.write(line)
    sys.stdout.flush()


def _away(place: str, error: Exception) -> None:
    told = str(error) or type(error).__name__
    complain(f"{place} was not told of an alert, and is told the next time: {told}")


def look(watch: "Watch") -> None:
    """Judge the rules now; what cannot be done now is done the next time."""
    try:
        watch.look(time.time())
    except AsaAutomateError as error:
        complain(f"alerts: {error}")


@contextmanager
def looking(watch: "Watch | None", every: float) -> Iterator[Callable[[], None]]:
    """A thread that judges the rules whenever it is woken, and at least so often; gives the bell.

    Args:
        every: seconds; a round that hangs must not keep a stale firewall from being noticed.
    """
    if watch is None:
        yield lambda: None
        return
    bell, ended = threading.Event(), threading.Event()

    def run() -> None:
        while not ended.is_set():
            bell.wait(every)
            bell.clear()
            look(watch)

    thread = threading.Thread(target=run, name="alerts", daemon=True)
    thread.start()
    try:
        yield bell.set
    finally:
        ended.set()
        bell.set()
        thread.join()
