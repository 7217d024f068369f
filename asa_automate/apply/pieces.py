"""What a device has of our pieces: the old state, the new one, between them, or another's."""

from dataclasses import replace

from asa_automate.apply.goal import Goal
from asa_automate.config.running import RunningConfig
from asa_automate.plan.document import Command
from asa_automate.plan.order import way
from asa_automate.plan.places import is_whole, strangers
from asa_automate.plan.planner import commit_order
from asa_automate.plan.scope import PolicyScope, Scope, scope_of


class Foreign(Exception):
    """Somebody else changed what is ours."""


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
    if added := sorted(map(str, set(now.members or ()) - members)):
        return f"somebody else added {', '.join(added)} to our object-group"
    kept = set(before.members or ()) & set(after.members or ())
    if now.members and (gone := sorted(map(str, kept - set(now.members)))):
        return f"somebody else removed {', '.join(gone)} from our object-group"
    if entries := sorted(set(now.acl or ()) - {*(before.acl or ()), *(after.acl or ())}):
        return f"somebody else added to our access-list: {'; '.join(entries)}"
    if others := sorted(now.narrowed - (before.narrowed | after.narrowed)):
        return f"somebody else matches our access-list in class-map {', '.join(others)}"
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
