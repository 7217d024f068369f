"""Saving what is verified, and reading the startup-config back: ``[OK]`` alone proves nothing."""

from asa_automate.apply.goal import Goal
from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.pieces import is_same
from asa_automate.apply.ports import Session, Surroundings
from asa_automate.apply.reach import Reach
from asa_automate.apply.reading import STARTUP, Snapshot, read
from asa_automate.apply.sending import GateClosed
from asa_automate.apply.steps import Step
from asa_automate.errors import Incomplete, LinkLost, Refused
from asa_automate.plan.scope import scope_of
from asa_automate.show.save import save_succeeded

OTHERS = "others have changes that are not saved; have them saved or undone"
NOT_SAVED = "`write memory` had no effect; look at the device's flash"
_SINCE = "somebody else has changed something else meanwhile; it is not saved"
_UNSAVED = "it changed before it could be saved: somebody else has changes that are not saved"


def save_verified(reach: Reach, goal: Goal, around: Surroundings, *, keep: bool) -> Outcome:
    """``write memory`` where the device has exactly what was verified, and nothing besides.

    Args:
        keep: leave a verified change unsaved (HOLD), instead of taking it back, where others
            have unsaved changes or the device does not save.

    Raises:
        GateClosed: the device has something else, or did not save it; the caller goes back.
    """
    around.tell(Step.SAVE)
    around.guard()
    session = reach.open()
    now = read(session, goal.device)
    if now.fingerprint != goal.target:
        if keep and is_ours_whole(now, goal):
            return held(goal, around, OTHERS)
        raise GateClosed(_UNSAVED)
    around.log.write("save", {})
    answer = _typed(reach, goal)
    startup, running = _read_back(reach, goal)
    if startup.fingerprint != goal.target:
        if keep and running.fingerprint == goal.target:
            return held(goal, around, NOT_SAVED)
        said = "" if save_succeeded(answer) else " and did not say [OK]"
        raise GateClosed(f"`write memory` did not save what was verified{said}")
    if not is_ours_whole(running, goal):
        raise GateClosed("our lines were changed while they were saved")
    return done(goal, around, saved=True, since=running.fingerprint != goal.target)


def done(goal: Goal, around: Surroundings, *, saved: bool, since: bool = False) -> Outcome:
    """The new state, as it was read back.

    Args:
        since: others have changed something else meanwhile; that is not saved, and theirs to save.
    """
    if saved:
        around.log.write("saved", {"fingerprint": goal.target})
    around.log.write("done", {"outcome": State.NEW.value, "saved": saved})
    why = None if saved else "not saved, as asked"
    notes = (_SINCE,) if since else ()
    return Outcome(goal.device, State.NEW, why, saved=saved, notes=notes)


def held(goal: Goal, around: Surroundings, why: str) -> Outcome:
    """The new state is in force and verified; saving it is for a person to decide."""
    around.log.write("note", {"hold": why})
    return Outcome(
        goal.device,
        State.HOLD,
        f"the exemption is in force and verified, but not saved: {why}; then resume this run",
        lines=("show running-config", "show startup-config", "write memory"),
    )


def is_ours_whole(now: Snapshot, goal: Goal) -> bool:
    """Whether the new scope is there, whatever others have changed elsewhere."""
    try:
        return is_same(scope_of(now.running), goal.after)
    except Refused:
        return False


def _typed(reach: Reach, goal: Goal) -> str:
    """The answer to ``write memory``; empty where the link broke: reading tells what it did."""
    try:
        return reach.open().save()
    except LinkLost as error:
        reach.again(goal, error)
        return ""


def _read_back(reach: Reach, goal: Goal) -> tuple[Snapshot, Snapshot]:
    """Startup-config and running-config.

    What is verified and perhaps saved is not undone because its reading broke once.
    """
    try:
        return _both(reach.open(), goal.device)
    except (LinkLost, Incomplete) as error:
        return _both(reach.again(goal, error), goal.device)


def _both(session: Session, device: str) -> tuple[Snapshot, Snapshot]:
    return read(session, device, STARTUP), read(session, device)
