"""One plan onto one device: checked before, proved live, verified, saved, or taken back whole.

The steps stand in :mod:`asa_automate.apply.steps`; a failure before ``begin`` changes nothing, one
after it goes back.
"""

from dataclasses import dataclass, replace

from asa_automate.apply import connections
from asa_automate.apply.box import checked_box
from asa_automate.apply.goal import Goal, begin_record
from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.ports import Session, Stopped, Surroundings
from asa_automate.apply.probing import run_probe
from asa_automate.apply.proving import LiveProof, LiveProofFailed, find_controls, named_by
from asa_automate.apply.reach import Reach, gone_astray
from asa_automate.apply.reading import Snapshot, identify, must_be_saved, read
from asa_automate.apply.recover import back, must_be_looked_at, unstoppable
from asa_automate.apply.rehearsal import is_needed, policies_of, rehearse
from asa_automate.apply.role import must_lead
from asa_automate.apply.saving import done, save_verified
from asa_automate.apply.sending import GateClosed, send
from asa_automate.apply.steps import Step, Steps
from asa_automate.config.running import RunningConfig
from asa_automate.errors import (
    AsaAutomateError,
    BadInput,
    Disproved,
    Exit,
    Incomplete,
    LineRefused,
    LinkLost,
    LoginRefused,
    Refused,
    Unreachable,
    UsageError,
)
from asa_automate.model import Identity, Reading
from asa_automate.plan.document import DevicePlan
from asa_automate.plan.order import way
from asa_automate.plan.places import pinned
from asa_automate.plan.planner import commit_order
from asa_automate.plan.predict import Prediction
from asa_automate.plan.probe import make_probe
from asa_automate.plan.scope import scope_of
from asa_automate.plan.state import fingerprint_of


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator decided.

    Args:
        save: whether to save once verified; never otherwise.
        live_proof: go on although the reading is unknown for good.
        probe: whether the device may be probed.
        rehearse: whether to try the account's rights first, where the device authorizes lines.
        keep: leave a verified change unsaved, rather than take it back, where others have
            unsaved changes by then or the device does not save.
        clear: disconnect the gateways' SMTP connections that were open before.
    """

    save: bool = True
    live_proof: bool = False
    probe: bool = True
    rehearse: bool = True
    keep: bool = False
    clear: bool = False


class _Course:
    """One apply under way. ``begun``: from before the first line that changes anything, until the
    new state is read back and nothing is left to undo."""

    def __init__(self, plan: DevicePlan, around: Surroundings, options: Options) -> None:
        self.plan = plan
        self.around = replace(around, tell=Steps(around.tell))
        self.options = options
        self.reach = Reach(self.around)
        self.goal: Goal | None = None
        self.begun = False


def apply_plan(plan: DevicePlan, around: Surroundings, options: Options) -> Outcome:
    """Carry out the plan for one device; every end is an outcome.

    A bug alone is raised, after the device was brought back.
    """
    course = _Course(plan, around, options)
    try:
        return _forward(course)
    except Stopped:
        return _stopped(course)
    except (GateClosed, AsaAutomateError) as error:
        return _failed(course, error)
    except Exception:
        if course.begun and course.goal is not None:
            around = unstoppable(course.around)
            back(course.goal, course.reach.give_up(), around, "an unexpected error")
        raise
    finally:
        course.reach.close()


def _forward(course: _Course) -> Outcome:
    plan, around, options = course.plan, course.around, course.options
    around.tell(Step.CONNECT)
    session = course.reach.session = around.link()
    before, reading, mate = _preflight(course, session)
    end = _wanted(course, before)
    goal = course.goal = _goal(course, before, end, mate)
    controls = find_controls(session, before, end, plan, reading)
    around.tell(Step.BEGIN)
    around.log.write("begin", begin_record(plan, goal))
    course.begun = True
    if options.rehearse and is_needed(before.running):
        rehearse(session, plan.device, policies_of(plan.commands), before, around)
    reading = _probed(course, session, before, reading)
    proof = LiveProof(session, around, goal, controls, reading, plan)
    _change(session, plan, before, around, proof)
    if options.save:
        outcome = save_verified(course.reach, goal, around, keep=options.keep)
    else:
        outcome = done(goal, around, saved=False)
    course.begun = False
    return _with_connections(course, goal, outcome)


def _goal(course: _Course, before: Snapshot, end: RunningConfig, mate: str | None) -> Goal:
    plan, wanted = course.plan, scope_of(end)
    return Goal(
        plan.device,
        plan.identity,
        pinned(scope_of(before.running), wanted),
        wanted,
        before.fingerprint,
        plan.target_fingerprint,
        wanted.members or named_by(plan),
        context=plan.context,
        may_save=course.options.save,
        mate=mate,
    )


def _with_connections(course: _Course, goal: Goal, end: Outcome) -> Outcome:
    """What is open still, of gateways that are newly exempt; it changes nothing about the end."""
    if end.state is not State.NEW or course.reach.session is None:
        return end
    new = [g for g in goal.exempt if g not in (goal.before.members or ())]
    notes = connections.report(
        course.reach.session, new, unstoppable(course.around), clear=course.options.clear
    )
    return replace(end, notes=notes)


def _change(
    session: Session, plan: DevicePlan, before: Snapshot, around: Surroundings, proof: LiveProof
) -> None:
    """Send the plan's lines, proved live after each commit line, and verify the end twice."""
    around.tell(Step.SEND)
    start = Prediction(before.running)
    end = send(session, plan.device, start, plan.commands, around, after_commit=proof)
    _verify(session, plan, end, proof, around)
    around.wait(around.settle)
    around.guard()
    _verify(session, plan, end, proof, around)
    around.log.write("verified", {"fingerprint": plan.target_fingerprint})


