"""What a change is about: the state to return to, the one under way; and its journal record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from asa_automate.model import Address, Identity
from asa_automate.plan.document import DevicePlan
from asa_automate.plan.scope import Scope


@dataclass(frozen=True, slots=True)
class Goal:
    """The state to return to, and the one that was under way.

    Args:
        before: the scope to restore, :func:`~asa_automate.plan.places.pinned` against ``after``.
        after: the scope that the change was to reach.
        fingerprint: of the whole configuration before, where it is known.
        target: of the whole configuration after, where it is known.
        exempt: the gateways that are exempt after.
        context: the security context that it is about; ``None`` on a box in single mode.
        may_save: whether the configuration may be saved: the new one once verified, the old one
            where ours got into the startup-config.
        mate: the serial number of the other unit of the pair, as the device named it.
    """

    device: str
    identity: Identity
    before: Scope
    after: Scope
    fingerprint: str | None = None
    target: str | None = None
    exempt: tuple[Address, ...] = ()
    context: str | None = None
    may_save: bool = True
    mate: str | None = None


_GOAL = TypeAdapter(Goal)


def goal_record(goal: Goal) -> dict[str, object]:
    """All that a rollback or a recovery needs; no secret, since a scope has none."""
    return {"goal": _GOAL.dump_python(goal, mode="json")}


def begin_record(plan: DevicePlan, goal: Goal) -> dict[str, object]:
    """The payload of an apply's BEGIN record."""
    return {"plan": plan.model_dump(mode="json"), **goal_record(goal)}


def goal_of(payload: Mapping[str, Any]) -> Goal:
    """The goal of a run, from the payload of its BEGIN record."""
    return _GOAL.validate_python(payload["goal"])
