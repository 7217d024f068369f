"""What every peer does alike: one text, timed once, in a process of its own.

A peer is called as ``python -m bench.peers.NAME FILE WARM_UP [GATEWAY...]`` and prints one JSON
object. What interpreter and imports cost (``start_seconds``, of CPU time) is reported apart.
Templates are compiled before the clock starts, and another, small text is read first, so that no
peer pays for its first call.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any


def measure(
    package: str,
    work: Callable[[Any], Any],
    answer: Callable[[Any], dict[str, object]],
    prepare: Callable[[str], Any] = str,
) -> None:
    """Time ``work`` on the text, then print what ``answer`` says of its result.

    Args:
        package: whose version is printed; ``""`` for the standard library.
        work: from the text to whatever the peer makes of it; this alone is timed.
        prepare: what is done to the text before the clock starts.
        answer: from that to the JSON that is checked, or a note why there is none.
    """
    started = time.process_time()
    text, warm_up = (prepare(Path(path).read_text()) for path in sys.argv[1:3])
    work(warm_up)
    base = _peak()
    start = time.perf_counter()
    made = work(text)
    seconds = time.perf_counter() - start
    result = {
        "version": version(package) if package else sys.version.split()[0],
        "start_seconds": started,
        "seconds": seconds,
        "base_mb": base,
        "peak_mb": _peak(),
    }
    json.dump({**result, **answer(made)}, sys.stdout)


def _peak() -> float:
    """The most memory that this process has had, in MB (10**6 bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def digest(entries: Iterable[str]) -> str:
    """How many entries, and a hash of their words: as the reference has it."""
    given = list(entries)
    return f"{len(given)} " + sha256("\n".join(given).encode()).hexdigest()[:16]
