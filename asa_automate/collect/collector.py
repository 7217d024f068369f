"""One sample from each of many devices; a dead one does not stop the others."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Protocol

from asa_automate import __version__
from asa_automate.collect.readings import readings_of
from asa_automate.errors import AsaAutomateError, Exit
from asa_automate.model import Device
from asa_automate.show.device import parse_version
from asa_automate.show.service_policy import parse_service_policy
from asa_automate.store.values import Observation, Sample

COUNTERS = "show service-policy inspect esmtp"
UNIT = "show version"


class Reader(Protocol):
    """A device that can be asked, or a directory of what one answered."""

    @property
    def chassis(self) -> Mapping[str, str]:
        """What the box of a context said in its system execution space, by command."""

    def show(self, command: str) -> str:
        """The answer to a ``show`` command."""

    def close(self) -> None:
        """Nothing more will be asked."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went with one device: ``message`` says what is wrong or odd, device name first."""

    device: str
    exit: Exit
    sample: Sample | None = None
    message: str | None = None


def take_sample(device: str, reader: Reader, now: float) -> Sample:
    """Ask one device for its counters and for who it is.

    ``seen.complete`` only where the answer has text and each line of it was understood.
    """
    raw = reader.show(COUNTERS)
    unit = parse_version(reader.show(UNIT))
    report = parse_service_policy(raw)
    seen = Observation(
        at=now,
        serial=unit.serial or parse_version(reader.chassis.get(UNIT, "")).serial,
        uptime=unit.uptime_seconds,
        complete=bool(raw.strip()) and not report.unparsed,
        readings=readings_of(report),
    )
    return Sample(device, seen, raw, f"asa-automate {__version__}", report.unparsed)


def collect(
    devices: Iterable[Device],
    open_reader: Callable[[Device], Reader],
    keep: Callable[[Sample], object],
    *,
    workers: int,
    clock: Callable[[], float],
    told: Callable[[Outcome], None],
) -> list[Outcome]:
    """Sample all devices, ``workers`` at a time; the outcomes in the order of the devices.

    Args:
        keep: stores a sample durably before it returns.
        told: called in this thread for each device as soon as it is done.
    """
    wanted = list(devices)
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        tasks = [pool.submit(_one, device, open_reader, keep, clock) for device in wanted]
        for task in as_completed(tasks):
            told(task.result())
        return [task.result() for task in tasks]
    finally:
        # After Ctrl-C the devices that were not begun are left alone.
        pool.shutdown(cancel_futures=True)


def _one(
    device: Device,
    open_reader: Callable[[Device], Reader],
    keep: Callable[[Sample], object],
    clock: Callable[[], float],
) -> Outcome:
    try:
        sample = _ask(device, open_reader, clock)
        keep(sample)
    except AsaAutomateError as error:
        named = str(error) if error.device else f"{device.name}: {error}"
        return Outcome(device.name, error.exit, message=named)
    except Exception as error:  # a bug met at one device must not cost the others
        text = f"{device.name}: unexpected error: {type(error).__name__}: {error}"
        return Outcome(device.name, Exit.BUG, message=text)
    return _judged(sample)


def _ask(
    device: Device, open_reader: Callable[[Device], Reader], clock: Callable[[], float]
) -> Sample:
    reader = open_reader(device)
    try:
        return take_sample(device.name, reader, clock())
    finally:
        reader.close()


def _judged(sample: Sample) -> Outcome:
    name = sample.device
    if not sample.raw.strip():
        text = f"{name}: no output of '{COUNTERS}'; stored as incomplete"
        return Outcome(name, Exit.DONE, sample, text)
    if not sample.unparsed:
        return Outcome(name, Exit.DONE, sample)
    text = (
        f"{name}: {len(sample.unparsed)} lines were not understood, the first is "
        f"'{sample.unparsed[0].strip()}'; stored as incomplete"
    )
    readable = bool(sample.seen.readings)
    return Outcome(name, Exit.DONE if readable else Exit.UNREACHABLE, sample, text)
