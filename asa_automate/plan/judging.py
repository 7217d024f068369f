"""One host's mail under one reading: every flow in every world that is left open.

Only flows count that pass a policy which inspects anybody's mail: elsewhere there is nothing to be
exempt from.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.model import Address, Reading
from asa_automate.plan.deciding import (
    Decider,
    LeftOut,
    esmtp_is_possible,
    inspecting,
    left_out,
    nobody,
    obscure,
    with_assumed,
)
from asa_automate.plan.flows import STRANGERS, gateway_flows
from asa_automate.plan.peers import PEERS
from asa_automate.plan.proof import worlds
from asa_automate.plan.verdicts import By, Judgement, Part, State
from asa_automate.simulate.classify import Taken, classify, policies_for
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.world import World

#: Beyond this many classes whose match cannot be known, only all and none of them are tried.
_MOST_UNKNOWN = 3
_MOST_PEERS = 3
_ANYBODY = frozenset((*PEERS, *STRANGERS))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A flow under one reading; ``inspected`` is ``None`` where worlds differ."""

    flow: Flow
    inbound: bool
    inspected: bool | None
    taken: Taken | None
    world: World
    doubts: tuple[Decider, ...] = ()

    @property
    def with_anybody(self) -> bool:
        """Whether its peer is nobody special."""
        peer = self.flow.source if self.inbound else self.flow.destination
        return peer in _ANYBODY


def judge_host(
    running: RunningConfig, addresses: tuple[Address, ...], reading: Reading
) -> Judgement:
    """The judgement of a host by its addresses, over every kind of peer and interfaces."""
    try:
        flows = tuple(dict.fromkeys(gateway_flows(running, addresses, every_kind=True)))
    except Refused as refusal:  # more kinds of peers than can be tried
        return Judgement(State.CANNOT_TELL, lines=(Decider(0, refusal.message),))
    return judge_flows(running, flows, addresses, reading)


def doubted(judgement: Judgement, doubts: tuple[Decider, ...]) -> Judgement:
    """Exempt is a claim that any doubt defeats; what is inspected stays so."""
    if judgement.state is not State.EXEMPT or not doubts:
        return judgement
    return Judgement(State.CANNOT_TELL, lines=doubts)


def judge_flows(
    running: RunningConfig, flows: Iterable[Flow], addresses: tuple[Address, ...], reading: Reading
) -> Judgement:
    """The judgement of these flows of a host."""
    seen = [f for f in flows if _may_be_inspected(running, f)]
    outcomes = [_outcome(running, flow, addresses, reading) for flow in seen]
    state = _state(outcomes)
    if state is State.EXEMPT:
        by, lines = _by(running, outcomes)
        return Judgement(state, by, (), lines)
    return Judgement(state, (), tuple(_parts(running, outcomes)))


def _may_be_inspected(running: RunningConfig, flow: Flow) -> bool:
    """Whether a flow passes a policy that inspects anybody's mail.

    Elsewhere nobody's mail is inspected, and there is nothing to be exempt from.
    """
    return any(esmtp_is_possible(running, a) for a in policies_for(running, flow))


def _state(outcomes: list[_Outcome]) -> State:
    if all(one.inspected is False for one in outcomes):
        return State.EXEMPT
    if all(one.inspected for one in outcomes if one.with_anybody):
        return State.NOT_EXEMPT
    if any(one.inspected for one in outcomes):
        return State.PARTLY
    return State.CANNOT_TELL


def _outcome(
    running: RunningConfig, flow: Flow, addresses: tuple[Address, ...], reading: Reading
) -> _Outcome:
    answers: dict[bool, tuple[Taken | None, World]] = {}
    doubts = tuple(decider for a in policies_for(running, flow) for decider in obscure(running, a))
    for base in worlds(running, [], reading):
        for world in _assuming(running, flow, base):
            taken = classify(running, flow, world).by(ESMTP)
            answers.setdefault(taken is not None, (taken, world))
    certain = len(answers) == 1 and (True in answers or not doubts)
    taken, world = answers.get(True) or answers[False]
    inspected = (True in answers) if certain else None
    inbound = flow.destination in addresses
    return _Outcome(flow, inbound, inspected, taken, world, () if True in answers else doubts)


