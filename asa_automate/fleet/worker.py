"""A worker: takes jobs from its queues, beats its heart, and looks for workers that died.

A worker that dies leaves its jobs *doing*, with their locks held, so that nobody begins them by
accident. Whoever still lives gives them back once the dead one's heart has not beaten for so
long; the job then finds what its device has, and goes on from there.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy

from asa_automate.errors import StoreRefused
from asa_automate.fleet.queue import DEVICE, ROUND, TEND, Later, OfDevice, OfRound
from asa_automate.store.engine import Store
from asa_automate.store.orders import died_at
from asa_automate.store.shared import locked_now

#: Seconds until a job whose record could not be written is tried again.
PAUSE = 5.0
#: Any number that all versions of this tool take.
_ONE_RECONCILER = 4208114116
#: Seconds to wait for a connection before the database counts as gone.
_PATIENCE = 5.0
_HOURLY = "17 * * * *"
#: How long jobs that ended are kept, in hours.
_KEEP_HOURS = 24


@dataclass(frozen=True, slots=True)
class Duties:
    """What is done with what the queue brings; called in threads.

    Args:
        beat: called with each heartbeat; raises ``StoreRefused`` where the store is gone.
    """

    device: OfDevice
    round: OfRound
    tend: Callable[[], None]
    beat: Callable[[], None]
    tell: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a worker works.

    Args:
        queues: those that it listens to.
        at_a_time: jobs, each with one session to a firewall.
        lost_after: seconds without a heartbeat after which a worker counts as dead.
        cron: when its queues are sampled, in cron's words; ``None``: never.
    """

    queues: tuple[str, ...]
    at_a_time: int = 8
    lost_after: float = 30.0
    cron: str | None = None


