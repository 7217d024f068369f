"""The journal's BEGIN record: all that a rollback or a recovery needs, without the plan file."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from asa_automate.apply.recover import Goal
from asa_automate.plan.document import DevicePlan
from asa_automate.plan.scope import Scope

_SCOPE = TypeAdapter(Scope)


def begin_record(plan: DevicePlan, goal: Goal) -> dict[str, object]:
    """The payload of BEGIN; it holds no secret, since a scope has none."""
    return {
        "plan": plan.model_dump(mode="json"),
        "before": _SCOPE.dump_python(goal.before, mode="json"),
        "after": _SCOPE.dump_python(goal.after, mode="json"),
        "fingerprint": goal.fingerprint,
        "may_save": goal.may_save,
    }


def goal_of(payload: Mapping[str, Any]) -> Goal:
    """The goal of an apply, from the payload of its BEGIN record."""
    plan = DevicePlan.model_validate(payload["plan"])
    return Goal(
        device=plan.device,
        identity=plan.identity,
        before=_SCOPE.validate_python(payload["before"]),
        after=_SCOPE.validate_python(payload["after"]),
        fingerprint=payload["fingerprint"],
        context=plan.context,
        may_save=payload["may_save"],
    )