def _assuming(running: RunningConfig, flow: Flow, base: World) -> Iterator[World]:
    """The worlds in which classes whose match cannot be known match or do not."""
    unknown = classify(running, flow, base).unknown
    if not unknown:
        yield base
        return
    for answer in (False, True):
        every = with_assumed(base, dict.fromkeys(running.class_maps, answer))
        unknown |= classify(running, flow, every).unknown
    names = sorted(unknown)
    many = len(names) > _MOST_UNKNOWN
    tries = ((False,) * len(names), (True,) * len(names))
    for answers in tries if many else product((False, True), repeat=len(names)):
        yield with_assumed(base, dict(zip(names, answers, strict=True)))


def _by(
    running: RunningConfig, outcomes: list[_Outcome]
) -> tuple[tuple[By, ...], tuple[Decider, ...]]:
    """What exempts a gateway, and the lines that do."""
    if not running.service_policies:
        return (By.NO_SERVICE_POLICY,), ()
    if not outcomes:
        return (By.NOBODY_INSPECTS,), tuple(nobody(running))
    passed = [one for o in outcomes for one in left_out(running, o.flow, o.world)]
    denied = [one for one in passed if one.entry or one.shadowed]
    telling = denied or passed
    kinds = dict.fromkeys(map(_kind, telling))
    lines = dict.fromkeys(decider for one in telling for decider in one.deciders)
    return tuple(kinds), tuple(sorted(lines))


def _kind(one: LeftOut) -> By:
    if one.ours:
        return By.OURS
    if one.shadowed:
        return By.EARLIER_CLASS
    return By.BY_HAND if one.entry else By.NOT_MATCHED


def _parts(running: RunningConfig, outcomes: list[_Outcome]) -> Iterator[Part]:
    """The mail that is inspected or in doubt, put together by direction and class."""
    groups: dict[tuple[bool, bool, str, str, str], list[_Outcome]] = {}
    for one in outcomes:
        if one.inspected is not False:
            taken = one.taken
            where = (taken.scope, taken.policy, taken.class_name) if taken else ("", "", "")
            groups.setdefault((one.inbound, one.inspected is True, *where), []).append(one)
    for (inbound, known, scope, policy, class_name), its in groups.items():
        first = next((one for one in its if one.with_anybody), its[0])
        trace: list[str] = []
        classify(running, first.flow, first.world, trace.append)
        yield Part(
            direction=f"{'to' if inbound else 'from'} the gateway",
            known=known,
            policy=policy,
            scope=scope,
            class_name=class_name,
            interfaces=tuple(_interfaces(running, its)),
            peers=tuple(_peers(its)),
            flow=str(first.flow),
            lines=_lines(running, first),
            trace=tuple(trace),
        )


def _lines(running: RunningConfig, one: _Outcome) -> tuple[Decider, ...]:
    if one.taken is None:
        return one.doubts
    return tuple(dict.fromkeys(inspecting(running, one.flow, one.taken)))


def _interfaces(running: RunningConfig, its: list[_Outcome]) -> list[str]:
    if not any(a.interface for a in running.service_policies):
        return []
    pairs = ((one.flow.in_interface, one.flow.out_interface) for one in its)
    return list(
        dict.fromkeys(
            f"in {came or 'any other'} out {goes or 'any other'}" for came, goes in pairs
        )
    )


def _peers(its: list[_Outcome]) -> list[str]:
    if any(one.with_anybody for one in its):
        return []
    ends = (one.flow.source if one.inbound else one.flow.destination for one in its)
    return list(dict.fromkeys(map(str, ends)))[:_MOST_PEERS]
