"""``collect`` killed again and again: nothing told is lost, nothing is there or counted twice."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select, text

from asa_automate.collect.rollup import increments, roll_up
from asa_automate.store.engine import Store, open_store
from asa_automate.store.hourly import ROLLED, mark_of
from asa_automate.store.samples import history, record_samples
from asa_automate.store.tables import samples
from asa_automate.store.values import Label, Observation, Sample

KILLS = 6
DEVICES = [f"fw{n:02}" for n in range(12)]
PAST = 150
MASK = Label("global", "global_policy", "inspection_default", "esmtp", "m", "mask-banner", "")
ANSWER = (
    "Global policy:\n  Service-policy: global_policy\n    Class-map: inspection_default\n"
    "      Inspect: esmtp m, packet 96, drop 2, reset-drop 1\n        mask-banner, count 9000\n"
)


def prepared(home: Path) -> None:
    """Texts in the place of firewalls, and samples of the last day that wait to be rolled up."""
    (home / "inventory").mkdir()
    hosts = "".join(f"{name}:\n  hostname: 192.0.2.{n + 1}\n" for n, name in enumerate(DEVICES))
    (home / "inventory" / "hosts.yaml").write_text(hosts)
    store = open_store(os.environ["ASA_AUTOMATE_STORE"])
    begin = time.time() - 86_400
    for name in DEVICES:
        (home / "texts" / name).mkdir(parents=True)
        (home / "texts" / name / "show_service-policy.txt").write_text(ANSWER)
        seen = (
            Observation(begin + n * 300, "JAD1", None, True, {MASK: n * 7}) for n in range(PAST)
        )
        record_samples(store, [Sample(name, one, "", "t") for one in seen])
    store.close()


def killed_after(home: Path, lines: int, wait: float) -> Counter[str]:
    """Start it, kill it some time after so many samples were told; how many were, by device."""
    words = ["--every", "1s", "--output", "json", "--from-dir", str(home / "texts"), "--quiet"]
    started = subprocess.Popen(  # noqa: S603  # our own interpreter and program
        [sys.executable, "-m", "asa_automate", "collect", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "ASA_AUTOMATE_INVENTORY": str(home / "inventory")},
        text=True,
    )
    assert started.stdout is not None
    guard = threading.Timer(120, started.kill)
    guard.start()
    told = [started.stdout.readline() for _ in range(lines)]
    time.sleep(wait)
    started.send_signal(signal.SIGKILL)
    told += started.stdout.read().splitlines(keepends=True)
    guard.cancel()
    started.communicate()
    whole = [json.loads(line) for line in told if line.endswith("\n")]
    return Counter(one["device"] for one in whole if one["outcome"] == "collected")


def whole(store: Store) -> None:
    with store.read() as connection:
        assert "ok" == connection.execute(text("PRAGMA integrity_check")).scalar()
        slots = select(samples.c.device, samples.c.slot).where(samples.c.slot.is_not(None))
        many = select(func.count()).select_from(slots.subquery())
        once = select(func.count()).select_from(slots.distinct().subquery())
        assert connection.scalar(many) == connection.scalar(once)


def test_killed_again_and_again(tmp_path: Path) -> None:
    prepared(tmp_path)
    dice = random.Random(7)  # noqa: S311  # moments, no secrets
    told: Counter[str] = Counter()
    for _ in range(KILLS):
        told += killed_after(tmp_path, dice.randint(1, 20), dice.uniform(0, 0.4))

    store = open_store(os.environ["ASA_AUTOMATE_STORE"])
    whole(store)
    for name in DEVICES:
        seen = history(store, name)
        fresh = seen[PAST:]
        assert told[name] <= len(fresh)
        assert {4} == {len(one.readings) for one in fresh}
        assert 0 < mark_of(store, name, ROLLED)[0]
        roll_up(store, name, time.time())
        # Whatever was rolled up before a kill: each increment is in the figures once.
        assert 9000 == increments(store, name, since=0)[MASK]
    store.close()
