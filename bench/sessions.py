"""Reading firewalls over SSH beside other clients: ``python -m bench.sessions [--quick]``.

Virtual firewalls are served by a process of their own. In each round every client reads the same
ones once, in a process of its own, in turn; a time counts only where all answers are right.
``--only NAME`` measures one scenario; ``--clients a,b`` leaves the others out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from bench.field import ROOT
from bench.keep import keep
from bench.markdown import grid
from bench.peers.session_client import digest
from bench.session_goals import FLOOR, OURS, STOCK, Row, verdicts
from bench.session_server import Job

READ = ("show version", "show running-config", "show service-policy inspect esmtp")
WHOLE = ("show running-config",)
_PATIENCE = 400


@dataclass(frozen=True)
class Client:
    """One way to read: its module in ``bench.peers`` and its environment in ``.venv``."""

    name: str
    module: str
    environment: str = "bench-sessions"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        if not self.environment:
            return Path(sys.executable)
        home = os.environ.get("ASA_BENCH_VENVS", str(ROOT / ".venv"))
        return Path(home) / self.environment / "bin" / "python"


CLIENTS = (
    Client(OURS, "session_ours", ""),
    Client(STOCK, "session_netmiko"),
    Client("scrapli (ssh2)", "session_scrapli"),
    Client("ssh binary", "session_ssh"),
    Client(FLOOR, "session_libssh2"),
    Client("Ansible cisco.asa", "session_ansible", "bench-ansible"),
)


@dataclass(frozen=True)
class Scenario:
    """What is served, how many read at a time, and which clients are left out of it."""

    name: str
    job: Job
    workers: int
    rounds: int = 5
    commands: tuple[str, ...] = READ
    without: tuple[str, ...] = ()


LARGE = 100_000
_SLOW = ("Ansible cisco.asa",)
SCENARIOS = (
    Scenario("1 device", Job(1), 1, rounds=9),
    Scenario("20 at once", Job(20), 20, without=_SLOW),
    Scenario("100, 16 workers", Job(100), 16, rounds=3, without=_SLOW),
    Scenario("20 at once, 20 ms per command", Job(20, delay=0.02), 20, without=_SLOW),
    Scenario("1 device, group14", Job(1, kex="diffie-hellman-group14-sha256"), 1, without=_SLOW),
    Scenario("9.6 MB", Job(1, lines=LARGE), 1, 3, WHOLE, _SLOW),
    Scenario("9.6 MB at 1 MB/s", Job(1, lines=LARGE, rate=1_000_000), 1, 1, WHOLE, _SLOW),
)


class Server:
    """The process that serves a job."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._in: IO[str] = process.stdin  # type: ignore[assignment]  # both are pipes
        self._out: IO[str] = process.stdout  # type: ignore[assignment]
        self.told = self._line()

    def cpu(self) -> float:
        """CPU seconds so far."""
        self._in.write("\n")
        self._in.flush()
        return float(self._line()["cpu"])

    def _line(self) -> Any:
        return json.loads(self._out.readline() or "{}")


@contextmanager
def serving(scenario: Scenario) -> Iterator[Server]:
    """The virtual firewalls of a scenario."""
    words = [json.dumps(asdict(scenario.job)), json.dumps(scenario.commands)]
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.session_server", *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Server(process)
    finally:
        process.terminate()
        process.communicate()


def measured(scenario: Scenario, clients: Sequence[Client], rounds: int) -> list[Row]:
    """All clients of a scenario; medians over the rounds, ratios within a round."""
    shots: dict[str, list[dict[str, float]]] = {client.name: [] for client in clients}
    status: dict[str, str] = {}
    with serving(scenario) as server, tempfile.TemporaryDirectory() as home:
        right = right_answers(server.told)
        size = sum(len(t) for t in next(iter(server.told["answers"].values()))) / 1e6
        job = job_of(scenario, server.told, Path(home), warm=not scenario.job.rate)
        for number in range(rounds):
            for client in (*clients[number % len(clients) :], *clients[: number % len(clients)]):
                if client.name in scenario.without or client.name in status:
                    continue
                print(f"{scenario.name}: {client.name}", file=sys.stderr)
                shot = _shot(client, job, right, server)
                if isinstance(shot, str):
                    status[client.name] = shot
                else:
                    shots[client.name].append(shot)
    rows = [
        _row(scenario, name, found, status.get(name, "ok" if found else "left out"))
        for name, found in shots.items()
    ]
    for row in rows:
        row.text_mb = size
        row.ratios = _ratios(shots, row.client)
    return rows