@dataclass
class Worker:
    """One process's share of the work; :meth:`run` ends when it is asked to, or must."""

    store: Store
    conninfo: str
    duties: Duties
    terms: Terms
    trouble: str | None = None
    _asked: bool = False
    _loop: asyncio.AbstractEventLoop | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: set[int] = field(default_factory=set)

    def stop(self) -> None:
        """Take nothing more, finish what is under way; from any thread, signals too."""
        self._asked = True
        if self._loop:
            self._loop.call_soon_threadsafe(self._wake.set)

    def run(self) -> None:
        """Work until asked to stop.

        Raises:
            StoreRefused: the database is gone; all devices under way were left whole.
        """
        asyncio.run(self._work())
        if self.trouble:
            raise StoreRefused(f"{self.trouble}; this worker takes no more jobs until it is back")

    def reconcile(self) -> int:
        """Give back the jobs of dead workers, once; how many there were."""
        app = self._app()

        async def once() -> int:
            async with app.open_async():
                return await self._reconcile(app)

        return asyncio.run(once())

    def _app(self) -> App:
        connector = PsycopgConnector(
            conninfo=self.conninfo, min_size=1, max_size=5, timeout=_PATIENCE
        )
        app = App(connector=connector)
        self._add_tasks(app)
        return app

    def _add_tasks(self, app: App) -> None:
        @app.task(name=DEVICE, retry=_Patience(), pass_context=True)
        def of_device(context: JobContext, order: str, device: str) -> None:
            self._note(context)
            with self._watched():
                self.duties.device(order, device)

        @app.task(name=ROUND, retry=_Patience(), pass_context=True)
        def of_round(context: JobContext, queue: str, timestamp: int) -> None:
            self._note(context)
            with self._watched():
                self.duties.round(queue, float(timestamp))

        @app.task(name=TEND, retry=_Patience(), pass_context=True)
        async def tend(context: JobContext, timestamp: int) -> None:
            del timestamp
            self._note(context)
            await app.job_manager.delete_old_jobs(
                nb_hours=_KEEP_HOURS, include_failed=True, include_cancelled=True
            )
            await asyncio.to_thread(self.duties.tend)

        for queue in self.terms.queues if self.terms.cron else ():
            app.periodic(
                cron=str(self.terms.cron),
                periodic_id=queue,
                queue=queue,
                lock=f"round:{queue}",
                task_kwargs={"queue": queue},
            )(of_round)  # type: ignore[arg-type]  # its queue is in task_kwargs
        app.periodic(cron=_HOURLY, periodic_id="tend", queue=self.terms.queues[0])(tend)

    def _note(self, context: JobContext) -> None:
        if context.job.worker_id is not None:
            self._ids.add(context.job.worker_id)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """A store that does not answer one job answers none: the worker ends, and starts anew."""
        try:
            yield
        except StoreRefused as error:
            self.trouble = self.trouble or error.message
            self.stop()
            raise

    async def _work(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._loop.set_default_executor(ThreadPoolExecutor(self.terms.at_a_time + 4))
        app = self._app()
        try:
            async with app.open_async():
                await self._side_by_side(app)
        except ProcrastinateException as error:
            self.trouble = self.trouble or f"store {self.store.name}: {error.__cause__ or error}"
        finally:
            self._loop = None

    async def _side_by_side(self, app: App) -> None:
        beat = self.terms.lost_after / 3
        jobs = asyncio.create_task(
            app.run_worker_async(
                queues=list(self.terms.queues),
                concurrency=self.terms.at_a_time,
                install_signal_handlers=False,
                update_heartbeat_interval=beat,
                stalled_worker_timeout=self.terms.lost_after,
                fetch_job_polling_interval=1.0,
            )
        )
        heart = asyncio.create_task(self._beat(app, beat))
        woken = asyncio.create_task(self._wake.wait())
        if self._asked:
            self._wake.set()
        await asyncio.wait({jobs, woken}, return_when=asyncio.FIRST_COMPLETED)
        jobs.cancel()
        try:
            await jobs
        except asyncio.CancelledError:
            pass
        finally:
            if not self._asked:
                self.trouble = self.trouble or f"store {self.store.name}: the connection was lost"
            for task in (heart, woken):
                task.cancel()
            await asyncio.gather(heart, woken, return_exceptions=True)

    async def _beat(self, app: App, every: float) -> None:
        """Also while the last jobs are finished, when Procrastinate's own heart has stopped."""
        while True:
            try:
                await asyncio.to_thread(self.duties.beat)
                for worker_id in tuple(self._ids):
                    await app.job_manager.update_heartbeat(worker_id)
                await self._reconcile(app)
            except StoreRefused as error:
                self.trouble = self.trouble or error.message
                self.stop()
            except ProcrastinateException as error:
                self.trouble = self.trouble or str(error.__cause__ or error)
                self.stop()
            await asyncio.sleep(every)

    async def _reconcile(self, app: App) -> int:
        """One at a time over all workers: who comes second sees what the first has done."""
        with self.store.write() as connection:
            if not locked_now(connection, _ONE_RECONCILER):
                return 0
            found = await app.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=self.terms.lost_after
            )
            lost = list(found)
            for job in lost:
                order, device = _names(job)
                try:
                    await app.job_manager.retry_job(job)
                except ProcrastinateException:  # it has ended: its worker was slow, not dead
                    continue
                died_at(connection, order, device)
                self.duties.tell(f"{device or job.task_name}: its worker died; the job goes on")
        return len(lost)


def _names(job: Job) -> tuple[str, str]:
    """Order and device of a job; empty for one that has none."""
    words: dict[str, Any] = job.task_kwargs
    return str(words.get("order", "")), str(words.get("device", ""))


class _Patience(BaseRetryStrategy):
    """Back to the queue: what asks for it, and what the store could not record."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        del job
        if isinstance(exception, Later):
            return RetryDecision(retry_in={"seconds": int(exception.seconds)})
        if isinstance(exception, StoreRefused):
            return RetryDecision(retry_in={"seconds": int(PAUSE)})
        return None
