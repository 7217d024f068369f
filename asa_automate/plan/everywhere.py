"""The claims for every flow there is: no sample, but boxes of flows taken apart until all is said.

Each attached policy is looked at by itself, each engine by itself, IPv4 and IPv6, under a reading:
what every attachment does with every flow decides what the firewall does, whichever of them comes
first. Claimed is, for all protocols, addresses and ports:

(a) no flow in ``exempt`` boxes is inspected by the esmtp engine at the end;
(b) outside the boxes that the plan declares, the end equals the beginning, map included;
(c) after each line the same; and inside these boxes each flow has its old or its new treatment,
    also where several policies see it (:mod:`~.across`).
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.model import Reading
from asa_automate.plan.across import Course, Stage, between, closing, courses
from asa_automate.plan.claims import Claim, declared, mail
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.space.boxes import Box, Space, everything, hull
from asa_automate.simulate.space.chains import NOTHING, Action, Angle, Chain, may_differ
from asa_automate.simulate.space.reader import Outline, Reader
from asa_automate.simulate.space.walk import Actions, Budget, Walk

#: So many times a rule is looked at for one claim (some ten seconds); beyond, it is undecided.
MOST_RULES = 10_000_000


@dataclass(frozen=True, slots=True)
class Refuted:
    """A flow that refutes a claim, and why."""

    flow: Flow
    why: str


def refuted(
    claim: Claim,
    reading: Reading,
    *,
    ports_count: bool = False,
    assume: bool = False,
    reader: Reader | None = None,
) -> Refuted | None:
    """The first flow that refutes a claim; ``None``: every claim holds for all flows.

    Args:
        reader: shared by proofs about the same firewall.

    Raises:
        Undecided: it would take more than :data:`MOST_RULES` rules.
    """
    budget = Budget(MOST_RULES)
    reader = reader or Reader()
    attached = claim.states[0].service_policies
    proofs: dict[tuple[ServicePolicy, Angle], _Engine] = {}
    for where in attached:
        outlines = [_outline(reader, state, where) for state in claim.states]
        for engine, version in product(_moved(outlines, claim, reading), claim.versions):
            angle = Angle(version, engine, reading, ports_count, assume)
            proof = _Engine(claim, where, angle, budget, reader, outlines)
            found = proof.refuted()
            if found:
                return found
            proofs[where, angle] = proof
    if reading is Reading.PER_ENGINE:
        for course, angle in product(courses(attached), {a: None for _, a in proofs}):
            parts = [_part(claim, w, angle, budget, reader, proofs) for w in course.policies]
            found = _together(course, parts)
            if found:
                return found
    return None


def changes_of(claim: Claim, reading: Reading) -> Iterator[tuple[str, Flow]]:
    """Engines that treat declared flows otherwise at the end, each with such a flow."""
    budget, reader = Budget(MOST_RULES), Reader()
    for where in claim.states[0].service_policies:
        outlines = [_outline(reader, state, where) for state in claim.states]
        for engine, version in product(_moved(outlines, claim, reading), claim.versions):
            one = _Engine(claim, where, Angle(version, engine, reading), budget, reader, outlines)
            flow = one.changed_flow()
            if flow:
                yield engine, flow


def _part(
    claim: Claim,
    where: ServicePolicy,
    angle: Angle,
    budget: Budget,
    reader: Reader,
    proofs: dict[tuple[ServicePolicy, Angle], "_Engine"],
) -> "_Engine":
    if (where, angle) not in proofs:
        outlines = [_outline(reader, state, where) for state in claim.states]
        proofs[where, angle] = _Engine(claim, where, angle, budget, reader, outlines)
    return proofs[where, angle]


def _together(course: Course, parts: Sequence["_Engine"]) -> Refuted | None:
    """A flow of two interfaces that has neither its old nor its new treatment after a line."""
    one = parts[0]
    stages = [
        Stage(tuple(p.chains[n] for p in parts), closing(state, course, one.angle.engine))
        for n, state in enumerate(one.claim.states)
    ]
    seen = {stages[0], stages[-1]}
    for number, stage in enumerate(stages):
        if stage in seen:
            continue
        seen.add(stage)
        three = (stages[0], stage, stages[-1])
        for falls in (True, False):
            found = between(three, one.declared, one.budget, falls=falls)
            refuted_by = one.first(found, number, (course.came, course.goes))
            if refuted_by:
                return refuted_by
    return _closed(course, one, stages)


def _closed(course: Course, one: "_Engine", stages: Sequence[Stage]) -> Refuted | None:
    """A flow of others that is lost or found since an interface policy has the engine no more."""
    for number, stage in enumerate(stages):
        if stage.closes != stages[0].closes:
            three = (stages[0], stage, stages[0])
            regions = [everything(one.angle.version)]
            found = between(three, regions, one.budget, falls=False, but=one.declared)
            refuted_by = one.first(found, number, (course.came, course.goes))
            if refuted_by:
                return refuted_by
    return None


def _outline(reader: Reader, state: RunningConfig, where: ServicePolicy) -> Outline:
    policy = state.policy_maps.get(where.policy)
    return reader.outline(state, policy) if policy else ()


def _moved(outlines: Iterable[Outline], claim: Claim, reading: Reading) -> list[str]:
    """The engines that anything changes for at all; mail's, where gateways are to be exempt."""
    distinct = set(outlines)
    engines = {engine for o in distinct for _, _, inspects, _ in o for engine, _ in inspects}
    views = {e: {_seen_by(e, o, reading) for o in distinct} for e in sorted(engines)}
    return [e for e in views if len(views[e]) > 1 or (e == ESMTP and claim.wanted)]


