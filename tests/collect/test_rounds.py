"""Rounds: no overlap, a slow one holds nobody up, and an end that leaves nothing under way."""

import threading
import time
from dataclasses import dataclass

from asa_automate.collect.rounds import Rounds
from asa_automate.collect.schedule import Job, ticking
from asa_automate.collect.turns import Limits, Login, Turn, Turns
from asa_automate.model import Device


@dataclass(frozen=True)
class Said:
    login: Login = Login.GOOD


class Fleet:
    """Devices that can be held up, and what happened to them."""

    def __init__(self, workers: int = 4) -> None:
        self.asked: list[tuple[str, float | None]] = []
        self.told: list[str] = []
        self.skipped: list[tuple[str, float | None]] = []
        self.gates: dict[str, threading.Event] = {}
        self.begun = threading.Semaphore(0)
        self.done = threading.Semaphore(0)
        turns = Turns(Limits(workers=workers, logins_per_second=1e9), lambda _: None)
        self.rounds = Rounds(
            turns, self._ask, self._told, workers, time.monotonic, skipped=self._skipped
        )
        self.thread = threading.Thread(target=lambda: self.rounds.run(forever=True))

    def _ask(self, turn: Turn) -> Said:
        self.asked.append((turn.device.name, turn.slot))
        self.begun.release()
        if gate := self.gates.get(turn.device.name):
            gate.wait(60)
        return Said()

    def _told(self, turn: Turn, said: Said) -> None:
        del said
        self.told.append(turn.device.name)
        self.done.release()

    def _skipped(self, device: Device, slot: float | None) -> None:
        self.skipped.append((device.name, slot))
        self.done.release()


def devices(*names: str) -> list[Device]:
    return [Device(name=name, host="192.0.2.1") for name in names]


def wait_for(semaphore: threading.Semaphore, count: int) -> None:
    for _ in range(count):
        assert semaphore.acquire(timeout=60)


def test_a_slow_one_is_skipped_and_holds_nobody_up() -> None:
    fleet = Fleet()
    gate = fleet.gates["slow"] = threading.Event()
    fleet.thread.start()
    fleet.rounds.offer(devices("slow", "quick"), 300)
    wait_for(fleet.done, 1)
    fleet.rounds.offer(devices("slow", "quick"), 600)
    wait_for(fleet.done, 2)

    assert [("slow", 600)] == fleet.skipped
    assert ["quick", "quick"] == fleet.told
    gate.set()
    wait_for(fleet.done, 1)
    fleet.rounds.offer(devices("slow"), 900)
    wait_for(fleet.done, 1)
    fleet.rounds.stop()
    fleet.thread.join(60)
    assert [("slow", 300.0), ("slow", 900.0)] == [a for a in fleet.asked if a[0] == "slow"]


def test_an_end_waits_for_those_under_way_and_begins_no_other() -> None:
    fleet = Fleet(workers=1)
    gate = fleet.gates["a"] = threading.Event()
    fleet.thread.start()
    fleet.rounds.offer(devices("a", "b"))
    wait_for(fleet.begun, 1)
    fleet.rounds.stop()
    fleet.rounds.offer(devices("c"))
    gate.set()
    fleet.thread.join(60)

    assert not fleet.thread.is_alive()
    assert [("a", None)] == fleet.asked
    assert ["a"] == fleet.told


def test_due_at_once_then_again_and_never_twice_at_a_time() -> None:
    lock, times, overlaps = threading.Lock(), threading.Semaphore(0), []

    def due() -> None:
        if not lock.acquire(blocking=False):
            overlaps.append(1)
            return
        times.release()
        threading.Event().wait(0.05)
        lock.release()

    with ticking([Job(due, every=0.02, jitter=0.01), Job(lambda: None, every=60)]):
        wait_for(times, 4)

    assert [] == overlaps
