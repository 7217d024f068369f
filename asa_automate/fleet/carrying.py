"""Carries a rollout out on this machine: one thread decides, each firewall has one of its own.

All that happens (a firewall has ended, the wish to stop) comes through one queue, so that no state
is shared and a signal handler has only to leave a note.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

from asa_automate.apply.outcome import Outcome, State
from asa_automate.errors import Exit
from asa_automate.fleet.rollout import Begin, Rollout, Wave


@dataclass(frozen=True, slots=True)
class Hands:
    """What is done for a rollout; all but ``job`` in the thread of :meth:`Carrying.run`.

    Args:
        job: changes a firewall and says how that ended; an exception is a bug.
        told: a firewall has ended, or is not begun.
        waved: a wave has ended, or broke off.
        gate: asked between two waves; why the next may not begin, ``None`` where it may.
    """

    job: Callable[[Begin], Outcome]
    told: Callable[[Outcome], None] = lambda _: None
    waved: Callable[[Wave, str | None], None] = lambda _wave, _why: None
    gate: Callable[[Wave, "Carrying"], str | None] = lambda _wave, _carrying: None


@dataclass(frozen=True, slots=True)
class _Stop:
    why: str
    code: Exit


@dataclass(frozen=True, slots=True)
class _Bug:
    device: str
    error: BaseException


class Carrying:
    """One rollout on its way.

    Args:
        clock: the time, for maintenance windows.
        monotonic: a clock that never jumps, in seconds.
    """

    def __init__(
        self,
        rollout: Rollout,
        hands: Hands,
        workers: int,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rollout = rollout
        self._hands = hands
        self._workers = workers
        self._clock = clock
        self._monotonic = monotonic
        self._events: SimpleQueue[Outcome | _Stop | _Bug] = SimpleQueue()
        self._bug: BaseException | None = None

    def stop(self, why: str, code: Exit = Exit.REFUSED) -> None:
        """Begin nothing more; from anywhere, signal handlers too."""
        self._events.put(_Stop(why, code))

    def run(self) -> None:
        """Until all have ended, or are not begun.

        A bug stops the rollout, and is raised once all that is at work has ended.
        """
        with ThreadPoolExecutor(self._workers, thread_name_prefix="rollout") as pool:
            while not self._rollout.done:
                self._begin(pool)
                if self._rollout.gate:
                    self._at_the_gate()
                elif not self._rollout.idle:
                    self._take(self._events.get())
        if self._rollout.wave.names:
            self._hands.waved(self._rollout.wave, self._rollout.stopped)
        if self._bug is not None:
            raise self._bug

    def pause(self, seconds: float) -> None:
        """Wait, at a gate; no longer than until somebody wants to stop."""
        until = self._monotonic() + seconds
        while self._rollout.stopped is None and (left := until - self._monotonic()) > 0:
            try:
                self._take(self._events.get(timeout=left))
            except Empty:
                return

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        while (turn := self._rollout.next(self._clock())) is not None:
            if isinstance(turn, Outcome):
                self._hands.told(turn)
            else:
                self._submit(pool, turn)
            self._drain()

    def _submit(self, pool: ThreadPoolExecutor, turn: Begin) -> None:
        def ended(future: Future[Outcome]) -> None:
            error = future.exception()
            self._events.put(_Bug(turn.member.name, error) if error else future.result())

        pool.submit(self._hands.job, turn).add_done_callback(ended)

    def _at_the_gate(self) -> None:
        wave = self._rollout.wave
        why = self._hands.gate(wave, self)
        self._drain()
        if why:
            self._rollout.stop(f"wave {wave.number} of {wave.of}: {why}")
        if self._rollout.stopped is None:
            self._hands.waved(wave, None)
            self._rollout.passed()

    def _drain(self) -> None:
        while True:
            try:
                self._take(self._events.get_nowait())
            except Empty:
                return

    def _take(self, event: Outcome | _Stop | _Bug) -> None:
        match event:
            case Outcome():
                self._rollout.ended(event)
                self._hands.told(event)
            case _Stop(why, code):
                self._rollout.stop(why, code)
            case _Bug(device, error):
                self._bug = self._bug or error
                bug = "an unexpected error"
                self._rollout.ended(Outcome(device, State.UNKNOWN, bug, exit_code=Exit.BUG))
                self._rollout.stop(bug)
