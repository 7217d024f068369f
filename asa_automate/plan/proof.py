"""The plan against the model: who is exempt, who else notices, and what holds after each line.

Three claims are checked on the flows of :mod:`asa_automate.plan.flows`, in every world that the
documents leave open:

(a) at the end no gateway's SMTP is inspected by the esmtp engine;
(b) every other flow is inspected by the same engines with the same maps as before;
(c) after every single line each flow has its old or its new treatment.

What the flows show is then proved for all there are (:mod:`asa_automate.plan.everywhere`). Where
that would take more than its budget, nothing is claimed, and there is no plan.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product

from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.model import Address, Reading, Strategy
from asa_automate.plan import everywhere
from asa_automate.plan.claims import Claim
from asa_automate.plan.desired import UNIFIED
from asa_automate.plan.document import Command, Proof
from asa_automate.plan.everywhere import refuted
from asa_automate.plan.flows import control_flows, gateway_flows, over_interfaces
from asa_automate.plan.gap import Gap, Treatment, is_in_gap
from asa_automate.plan.judge import Asked, Judge
from asa_automate.plan.names import ACL
from asa_automate.plan.predict import Prediction
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import SMTP, Flow
from asa_automate.simulate.space.walk import Undecided
from asa_automate.simulate.world import World

#: Beyond this many classes whose match cannot be known, nothing is claimed.
_MOST_UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be proved.

    Args:
        states: the configuration before, and after each line.
        wanted: gateways that are to be exempt at the end.
        had: gateways that are exempt by us before.
        gaps: where classes are away for a moment, and what is not inspected meanwhile.
    """

    states: tuple[RunningConfig, ...]
    wanted: tuple[Address, ...]
    had: tuple[Address, ...]
    strategy: Strategy
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A claim that does not hold: the flow that refutes it, and in words why."""

    flow: Flow
    why: str


class NotDecided(Refused):
    """The proof over all flows would take more than its budget: nothing is claimed."""


def states_after(running: RunningConfig, commands: Sequence[Command]) -> tuple[RunningConfig, ...]:
    """The configuration before, and after each line."""
    now = Prediction(running)
    states = [running]
    for command in commands:
        now = now.after(command.line)
        states.append(now.running)
    return tuple(states)


def prove(
    subject: Subject, readings: Iterable[Reading], judge: Judge | None = None
) -> Failure | None:
    """The first failure under the readings given, ``None`` where all claims hold.

    Args:
        judge: shared by proofs about the same firewall.

    Raises:
        NotDecided: the budget is too small for these access-lists.
    """
    before = subject.states[0]
    judge = judge or Judge()
    asked = _asked(before, subject, judge)
    unknown = sorted(_unknown_classes(subject, asked, judge))
    if len(unknown) > _MOST_UNKNOWN:
        why = f"it is not known whether the classes {', '.join(unknown)} match: too many to try"
        return Failure(asked.flows[0], why)
    for reading in readings:
        for world in worlds(before, unknown, reading):
            failure = _in_world(subject, judge, world, asked)
            if failure:
                return failure
        failure = _everywhere(subject, reading, judge, assumed=bool(unknown))
        if failure:
            return failure
    return None


def _everywhere(
    subject: Subject, reading: Reading, judge: Judge, *, assumed: bool
) -> Failure | None:
    """What no chosen flow has shown: a flow that refutes a claim, of all there are.

    Args:
        assumed: whether there are classes of which it is not known whether they match.
    """
    claim = Claim(
        subject.states,
        frozenset(subject.wanted),
        frozenset((*subject.wanted, *subject.had)),
        mail_only=not _narrows(subject),
        all_mail=subject.strategy is Strategy.OFF,
        versions=(4, 6) if (subject.states[0].version or UNIFIED) >= UNIFIED else (4,),
        gaps=tuple(away(subject.gaps, n) for n in range(len(subject.states))),
    )
    ports = (False, True) if ports_beside_default(subject.states[0]) else (False,)
    try:
        for ports_count, assume in product(ports, (False, True) if assumed else (False,)):
            found = refuted(
                claim, reading, ports_count=ports_count, assume=assume, reader=judge.boxes
            )
            if found:
                return Failure(found.flow, found.why)
    except Undecided as too_much:
        raise not_decided(too_much) from None
    return None


def not_decided(too_much: Undecided) -> NotDecided:
    choice = too_much.choice
    listed = f"access-list {choice.acl} of class {choice.name}" if choice.acl else choice.name
    return NotDecided(
        f"undecided: behind {listed} ({len(choice.rules):,} entries) the proof over all flows "
        f"takes more than its budget of {everywhere.MOST_RULES:,} looks at an entry; make that "
        "list simpler, then plan again"
    )


def away(gaps: Iterable[Gap], number: int) -> frozenset[str]:
    """The engines that may be away after a line."""
    there = (gap.engines for gap in gaps if gap.first <= number < gap.last)
    return next(there, frozenset())


def worlds(before: RunningConfig, unknown: list[str], reading: Reading) -> Iterator[World]:
    """Every world that is left open; ``unknown`` classes are taken to match, and not to."""
    falls = (True, False) if any(a.interface for a in before.service_policies) else (True,)
    ports = (False, True) if ports_beside_default(before) else (False,)
    for fall_through, ports_count in product(falls, ports):
        for answers in product((False, True), repeat=len(unknown)):
            assume = dict(zip(unknown, answers, strict=True))
            yield World(reading, fall_through, assume, ports_count)


def _unknown_classes(subject: Subject, asked: Asked, judge: Judge) -> set[str]:
    """The classes of which some flow cannot tell whether they match."""
    # Per engine every class with an inspection is asked.
    world = World(Reading.PER_ENGINE)
    ends = [judge.view(subject.states[n], world) for n in (0, -1)]
    found = {verdict.unknown for end in ends for verdict in end.verdicts(asked)}
    return {name for names in found for name in names}


def ports_beside_default(running: RunningConfig) -> bool:
    """Whether it matters if ports count in an ACL beside ``match default-inspection-traffic``."""
    return any(
        entry.protocol != "ip"
        for found in running.class_maps.values()
        if found.is_default_inspection
        for match in found.matches
        if match.kind == "access-list" and match.argument in running.acls
        for entry in running.acls[match.argument].entries
    )


def _in_world(subject: Subject, judge: Judge, world: World, asked: Asked) -> Failure | None:
    before, after = (judge.view(subject.states[n], world).verdicts(asked) for n in (0, -1))
    between = [
        (n, judge.view(state, world).verdicts(asked)) for n, state in _distinct(subject, judge)
    ]
    wanted = frozenset(subject.wanted)
    for flow, verdict in zip(asked.flows, after, strict=True):
        # The verdict first: hardly any flow has ESMTP in it, and addresses are slow to look up.
        inspected = _is_mail(flow) and verdict.by(ESMTP)
        if inspected and (flow.source in wanted or flow.destination in wanted):
            return Failure(flow, "the gateway's SMTP is still inspected")
    ways = zip(before, after, *(verdicts for _, verdicts in between), strict=True)
    #: Flows share their verdicts, so many go the same way; where nothing changes, one is enough.
    settled: set[tuple[int, ...]] = set()
    for flow, way in zip(asked.flows, ways, strict=True):
        key = tuple(map(id, way))
        if key in settled:
            continue
        old, new, *now = (verdict.treatment for verdict in way)
        if old != new and not _declared(subject, flow, old, new):
            return Failure(flow, f"its inspection changes from {_named(old)} to {_named(new)}")
        numbered = zip((number for number, _ in between), now, strict=True)
        failure = _between(subject, flow, (old, new), numbered)
        if failure:
            return failure
        if old == new:
            settled.add(key)
    return None


def _between(
    subject: Subject,
    flow: Flow,
    ends: tuple[Treatment, Treatment],
    numbered: Iterable[tuple[int, Treatment]],
) -> Failure | None:
    """The first line after which a flow has neither its old nor its new treatment."""
    for number, now in numbered:
        if now not in ends and not is_in_gap(subject.gaps, number, now, ends):
            return Failure(flow, f"after line {number} it has {_named(now)}, neither old nor new")
    return None


def _asked(running: RunningConfig, subject: Subject, judge: Judge) -> Asked:
    """The flows that a plan is checked on, and its way back: one of each kind."""
    everyone = tuple(dict.fromkeys((*subject.wanted, *subject.had)))
    about = frozenset(everyone)
    if about not in judge.flows:
        judge.flows[about] = judge.kinds(running, _every_flow(running, everyone, judge), about)
    return judge.flows[about]


def _every_flow(
    running: RunningConfig, everyone: tuple[Address, ...], judge: Judge
) -> Iterator[Flow]:
    mail = gateway_flows(running, everyone, judge.lists(running))
    spoken_of = _but_for(everyone, running, judge.spoken_of(running))
    others = chain(control_flows(running, everyone), spoken_of)
    yield from mail
    yield from (f for f in others if not _lost_by_version(running, f))


def _but_for(
    gateways: tuple[Address, ...], running: RunningConfig, flows: Iterable[Flow]
) -> Iterator[Flow]:
    for flow in flows:
        if flow.source not in gateways and flow.destination not in gateways:
            yield from over_interfaces(running, flow)


def _lost_by_version(running: RunningConfig, flow: Flow) -> bool:
    """Before 9.0 an access-list knows no IPv6: declared, in capitals, as a finding."""
    return flow.source.version == 6 and (running.version or UNIFIED) < UNIFIED


def _declared(subject: Subject, flow: Flow, old: Treatment, new: Treatment) -> bool:
    """Whether the plan says that this flow changes: the gateways' SMTP, or what it lists."""
    touched = {*subject.wanted, *subject.had}
    ours = flow.source in touched or flow.destination in touched
    if _narrows(subject):
        return ours and (new < old or old < new)
    only_esmtp = {engine for engine, _ in old ^ new} == {ESMTP}
    # A class by `match any` inspects mail on every port: off is off on all of them.
    return only_esmtp and (subject.strategy is Strategy.OFF or (ours and _is_mail(flow)))


