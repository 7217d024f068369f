"""What the clients of ``bench.sessions`` share; needs nothing but Python, for it runs everywhere.

A client is a function of a device (name, port) and the commands that gives their answers. Called
with a file of JSON, it reads one device to warm up, then all of them with so many threads, and
prints wall and CPU seconds, peak memory and a digest of each answer.
"""

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

USER, PASSWORD, ENABLE = "admin", "admin", "enable"
Read = Callable[[str, int, Sequence[str]], Sequence[str]]


#: Lines that differ from reading to reading: the box's age, and what netmiko leaves behind, which
#: types `terminal width 511` into the running-config of every firewall that it reads.
DIFFERS = (
    " up ",
    "terminal width",
    "Cryptochecksum",
    "Configuration last modified",
    "Configuration has not been modified",
)


def digest(text: str) -> str:
    """An answer as all clients must have it: lines without their ends, none that is empty."""
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n")]
    kept = [line for line in lines if line and not any(word in line for word in DIFFERS)]
    return hashlib.sha256("\n".join(kept).encode(errors="surrogateescape")).hexdigest()


def _cpu() -> float:
    """Seconds of this process and of those that it has waited for."""
    both = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def main(prepare: Callable[[dict[str, Any]], Read]) -> None:
    """Measure; ``prepare`` gets the job and gives the reading function."""
    job = json.loads(Path(sys.argv[1]).read_text())
    read = prepare(job)
    devices: list[tuple[str, int]] = list(job["ports"].items())
    commands: list[str] = job["commands"]
    if job["warm"]:
        read(devices[0][0], devices[0][1], commands[:1])
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, cpu = time.perf_counter(), _cpu()
    with ThreadPoolExecutor(job["workers"]) as pool:
        found = list(pool.map(lambda device: read(device[0], device[1], commands), devices))
    wall, cpu = time.perf_counter() - began, _cpu() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    names = [name for name, _ in devices]
    said = {name: list(map(digest, texts)) for name, texts in zip(names, found, strict=True)}
    print(json.dumps({"wall": wall, "cpu": cpu, "grown_mb": (peak - base) / 1024, "said": said}))


def between_prompts(said: str, name: str, commands: Sequence[str]) -> list[str]:
    """The answers in a whole transcript, by the prompt and the echo before each."""
    found = []
    rest = said.replace("\r", "")
    for command in commands:
        _, _, rest = rest.partition(f"{name}# {command}\n")
        answer, _, _ = rest.partition(f"\n{name}# ")
        found.append(answer)
    return found
