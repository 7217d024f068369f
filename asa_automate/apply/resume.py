"""Finish a run that broke off: by what the device has, and not by what was acknowledged.

Reliability comes from one rule: what was verified twice is finished, everything else goes back.
Nothing but the journal's BEGIN is needed, on whichever host.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from asa_automate.apply.box import checked_box
from asa_automate.apply.goal import Goal, goal_of, goal_record
from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.ports import Session, Stopped, Surroundings
from asa_automate.apply.proving import must_be_exempt_still
from asa_automate.apply.reach import Reach
from asa_automate.apply.reading import STARTUP, read
from asa_automate.apply.recover import back, unstoppable
from asa_automate.apply.saving import OTHERS, done, held, is_ours_whole, save_verified
from asa_automate.apply.sending import GateClosed
from asa_automate.apply.steps import Step, Steps
from asa_automate.errors import (
    AsaAutomateError,
    Exit,
    Incomplete,
    LineRefused,
    LinkLost,
    Refused,
)


@dataclass(frozen=True, slots=True)
class Left:
    """What a run that broke off left to do on one device.

    Args:
        verified: the new state was in force and proved, and nobody had begun to take it back.
    """

    goal: Goal
    verified: bool


def left_behind(records: Sequence[tuple[str, Mapping[str, Any]]]) -> Left | None:
    """What is left, from the journal of one device in one run: kinds and payloads, in order.

    ``None``: nothing was begun, so nothing was sent.
    """
    begun = [i for i, (kind, _) in enumerate(records) if kind == "begin"]
    if not begun:
        return None
    payload = records[begun[-1]][1]
    kinds = [kind for kind, _ in records[begun[-1] :]]
    verified = "verified" in kinds or bool(payload.get("verified"))
    return Left(goal_of(payload), verified and "abort" not in kinds)


def ended(records: Sequence[tuple[str, Mapping[str, Any]]]) -> State | None:
    """How the run ended by its own journal; ``None`` where it does not say."""
    if not records or records[-1][0] != "done":
        return None
    return State(records[-1][1]["outcome"])


def resume(left: Left, around: Surroundings, *, keep: bool = False) -> Outcome:
    """Bring the device to its new state where that was verified, else to its old one.

    Idempotent; every end is an outcome.

    Args:
        keep: leave a verified change unsaved, rather than take it back, where it cannot be
            saved (HOLD).
    """
    around = replace(around, tell=Steps(around.tell))
    reach = Reach(around)
    try:
        left = _begun(left, reach, around)
        return _finished(left, reach, around, keep=keep)
    except Stopped:
        return Outcome(left.goal.device, State.STOPPED, "stopped before anything was sent")
    except AsaAutomateError as error:
        return _not_begun(left.goal.device, error)
    finally:
        reach.close()


def _begun(left: Left, reach: Reach, around: Surroundings) -> Left:
    around.guard()
    around.tell(Step.CONNECT)
    session = reach.session = around.link()
    goal = _recognised(left.goal, session, around)
    around.tell(Step.BEGIN)
    around.log.write("begin", {**goal_record(goal), "verified": left.verified})
    return replace(left, goal=goal)


def _recognised(goal: Goal, session: Session, around: Surroundings) -> Goal:
    around.tell(Step.CHECK)
    _, mate = checked_box(
        session, goal.identity, goal.device, goal.context, around, mate=goal.mate
    )
    return replace(goal, mate=mate)


def _not_begun(device: str, error: AsaAutomateError) -> Outcome:
    refused = isinstance(error, Refused | Incomplete | LineRefused)
    state = State.REFUSED if refused else State.UNREACHABLE
    code = Exit.REFUSED if isinstance(error, LineRefused) else error.exit
    return Outcome(device, state, error.message, exit_code=code)


def _finished(left: Left, reach: Reach, around: Surroundings, *, keep: bool) -> Outcome:
    """The end; nothing is raised any more that the way back could still answer."""
    why = "it broke off before it was verified"
    try:
        end = _forward(left.goal, reach, around, keep=keep) if left.verified else None
        if end is not None:
            return end
        if left.verified:
            why = "others have unsaved changes, or it is not what was verified"
    except Stopped:
        why = "stopped by the user"
    except LinkLost as error:
        reach.close()
        why = error.message
    except (GateClosed, AsaAutomateError) as error:
        why = error.message if isinstance(error, AsaAutomateError) else str(error)
    end = back(left.goal, reach.give_up(), unstoppable(around), f"resumed: {why}")
    return replace(end, exit_code=Exit.DONE) if end.state is State.OLD else end


def _forward(goal: Goal, reach: Reach, around: Surroundings, *, keep: bool) -> Outcome | None:
    """The new state, where the device has it whole; ``None`` where it must go back.

    Once it is saved, what others changed elsewhere since is their own affair.
    """
    around.tell(Step.VERIFY)
    session = reach.open()
    now, startup = read(session, goal.device), read(session, goal.device, STARTUP)
    if not is_ours_whole(now, goal):
        return None
    must_be_exempt_still(session, goal, around)
    if is_ours_whole(startup, goal):
        return done(goal, around, saved=True, since=now.fingerprint != startup.fingerprint)
    if now.fingerprint != goal.target:
        return held(goal, around, OTHERS) if keep and goal.may_save else None
    if not goal.may_save:
        return done(goal, around, saved=False)
    return save_verified(reach, goal, around, keep=keep)
