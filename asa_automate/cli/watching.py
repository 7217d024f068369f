"""What is seen of a run while it runs: on a terminal who is at work and how far all is."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from asa_automate.apply.outcome import Outcome, State
from asa_automate.cli.output import complain, say, shows_progress
from asa_automate.cli.settings import Settings

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from asa_automate.fleet.rollout import Wave


class Watching:
    """The lines of a run on stderr.

    Args:
        waves: whether each wave is summed up.
    """

    def __init__(self, settings: Settings, total: int, *, waves: bool) -> None:
        self._settings = settings
        self._total = total
        self._waves = waves
        self._progress: Progress | None = None
        self._rows: dict[str, TaskID] = {}
        self._ended: Counter[str] = Counter()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Draw, on a terminal, for as long as the block lasts."""
        if not shows_progress(self._settings):
            yield
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True, no_color=self._settings.no_color)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console) as self._progress:
            self._rows[""] = self._progress.add_task(self._summary(), total=self._total)
            yield
        self._progress = None

    def stage(self, device: str, stage: str) -> None:
        """A device is at this step; from any thread."""
        if self._progress is None:
            self._tell(device, stage)
            return
        text = f"{device}: {stage}"
        if device not in self._rows:
            self._rows[device] = self._progress.add_task(text, total=None)
        self._progress.update(self._rows[device], description=text)

    def ended(self, outcome: Outcome) -> None:
        """A device has ended, or is not begun."""
        self._ended[outcome.state.value] += 1
        if self._progress is None:
            if outcome.state is not State.NOT_BEGUN:
                self._tell(outcome.device, outcome.state.value)
            return
        if outcome.device in self._rows:
            self._progress.remove_task(self._rows.pop(outcome.device))
        self._progress.update(
            self._rows[""], description=self._summary(), completed=self._ended.total()
        )

    def waved(self, wave: "Wave", why: str | None) -> None:
        """A wave has ended, or broke off, and why nothing more begins."""
        if not self._waves:
            return
        found = Counter(outcome.state.value for outcome in wave.outcomes)
        missing = len(wave.names) - len(wave.outcomes)
        ends = _counted(found + Counter({State.NOT_BEGUN.value: missing}))
        say(self._settings, f"wave {wave.number} of {wave.of}: {ends}{_trouble(wave)}")
        if why:
            say(self._settings, f"stopped: {why}; nothing more is begun")

    def _summary(self) -> str:
        return f"{self._ended.total()} of {self._total}: {_counted(self._ended) or 'none yet'}"

    def _tell(self, device: str, stage: str) -> None:
        if self._settings.verbose:
            complain(f"{device}: {stage}")


def _counted(found: Counter[str]) -> str:
    return ", ".join(f"{count} {state}" for state, count in found.items() if count > 0)


def _trouble(wave: "Wave") -> str:
    """Those of the wave that did not end well, by name."""
    names = [
        outcome.device
        for outcome in wave.outcomes
        if outcome.state not in (State.NEW, State.NOOP, State.NOT_BEGUN) and outcome.exit
    ]
    return f" ({', '.join(names)})" if names else ""
