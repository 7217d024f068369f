"""The probe by itself: the protocol of a change that ends where it began.

Guards, snapshot and BEGIN record come before the first line; whatever fails on the way, the device
is brought back, and a run that dies is finished by ``resume``. Nothing is saved. The lines are
those of the probe alone, so no flow but that of the probe is ever treated otherwise.
"""

from dataclasses import replace

from asa_automate.apply.box import checked_box
from asa_automate.apply.goal import Goal, goal_record
from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.ports import Session, Stopped, Surroundings
from asa_automate.apply.probing import run_probe
from asa_automate.apply.reach import Reach, gone_astray
from asa_automate.apply.reading import STARTUP, Snapshot, identify, must_be_saved, read
from asa_automate.apply.recover import back, must_be_looked_at, unstoppable
from asa_automate.apply.role import must_lead
from asa_automate.apply.sending import GateClosed
from asa_automate.apply.steps import Step, Steps
from asa_automate.errors import (
    AsaAutomateError,
    Disproved,
    Exit,
    LinkLost,
    LoginRefused,
    Unreachable,
)
from asa_automate.model import Identity, Reading
from asa_automate.plan.guards import must_be_understood
from asa_automate.plan.places import pinned
from asa_automate.plan.probe import make_probe
from asa_automate.plan.scope import scope_of


class _Course:
    """One probe under way; ``begun``: from before its first line until all of it is gone."""

    def __init__(self, device: str, context: str | None, around: Surroundings) -> None:
        self.device = device
        self.context = context
        self.around = replace(around, tell=Steps(around.tell))
        self.reach = Reach(self.around)
        self.goal: Goal | None = None
        self.begun = False


def probe_device(device: str, context: str | None, around: Surroundings) -> Outcome:
    """Find out the reading of a device, and leave the device as it was; every end is an outcome.

    The reading is kept in ``around.memory``. ``NOOP``: it is known, and the reason says it;
    ``DISPROVED``: it stays unknown.
    """
    course = _Course(device, context, around)
    try:
        return _forward(course)
    except Stopped:
        end = _ended(course, "stopped by the user")
        return replace(end, exit_code=Exit.STOPPED) if end.state is State.OLD else end
    except (GateClosed, AsaAutomateError) as error:
        return _failed(course, error)
    except Exception:
        _ended(course, "an unexpected error")
        raise
    finally:
        course.reach.close()


def _forward(course: _Course) -> Outcome:
    around = course.around
    around.tell(Step.CONNECT)
    session = course.reach.session = around.link()
    before, found = _preflight(course, session)
    probe = make_probe(before.running)
    if probe is None:
        raise Disproved(
            "no engine is free to probe with: its reading stays unknown", device=course.device
        )
    around.tell(Step.BEGIN)
    assert course.goal is not None  # noqa: S101  # for the type checker: the guards set it
    around.log.write("begin", goal_record(course.goal))
    course.begun = True
    reading = run_probe(session, course.device, probe, before, around)
    if read(session, course.device, STARTUP).fingerprint != before.fingerprint:
        raise GateClosed("somebody saved the configuration while the probe was in it")
    record = {"outcome": "old", "fingerprint": before.fingerprint, "reading": reading.value}
    around.log.write("done", record)
    course.begun = False
    return _known(course, found, reading)


def _preflight(course: _Course, session: Session) -> tuple[Snapshot, Identity]:
    around = course.around
    around.tell(Step.CHECK)
    asked = identify(session)
    found, mate = checked_box(session, asked, course.device, course.context, around)
    if found.serial:
        around.hold(found.serial)
    before = read(session, course.device)
    must_lead(session, course.device, before.running)
    must_be_understood(before.running)
    must_be_saved(session, before, course.device)
    now = scope_of(before.running)
    course.goal = Goal(
        course.device,
        found,
        pinned(now, now),
        now,
        before.fingerprint,
        before.fingerprint,
        context=course.context,
        mate=mate,
    )
    return before, found


def _known(course: _Course, found: Identity, reading: Reading) -> Outcome:
    if found.serial and found.version:
        course.around.memory.remember(found.serial, found.version, reading)
    if reading is Reading.UNKNOWN:
        return Outcome(course.device, State.DISPROVED, "its answer tells nothing: unknown")
    return Outcome(course.device, State.NOOP, f"it reads {reading.value}", saved=True)


def _failed(course: _Course, error: GateClosed | AsaAutomateError) -> Outcome:
    why = error.message if isinstance(error, AsaAutomateError) else str(error)
    if course.begun:
        if isinstance(error, LinkLost):
            course.reach.close()
        end = _ended(course, why)
        return must_be_looked_at(end, course.reach.strayed or gone_astray(error))
    match error:
        case Disproved():
            state = State.DISPROVED
        case LoginRefused() | Unreachable() | LinkLost():
            state = State.UNREACHABLE
        case _:
            state = State.REFUSED
    code = error.exit if isinstance(error, AsaAutomateError) else None
    return Outcome(course.device, state, why, exit_code=code)


def _ended(course: _Course, why: str) -> Outcome:
    """Where nothing was begun, nothing is there to be brought back."""
    if not course.begun or course.goal is None:
        return Outcome(course.device, State.STOPPED, "stopped before anything was sent")
    return back(course.goal, course.reach.give_up(), unstoppable(course.around), why)