def right_answers(told: Any) -> dict[str, list[str]]:
    """Name of a device -> the digest of each right answer."""
    return {name: [digest(text) for text in texts] for name, texts in told["answers"].items()}


def job_of(scenario: Scenario, told: Any, home: Path, *, warm: bool) -> Path:
    """The file that tells a client what to read; with the pinned host keys beside it."""
    known = home / "known_hosts"
    known.write_text(
        "".join(f"[127.0.0.1]:{port} {told['keys'][n]}\n" for n, port in told["ports"].items())
    )
    job = home / "job.json"
    job.write_text(
        json.dumps(
            {
                "ports": told["ports"],
                "commands": scenario.commands,
                "workers": scenario.workers,
                "known_hosts": str(known),
                "warm": warm,
            }
        )
    )
    return job


def _shot(client: Client, job: Path, right: Any, server: Server) -> dict[str, float] | str:
    """One reading of all devices; a status where there is no right answer."""
    if not client.python.exists():
        return "missing: its environment is not there"
    before = server.cpu()
    try:
        done = subprocess.run(
            [str(client.python), "-m", f"bench.peers.{client.module}", str(job)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return f"not done after {_PATIENCE} s"
    except subprocess.CalledProcessError as error:
        last: str = (error.stderr.strip().splitlines() or ["no word"])[-1]
        return ("missing: " if "ModuleNotFound" in last else "failed: ") + last[:120]
    said: dict[str, Any] = json.loads(done.stdout)
    if said["said"] != right:
        return "WRONG answers"
    figures = {key: float(said[key]) for key in ("wall", "cpu", "grown_mb")}
    return {**figures, "server": float(server.cpu() - before)}


def _row(scenario: Scenario, name: str, shots: list[dict[str, float]], status: str) -> Row:
    if not shots:
        return Row(scenario.name, name, status)
    middle = {key: statistics.median(shot[key] for shot in shots) for key in shots[0]}
    each = 1000 / scenario.job.count
    return Row(
        scenario.name,
        name,
        status,
        middle["wall"] * each,
        middle["cpu"] * each,
        middle["server"] * each,
        middle["grown_mb"],
        len(shots),
    )


def _ratios(shots: dict[str, list[dict[str, float]]], client: str) -> dict[str, float]:
    """How many times our wall and CPU time a client needs, medians of ratios in one round."""
    pairs = list(zip(shots[client], shots.get(OURS, []), strict=False))
    if not pairs:
        return {}
    return {
        key: statistics.median(theirs[key] / max(ours[key], 1e-9) for theirs, ours in pairs)
        for key in ("wall", "cpu")
    }


def table(rows: Sequence[Row]) -> str:
    """All scenarios, below each other."""
    head = ["scenario", "client", "wall ms", "CPU ms", "server CPU ms", "x our wall", "x our CPU"]
    lines = [
        [row.scenario, row.client, *(_figures(row) if row.rounds else [row.status, *[""] * 4])]
        for row in rows
        if row.status != "left out"
    ]
    return "\n".join([*grid(head, lines), "", *verdicts(rows)])


def _figures(row: Row) -> list[str]:
    return [
        f"{row.wall_ms:.1f}",
        f"{row.cpu_ms:.1f}",
        f"{row.server_ms:.1f}",
        f"{row.ratios.get('wall', 0):.1f}",
        f"{row.ratios.get('cpu', 0):.1f}",
    ]


def main() -> int:
    """Measure, print, keep; 1 where an answer of ours was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round, nothing kept")
    parser.add_argument("--only", action="append", help="a scenario")
    parser.add_argument("--clients", help="names, with commas")
    asked = parser.parse_args()
    named = asked.clients.split(",") if asked.clients else [client.name for client in CLIENTS]
    clients = [client for client in CLIENTS if client.name in named]
    scenarios = [s for s in SCENARIOS if not asked.only or s.name in asked.only]
    rows = [
        row
        for scenario in scenarios
        for row in measured(scenario, clients, 1 if asked.quick else scenario.rounds)
    ]
    whole = not (asked.quick or asked.only or asked.clients)
    keep("sessions", {"rows": [asdict(r) for r in rows]}, table(rows), for_good=whole)
    return 1 if any(r.client == OURS and r.status != "ok" for r in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
