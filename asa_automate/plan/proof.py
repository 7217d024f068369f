"""The plan against the model: who is exempt, who else notices, and what holds after each line.

Three claims are checked on the flows of :mod:`asa_automate.plan.flows`, in every world that the
documents leave open:

(a) at the end no gateway's SMTP is inspected by the esmtp engine;
(b) every other flow is inspected by the same engines with the same maps as before;
(c) after every single line each flow has its old or its new treatment.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from asa_automate.config.access_list import Acl
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address, Reading, Strategy
from asa_automate.plan.desired import UNIFIED
from asa_automate.plan.document import Command, Proof
from asa_automate.plan.flows import control_flows, gateway_flows
from asa_automate.plan.names import ACL
from asa_automate.plan.predict import Prediction
from asa_automate.simulate.classify import World, classify, classify_in
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import Flow

Treatment = frozenset[tuple[str, str | None]]

#: Beyond this many classes whose match cannot be known, nothing is claimed.
_MOST_UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be proved.

    Args:
        states: the configuration before, and after each line.
        wanted: gateways that are to be exempt at the end.
        had: gateways that are exempt by us before.
    """

    states: tuple[RunningConfig, ...]
    wanted: tuple[Address, ...]
    had: tuple[Address, ...]
    strategy: Strategy


@dataclass(frozen=True, slots=True)
class Failure:
    """A claim that does not hold: the flow that refutes it, and in words why."""

    flow: Flow
    why: str


def states_after(running: RunningConfig, commands: Sequence[Command]) -> tuple[RunningConfig, ...]:
    """The configuration before, and after each line."""
    now = Prediction(running)
    states = [running]
    for command in commands:
        now = now.after(command.line)
        states.append(now.running)
    return tuple(states)


def prove(subject: Subject, readings: Iterable[Reading]) -> Failure | None:
    """The first failure under the readings given, ``None`` where all claims hold."""
    before = subject.states[0]
    unknown = sorted(_unknown_classes(subject))
    if len(unknown) > _MOST_UNKNOWN:
        why = f"it is not known whether the classes {', '.join(unknown)} match: too many to try"
        return Failure(next(_flows(before, subject)), why)
    for reading in readings:
        for world in worlds(before, unknown, reading):
            failure = _in_world(subject, world)
            if failure:
                return failure
    return None


def worlds(before: RunningConfig, unknown: list[str], reading: Reading) -> Iterator[World]:
    """Every world that is left open; ``unknown`` classes are taken to match, and not to."""
    falls = (True, False) if any(a.interface for a in before.service_policies) else (True,)
    ports = (False, True) if _ports_beside_default(before) else (False,)
    for fall_through, ports_count in product(falls, ports):
        for answers in product((False, True), repeat=len(unknown)):
            assume = dict(zip(unknown, answers, strict=True))
            yield World(reading, fall_through, assume, ports_count)


def _unknown_classes(subject: Subject) -> set[str]:
    """The classes of which some flow cannot tell whether they match."""
    unknown: set[str] = set()
    for running in (subject.states[0], subject.states[-1]):
        if any(map(_may_be_unknown, running.acls.values())) or _odd_matches(running):
            for flow in _flows(running, subject):
                # Per engine every class with an inspection is asked.
                for attached in running.service_policies:
                    world = World(Reading.PER_ENGINE)
                    unknown |= classify_in(running, attached, flow, world).unknown
    return unknown


def _odd_matches(running: RunningConfig) -> bool:
    known = ("default-inspection-traffic", "access-list", "any")
    found = running.class_maps.values()
    return any(c.unknown or any(m.kind not in known for m in c.matches) for c in found)


def _may_be_unknown(acl: Acl) -> bool:
    """Whether it has an entry that is not of the plainest kind: a filter, for speed alone."""
    plain = ("any", "any4", "any6", "network")
    return any(
        not e.understood
        or bool(e.time_range)
        or e.source_ports is not None
        or bool(e.service)
        or (e.destination_ports is not None and bool(e.destination_ports.group))
        or e.source.kind not in plain
        or e.destination.kind not in plain
        for e in acl.entries
    )


def _ports_beside_default(running: RunningConfig) -> bool:
    """Whether it matters if ports count in an ACL beside ``match default-inspection-traffic``."""
    return any(
        entry.protocol != "ip"
        for found in running.class_maps.values()
        if found.is_default_inspection
        for match in found.matches
        if match.kind == "access-list" and match.argument in running.acls
        for entry in running.acls[match.argument].entries
    )


def _in_world(subject: Subject, world: World) -> Failure | None:
    before, after = subject.states[0], subject.states[-1]
    for flow in _mail(before, subject):
        if classify(after, flow, world).by(ESMTP):
            return Failure(flow, "the gateway's SMTP is still inspected")
    distinct = _distinct(subject.states)
    for flow in _flows(before, subject):
        old, new = _treatment(before, flow, world), _treatment(after, flow, world)
        if old != new and not _declared(subject, flow, old, new):
            return Failure(flow, f"its inspection changes from {_named(old)} to {_named(new)}")
        for number, state in distinct:
            now = _treatment(state, flow, world)
            if now not in (old, new):
                return Failure(
                    flow, f"after line {number} it has {_named(now)}, neither old nor new"
                )
    return None


def _mail(running: RunningConfig, subject: Subject) -> Iterator[Flow]:
    return gateway_flows(running, subject.wanted)


def _flows(running: RunningConfig, subject: Subject) -> Iterator[Flow]:
    everyone = tuple(dict.fromkeys((*subject.wanted, *subject.had)))
    yield from gateway_flows(running, everyone)
    yield from (f for f in control_flows(running, everyone) if not _lost_by_version(running, f))


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
    mail = flow.protocol == "tcp" and flow.destination_port == 25
    return only_esmtp and mail and (ours or subject.strategy is Strategy.OFF)


def _narrows(subject: Subject) -> bool:
    """Whether a class for the default traffic is narrowed by us at either end."""
    return any(
        found.is_default_inspection and any(m.argument == ACL for m in found.matches)
        for state in (subject.states[0], subject.states[-1])
        for found in state.class_maps.values()
    )


def _distinct(states: tuple[RunningConfig, ...]) -> list[tuple[int, RunningConfig]]:
    """States in between that differ in what flows depend on, with the number of their line."""
    found: list[tuple[int, RunningConfig]] = []
    last = states[0]
    for number, state in enumerate(states[1:-1], 1):
        if not _same_policy(last, state):
            found.append((number, state))
            last = state
    return found


def _same_policy(one: RunningConfig, other: RunningConfig) -> bool:
    return (
        one.policy_maps == other.policy_maps
        and one.class_maps == other.class_maps
        and one.acls == other.acls
        and one.network_groups == other.network_groups
    )


def _treatment(running: RunningConfig, flow: Flow, world: World) -> Treatment:
    return classify(running, flow, world).treatment


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
