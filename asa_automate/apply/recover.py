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
from asa_automate.apply.ports import Log, Session, Stopped, Surroundings
from asa_automate.apply.reach import comeback, gone_astray
from asa_automate.apply.reading import STARTUP, Snapshot, read
from asa_automate.apply.sending import GateClosed, send
from asa_automate.apply.steps import Step
from asa_automate.config.running import RunningConfig
from asa_automate.errors import (
    Incomplete,
    LeaseLost,
    LineRefused,
    LinkLost,
    Refused,
    Replicating,
    StoreRefused,
    Unreachable,
)
from asa_automate.plan.document import Command
from asa_automate.plan.order import way
from asa_automate.plan.places import is_whole, strangers
from asa_automate.plan.planner import commit_order
from asa_automate.plan.predict import Prediction
from asa_automate.plan.scope import PolicyScope, Scope, scope_of
from asa_automate.plan.state import fingerprint_of
from asa_automate.show.save import save_succeeded

_ATTEMPTS = 3


class Foreign(Exception):
    """Somebody else changed what is ours."""


class Unsaved(Exception):
    """The old state is back, but saving it would save what others have not saved."""


def back(goal: Goal, session: Session | None, around: Surroundings, reason: str) -> Outcome:
    """Bring the device to ``goal.before``, over new sessions where the old one is lost.

    The session, old or new, is closed at the end.
    """
    around.tell(Step.UNDO)
    around.log.write("abort", {"reason": reason})
    trouble, state, strayed = reason, State.UNKNOWN, ""
    try:
        for _ in range(_ATTEMPTS):
            try:
                session = session or comeback(goal, around)
                return must_be_looked_at(_back_once(goal, session, around, reason), strayed)
            except Foreign as error:
                return _for_a_person(goal, State.FOREIGN, f"{reason}; {error}", session)
            except Unsaved as error:
                lines = ("show running-config", "show startup-config", "write memory")
                return Outcome(goal.device, State.HOLD, f"{reason}; {error}", lines)
            except (GateClosed, LineRefused) as error:
                trouble, state = _plain(error), State.STUCK
            except (LinkLost, Unreachable, Incomplete) as error:
                trouble, state = error.message, State.UNKNOWN
                strayed = strayed or gone_astray(error)
            except LeaseLost as error:
                return _for_a_person(goal, State.UNKNOWN, f"{reason}; {error.message}", session)
            except Replicating as error:
                trouble, state = error.message, State.UNKNOWN
            except Refused as error:
                return _for_a_person(goal, State.FOREIGN, f"{reason}; {error.message}", session)
            _hung_up(session)
            session = None
        session = _looked_at_again(goal, around) if state is State.STUCK else None
        return _for_a_person(goal, state, f"{reason}; the way back failed: {trouble}", session)
    finally:
        _hung_up(session)


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


def _hung_up(session: Session | None) -> None:
    if session is not None:
        session.close()


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


def is_same(one: Scope, other: Scope) -> bool:
    """Whether ``one`` means the same as ``other``, which is to be reached.

    A gateway that is put back lands last in its group. Where ``other`` says so
    (:func:`asa_automate.plan.places.pinned`), the order of classes counts.
    """
    whole = all(
        is_whole(one.policies.get(name, PolicyScope()), policy)
        for name, policy in other.policies.items()
    )
    return whole and _in_order(one) == _in_order(other)


def _in_order(scope: Scope) -> Scope:
    plain = {name: replace(policy, classes=None) for name, policy in scope.policies.items()}
    scope = replace(scope, policies=plain)
    if scope.members is None:
        return scope
    return replace(scope, members=tuple(sorted(scope.members, key=lambda a: (a.version, int(a)))))


def commands_back(goal: Goal, running: RunningConfig) -> tuple[Command, ...]:
    """The lines from what is there now to the scope before.

    Raises:
        Foreign: what is there cannot have come from our lines.
    """
    now = scope_of(running)
    problem = foreign_in(now, goal.before, goal.after)
    if problem:
        raise Foreign(problem)
    return way(now, goal.before, commit_order(running))


def foreign_in(now: Scope, before: Scope, after: Scope) -> str | None:
    """What in our scope is neither of the old nor of the new state nor between them."""
    members = {*(before.members or ()), *(after.members or ())}
    if set(now.members or ()) - members:
        return "somebody else added a gateway to our object-group"
    kept = set(before.members or ()) & set(after.members or ())
    if now.members and kept - set(now.members):
        return "somebody else removed a gateway from our object-group"
    if set(now.acl or ()) - {*(before.acl or ()), *(after.acl or ())}:
        return "somebody else added an entry to our access-list"
    if now.narrowed - (before.narrowed | after.narrowed):
        return "somebody else matches our access-list"
    for name in {*now.policies, *before.policies, *after.policies}:
        problem = _foreign_policy(name, now, before, after)
        if problem:
            return problem
    return None


def _foreign_policy(name: str, now: Scope, before: Scope, after: Scope) -> str | None:
    have, old, new = (s.policies.get(name, PolicyScope()) for s in (now, before, after))
    if others := strangers(have, old):
        return f"somebody else put class {others[0]} into {name} while classes were moved"
    away = {b.name for b in old.classes or ()} - {b.name for b in have.classes or ()}
    for class_name in {*have.esmtp, *old.esmtp, *new.esmtp}:
        values = (s.esmtp.get(class_name) for s in (old, new))
        if class_name not in away and have.esmtp.get(class_name) not in values:
            return f"somebody else changed `inspect esmtp` in class {class_name} of {name}"
    ours = {old.own, new.own} - {None}
    if have.own is not None and have.own not in ours | ({""} if ours else set()):
        return f"somebody else changed our class in {name}"
    return None


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
