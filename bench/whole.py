"""`plan` from start to end beside a script that merely reads: ``python -m bench.whole [--quick]``.

Whole processes are measured, their start included, in turn, on the same virtual firewalls. Ours
reads, proves, stores and prints; stock netmiko only reads. A time counts where each device has a
plan, or the right answers.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.field import ROOT
from bench.keep import keep
from bench.markdown import grid
from bench.peers import session_plan
from bench.session_goals import STOCK
from bench.session_server import Job
from bench.sessions import CLIENTS, Scenario, job_of, right_answers, serving

SCENARIOS = (
    Scenario("1 device", Job(1), 1),
    Scenario("100 devices, 16 workers", Job(100), 16, rounds=3),
)
Figures = dict[str, float]


def timed(run: Callable[[], bool]) -> Figures:
    """Wall and CPU seconds of one process; raises where its answers are wrong."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    right = run()
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if not right:
        raise SystemExit("an answer is wrong: nothing is timed")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "cpu": cpu}


def planned(job: dict[str, Any], home: Path) -> bool:
    """Whether the program has a plan for each device."""
    done = session_plan.run(job, home)
    found = json.loads(done.stdout)["devices"] if done.stdout else []
    return {"change"} == {e["status"] for e in found} and len(found) == len(job["ports"])


def read(path: Path, right: Any) -> bool:
    """Whether stock netmiko, in a process of its own, has read what the devices say."""
    stock = next(client for client in CLIENTS if client.name == STOCK)
    words = [str(stock.python), "-m", f"bench.peers.{stock.module}", str(path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return bool(json.loads(done.stdout)["said"] == right)


def measured(scenario: Scenario, rounds: int) -> list[dict[str, Any]]:
    """Both, in turn; medians, and the median of the ratios."""
    shots: dict[str, list[Figures]] = {"plan": [], STOCK: []}
    with serving(scenario) as server, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = job_of(scenario, server.told, home, warm=False)
        job = json.loads(path.read_text())
        right = right_answers(server.told)
        for number in range(rounds):
            runs: dict[str, Callable[[], bool]] = {
                "plan": lambda: planned(job, home),
                STOCK: lambda: read(path, right),
            }
            for name in sorted(runs, reverse=bool(number % 2)):
                print(f"{scenario.name}: {name}", file=sys.stderr)
                shots[name].append(timed(runs[name]))
    return [_row(scenario, name, shots) for name in shots]


def _row(scenario: Scenario, name: str, shots: dict[str, list[Figures]]) -> dict[str, Any]:
    each = 1000 / scenario.job.count
    row: dict[str, Any] = {"scenario": scenario.name, "process": name}
    for key in ("wall", "cpu"):
        row[f"{key}_ms"] = statistics.median(shot[key] for shot in shots[name]) * each
        pairs = zip(shots["plan"], shots[STOCK], strict=True)
        row[f"{key}_ratio"] = statistics.median(ours[key] / other[key] for ours, other in pairs)
    return row


def verdicts(rows: list[dict[str, Any]]) -> list[str]:
    """The two figures that are to be reached."""
    ratio = {row["scenario"]: row for row in rows if row["process"] == "plan"}
    one, many = ratio["1 device"]["wall_ratio"], ratio["100 devices, 16 workers"]["cpu_ratio"]
    return [
        f"- `plan` of 1 device, start included, at most 0.6 of a netmiko script: {_met(one, 0.6)}",
        f"- `plan` of 100 devices: CPU not above netmiko's mere reading: {_met(many, 1.0)}",
    ]


def _met(value: float, most: float) -> str:
    return f"{'reached' if value <= most else 'NOT REACHED'} ({value:.2f})"


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, nothing kept")
    asked = parser.parse_args()
    rows = [row for s in SCENARIOS for row in measured(s, 1 if asked.quick else min(s.rounds, 5))]
    head = ["scenario", "process", "wall ms a device", "CPU ms a device"]
    lines = [
        [r["scenario"], r["process"], f"{r['wall_ms']:.1f}", f"{r['cpu_ms']:.1f}"] for r in rows
    ]
    text = "\n".join([*grid(head, lines), "", *verdicts(rows)])
    keep("whole", {"rows": rows}, text, for_good=not asked.quick)


if __name__ == "__main__":
    main()
