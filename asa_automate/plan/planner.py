"""From a configuration and a wish to a plan with its proof: pure, one device at a time."""

from dataclasses import dataclass, replace

from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.model import Reading, Strategy
from asa_automate.plan.adopt import (
    LeftOut,
    broken,
    by_hand,
    hand_made,
    nobody_inspects,
    obstacle,
    said,
    undecided,
    unguarded,
)
from asa_automate.plan.desired import Desired, desired_for
from asa_automate.plan.document import Command, DevicePlan
from asa_automate.plan.documented import documented_plan
from asa_automate.plan.findings import findings_for
from asa_automate.plan.gap import gap_findings, gaps_of
from asa_automate.plan.guards import must_be_typeable, must_be_understood
from asa_automate.plan.order import way
from asa_automate.plan.places import pinned
from asa_automate.plan.probe import make_probe
from asa_automate.plan.proof import (
    Failure,
    Subject,
    as_document,
    prove,
    states_after,
)
from asa_automate.plan.request import Request, refused
from asa_automate.plan.room import must_have_room
from asa_automate.plan.scope import Scope, scope_of
from asa_automate.plan.soundness import BOTH, elsewhere_of, soundness
from asa_automate.plan.state import fingerprint_of
from asa_automate.plan.strategies import (
    TakeBackFirst,
    different_maps,
    is_class_first,
    wanted_scopes,
)


def plan_device(request: Request, running: RunningConfig) -> DevicePlan:
    """The plan for one device; a refusal is a plan with status ``refused``, never an exception.

    A refusal says which other strategy would do, if one would.
    """
    try:
        plan = _plan(request, running)
    except TakeBackFirst as refusal:
        return refused(request, refusal.message, running)
    except Refused as refusal:
        plan = refused(request, refusal.message, running)
    if plan.status != "refused" or plan.strategy == Strategy.AS_DOCUMENTED:
        return plan
    way_out = _another_strategy(request, running, plan.strategy or request.strategy)
    return plan.model_copy(update={"reason": f"{plan.reason}{way_out}"})


#: In this order; what each costs.
_OTHERS = {
    Strategy.SPLIT_CLASS: "",
    Strategy.CLASS_FIRST: ", with a short gap of default inspections",
    Strategy.NARROW_DEFAULT: ", and takes every default inspection from the gateways",
    Strategy.OFF: ", and exempts everybody",
}


def _another_strategy(request: Request, running: RunningConfig, tried: str | None) -> str:
    for strategy, cost in _OTHERS.items():
        if strategy == tried:
            continue
        try:
            plan = _plan(replace(request, strategy=strategy), running)
        except Refused:
            continue
        if plan.status == "change" and plan.proof and plan.proof.exempt:
            return f"; --strategy {strategy} would do{cost}"
    return ""


def _plan(request: Request, running: RunningConfig) -> DevicePlan:
    must_be_understood(running)
    if request.strategy is Strategy.AS_DOCUMENTED:
        return documented_plan(request, running)
    now = scope_of(running)
    desired = desired_for(running, request.exemptions, request.strategy)
    if desired.strategy is Strategy.AS_DOCUMENTED:
        return documented_plan(request, running)
    strategy = _strategy(request, running, desired, now)
    plans = (
        _to_scope(request, running, now, wanted, desired, strategy)
        for wanted in wanted_scopes(running, now, desired.gateways, strategy)
    )
    first = next(plans)
    if first.status != "refused":
        return first
    return next((plan for plan in plans if plan.status != "refused"), first)


def _to_scope(
    request: Request,
    running: RunningConfig,
    now: Scope,
    wanted: Scope,
    desired: Desired,
    strategy: Strategy,
) -> DevicePlan:
    order = commit_order(running)
    commands = way(now, wanted, order)
    findings = (
        *desired.findings,
        *findings_for(running, now, desired.gateways, strategy),
        *unguarded(running, now),
    )
    draft = DevicePlan(
        device=request.device,
        context=request.context,
        identity=request.identity,
        status="change" if commands else "noop",
        strategy=str(strategy) if desired.gateways or now.is_ours else None,
        reading=request.reading,
        fingerprint=fingerprint_of(running),
        findings=findings,
    )
    if not commands:
        return _left_alone(draft, running, now, desired)
    states = states_after(running, commands)
    must_have_room(running, states[-1])
    end = scope_of(states[-1])
    # A policy-map that is attached nowhere is out of scope once our class has left it.
    end = replace(end, policies={**wanted.policies, **end.policies})
    inverse = way(end, pinned(now, end), order)
    must_be_typeable(c.line for c in (*commands, *inverse))
    return _proved(draft, states, Way(now, commands, inverse), desired)


