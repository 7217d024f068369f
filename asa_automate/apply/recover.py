"""The road back: from whatever the device has now to the state before, read and not remembered.

Recovery trusts the device and not the number of lines that were acknowledged. It undoes any
subset of our lines, never touches another's, and says so when the pieces are not ours alone.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from asa_automate.apply.goal import Goal
from asa_automate.apply.outcome import Outcome, State
from asa_automate.apply.pieces import Foreign, commands_back, is_same
from asa_automate.apply.ports import Log, Session, Stopped, Surroundings
from asa_automate.apply.reach import comeback, gone_astray
from asa_automate.apply.reading import STARTUP, Snapshot, read
from asa_automate.apply.sending import GateClosed, send
from asa_automate.apply.steps import Step
from asa_automate.errors import (
    HostKeyRefused,
    Incomplete,
    LeaseLost,
    LineRefused,
    LinkLost,
    LoginRefused,
    Refused,
    Replicating,
    StoreRefused,
    Unreachable,
)
from asa_automate.plan.document import Command
from asa_automate.plan.order import way
from asa_automate.plan.predict import Prediction
from asa_automate.plan.scope import scope_of
from asa_automate.plan.state import fingerprint_of
from asa_automate.show.save import save_succeeded

_ATTEMPTS = 3
#: What a person types who has made sure that all that is there may be saved.
_SAVING = ("show running-config", "show startup-config", "write memory")


class Unsaved(Exception):
    """The old state is back, but saving it would save what others have not saved."""


def back(goal: Goal, session: Session | None, around: Surroundings, reason: str) -> Outcome:
    """Bring the device to ``goal.before``, over new sessions where the old one is lost.

    The session, old or new, is closed at the end. Every end is an outcome.
    """
    around.tell(Step.UNDO)
    road = _Road(goal, around, reason, session)
    try:
        around.log.write("abort", {"reason": reason})
        return road.travelled()
    except LeaseLost as error:
        # The device is another's: what is there is not asked any more either.
        return _for_a_person(goal, State.UNKNOWN, f"{reason}; {error.message}", None)
    finally:
        road.hang_up()


class _Road:
    """The way back, tried a few times; ``trouble`` and ``state`` are those of the last try."""

    def __init__(
        self, goal: Goal, around: Surroundings, reason: str, session: Session | None
    ) -> None:
        self.goal = goal
        self.around = around
        self.reason = reason
        self.session = session
        self.trouble, self.state, self.strayed = reason, State.UNKNOWN, ""

    def travelled(self) -> Outcome:
        """The end."""
        for _ in range(_ATTEMPTS):
            end = self._once()
            if end is not None:
                return end
            self.hang_up()
        if self.state is State.STUCK:
            self.session = _looked_at_again(self.goal, self.around)
        why = f"{self.reason}; the way back failed: {self.trouble}"
        return _for_a_person(self.goal, self.state, why, self.session)

    def _once(self) -> Outcome | None:
        """The end, or ``None`` where another session may do better."""
        try:
            self.session = self.session or comeback(self.goal, self.around)
            end = _back_once(self.goal, self.session, self.around, self.reason)
            return must_be_looked_at(end, self.strayed)
        except LeaseLost:
            raise
        except Unsaved as error:
            return Outcome(self.goal.device, State.HOLD, f"{self.reason}; {error}", _SAVING)
        except (GateClosed, LineRefused) as error:
            self.trouble, self.state = _plain(error), State.STUCK
        except (LoginRefused, HostKeyRefused) as error:
            why = f"{self.reason}; the way back failed: {error.message}"
            return _for_a_person(self.goal, State.UNKNOWN, why, None)
        except (LinkLost, Unreachable, Incomplete, Replicating) as error:
            self.trouble, self.state = error.message, State.UNKNOWN
            self.strayed = self.strayed or gone_astray(error)
        except (Foreign, Refused) as error:
            why = error.message if isinstance(error, Refused) else str(error)
            return _for_a_person(self.goal, State.FOREIGN, f"{self.reason}; {why}", self.session)
        return None

    def hang_up(self) -> None:
        """Close what is open."""
        if self.session is not None:
            self.session.close()
        self.session = None


def must_be_looked_at(end: Outcome, strayed: str) -> Outcome:
    """The end of a context that is whole again, where another one may have got a line of ours."""
    if not strayed or end.state not in (State.OLD, State.NEW):
        return end
    reason = f"this context is in its {end.state} state; {strayed}"
    return replace(end, state=State.FOREIGN, reason=reason, exit_code=None)


def unstoppable(around: Surroundings) -> Surroundings:
    """The same for a way back: neither a stop nor a store that fails leaves it half done.

    A lease that was lost still ends it: the device is somebody else's to change then.
    """

    def guard() -> None:
        with suppress(Stopped, StoreRefused):
            around.guard()

    return replace(around, guard=guard, log=_Lenient(around.log))


@dataclass(frozen=True, slots=True)
class _Lenient:
    """A log that may fail: what is to be undone is undone without it, too."""

    log: Log

    def write(self, kind: str, payload: Mapping[str, Any]) -> None:
        with suppress(StoreRefused):
            self.log.write(kind, payload)


def _looked_at_again(goal: Goal, around: Surroundings) -> Session | None:
    """A session to see what a device that refuses the way back has now."""
    try:
        return comeback(goal, around)
    except (LinkLost, Unreachable, Incomplete, Refused):
        return None


def _plain(error: GateClosed | LineRefused) -> str:
    return error.message if isinstance(error, LineRefused) else str(error)


def _back_once(goal: Goal, session: Session, around: Surroundings, reason: str) -> Outcome:
    session.end()
    now = read(session, goal.device)
    if now.fingerprint != goal.fingerprint:
        commands = commands_back(goal, now.running)
        end = send(session, goal.device, Prediction(now.running), commands, around, intent="undo")
        now = read(session, goal.device)
        if now.fingerprint != fingerprint_of(end.running):
            raise GateClosed("after the way back the device has something else than predicted")
    if now.fingerprint != goal.fingerprint and not is_same(scope_of(now.running), goal.before):
        raise GateClosed("the way back did not reach the old state")
    saved = _startup_is(session, goal, now, around)
    around.log.write("done", {"outcome": "old", "fingerprint": now.fingerprint})
    note = ""
    if goal.fingerprint not in (None, now.fingerprint):
        note = f"; others' changes elsewhere were kept{', and are saved' if saved else ''}"
    return Outcome(goal.device, State.OLD, reason + note, saved=saved)


def _startup_is(session: Session, goal: Goal, now: Snapshot, around: Surroundings) -> bool:
    """Whether the startup-config is in the old state; saved again where ours got into it."""
    startup = read(session, goal.device, STARTUP)
    try:
        ours = goal.may_save and not is_same(scope_of(startup.running), goal.before)
    except Refused:
        return False
    if not ours:
        return startup.fingerprint == now.fingerprint
    if not _only_ours_differs(startup, now, goal):
        raise Unsaved(
            "the running-config is in the old state; our lines are in the startup-config, because "
            "somebody saved them, and go with the next save: but others have changes that are not "
            "saved"
        )
    around.guard()
    around.log.write("save", {"why": "our lines are in the startup-config"})
    if not save_succeeded(session.save()):
        raise GateClosed("`write memory` failed, and our lines are in the startup-config")
    saved = read(session, goal.device, STARTUP)
    if saved.fingerprint != now.fingerprint:
        raise GateClosed("`write memory` had no effect, and our lines are in the startup-config")
    if read(session, goal.device).fingerprint != now.fingerprint:
        raise GateClosed("it changed while the old state was saved")
    return True


def _only_ours_differs(startup: Snapshot, now: Snapshot, goal: Goal) -> bool:
    """Whether the startup-config, without our lines, is the running-config."""
    try:
        commands = commands_back(goal, startup.running)
        end = Prediction(startup.running)
        for command in commands:
            end = end.after(command.line)
    except (Foreign, Refused, LookupError, ValueError):
        return False
    return fingerprint_of(end.running) == now.fingerprint


def _for_a_person(goal: Goal, state: State, reason: str, session: Session | None) -> Outcome:
    return Outcome(goal.device, state, reason, lines=tuple(_typed(goal, session)))


def _typed(goal: Goal, session: Session | None) -> Iterable[str]:
    """What a person may type after having looked; from the device's state where it is readable."""
    commands: tuple[Command, ...]
    try:
        if session is None:
            raise Unreachable("no session")
        session.end()
        commands = commands_back(goal, read(session, goal.device).running)
    except (Foreign, Refused, LinkLost, LineRefused, Unreachable, Incomplete):
        commands = way(goal.after, goal.before, list(goal.before.policies))
    there = [f"changeto context {goal.context}"] if goal.context else []
    lines = ["show running-config", "configure terminal", *(c.line for c in commands), "end"]
    return [*there, *lines]
