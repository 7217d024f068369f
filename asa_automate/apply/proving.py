"""The live proof in practice: control flows before a change, questions after commit lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from asa_automate.apply import live
from asa_automate.apply.goal import Goal
from asa_automate.apply.ports import Session, Surroundings
from asa_automate.apply.reading import Snapshot
from asa_automate.apply.sending import Group, groups_of
from asa_automate.apply.steps import Step
from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.errors import Disproved
from asa_automate.model import Address, Reading
from asa_automate.plan.document import DevicePlan
from asa_automate.plan.predict import Prediction
from asa_automate.plan.scope import scope_of
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import Flow


class LiveProofFailed(Disproved):
    """The device contradicts the plan after a commit line, which is taken back."""


@dataclass(frozen=True, slots=True)
class Control:
    """A flow that model and device showed inspected before, in which policy and by what."""

    where: ServicePolicy
    question: live.Question
    engine: str = ESMTP


def find_controls(
    session: Session, before: Snapshot, end: RunningConfig, plan: DevicePlan, reading: Reading
) -> tuple[Control, ...]:
    """One SMTP flow for each policy that the plan changes, confirmed by the device, and others.

    The others are flows of further engines, of the control pair and of a gateway, that are to stay
    as they are; where model and device do not agree about one, it is no control.

    Args:
        end: the configuration that the plan leads to.

    Raises:
        Disproved: a policy has no control; nothing was sent.
    """
    gateways = {*(scope_of(end).members or ()), *(scope_of(before.running).members or ())}
    found = []
    for where in _touched(before.running, plan):
        candidates = live.control_candidates(before.running, where, gateways, reading)
        controls = (Control(where, question) for question in candidates)
        control = next(
            (c for c in controls if _confirmed(session, before.running, c, reading)), None
        )
        if control is None:
            raise Disproved(
                f"no flow in {where.scope} is inspected by model and device alike: a live proof "
                "is not possible",
                device=plan.device,
            )
        found.append(control)
        flows = [control.question.flow, *(q.flow for q in live.gateway_questions(gateways))][:2]
        for flow in flows:
            found += _others(session, before.running, end, where, flow, reading)
    return tuple(found)


def _others(
    session: Session,
    running: RunningConfig,
    end: RunningConfig,
    where: ServicePolicy,
    flow: Flow,
    reading: Reading,
) -> list[Control]:
    """The first other engine of a flow's ends that is to stay as it is, if the device agrees."""
    for engine, question in live.other_engines(running, where, flow, reading):
        asked = [live.expected(r, where, question, reading, engine) for r in (running, end)]
        control = Control(where, question, engine)
        if asked[0] == asked[1]:
            return [control] if _confirmed(session, running, control, reading) else []
    return []


def _confirmed(
    session: Session, running: RunningConfig, control: Control, reading: Reading
) -> bool:
    where, engine = control.where, control.engine
    wanted = live.expected(running, where, control.question, reading, engine)
    answer = session.show(control.question.command)
    return live.contradiction(answer, where, wanted, same_class=True, engine=engine) is None


def _touched(running: RunningConfig, plan: DevicePlan) -> list[ServicePolicy]:
    """The attached policies whose flows any commit line can change."""
    found: dict[ServicePolicy, None] = {}
    for group in groups_of(plan.commands):
        if group.commit:
            lines = [command.line for command in group.lines]
            found.update(dict.fromkeys(live.changed_policies(running, lines)))
    return list(found)


class LiveProof:
    """Asks the device after each commit line; raises ``LiveProofFailed`` on any contradiction."""

    def __init__(
        self,
        session: Session,
        around: Surroundings,
        goal: Goal,
        controls: tuple[Control, ...],
        reading: Reading,
        plan: DevicePlan,
    ) -> None:
        self.session = session
        self.around = around
        self.exempt = goal.exempt
        self.commits_left = sum(1 for c in plan.commands if c.commit)
        self.gone = tuple(g for g in goal.before.members or () if g not in self.exempt)
        self.controls = controls
        self.reading = reading
        self.plan = plan

    def __call__(self, group: Group, now: Prediction) -> None:
        """Every gateway in both directions, and the control, in the policies just changed.

        A gateway of before that is to be inspected again is asked about as well. After the last
        commit line no gateway may be inspected in any section.
        """
        self.commits_left -= 1
        self.around.tell(Step.PROVE)
        changed = live.changed_policies(now.running, [c.line for c in group.lines])
        for question in live.gateway_questions((*self.exempt, *self.gone)):
            answer = self.session.show(question.command)
            for where in changed:
                wanted = live.expected(now.running, where, question, self.reading)
                self._judge(question, live.contradiction(answer, where, wanted))
            if not self.commits_left and self._is_exempt(question):
                self._judge(question, live.inspected_anywhere(answer))
        self._ask_controls(now.running, changed)

    def at_the_end(self, running: RunningConfig) -> None:
        """No gateway is inspected anywhere; every control still is."""
        for question in live.gateway_questions(self.exempt):
            answer = self.session.show(question.command)
            self._judge(question, live.inspected_anywhere(answer))
        self._ask_controls(running, [c.where for c in self.controls])

    def _is_exempt(self, question: live.Question) -> bool:
        ends = (question.flow.source, question.flow.destination)
        return any(e in self.exempt for e in ends) and not any(e in self.gone for e in ends)

    def _ask_controls(self, running: RunningConfig, places: Iterable[ServicePolicy]) -> None:
        places = tuple(places)
        for control in self.controls:
            where, engine = control.where, control.engine
            if where in places:
                wanted = live.expected(running, where, control.question, self.reading, engine)
                answer = self.session.show(control.question.command)
                why = live.contradiction(answer, where, wanted, engine=engine)
                self._judge(control.question, why)

    def _judge(self, question: live.Question, why: str | None) -> None:
        self.around.log.write("proof", {"flow": str(question.flow), "wrong": why})
        if why:
            raise LiveProofFailed(
                f"the live proof failed for {question.flow}: {why}", device=self.plan.device
            )


def must_be_exempt_still(session: Session, goal: Goal, around: Surroundings) -> None:
    """Ask about every gateway again, in both directions; for a run that is finished later.

    Raises:
        LiveProofFailed: one is inspected, or the answer cannot be read.
    """
    for question in live.gateway_questions(goal.exempt):
        why = live.inspected_anywhere(session.show(question.command))
        around.log.write("proof", {"flow": str(question.flow), "wrong": why})
        if why:
            raise LiveProofFailed(
                f"the live proof failed for {question.flow}: {why}", device=goal.device
            )


def named_by(plan: DevicePlan) -> tuple[Address, ...]:
    """The gateways of a plan whose strategy needs no object-group."""
    flows = plan.proof.exempt if plan.proof else ()
    outbound = (flow.split() for flow in flows if flow.endswith(" any:25"))
    return tuple(ip_address(words[1]) for words in outbound)
