"""A plan for a person: what changes, line by line, why, how it is undone, what is proved."""

from collections.abc import Iterator
from difflib import unified_diff

from asa_automate.config.redaction import redact_line
from asa_automate.config.running import RunningConfig
from asa_automate.config.tree import Line
from asa_automate.plan.document import Command, DevicePlan, Proof
from asa_automate.plan.predict import Prediction
from asa_automate.report.plan_proof import Words, words_of
from asa_automate.show.service_policy import ServicePolicyReport

SOUND = {
    "both-readings": "sound under both readings of the documents",
    "known-reading": "sound under the device's known reading",
    "needs-probe": "sound if the device reads per engine: apply probes it first",
    "live-proof-required": "its reading cannot be probed: apply needs --live-proof",
}


def plan_lines(
    plan: DevicePlan,
    running: RunningConfig | None = None,
    counters: ServicePolicyReport | None = None,
) -> Iterator[str]:
    """The report of one device, line by line, without markup.

    Args:
        running: the configuration that the plan was made from, for the difference.
        counters: what the device counts now.
    """
    yield f"{plan.device}: {plan.status}" + (f" ({plan.strategy})" if plan.strategy else "")
    if plan.reason:
        yield f"  {plan.reason}"
    yield from (f"  {line}" for line in counted(counters))
    for finding in plan.findings:
        where = f" (line {finding.line})" if finding.line else ""
        yield f"  finding {finding.code}: {finding.text}{where}"
    if plan.commands and running is not None:
        yield "  difference:"
        yield from (f"    {line}" for line in difference(running, plan))
    if plan.commands:
        yield "  commands (* = commit line):"
        yield from _commands(plan.commands)
    if plan.inverse:
        yield "  the way back:"
        yield from _commands(plan.inverse)
    if plan.proof:
        yield from _proof(plan.proof)
        yield from _in_words(words_of(plan, running))


def difference(running: RunningConfig, plan: DevicePlan) -> Iterator[str]:
    """What the plan changes in the configuration, as a unified difference of its lines."""
    now = Prediction(running)
    for command in plan.commands:
        now = now.after(command.line)
    before, after = _printed(running), _printed(now.running)
    lines = unified_diff(before, after, "running-config", "as planned", n=2, lineterm="")
    return (redact_line(line) for line in lines if not line.startswith("@@"))


def _printed(running: RunningConfig) -> list[str]:
    """The commands as the device prints them, indented by their depth; no plan touches bulk."""
    return [line for top in running.tree.opened() for line in _indented(top, 0)]


def _indented(line: Line, depth: int) -> Iterator[str]:
    yield " " * depth + line.text
    for child in line.commands():
        yield from _indented(child, depth + 1)


def counted(counters: ServicePolicyReport | None) -> Iterator[str]:
    """What the device counts for mail now, a line for each class."""
    for policy in counters.policies if counters else ():
        for entry in policy.classes:
            for one in entry.inspects:
                if one.engine == "esmtp":
                    yield (
                        f"counters {policy.scope} {policy.policy} {entry.name}: "
                        f"{_number(one.packets)} packets, {_number(one.drops)} dropped"
                    )


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _commands(commands: tuple[Command, ...]) -> Iterator[str]:
    for command in commands:
        yield f"   {'*' if command.commit else ' '} {command.line:<78} ! {command.why}"


def _proof(proof: Proof) -> Iterator[str]:
    verdict = "holds" if proof.holds else "DOES NOT HOLD"
    yield f"  model: {verdict} after each of {proof.prefixes} lines; {SOUND[proof.sound]}"
    for flow in proof.exempt:
        yield f"    exempt: {flow}"
    if proof.elsewhere == "unchanged":
        yield "    all other flows keep their inspection"
    else:
        yield from (f"    {change}" for change in proof.elsewhere)
    if proof.counterexample:
        yield f"    counterexample: {proof.counterexample}"


def _in_words(words: Words | None) -> Iterator[str]:
    if words:
        yield f"    over {words.over}"
        yield from (f"    proved: {sentence}" for sentence in words.proved)
        yield f"    presumed: {words.under}"
        yield from (f"    tried both ways: {sentence}" for sentence in words.tried)
        yield from (f"    not proved: {sentence}" for sentence in words.not_proved)
