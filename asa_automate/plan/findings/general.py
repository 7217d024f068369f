"""Findings about the text as a whole, and about policies that are or are not in force."""

from collections import Counter
from collections.abc import Iterator

from asa_automate.config.running import RunningConfig
from asa_automate.plan.document import Finding
from asa_automate.plan.findings.table import found
from asa_automate.simulate.engines import ESMTP


def general(running: RunningConfig) -> Iterator[Finding]:
    """Version and attachments, in the order of the text."""
    if running.version is None:
        yield found("no-version", "no version line: read by the rules of ASA 9.x")
    if not running.tree.complete:
        yield found("text-incomplete", "the text was cut short: it has no `: end`")
    yield from _attachments(running)
    yield from _twice(running)
    yield from _detached(running)


def _attachments(running: RunningConfig) -> Iterator[Finding]:
    if not running.service_policies:
        yield found("no-service-policy", "no service-policy is attached")
    for attached in running.service_policies:
        policy = running.policy_maps.get(attached.policy)
        if policy is None:
            yield found(
                "policy-map-missing",
                f"service-policy names policy-map {attached.policy}, which does not exist",
                attached.line,
            )
        elif attached.interface and any(c.inspect(ESMTP) for c in policy.classes):
            yield found(
                "interface-policy",
                f"on {attached.interface} policy-map {attached.policy} inspects ESMTP "
                "before the global policy does",
                attached.line,
            )
        # A fragment without any interface says nothing about their names.
        if running.interfaces and attached.interface not in (None, *running.interfaces):
            yield found(
                "interface-missing",
                f"service-policy {attached.policy} is for interface {attached.interface}, and no "
                "interface has that name",
                attached.line,
            )


def _twice(running: RunningConfig) -> Iterator[Finding]:
    many = Counter(attached.scope for attached in running.service_policies)
    for scope in (scope for scope, count in many.items() if count > 1):
        lines = [a for a in running.service_policies if a.scope == scope]
        names = " and ".join(a.policy for a in lines)
        yield found("two-policies", f"{scope}: {names} are both attached", lines[1].line)


def _detached(running: RunningConfig) -> Iterator[Finding]:
    attached = {a.policy for a in running.service_policies}
    for policy in running.policy_maps.values():
        classes = [c.name for c in policy.classes if c.inspect(ESMTP)]
        if classes and policy.name not in attached and attached:
            yield found(
                "policy-map-not-attached",
                f"policy-map {policy.name} inspects ESMTP in class {', '.join(classes)} and is "
                "attached nowhere",
                policy.line,
            )
