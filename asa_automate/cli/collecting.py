"""How ``collect`` is wired: whose turn, which session, where samples and gaps go, how it ends."""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from asa_automate.cli.alerting import looking
from asa_automate.cli.settings import Settings, private_directory
from asa_automate.cli.signals import ENDS, taken
from asa_automate.collect.collector import Asking, Outcome, Reader
from asa_automate.collect.rounds import Rounds
from asa_automate.collect.schedule import Job, ticking
from asa_automate.collect.slots import missed, slot_of
from asa_automate.collect.spool import Spool
from asa_automate.collect.turns import Limits, Turn, Turns
from asa_automate.errors import AsaAutomateError, BadInput, StoreRefused
from asa_automate.model import Device
from asa_automate.store.values import Gap, Sample

if TYPE_CHECKING:
    from asa_automate.collect.alerts.watch import Watch
    from asa_automate.store.engine import Store

#: Share of the period by which a round may be late, and the most seconds of that.
JITTER, MOST_JITTER = 0.05, 15.0
TEND_EVERY = 3600.0


@dataclass(frozen=True, slots=True)
class Wiring:
    """What both ways to collect need: once, and at fixed instants."""

    settings: Settings
    store: "Store"
    limits: Limits
    from_dir: Path | None
    told: Callable[[Outcome], None]
    look: Callable[[Device, Reader, Sample], None] | None = None
    watch: "Watch | None" = None
    spool: Spool = field(init=False)

    def __post_init__(self) -> None:
        from asa_automate.store.gaps import record_gaps
        from asa_automate.store.samples import AnsweredBefore, record_sample

        spool = Spool(
            lambda sample: record_sample(self.store, sample),
            lambda gaps: record_gaps(self.store, gaps),
            time.monotonic,
            already=AnsweredBefore,
        )
        object.__setattr__(self, "spool", spool)

    def asking(self) -> Asking:
        """How one device is asked."""
        from asa_automate.store.samples import record_sample

        scheduled = self.spool.keep
        once: Callable[..., object] = lambda sample: record_sample(self.store, sample)  # noqa: E731
        return Asking(
            self._reader(),
            keep=lambda sample: (once if sample.slot is None else scheduled)(sample),
            clock=time.time,
            claim=self._claim,
            changing=self._changing,
            look=self.look,
        )

    def credential_of(self, device: Device) -> Hashable:
        """What its login tries; nothing for saved texts, or where nothing is found to try."""
        from asa_automate.device.credentials import resolve

        if self.from_dir is not None:
            return None
        try:
            return resolve(device, self.settings.env)
        except BadInput:  # said when its turn comes
            return None

    def gap(self, outcome: Outcome, slot: float | None) -> None:
        """Remember that there is no sample; one that waits in memory is none that is missing."""
        if outcome.gap is None or outcome.gap == "store":
            return
        self.spool.note(Gap(outcome.device, time.time(), outcome.gap, outcome.message or "", slot))

    def _reader(self) -> Callable[[Device], Reader]:
        directory = self.from_dir
        if directory is None:
            return lambda device: asked(device, self.settings)
        from asa_automate.collect.saved import check_directory, texts_of

        check_directory(directory)
        return lambda device: texts_of(directory, device.name)

    @contextmanager
    def _claim(self, device: Device) -> Iterator[bool]:
        """A lock on this host: two collectors never ask one device at the same time."""
        home = private_directory(private_directory(self.settings.state_dir) / "collecting")
        name = hashlib.sha256(f"{self.store.name}\0{device.name}".encode()).hexdigest()[:32]
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            file = os.open(home / name, flags, 0o600)
        except OSError as error:
            why = f"{home / name}: cannot be opened: {error.strerror}"
            raise StoreRefused(why, device=device.name) from error
        try:
            yield _locked(file)
        finally:
            os.close(file)

    def _changing(self, device: Device) -> bool:
        from asa_automate.store.changing import any_change, last_serial, under_change

        try:
            if not any_change(self.store, time.time()):
                return False
            serial = device.serial or last_serial(self.store, device.name)
            names = [f"{device.host}:{device.port}", *([serial] if serial else [])]
            return under_change(self.store, names, device.context, time.time())
        except StoreRefused:  # nobody can be asked, and nobody who changes can go on either
            return False


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def asked(device: Device, settings: Settings) -> Reader:
    """A session with the device, or with its context; a box in multiple mode must be given one."""
    from asa_automate.apply.role import must_be_single
    from asa_automate.cli.connect import open_session

    session = open_session(device, settings)
    try:
        if device.context is None:
            must_be_single(session)
    except BaseException:
        session.close()
        raise
    return session


def once(wiring: Wiring, devices: tuple[Device, ...]) -> list[Outcome]:
    """One sample of each; the outcomes in their order."""
    from asa_automate.collect.collector import collect

    def told(outcome: Outcome) -> None:
        wiring.gap(outcome, None)
        wiring.told(outcome)

    return collect(
        devices,
        wiring.asking(),
        limits=wiring.limits,
        told=told,
        monotonic=time.monotonic,
        credential_of=wiring.credential_of,
    )


def keep_going(
    wiring: Wiring,
    devices: tuple[Device, ...],
    *,
    every: float,
    hourly: Callable[[], None],
) -> None:
    """A sample of each at fixed instants until SIGTERM or Ctrl-C; those under way are finished.

    Args:
        hourly: what keeps the store in order; also at the start.
    """
    from asa_automate.collect.collector import skipped

    def told(turn: Turn, outcome: Outcome) -> None:
        wiring.gap(outcome, turn.slot)
        wiring.told(outcome)

    def busy(device: Device, slot: float | None) -> None:
        outcome = skipped(device.name, "busy", "its last sample is still under way; skipped")
        wiring.gap(outcome, slot)
        wiring.told(outcome)

    last: list[float | None] = [_last_slot(wiring, every)]

    def due() -> None:
        slot = slot_of(time.time(), every)
        _say_missed(wiring, devices, last[0], slot, every)
        last[0] = slot
        rounds.offer(_unanswered(wiring, devices, slot), slot)

    jitter = min(JITTER * every, MOST_JITTER)
    jobs = [Job(due, every, jitter), Job(hourly, TEND_EVERY)]
    with looking(wiring.watch, every) as bell:
        rounds = Rounds(
            Turns(wiring.limits, wiring.credential_of),
            wiring.asking(),
            told,
            wiring.limits.workers,
            time.monotonic,
            skipped=busy,
            rested=bell,
        )
        with taken(ENDS, rounds.stop), ticking(jobs):
            rounds.run(forever=True)
    wiring.spool.last_try()


def _unanswered(wiring: Wiring, devices: tuple[Device, ...], slot: float) -> tuple[Device, ...]:
    """Those without a sample for this instant: it was taken before we were started again."""
    from asa_automate.store.samples import answered

    try:
        done = answered(wiring.store, slot)
    except AsaAutomateError:
        return devices
    return tuple(device for device in devices if device.name not in done)


def _last_slot(wiring: Wiring, every: float) -> float | None:
    from asa_automate.store.samples import last_success

    newest = max(last_success(wiring.store).values(), default=None)
    return None if newest is None else slot_of(newest, every)


def _say_missed(
    wiring: Wiring, devices: tuple[Device, ...], last: float | None, slot: float, every: float
) -> None:
    """One gap for each device, however many rounds it is: they are not caught up on."""
    count = missed(last, slot, every)
    for device in devices if count else ():
        text = f"{device.name}: {count} rounds were missed: nobody was collecting"
        wiring.spool.note(Gap(device.name, slot, "missed", text, slot))
