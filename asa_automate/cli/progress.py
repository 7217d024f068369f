"""What is seen of many devices at work: a line for each on a terminal, else one per stage."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from asa_automate.cli.output import complain, shows_progress
from asa_automate.cli.settings import Settings


@contextmanager
def progress(settings: Settings, devices: Sequence[str]) -> Iterator[Callable[[str, str], None]]:
    """A line per device on a terminal; with ``-v`` a line per stage elsewhere."""
    if not shows_progress(settings):
        yield lambda device, stage: _tell_plainly(settings, device, stage)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, no_color=settings.no_color)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        rows: Mapping[str, Any] = {name: bars.add_task(name) for name in devices}
        yield lambda device, stage: bars.update(rows[device], description=f"{device}: {stage}")


def _tell_plainly(settings: Settings, device: str, stage: str) -> None:
    if settings.verbose:
        complain(f"{device}: {stage}")
