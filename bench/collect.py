"""``python -m bench.collect``: 1,000 virtual firewalls over SSH, one sample each, several rounds.

The firewalls are in a process of their own; our collector and netmiko's stock driver, each in its
own, take turns. The store is the judge of samples, the boxes of sessions, ``/proc`` of sockets.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from asa_automate.store.engine import Store, open_store
from asa_automate.store.samples import history, sampled_devices
from bench.collect_farm import KNOBS
from bench.keep import ROOT, keep
from bench.markdown import grid

DEVICES, ROUNDS, STOCK = 1000, 5, 100
QUICK = (40, 3, 20)
SOCKETS = 70
#: What "flat" means: so much growth at most after the second round. The first two open the
#: pools, fill the caches and give each of the 64 threads its arena.
GROWTH = 0.05


class Child:
    """A process that answers each line with a line of JSON."""

    def __init__(self, module: str, *words: str, env: Mapping[str, str]) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *words],
            cwd=ROOT,
            env={**os.environ, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if process.stdin is None or process.stdout is None:
            raise TypeError("pipes were asked for")
        self.process, self._in, self._out = process, process.stdin, process.stdout

    def line(self) -> str:
        """What it says next."""
        return self._out.readline()

    def ask(self) -> dict[str, Any]:
        """One more round."""
        self._in.write("\n")
        self._in.flush()
        found: dict[str, Any] = json.loads(self.line())
        return found

    def end(self) -> None:
        """It ends when its stdin does."""
        self.process.communicate(timeout=120)

    def sockets(self) -> int:
        """How many it holds now."""
        count = 0
        for entry in Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                count += str(entry.readlink()).startswith("socket:")
            except OSError:  # closed meanwhile
                continue
        return count


@contextmanager
def most_sockets(child: Child) -> Iterator[list[int]]:
    """The most sockets that it holds while the block runs, looked at a hundred times a second."""
    most, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            most[0] = max(most[0], child.sockets())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield most
    finally:
        done.set()
        thread.join()


@dataclass(frozen=True, slots=True)
class Place:
    """Inventory, store and known hosts of the run, as environment variables."""

    home: Path

    @property
    def store(self) -> str:
        return f"sqlite:///{self.home / 'store.db'}"

    def environment(self) -> dict[str, str]:
        return {
            "ASA_AUTOMATE_INVENTORY": str(self.home),
            "ASA_AUTOMATE_KNOWN_HOSTS": str(self.home / "known_hosts"),
            "ASA_AUTOMATE_STORE": self.store,
            "ASA_AUTOMATE_USERNAME": KNOBS.username,
            "ASA_AUTOMATE_PASSWORD": KNOBS.password,
            "ASA_AUTOMATE_ENABLE": KNOBS.enable_password,
            "XDG_STATE_HOME": str(self.home / "state"),
        }

    def write(self, farm: Mapping[str, tuple[int, str]]) -> None:
        """Inventory and known hosts of these firewalls."""
        hosts = [f"{name}: {{hostname: 127.0.0.1, port: {p}}}\n" for name, (p, _) in farm.items()]
        (self.home / "hosts.yaml").write_text("".join(hosts))
        keys = [f"[127.0.0.1]:{port} {key}\n" for port, key in farm.values()]
        (self.home / "known_hosts").write_text("".join(keys))
        (self.home / "known_hosts").chmod(0o600)


def judge(store: Store, devices: int, rounds: int) -> list[str]:
    """What is wrong with the samples: lost, doubled, incomplete, or of another firewall."""
    names = [f"fw{number:04}" for number in range(devices)]
    wrong = [f"no sample of {name}" for name in set(names) - set(sampled_devices(store))]
    for number, name in enumerate(names):
        seen = history(store, name)
        if len(seen) != rounds:
            wrong.append(f"{name}: {len(seen)} samples in {rounds} rounds")
        packets = {v for one in seen for k, v in one.readings.items() if k.name == "packets"}
        serials = {one.serial for one in seen}
        if packets != {number + 1} or serials != {f"9AFARM{number:05}"}:
            wrong.append(f"{name}: counters {packets} of {serials}")
        if not all(one.complete for one in seen):
            wrong.append(f"{name}: an incomplete sample")
    return wrong


def measure(devices: int, rounds: int, stock: int, home: Path) -> dict[str, Any]:
    """All rounds; the figures by name."""
    place = Place(home)
    with ExitStack() as stack:
        farm = Child("bench.collect_farm", str(devices), env={})
        stack.callback(farm.end)
        where = json.loads(farm.line())
        place.write(where)
        ours = Child("bench.collect_ours", env=place.environment())
        stack.callback(ours.end)
        ports = [str(port) for port, _ in where.values()][:stock]
        peer = Child("bench.collect_stock", *ports, env=place.environment())
        stack.callback(peer.end)
        for child in (ours, peer):
            child.line()
        mine, theirs, most, sessions = [], [], 0, 0
        for number in range(rounds):
            before = farm.ask()["sessions"]
            with most_sockets(ours) as found:
                mine.append(ours.ask())
            most = max(most, found[0])
            sessions += farm.ask()["sessions"] - before
            theirs.append(peer.ask())
            sys.stderr.write(f"round {number + 1}: {mine[-1]}, stock {theirs[-1]}\n")
    with closing(open_store(place.store)) as store:
        wrong = judge(store, devices, rounds)
    return {
        "devices": devices,
        "rounds": rounds,
        "wrong": wrong[:20],
        "sessions": sessions,
        "sockets": most,
        "resident": [one["resident"] for one in mine],
        "wall": [one["wall"] for one in mine],
        "cpu_ms": median(one["cpu"] / devices * 1000 for one in mine),
        "stock_cpu_ms": median(one["cpu"] / stock * 1000 for one in theirs),
        "stock_good": sum(one["good"] for one in theirs) / (stock * rounds),
        "ratio": median(
            (b["cpu"] / stock) / (a["cpu"] / devices) for a, b in zip(mine, theirs, strict=True)
        ),
    }


def table(found: Mapping[str, Any]) -> str:
    """As it stands in docs/benchmarks.md."""
    devices, rounds, resident = found["devices"], found["rounds"], found["resident"]
    settled = resident[min(1, rounds - 1)]
    grown = (resident[-1] - settled) / settled
    asked = f"{devices * rounds:,} samples, {found['sessions']:,} sessions"
    wrong = found["wrong"] or found["sessions"] - devices * rounds
    rows = [
        ("firewalls, rounds", f"{devices:,}, {rounds}", ""),
        (
            "lost, doubled or mixed-up samples",
            f"{len(found['wrong'])} ({asked})",
            _verdict("none", not wrong, wrong),
        ),
        (
            "most sockets of the collector",
            str(found["sockets"]),
            _verdict(f"at most {SOCKETS}", found["sockets"] <= SOCKETS, found["sockets"]),
        ),
        (
            "memory after each round, MB",
            ", ".join(f"{n / 1e6:.0f}" for n in resident),
            _verdict(f"at most +{GROWTH:.0%} after the second", grown <= GROWTH, f"{grown:+.0%}"),
        ),
        ("seconds of a round", f"{median(found['wall']):.1f}", ""),
        ("CPU of the collector a firewall, ms", f"{found['cpu_ms']:.1f}", ""),
        ("CPU of netmiko's stock driver a firewall, ms", f"{found['stock_cpu_ms']:.1f}", ""),
        ("stock driver : collector", f"{found['ratio']:.2f}", ""),
    ]
    notes = "" if found["stock_good"] == 1 else _note(found["stock_good"])
    return "\n".join(grid(["collector, over SSH on loopback", "", "wanted"], rows)) + notes


def _note(good: float) -> str:
    return f"\n\nThe stock driver read {good:.0%} of what it was asked for."


def _verdict(wanted: str, met: bool, value: object) -> str:
    return f"{wanted}: {'reached' if met else f'NOT REACHED ({value})'}"


def main() -> int:
    """Measure, print, and keep; 1 where a sample was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few firewalls, nothing is kept")
    parser.add_argument("--devices", type=int)
    parser.add_argument("--rounds", type=int)
    words = parser.parse_args()
    devices, rounds, stock = QUICK if words.quick else (DEVICES, ROUNDS, STOCK)
    devices, rounds = words.devices or devices, words.rounds or rounds
    with TemporaryDirectory() as home:
        found = measure(devices, rounds, min(stock, devices), Path(home))
    keep("collect", found, table(found), for_good=(devices, rounds) == (DEVICES, ROUNDS))
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
