"""Our collector, a round for each line of stdin: ``python -m bench.collect_ours``.

Inventory, store and credentials come from the environment, as for the program.
"""

import json
import os
import resource
import sys
import time
from contextlib import closing
from pathlib import Path

from asa_automate.cli.collecting import Wiring, once
from asa_automate.cli.settings import Flags, settings_from
from asa_automate.collect.turns import Limits
from asa_automate.inventory import load
from asa_automate.store.engine import open_store

AT_A_TIME = 64
LIMITS = Limits(AT_A_TIME, AT_A_TIME, AT_A_TIME, 10_000.0)


def resident() -> int:
    """Bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def main() -> None:
    """Rounds, and what each cost."""
    settings = settings_from(os.environ, Flags())
    devices = load(settings.inventory).devices
    with closing(open_store(settings.store)) as store:
        wiring = Wiring(settings, store, LIMITS, None, lambda _: None)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for _ in sys.stdin:
            cpu, wall = time.process_time(), time.perf_counter()
            outcomes = once(wiring, devices)
            said = {
                "cpu": time.process_time() - cpu,
                "wall": time.perf_counter() - wall,
                "resident": resident(),
                "good": sum(one.sample is not None for one in outcomes),
                "first_failure": next((x.message for x in outcomes if x.sample is None), None),
            }
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
