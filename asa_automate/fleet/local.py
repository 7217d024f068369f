"""Many devices at once on this machine: a job for each, in threads, results in their order."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

#: Sessions at a time: an ASA login costs its AAA server, and a small machine its processor.
DEFAULT_WORKERS = 8
MOST_WORKERS = 256

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(
    items: Sequence[Item], job: Callable[[Item], Result], workers: int = DEFAULT_WORKERS
) -> list[Result]:
    """``job`` for every item, ``workers`` at a time.

    A job answers with a value for every end that it knows; an exception is a bug and is raised
    once all jobs have ended, so that no device is left in mid-change.
    """
    if len(items) <= 1 or workers <= 1:
        return [job(item) for item in items]
    with ThreadPoolExecutor(max_workers=min(workers, len(items))) as pool:
        return [future.result() for future in [pool.submit(job, item) for item in items]]
