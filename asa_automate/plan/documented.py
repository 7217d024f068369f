"""The recipe of Cisco document 117801 as a plan: played on the model, and refuted."""

from collections.abc import Iterable

from asa_automate.config.running import RunningConfig
from asa_automate.model import Exemption, Strategy
from asa_automate.plan.desired import desired_for
from asa_automate.plan.document import Command, DevicePlan, Proof
from asa_automate.plan.proof import (
    Subject,
    as_document,
    prove,
    states_after,
)
from asa_automate.plan.recipe import REASON, documented_lines, recipe_findings
from asa_automate.plan.request import Request
from asa_automate.plan.soundness import BOTH
from asa_automate.plan.state import fingerprint_of


def documented_plan(request: Request, running: RunningConfig) -> DevicePlan:
    """The recipe of the document, played on the model: it exempts nobody."""
    desired = desired_for(running, _as_split(request.exemptions), Strategy.SPLIT_CLASS)
    policies = list(dict.fromkeys(a.policy for a in running.service_policies))
    lines = documented_lines(policies, desired.gateways)
    commands = tuple(Command(line=line, why="Cisco document 117801, repaired") for line in lines)
    subject = Subject(
        states_after(running, commands), desired.gateways, (), Strategy.AS_DOCUMENTED
    )
    failure = prove(subject, BOTH)
    proof: Proof = as_document(subject, failure, "both-readings", ())
    return DevicePlan(
        device=request.device,
        context=request.context,
        identity=request.identity,
        status="refused",
        reason=REASON,
        strategy=str(Strategy.AS_DOCUMENTED),
        reading=request.reading,
        fingerprint=fingerprint_of(running),
        commands=commands,
        findings=tuple(recipe_findings(running, desired.gateways, failure)),
        proof=proof.model_copy(update={"holds": False}),
    )


def _as_split(exemptions: Iterable[Exemption]) -> tuple[Exemption, ...]:
    return tuple(e.model_copy(update={"strategy": Strategy.SPLIT_CLASS}) for e in exemptions)
