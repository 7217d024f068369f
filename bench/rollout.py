"""Many virtual firewalls on one machine: 1,000 planned, 200 applied in waves, what that takes.

``python -m bench.rollout``; ``--quick``: fewer of them, nothing kept. The firewalls run in a
process of their own, over real SSH on 127.0.0.1; the program is measured from outside, by what
Linux says of its process. The firewalls themselves judge how they ended.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from asa_automate.lab.access import Packet
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.ssh_server import serve
from bench.keep import keep
from bench.markdown import grid

LOGIN = "bench"
GATEWAY, OTHER, PEER = map(ip_address, ("192.168.1.1", "192.168.1.20", "198.51.100.7"))
PER_SITE = 10
WAVES = "1,10%,100%"
WORKERS = 16
#: Seconds between two looks at a process.
LOOK = 0.05


@dataclass(frozen=True)
class Cost:
    """What one command took: seconds, and the most that its process had at any look.

    ``memory`` in MB is the kernel's own peak.
    """

    wall: float
    cpu: float
    memory: float
    sockets: int
    threads: int
    code: int


# --- the firewalls: a process of its own ---------------------------------------------------------


def serve_boxes(count: int, place: Path) -> None:
    """Serve until stdin ends; then say on stdout how each firewall stands, as it sees itself."""
    knobs = Knobs(password=LOGIN, enable_password=LOGIN)
    texts = {f"fw{n:04}": ordinary(f"fw{n:04}", serial=f"9ABENCH{n:05}") for n in range(count)}
    boxes = {name: VirtualAsa(text, knobs) for name, text in texts.items()}
    with serve(boxes) as lab:
        inventory = place / "inventory"
        inventory.mkdir()
        (inventory / "hosts.yaml").write_text(
            "".join(
                f"{name}: {{hostname: 127.0.0.1, port: {port}, "
                f"data: {{site: s{int(name[2:]) // PER_SITE}}}}}\n"
                for name, port in lab.ports.items()
            )
        )
        (inventory / "exemptions.yaml").write_text(
            f"exemptions:\n  - {{name: esa, match: {{}}, gateways: [{GATEWAY}]}}\n"
        )
        keys = (f"[127.0.0.1]:{p} {lab.host_keys[n]}\n" for n, p in lab.ports.items())
        (place / "known_hosts").write_text("".join(keys))
        (place / "known_hosts").chmod(0o600)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()
        found = [_stands(box) for box in boxes.values()]
    times = os.times()
    told = {state: found.count(state) for state in sorted(set(found))}
    sys.stdout.write(json.dumps({"states": told, "server_cpu": times.user + times.system}) + "\n")


def _stands(box: VirtualAsa) -> str:
    """``new`` only where the gateway is exempt both ways, others are not, and all is saved."""
    seen = [
        "esmtp" in box.treatment(Packet("tcp", source, target, 25), *way)
        for source, target, way in (
            (PEER, GATEWAY, ("outside", "inside")),
            (GATEWAY, PEER, ("inside", "outside")),
            (PEER, OTHER, ("outside", "inside")),
        )
    ]
    if seen == [False, False, True]:
        same = _lines(box.running_text) == _lines(box.startup_text)
        return "new" if same else "unsaved"
    untouched = seen == [True, True, True] and not box.counts.config_lines
    return "untouched" if untouched else "between"


def _lines(text: str) -> list[str]:
    kept = [line.rstrip() for line in text.splitlines() if line.strip("! ")]
    return [line for line in kept if not line.startswith((":", "Cryptochecksum", "!"))]


# --- the program, from outside -------------------------------------------------------------------


class Watch(threading.Thread):
    """Looks at a process until it is gone, and keeps the most that it saw."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._home = Path(f"/proc/{pid}")
        self.sockets = self.threads = 0
        self.memory = 0.0

    def run(self) -> None:
        with suppress(OSError):
            while (self._home / "fd").exists():
                self._look()
                time.sleep(LOOK)

    def _look(self) -> None:
        links = []
        for link in (self._home / "fd").iterdir():
            with suppress(OSError):
                links.append(str(link.readlink()))
        self.sockets = max(self.sockets, sum(link.startswith("socket:") for link in links))
        said = dict(
            line.split(":", 1) for line in (self._home / "status").read_text().splitlines()
        )
        if "VmHWM" in said:
            self.threads = max(self.threads, int(said["Threads"]))
            self.memory = max(self.memory, int(said["VmHWM"].split()[0]) / 1024)


