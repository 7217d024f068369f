"""The live proof: the device itself is asked, right after each commit line, who is inspected."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.model import Address, Reading
from asa_automate.plan.flows import control_flows
from asa_automate.plan.names import CLASS
from asa_automate.plan.peers import PEERS
from asa_automate.show.flow import FlowAnswer, FlowSection, parse_flow
from asa_automate.simulate.classify import Taken, classify_in
from asa_automate.simulate.engines import DEFAULT_TRAFFIC, ESMTP, effective_map
from asa_automate.simulate.flow import SMTP, Flow
from asa_automate.simulate.world import World

#: So many pairs are tried as control before a policy is said to have none.
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Question:
    """A flow to ask the device about."""

    flow: Flow

    @property
    def command(self) -> str:
        """``show service-policy flow ...`` (Cisco ASA command reference, same title)."""
        flow = self.flow
        return (
            f"show service-policy flow {flow.protocol} host {flow.source}"
            f" host {flow.destination} eq {flow.destination_port}"
        )


def gateway_questions(gateways: Iterable[Address]) -> Iterator[Question]:
    """SMTP to and from every gateway."""
    for gateway in gateways:
        peer = next(p for p in PEERS if p.version == gateway.version)
        yield Question(Flow("tcp", peer, gateway, SMTP))
        yield Question(Flow("tcp", gateway, peer, SMTP))


def control_candidates(
    running: RunningConfig, where: ServicePolicy, gateways: Iterable[Address], reading: Reading
) -> list[Question]:
    """Pairs that the model shows inspected by this policy, the plainest first."""
    found: dict[str, Question] = {}
    for flow in control_flows(running, gateways):
        if flow.destination_port == SMTP and flow.protocol == "tcp":
            question = Question(Flow("tcp", flow.source, flow.destination, SMTP))
            if expected(running, where, question, reading):
                found.setdefault(question.command, question)
    return list(found.values())[:_TRIES]


def expected(
    running: RunningConfig,
    where: ServicePolicy,
    question: Question,
    reading: Reading,
    engine: str = ESMTP,
) -> Taken | None:
    """Who inspects the flow with ``engine`` in this policy, by the model."""
    asked = Reading.PER_CLASS if reading is Reading.PER_CLASS else Reading.PER_ENGINE
    return classify_in(running, where, question.flow, World(asked)).by(engine)


def other_engines(
    running: RunningConfig, where: ServicePolicy, flow: Flow, reading: Reading
) -> Iterator[tuple[str, Question]]:
    """Engines beside esmtp that the model shows for the ends of ``flow`` in this policy."""
    for port in DEFAULT_TRAFFIC:
        if port.engine == ESMTP or not port.low:
            continue
        question = Question(Flow(port.protocol, flow.source, flow.destination, port.low))
        if expected(running, where, question, reading, port.engine):
            yield port.engine, question


def contradiction(
    answer: str,
    where: ServicePolicy,
    wanted: Taken | None,
    *,
    same_class: bool = False,
    engine: str = ESMTP,
) -> str | None:
    """Why the device's answer does not fit the model, ``None`` where it does.

    Args:
        wanted: the inspection that the section of ``where`` should show, ``None`` for none.
        same_class: whether the class must be the same as well (before a change).
    """
    parsed = parse_flow(answer)
    if not parsed.readable:
        return "the answer cannot be read"
    section = _section(parsed, where)
    if section is None:
        return f"the answer says nothing of {where.policy} in {where.scope}"
    shown = section.inspection(engine)
    if wanted is None:
        return f"still inspected in {where.scope}" if shown else None
    if shown is None:
        return f"no longer inspected in {where.scope}"
    class_name, inspection = shown
    if effective_map(engine, inspection.map) != effective_map(engine, wanted.map):
        return f"inspected with map {inspection.map} in {where.scope}, not {wanted.map}"
    if same_class and class_name != wanted.class_name:
        return f"inspected by class {class_name} in {where.scope}, not by {wanted.class_name}"
    return None


def inspected_anywhere(answer: str) -> str | None:
    """Why a flow that should be exempt everywhere is not, ``None`` where it is."""
    parsed = parse_flow(answer)
    if not parsed.readable:
        return "the answer cannot be read"
    return "still inspected" if parsed.inspects(ESMTP) else None


def _section(answer: FlowAnswer, where: ServicePolicy) -> FlowSection | None:
    return answer.section(scope=where.scope, policy=where.policy)


def changed_policies(running: RunningConfig, line_group: Iterable[str]) -> list[ServicePolicy]:
    """The attachments whose flows a commit line with its mode lines can change.

    A line inside a policy-map changes that one; a line of our group, ACL or of a class-map
    changes every policy-map that uses it.
    """
    lines = tuple(line_group)
    policies = {line.split()[1] for line in lines if line.startswith("policy-map ")}
    if not policies:
        classes = {line.split()[1] for line in lines if line.startswith("class-map ")} or {CLASS}
        classes |= {
            c.name
            for c in running.class_maps.values()
            if any(m.argument == CLASS for m in c.matches)
        }
        policies = {
            p.name for p in running.policy_maps.values() if any(p.find(c) for c in classes)
        }
    return [a for a in running.service_policies if a.policy in policies]