def _seen_by(engine: str, outline: Outline, reading: Reading) -> Hashable:
    parts = (
        (name, last, tuple(i for i in inspects if i[0] == engine), match)
        for name, last, inspects, match in outline
    )
    return tuple(part for part in parts if part[2] or reading is Reading.PER_CLASS)


class _Engine:
    """The claims about one engine in one attached policy, for one IP version."""

    def __init__(
        self,
        claim: Claim,
        where: ServicePolicy,
        angle: Angle,
        budget: Budget,
        reader: Reader,
        outlines: Sequence[Outline],
    ) -> None:
        self.claim = claim
        self.where = where
        self.angle = angle
        self.budget = budget
        self.space = Space(angle.version)
        made: dict[Outline, Chain] = {}
        for outline, state in zip(outlines, claim.states, strict=True):
            if outline not in made:
                made[outline] = self._chain(state, reader)
        self.chains = [made[outline] for outline in outlines]
        self.declared = list(declared(claim, angle))

    def _chain(self, running: RunningConfig, reader: Reader) -> Chain:
        policy = running.policy_maps.get(self.where.policy)
        return reader.chain(running, policy, self.angle) if policy else ()

    def refuted(self) -> Refuted | None:
        """The first flow that refutes a claim."""
        before, after = self.chains[0], self.chains[-1]
        found = self._still_inspected(after) or self._changed(before, after, len(self.chains) - 1)
        if found:
            return found
        seen = {before, after}
        for number, chain in enumerate(self.chains):
            if chain not in seen:
                seen.add(chain)
                found = self._changed(before, chain, number) or self._between(number)
                if found:
                    return found
        return None

    def _still_inspected(self, after: Chain) -> Refuted | None:
        if self.angle.engine != ESMTP:
            return None
        boxes = list(mail(self.claim.wanted, self.angle.version))
        if not boxes:
            return None
        walk = Walk([after], hull(boxes), self.budget)
        for box in boxes:
            for piece, _ in walk.bad([box], lambda actions: actions[0] != NOTHING):
                flow = self._flow(piece)
                if flow:
                    return Refuted(flow, f"still inspected in {self.where.scope}")
        return None

    def _changed(self, before: Chain, now: Chain, number: int) -> Refuted | None:
        """A flow outside what is declared that ``now`` treats otherwise."""
        regions = list(may_differ(before, now))
        if not regions:
            return None
        walk = Walk([before, now], hull(regions), self.budget, self.declared)

        def is_bad(actions: Actions) -> bool:
            return actions[0] != actions[1] and not self._is_away(actions[1], number)

        return self.first(walk.bad(regions, is_bad), number)

    def first(
        self,
        found: Iterable[tuple[Box, Actions]],
        number: int,
        interfaces: tuple[str | None, str | None] | None = None,
    ) -> Refuted | None:
        """The first flow that has the second of the actions in the place of the first.

        Args:
            interfaces: where it comes in and goes out; not given: that of the policy.
        """
        what = f"{self.angle.engine} in {self.where.scope}"
        for box, (old, new, *_) in found:
            flow = self._flow(box)
            if flow and not self._is_away(new, number):
                if interfaces:
                    came, goes = interfaces
                    flow = replace(flow, in_interface=came, out_interface=goes)
                    what = self.angle.engine
                why = f"after line {number} {what}: {_named(old)} becomes {_named(new)}"
                return Refuted(flow, why)
        return None

    def changed_flow(self) -> Flow | None:
        """A declared flow that has another treatment at the end."""
        if not self.declared:
            return None
        ends = (self.chains[0], self.chains[-1])
        walk = Walk(ends, hull(self.declared), self.budget)
        found = walk.bad(self.declared, lambda actions: actions[0] != actions[1])
        return next((flow for box, _ in found if (flow := self._flow(box))), None)

    def _is_away(self, action: Action, number: int) -> bool:
        """Whether the plan says that the engine is away for a moment."""
        gaps = self.claim.gaps
        return action == NOTHING and number < len(gaps) and self.angle.engine in gaps[number]

    def _flow(self, box: Box) -> Flow | None:
        """A flow of the box, on its way through the interface of the policy."""
        flow = self.space.flow(box)
        return flow and replace(flow, in_interface=self.where.interface)

    def _between(self, number: int) -> Refuted | None:
        """A declared flow that has neither its old nor its new treatment after a line."""
        chains = (self.chains[0], self.chains[number], self.chains[-1])
        if not self.declared:
            return None
        walk = Walk(chains, hull(self.declared), self.budget)

        def is_bad(actions: Actions) -> bool:
            old, now, new = actions
            return now not in (old, new) and not self._is_away(now, number)

        return self.first(walk.bad(self.declared, is_bad), number)


def _named(action: tuple[str | None, ...]) -> str:
    if not action:
        return "not inspected"
    return f"inspected{f' with {action[0]}' if action[0] else ''}"