def _preflight(course: _Course, session: Session) -> tuple[Snapshot, Reading, str | None]:
    plan, around = course.plan, course.around
    around.tell(Step.CHECK)
    found, mate = checked_box(session, plan.identity, plan.device, plan.context, around)
    before = read(session, plan.device)
    must_lead(session, plan.device, before.running)
    if before.fingerprint != plan.fingerprint:
        already = before.fingerprint == plan.target_fingerprint
        raise Refused(
            "it is as planned already" if already else "it has changed since the plan; plan again",
            device=plan.device,
        )
    if course.options.save:
        must_be_saved(session, before, plan.device)
    return before, _known_reading(plan, found, around), mate


def _known_reading(plan: DevicePlan, found: Identity, around: Surroundings) -> Reading:
    if plan.reading.value is not Reading.UNKNOWN:
        return plan.reading.value
    return around.memory.recall(found.serial, found.version)


def _wanted(course: _Course, before: Snapshot) -> RunningConfig:
    """The plan's end; planning again from it must give the plan's own lines."""
    plan = course.plan
    now = Prediction(before.running)
    try:
        for command in plan.commands:
            now = now.after(command.line)
    except (LookupError, ValueError):
        # The prediction knows the planner's lines, in an order of its, and no others.
        why = "its lines are not those of a plan; plan again"
        raise Refused(why, device=plan.device) from None
    wanted = scope_of(now.running)
    was = scope_of(before.running)
    again = way(was, pinned(wanted, was), commit_order(before.running))
    same = [c.line for c in again] == [c.line for c in plan.commands]
    if plan.probe is not None:
        same = same and plan.probe == make_probe(before.running)
    if not same or fingerprint_of(now.running) != plan.target_fingerprint:
        raise Refused("planning again gives other lines; plan again", device=plan.device)
    return now.running


def _probed(course: _Course, session: Session, before: Snapshot, reading: Reading) -> Reading:
    """The reading, found out where the plan needs it and it is not known."""
    plan, options = course.plan, course.options
    sound = plan.proof.sound if plan.proof else "both-readings"
    if sound not in ("needs-probe", "live-proof-required"):
        return reading
    if reading is Reading.UNKNOWN and plan.probe and options.probe:
        reading = run_probe(session, plan.device, plan.probe, before, course.around)
        _remember(course, session, reading)
    if reading is Reading.PER_CLASS:
        raise Disproved(
            "it reads per class: a split would leave everybody uninspected; plan again, and the "
            "plan takes narrow-default",
            device=plan.device,
        )
    if reading is Reading.UNKNOWN and not options.live_proof:
        raise Disproved(
            "its reading is unknown; apply with --live-proof to go on and be judged by the "
            "device right after the commit line",
            device=plan.device,
        )
    return reading


def _remember(course: _Course, session: Session, reading: Reading) -> None:
    found = identify(session)
    if found.serial and found.version:
        course.around.memory.remember(found.serial, found.version, reading)


def _verify(
    session: Session, plan: DevicePlan, end: Prediction, proof: LiveProof, around: Surroundings
) -> None:
    around.tell(Step.VERIFY)
    if read(session, plan.device).fingerprint != plan.target_fingerprint:
        raise GateClosed("the configuration is not the predicted one")
    proof.at_the_end(end.running)


def _stopped(course: _Course) -> Outcome:
    if not course.begun or course.goal is None:
        return Outcome(course.plan.device, State.STOPPED, "stopped before anything was sent")
    session = course.reach.give_up()
    end = back(course.goal, session, unstoppable(course.around), "stopped by the user")
    if end.state is State.OLD:
        return replace(end, exit_code=Exit.STOPPED)
    return end


def _failed(course: _Course, error: GateClosed | AsaAutomateError) -> Outcome:
    if not course.begun or course.goal is None:
        return _before_begin(course.plan.device, error)
    if isinstance(error, LinkLost):
        course.reach.close()
    session = course.reach.give_up()
    end = back(course.goal, session, unstoppable(course.around), _plain(error))
    end = must_be_looked_at(end, course.reach.strayed or gone_astray(error))
    by_the_probe = isinstance(error, Disproved) and not isinstance(error, LiveProofFailed)
    if end.state is State.OLD and by_the_probe:
        return Outcome(end.device, State.DISPROVED, _plain(error), (), end.saved)
    return end


def _before_begin(device: str, error: GateClosed | AsaAutomateError) -> Outcome:
    match error:
        case Disproved():
            state = State.DISPROVED
        case Refused() | Incomplete() | BadInput() | UsageError():
            state = State.REFUSED
        case LineRefused():
            return Outcome(device, State.UNREACHABLE, _plain(error))
        case LoginRefused() | Unreachable() | LinkLost():
            state = State.UNREACHABLE
        case _:
            state = State.UNKNOWN
    code = error.exit if isinstance(error, AsaAutomateError) else None
    return Outcome(device, state, _plain(error), exit_code=code)


def _plain(error: GateClosed | AsaAutomateError) -> str:
    return error.message if isinstance(error, AsaAutomateError) else str(error)