def measured(place: Path, *words: str) -> tuple[Cost, str]:
    """Carry out one command line; what it took, and what it said on stdout."""
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(place),
        "ASA_AUTOMATE_STORE": f"sqlite:///{place / 'store.sqlite3'}",
        "ASA_AUTOMATE_KNOWN_HOSTS": str(place / "known_hosts"),
        "ASA_AUTOMATE_USERNAME": "admin",
        "ASA_AUTOMATE_PASSWORD": LOGIN,
        "ASA_AUTOMATE_ENABLE": LOGIN,
        "ASA_AUTOMATE_SETTLE": "0",
    }
    before, begun = os.times(), time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "asa_automate", *words],
        cwd=place,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        watch = Watch(program.pid)
        watch.start()
        out, _ = program.communicate()
    wall, after = time.perf_counter() - begun, os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    cost = Cost(wall, cpu, watch.memory, watch.sockets, watch.threads, program.returncode)
    return cost, out


class Firewalls:
    """The process of the firewalls, and what it says at its end."""

    def __init__(self, count: int, place: Path) -> None:
        self.said: Mapping[str, Any] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.rollout", "--serve", str(count), str(place)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Firewalls":
        assert self._process.stdout is not None  # noqa: S101  # it was asked for
        if self._process.stdout.readline() != "ready\n":
            sys.exit("the virtual firewalls did not start")
        return self

    def __exit__(self, *_raised: object) -> None:
        out, _ = self._process.communicate("")
        self.said = json.loads(out)


def planned(count: int) -> tuple[Cost, int]:
    """So many planned; the cost, and how many were planned to change."""
    with tempfile.TemporaryDirectory() as home, Firewalls(count, Path(home)):
        cost, out = measured(
            Path(home), "plan", "--workers", str(WORKERS), "--output", "json", "--out", "p.json"
        )
    statuses = [device["status"] for device in json.loads(out)["devices"]]
    return cost, statuses.count("change")


def applied(count: int) -> tuple[Cost, Mapping[str, Any]]:
    """So many applied in waves; the cost, and how the firewalls say that they stand."""
    with tempfile.TemporaryDirectory() as home, Firewalls(count, Path(home)) as firewalls:
        measured(Path(home), "plan", "--workers", str(WORKERS), "--out", "p.json")
        words = ("apply", "p.json", "--yes", "--wave", WAVES, "--workers", str(WORKERS))
        cost, _ = measured(Path(home), *words, "--output", "json")
    return cost, firewalls.said


def row(what: str, count: int, cost: Cost, verdict: str) -> list[str]:
    """One line of the table."""
    return [
        what,
        f"{cost.wall:.1f}",
        f"{1000 * cost.wall / count:.0f}",
        f"{1000 * cost.cpu / count:.0f}",
        f"{cost.memory:.0f}",
        str(cost.sockets),
        str(cost.threads),
        verdict,
    ]


HEAD = (
    "what",
    "wall s",
    "wall ms per firewall",
    "CPU ms per firewall",
    "memory MB",
    "sockets",
    "threads",
    "goal",
)


def reached(good: int, of: int) -> str:
    """The verdict on a count that must be all."""
    return f"all {of}: reached" if good == of else f"{good} of {of}: NOT REACHED"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure; 1 where not all were planned or verified."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="50 and 20 of them, nothing kept")
    parser.add_argument("--serve", nargs=2, metavar=("N", "DIR"), help=argparse.SUPPRESS)
    asked = parser.parse_args(argv)
    if asked.serve:
        serve_boxes(int(asked.serve[0]), Path(asked.serve[1]))
        return 0
    many, some = (50, 20) if asked.quick else (1000, 200)
    plan, changes = planned(many)
    apply, said = applied(some)
    new = said["states"].get("new", 0)
    rows = [
        row(f"`plan` of {many}", many, plan, f"planned {reached(changes, many)}"),
        row(f"`apply --wave {WAVES}` to {some}", some, apply, f"verified {reached(new, some)}"),
    ]
    results = {
        "workers": WORKERS,
        "plan": vars(plan) | {"firewalls": many, "changes": changes},
        "apply": vars(apply) | {"firewalls": some, **said},
    }
    keep("rollout", results, "\n".join(grid(HEAD, rows)), for_good=not asked.quick)
    return 0 if (changes, new) == (many, some) else 1


if __name__ == "__main__":
    sys.exit(main())