def _left_alone(
    draft: DevicePlan, running: RunningConfig, now: Scope, desired: Desired
) -> DevicePlan:
    """A plan without lines, after the model has confirmed that the gateways are exempt."""
    subject = Subject(
        (running,), desired.gateways, (), Strategy(draft.strategy or Strategy.SPLIT_CLASS)
    )
    reading = draft.reading.value
    failure = prove(subject, BOTH if reading is Reading.UNKNOWN else (reading,))
    if failure and desired.gateways:
        reason = f"nothing of ours is missing, but the model says: {failure.flow}: {failure.why}"
        return draft.model_copy(update={"status": "refused", "reason": reason})
    found = [] if now.is_ours else by_hand(running, desired.gateways)
    if found and desired.unread:
        text, line = desired.unread[0]
        reason = (
            f"line {line}: `{text}` may give a gateway an address that is not exempt; "
            "give `mapped` in exemptions.yaml"
        )
        return draft.model_copy(update={"status": "refused", "reason": reason})
    return draft.model_copy(
        update={
            "reason": _nothing_to_do(running, now, desired, found),
            "target_fingerprint": draft.fingerprint,
            "findings": (*draft.findings, *hand_made(found)),
        }
    )


@dataclass(frozen=True, slots=True)
class Way:
    """The scope that a plan starts from, and its lines both ways."""

    now: Scope
    commands: tuple[Command, ...]
    inverse: tuple[Command, ...]


def commit_order(running: RunningConfig) -> list[str]:
    """Policy-maps in the order of their commit lines: the global one, then those of interfaces.

    A flow that an interface policy lets go may fall through to the global one; were that still
    inspecting, the flow would have neither its old nor its new treatment.
    """
    attached = sorted(running.service_policies, key=lambda a: a.interface is not None)
    others = [p for p in running.policy_maps if p not in {a.policy for a in attached}]
    return [*dict.fromkeys([*(a.policy for a in attached), *others])]


def _strategy(request: Request, running: RunningConfig, desired: Desired, now: Scope) -> Strategy:
    """The wish, but never a split on a device that is known to read per class, or that was
    narrowed because it does; and what stands first already stays first."""
    chosen = desired.strategy or Strategy.SPLIT_CLASS
    if (
        chosen is Strategy.SPLIT_CLASS
        and request.strategy is None
        and is_class_first(running, now)
    ):
        return Strategy.CLASS_FIRST
    known = request.reading.value is Reading.PER_CLASS or now.narrowed
    if known and chosen is Strategy.SPLIT_CLASS and request.strategy is None:
        return Strategy.NARROW_DEFAULT
    return chosen


def _proved(
    draft: DevicePlan, states: tuple[RunningConfig, ...], both_ways: Way, desired: Desired
) -> DevicePlan:
    running = states[0]
    strategy = Strategy(draft.strategy or Strategy.SPLIT_CLASS)
    subject = Subject(
        states,
        desired.gateways,
        both_ways.now.members or (),
        strategy,
        gaps_of(both_ways.commands),
    )
    back = replace(
        subject,
        states=states_after(states[-1], both_ways.inverse),
        wanted=(),
        had=(*subject.had, *subject.wanted),
        gaps=gaps_of(both_ways.inverse),
    )
    probe = make_probe(running)
    sound, failure = soundness(draft.reading.value, subject, back, can_probe=probe is not None)
    elsewhere = (*elsewhere_of(running, subject), *(gap.sentence for gap in subject.gaps))
    proof = as_document(subject, failure, sound, elsewhere)
    plan = draft.model_copy(
        update={
            "commands": both_ways.commands,
            "inverse": both_ways.inverse,
            "target_fingerprint": fingerprint_of(states[-1]),
            "probe": probe if sound == "needs-probe" else None,
            "proof": proof,
            "findings": (*draft.findings, *gap_findings(subject.gaps, back.gaps)),
        }
    )
    return plan if failure is None else _disproved(plan, failure, running, both_ways.now, desired)


def _disproved(
    plan: DevicePlan, failure: Failure, running: RunningConfig, now: Scope, desired: Desired
) -> DevicePlan:
    """The counterexample, and what in the text stands in the way, with its line."""
    split = plan.strategy in (Strategy.SPLIT_CLASS, Strategy.CLASS_FIRST)
    maps = different_maps(running, now, desired.gateways) if split else None
    why = f"{maps}; one class cannot stand for them" if maps else None
    if split and not maps:
        why = broken(now) or undecided(running, failure.flow) or obstacle(running, failure.flow)
    reason = f"the model refutes the plan: {failure.flow}: {failure.why}"
    return plan.model_copy(
        update={"status": "refused", "reason": f"{reason}; {why}" if why else reason}
    )


def _nothing_to_do(
    running: RunningConfig, now: Scope, desired: Desired, found: list[LeftOut]
) -> str:
    if not desired.gateways:
        return "no exemption is wanted and none of ours is there"
    if not running.service_policies:
        return "no service-policy is attached: nothing inspects the gateways"
    if found:
        return f"the gateways are exempt by hand: {said(found)}"
    if not now.is_ours:
        return f"no attached policy inspects the gateways' SMTP{nobody_inspects(running)}"
    return "the gateways are exempt as wanted"
