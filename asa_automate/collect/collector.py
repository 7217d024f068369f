"""One sample from each of many devices; a dead one does not stop the others."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Protocol

from asa_automate import __version__
from asa_automate.collect.readings import readings_of
from asa_automate.collect.rounds import Rounds
from asa_automate.collect.turns import Limits, Login, Turn, Turns
from asa_automate.errors import (
    AsaAutomateError,
    Exit,
    LoginRefused,
    Refused,
    StoreRefused,
    gravest,
)
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
    """How it went with one device: ``message`` says what is wrong or odd, device name first.

    ``gap`` is the word for why there is no sample, where there is none.
    """

    device: str
    exit: Exit
    sample: Sample | None = None
    message: str | None = None
    gap: str | None = None
    login: Login = Login.UNTRIED


def nothing_known(device: Device) -> None:
    """No credential that could be refused: saved texts."""
    del device


@dataclass(frozen=True, slots=True)
class Asking:
    """All that is needed to sample one device.

    Args:
        keep: stores a sample durably before it returns.
        claim: whether the device is ours to ask, for as long as the context is entered: false
            while another collector has it.
        changing: whether the device is being changed now; then it is left alone, or, if that
            began meanwhile, its sample is marked.
        look: asks the device more, over the same session, once its sample is taken.
    """

    open_reader: Callable[[Device], Reader]
    keep: Callable[[Sample], object]
    clock: Callable[[], float]
    claim: Callable[[Device], AbstractContextManager[bool]] = lambda _: nullcontext(True)
    changing: Callable[[Device], bool] = lambda _: False
    look: Callable[[Device, Reader, Sample], None] | None = None

    def __call__(self, turn: Turn) -> Outcome:
        """Ask the device whose turn it is; never raises."""
        name = turn.device.name
        if turn.refused:
            text = f"{name}: its credential was refused elsewhere, and is not tried again"
            return Outcome(name, Exit.UNREACHABLE, message=text, gap="credential")
        try:
            with self.claim(turn.device) as ours:
                if not ours:
                    return skipped(name, "busy", "another collector is asking it; skipped")
                return self._one(turn)
        except AsaAutomateError as error:
            return _failed(name, error)
        except Exception as error:  # a bug met at one device must not cost the others
            text = f"{name}: unexpected error: {type(error).__name__}: {error}"
            return Outcome(name, Exit.BUG, message=text, gap="bug")

    def _one(self, turn: Turn) -> Outcome:
        if self.changing(turn.device):
            return skipped(turn.device.name, "changing", "is being changed; left alone")
        sample, beside = self._ask(turn.device)
        sample = replace(sample, slot=turn.slot, changing=self.changing(turn.device))
        try:
            self.keep(sample)
        except StoreRefused as error:
            return replace(_failed(sample.device, error), login=Login.GOOD)
        found = replace(_judged(sample), login=Login.GOOD)
        return _with(found, beside) if beside else found

    def _ask(self, device: Device) -> tuple[Sample, AsaAutomateError | None]:
        """The sample, and what went wrong after it."""
        reader = self.open_reader(device)
        try:
            sample = take_sample(device.name, reader, self.clock())
            return sample, self._look(device, reader, sample)
        finally:
            reader.close()

    def _look(self, device: Device, reader: Reader, sample: Sample) -> AsaAutomateError | None:
        if self.look:
            try:
                self.look(device, reader, sample)
            except AsaAutomateError as error:
                return error
        return None


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
    ask: Callable[[Turn], Outcome],
    *,
    limits: Limits,
    told: Callable[[Outcome], None],
    monotonic: Callable[[], float],
    credential_of: Callable[[Device], Hashable] = nothing_known,
) -> list[Outcome]:
    """Sample all devices once; the outcomes in the order of the devices.

    Args:
        told: called in this thread for each device as soon as it is done.
    """
    wanted = list(devices)
    found: dict[str, Outcome] = {}

    def noted(turn: Turn, outcome: Outcome) -> None:
        found[turn.device.name] = outcome
        told(outcome)

    rounds = Rounds(Turns(limits, credential_of), ask, noted, limits.workers, monotonic)
    rounds.offer(wanted)
    rounds.run()
    return [found[device.name] for device in wanted]


def skipped(name: str, gap: str, why: str) -> Outcome:
    """A device that was not asked."""
    return Outcome(name, Exit.REFUSED, message=f"{name}: {why}", gap=gap)


def _failed(name: str, error: AsaAutomateError) -> Outcome:
    named = str(error) if error.device else f"{name}: {error}"
    login = Login.REFUSED if isinstance(error, LoginRefused) else Login.UNTRIED
    return Outcome(name, error.exit, message=named, gap=gap_word(error), login=login)


def gap_word(error: AsaAutomateError) -> str:
    """Why there is no sample, in one word of the store's and the metrics' vocabulary."""
    match error:
        case LoginRefused():
            return "login"
        case StoreRefused():
            return "store"
        case Refused():
            return "refused"
        case _ if error.exit is Exit.UNREACHABLE:
            return "unreachable"
    return "unreadable"


def _with(found: Outcome, error: AsaAutomateError) -> Outcome:
    """The sample is good; what was asked besides is not."""
    text = f"{found.device}: its configuration: {error.message}"
    told = f"{found.message}; {text}" if found.message else text
    return replace(found, exit=gravest((found.exit, error.exit)), message=told)


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
