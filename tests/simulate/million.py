"""A million random and boundary flows, asked of the boxes and of the classifier of single flows.

``python -m tests.simulate.million [--flows N]``; ends with 1 at the first difference.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from itertools import product

from asa_automate.config.reader import read_running
from asa_automate.model import Reading
from asa_automate.simulate.classify import classify_in
from asa_automate.simulate.engines import effective_map
from asa_automate.simulate.space.chains import NOTHING, Action, Angle
from asa_automate.simulate.space.reader import Reader
from asa_automate.simulate.space.walk import Budget, taken
from asa_automate.simulate.world import World
from tests.simulate.test_space import SAMPLES, flows, point_of

#: Flows of a round.
BATCH = 2_000
ENGINES = ("esmtp", "ftp", "sip", "dns")


def rounds() -> Iterator[tuple[str, Reading, bool]]:
    """Every configuration, reading, and way in which ports count."""
    readings = (Reading.PER_ENGINE, Reading.PER_CLASS)
    yield from product(SAMPLES, readings, (False, True))


def compare(sample: str, reading: Reading, ports_count: bool, count: int, seed: int) -> int:
    """How many flows had inspections; each is compared for each engine.

    Raises:
        SystemExit: at the first difference.
    """
    running = read_running(SAMPLES[sample])
    chance = random.Random(seed)  # noqa: S311  # a test's choice of flows
    asked = list(flows(running, chance, count))
    world, reader, inspected = World(reading, ports_count=ports_count), Reader(), 0
    for where in running.service_policies:
        policy = running.policy_maps[where.policy]
        verdicts = [classify_in(running, where, flow, world) for flow in asked]
        for engine in ENGINES:
            angle = Angle(4, engine, reading, ports_count)
            chain = reader.chain(running, policy, angle)
            for flow, verdict in zip(asked, verdicts, strict=True):
                [(_, action)] = taken(chain, point_of(flow), Budget(10**7))
                by = verdict.by(engine)
                wanted: Action = (effective_map(engine, by.map),) if by else NOTHING
                if wanted != action:
                    raise SystemExit(f"{sample} {reading} {flow} {engine}: {action}, not {wanted}")
                inspected += by is not None
    return inspected


def main() -> None:
    """Compare and say how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flows", type=int, default=1_000_000)
    words = parser.parse_args()
    begin, done, inspected = time.monotonic(), 0, 0
    while done < words.flows:
        for number, (sample, reading, ports) in enumerate(rounds()):
            count = min(BATCH, words.flows - done)
            inspected += compare(sample, reading, ports, count, done + number)
            done += count
    spent = time.monotonic() - begin
    sys.stdout.write(
        f"{done:,} flows, {len(ENGINES)} engines each, {inspected:,} inspections: "
        f"boxes and classifier agree ({spent:.0f} s)\n"
    )


if __name__ == "__main__":
    main()
