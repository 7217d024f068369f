"""The loop that asks: one thread decides, the others wait for firewalls.

All that happens (a new round, a device that was asked, the wish to stop) comes through one
queue, so that no state is shared and a signal handler has only to leave a note.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

from asa_automate.collect.turns import Login, Turn, Turns
from asa_automate.model import Device


class Told(Protocol):
    """What came of a turn."""

    @property
    def login(self) -> Login:
        """What it has shown of the credential."""


Outcome = TypeVar("Outcome", bound=Told)


@dataclass(frozen=True, slots=True)
class _Round:
    devices: tuple[Device, ...]
    slot: float | None


@dataclass(frozen=True, slots=True)
class _Done(Generic[Outcome]):
    turn: Turn
    outcome: Outcome


class _Stop:
    """Somebody wants us to end."""


class Rounds(Generic[Outcome]):
    """Asks the devices of one round after the other, each device once at a time.

    Args:
        ask: called in a thread of its own; never raises.
        told: what came of each turn, in the thread of `run`.
        skipped: a device that still is at its last round when the next one comes.
        rested: nobody waits, and nobody is being asked; in the thread of `run`.
        monotonic: a clock that never jumps, in seconds.
    """

    def __init__(
        self,
        turns: Turns,
        ask: Callable[[Turn], Outcome],
        told: Callable[[Turn, Outcome], None],
        workers: int,
        monotonic: Callable[[], float],
        skipped: Callable[[Device, float | None], None] = lambda _device, _slot: None,
        rested: Callable[[], None] = lambda: None,
    ) -> None:
        self._turns = turns
        self._ask = ask
        self._told = told
        self._skipped = skipped
        self._rested = rested
        self._monotonic = monotonic
        self._events: SimpleQueue[_Round | _Done[Outcome] | _Stop] = SimpleQueue()
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="collect")
        self._stopping = False

    def offer(self, devices: Iterable[Device], slot: float | None = None) -> None:
        """A new round is due; from any thread."""
        self._events.put(_Round(tuple(devices), slot))

    def stop(self) -> None:
        """Begin nothing more, and end when nobody is being asked; from anywhere, signals too."""
        self._events.put(_Stop())

    def run(self, *, forever: bool = False) -> None:
        """Ask until all is done, or, ``forever``, until `stop`; waits for those being asked."""
        try:
            while True:
                self._begin()
                if self._turns.idle:
                    if self._stopping or not (forever or self._due()):
                        return
                    self._rested()
                self._take(self._next_event())
        finally:
            # After an exception (Ctrl-C of one round) the devices not begun are left alone.
            self._pool.shutdown(cancel_futures=True)

    def _due(self) -> bool:
        return not self._events.empty()

    def _next_event(self) -> "_Round | _Done[Outcome] | _Stop | None":
        try:
            return self._events.get(timeout=self._turns.wait(self._monotonic()))
        except Empty:
            return None

    def _take(self, event: "_Round | _Done[Outcome] | _Stop | None") -> None:
        match event:
            case _Round(devices, slot):
                self._offer(devices, slot)
            case _Done(turn, outcome):
                self._turns.done(turn, outcome.login)
                self._told(turn, outcome)
            case _Stop():
                self._stopping = True
                self._turns.drop()

    def _offer(self, devices: tuple[Device, ...], slot: float | None) -> None:
        for device in devices:
            if not self._stopping and not self._turns.offer(device, slot):
                self._skipped(device, slot)

    def _begin(self) -> None:
        while turn := self._turns.next(self._monotonic()):
            if turn.refused:
                self._told(turn, self._ask(turn))
            else:
                self._submit(turn)

    def _submit(self, turn: Turn) -> None:
        def ended(future: Future[Outcome]) -> None:
            if not future.cancelled():
                self._events.put(_Done(turn, future.result()))

        self._pool.submit(self._ask, turn).add_done_callback(ended)