def _is_mail(flow: Flow) -> bool:
    return flow.protocol == "tcp" and flow.destination_port == SMTP


def _narrows(subject: Subject) -> bool:
    """Whether a class for the default traffic is narrowed by us at either end."""
    return any(
        found.is_default_inspection and any(m.argument == ACL for m in found.matches)
        for state in (subject.states[0], subject.states[-1])
        for found in state.class_maps.values()
    )


def _distinct(subject: Subject, judge: Judge) -> list[tuple[int, RunningConfig]]:
    """States in between that flows can tell from the one before, with the number of their line."""
    states = subject.states
    places = [
        (judge.place(state), any(gap.first <= n < gap.last for gap in subject.gaps))
        for n, state in enumerate(states)
    ]
    last = len(states) - 1
    return [(n, states[n]) for n in range(1, last) if places[n] != places[n - 1]]


def _named(treatment: Treatment) -> str:
    words = sorted(f"{engine} {name}" if name else engine for engine, name in treatment)
    return ", ".join(words) or "no inspection"


def as_document(
    subject: Subject, failure: Failure | None, sound: str, elsewhere: tuple[str, ...]
) -> Proof:
    """The proof as the plan file has it."""
    return Proof.model_validate(
        {
            "holds": failure is None,
            "sound": sound,
            "exempt": tuple(exempt_flows(subject.wanted)),
            "elsewhere": elsewhere or "unchanged",
            "prefixes": len(subject.states) - 1,
            "counterexample": str(failure.flow) if failure else None,
        }
    )


def exempt_flows(gateways: Iterable[Address]) -> Iterator[str]:
    """Both directions of each gateway, in the syntax of flows with ``any`` for the peer."""
    for gateway in gateways:
        ended = f"[{gateway}]:25" if gateway.version == 6 else f"{gateway}:25"
        yield f"tcp any -> {ended}"
        yield f"tcp {gateway} -> any:25"
