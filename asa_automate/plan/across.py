"""Flows that several attached policies see: that of the interface where they come in, that of the
one where they go out, and the global one.

Each policy by itself is looked at in :mod:`asa_automate.plan.everywhere`. Where each does the old
or the new thing, all together may still do a third: an interface policy has let go already, and
the global one, which still inspects, takes the flow with another map. So the policies of every two
interfaces are asked together, engine by engine, as
:func:`asa_automate.simulate.classify.classify` does it. Whether a flow goes on to the global
policy is open, and both are tried. Per class, where engines depend on each other, the chosen flows
of :mod:`asa_automate.plan.proof` have to do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.simulate.space.boxes import Box, hull
from asa_automate.simulate.space.chains import NOTHING, Action, Chain
from asa_automate.simulate.space.walk import Actions, Budget, Walk

#: Of each state, the chains of the policies on a flow's way.
Chains = tuple[Chain, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """The policies between two interfaces, in the order in which they are asked.

    Args:
        came: the interface where flows come in; ``None`` for one without a policy; ``goes``
            likewise.
    """

    came: str | None
    goes: str | None
    policies: tuple[ServicePolicy, ...]


def courses(attached: Sequence[ServicePolicy]) -> Iterator[Course]:
    """Every two interfaces between which more than one policy is asked."""
    names = [*dict.fromkeys(a.interface for a in attached if a.interface), None]
    for came, goes in product(names, repeat=2):
        if came is None or came != goes:
            asked = [a for name in (came, goes) if name for a in attached if a.interface == name]
            asked += [a for a in attached if a.interface is None]
            if len(asked) > 1:
                yield Course(came, goes, tuple(asked))


def closing(running: RunningConfig, course: Course, engine: str) -> tuple[bool, ...]:
    """Which policies of interfaces have the engine at all, and so may close it for others."""
    maps = (running.policy_maps.get(where.policy) for where in course.policies)
    return tuple(
        bool(where.interface and policy and any(c.inspect(engine) for c in policy.classes))
        for where, policy in zip(course.policies, maps, strict=True)
    )


def together(actions: Actions, closes: Sequence[bool], *, falls: bool) -> Action:
    """What happens to a flow, given what each policy by itself does."""
    for action, closed in zip(actions, closes, strict=True):
        if action != NOTHING:
            return action
        if closed and not falls:
            return NOTHING
    return NOTHING


@dataclass(frozen=True, slots=True)
class Stage:
    """One state: the chains of a course in it, and which policies close the engine."""

    chains: Chains
    closes: tuple[bool, ...]


def between(
    stages: tuple[Stage, Stage, Stage],
    regions: Sequence[Box],
    budget: Budget,
    *,
    falls: bool,
    but: Sequence[Box] = (),
) -> Iterator[tuple[Box, Actions]]:
    """Flows that now have neither the treatment of before nor that of the end: before and now."""
    if not regions:
        return
    count = len(stages[0].chains)
    chains = [chain for stage in stages for chain in stage.chains]
    walk = Walk(chains, hull(regions), budget, but)

    def all_three(actions: Actions) -> Actions:
        parts = (actions[n * count : (n + 1) * count] for n in range(3))
        pairs = zip(parts, stages, strict=True)
        return tuple(together(part, stage.closes, falls=falls) for part, stage in pairs)

    def is_bad(actions: Actions) -> bool:
        old, now, new = all_three(actions)
        return now not in (old, new)

    for box, actions in walk.bad(regions, is_bad):
        yield box, all_three(actions)[:2]
