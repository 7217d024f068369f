"""Undo an applied run on one device: the same road back that a failed apply takes."""

from dataclasses import replace

from asa_automate.apply.box import checked_box
from asa_automate.apply.goal import Goal, goal_record
from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.pieces import is_same
from asa_automate.apply.ports import Session, Stopped, Surroundings
from asa_automate.apply.reading import STARTUP, read
from asa_automate.apply.recover import back, unstoppable
from asa_automate.apply.steps import Step, Steps
from asa_automate.errors import AsaAutomateError, Exit, Incomplete, LineRefused, Refused
from asa_automate.plan.places import settled
from asa_automate.plan.scope import scope_of


def roll_back(goal: Goal, around: Surroundings) -> Outcome:
    """Bring the device back to ``goal.before``; idempotent, every end is an outcome."""
    goal = replace(goal, may_save=True)
    around = replace(around, tell=Steps(around.tell))
    session: Session | None = None
    try:
        around.guard()
        around.tell(Step.CONNECT)
        session = around.link()
        around.tell(Step.CHECK)
        goal = _checked(goal, session, around)
        if _is_back_already(goal, session):
            return Outcome(goal.device, State.OLD, "it is in the old state", (), True, Exit.DONE)
        around.tell(Step.BEGIN)
        around.log.write("begin", {**goal_record(goal), "rollback": True})
        end = back(goal, session, unstoppable(around), "rolled back")
    except Stopped:
        return Outcome(goal.device, State.STOPPED, "stopped before anything was sent")
    except AsaAutomateError as error:
        refused = isinstance(error, Refused | Incomplete | LineRefused)
        state = State.REFUSED if refused else State.UNREACHABLE
        return Outcome(goal.device, state, error.message, exit_code=error.exit)
    finally:
        if session is not None:
            session.close()
    if end.state is State.OLD:
        return Outcome(end.device, end.state, end.reason, (), end.saved, Exit.DONE)
    return end


def _checked(goal: Goal, session: Session, around: Surroundings) -> Goal:
    """Check the box; the goal with what others changed since in classes that we moved."""
    _, mate = checked_box(
        session, goal.identity, goal.device, goal.context, around, mate=goal.mate
    )
    goal = replace(goal, mate=mate)
    if all(policy.classes is None for policy in goal.before.policies.values()):
        return goal
    now = read(session, goal.device)
    return replace(goal, before=settled(goal.before, scope_of(now.running)))


def _is_back_already(goal: Goal, session: Session) -> bool:
    """Whether there is nothing left to undo, in running and startup alike."""
    now = read(session, goal.device)
    startup = read(session, goal.device, STARTUP)
    running_back = is_same(scope_of(now.running), goal.before)
    startup_back = is_same(scope_of(startup.running), goal.before)
    if startup.fingerprint != now.fingerprint and not startup_back:
        raise Refused(
            "its running-config has changes that are not in its startup-config; "
            "save or undo them first",
            device=goal.device,
        )
    return running_back and startup_back
