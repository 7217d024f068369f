"""Rounds at fixed instants: APScheduler keeps the time, and never catches up on missed ones."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

# It would report a late round to the log of the process; we say it ourselves, in our words.
logging.getLogger("apscheduler").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Job:
    """What is due at the start and then at every multiple of ``every`` seconds of the clock.

    It never runs twice at a time, and all times that it missed become one. ``jitter``: each
    process comes so many seconds late at most, always by the same, that many do not come at once.
    """

    due: Callable[[], None]
    every: float
    jitter: float = 0.0


@contextmanager
def ticking(jobs: Iterable[Job]) -> Iterator[None]:
    """Call what is due, each job in a thread of its own, while the block runs."""
    wanted = list(jobs)
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(wanted) + 1)}, timezone="UTC", daemon=True
    )
    for job in wanted:
        due = _one_at_a_time(job.due)
        scheduler.add_job(due, misfire_grace_time=None)
        scheduler.add_job(
            due,
            IntervalTrigger(seconds=job.every, start_date=_first(job), timezone="UTC"),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _first(job: Job) -> datetime:
    """The next multiple, and this process's own part of the jitter."""
    late = random.uniform(0, job.jitter)  # noqa: S311  # spreads load, guards nothing
    return datetime.fromtimestamp((time.time() // job.every + 1) * job.every + late, UTC)


def _one_at_a_time(due: Callable[[], None]) -> Callable[[], None]:
    lock = threading.Lock()

    def run() -> None:
        if lock.acquire(blocking=False):
            try:
                due()
            finally:
                lock.release()

    return run
