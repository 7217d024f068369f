"""What a person should know about a configuration besides the plan; codes are stable."""

from collections.abc import Iterator

from asa_automate.config.policy_map import PolicyClass
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address, Reading, Strategy
from asa_automate.plan.desired import UNIFIED
from asa_automate.plan.document import Finding
from asa_automate.plan.flows import gateway_flows
from asa_automate.plan.scope import Scope
from asa_automate.simulate.classify import World, class_takes
from asa_automate.simulate.engines import ESMTP


def findings_for(
    running: RunningConfig, now: Scope, gateways: tuple[Address, ...], strategy: Strategy
) -> Iterator[Finding]:
    """The findings of one configuration, in a fixed order."""
    yield from _version(running)
    yield from _attachments(running)
    yield from _ipv6_loss(running, gateways, strategy)
    yield from _limits(running, gateways)
    yield from _leftovers(now)
    if gateways and strategy is Strategy.OFF:
        yield Finding(
            code="off-for-everyone",
            text="ESMTP INSPECTION IS SWITCHED OFF FOR EVERYBODY, not for the gateways alone",
        )


def _version(running: RunningConfig) -> Iterator[Finding]:
    if running.version is None:
        yield Finding(code="no-version", text="no version line: read by the rules of ASA 9.x")


def _attachments(running: RunningConfig) -> Iterator[Finding]:
    if not running.service_policies:
        yield Finding(code="no-service-policy", text="no service-policy is attached")
    for attached in running.service_policies:
        policy = running.policy_maps.get(attached.policy)
        if policy is None:
            yield Finding(
                code="policy-map-missing",
                text=f"service-policy names policy-map {attached.policy}, which does not exist",
                line=attached.line,
            )
        elif attached.interface and any(c.inspect(ESMTP) for c in policy.classes):
            yield Finding(
                code="interface-policy",
                text=f"on {attached.interface} policy-map {attached.policy} inspects ESMTP "
                "before the global policy does",
                line=attached.line,
            )


def _ipv6_loss(
    running: RunningConfig, gateways: tuple[Address, ...], strategy: Strategy
) -> Iterator[Finding]:
    if gateways and (running.version or UNIFIED) < UNIFIED and strategy is not Strategy.OFF:
        yield Finding(
            code="ipv6-inspection-lost",
            text=f"BEFORE 9.0 AN ACCESS-LIST KNOWS NO IPV6: {ipv6_loss(strategy)}",
        )


def ipv6_loss(strategy: Strategy) -> str:
    """What IPv6 loses before 9.0: with its whole class narrowed, more than mail."""
    if strategy is Strategy.NARROW_DEFAULT:
        return "EVERY DEFAULT INSPECTION OF IPV6 IS LOST"
    return "IPV6 SMTP IS NO LONGER INSPECTED"


def _limits(running: RunningConfig, gateways: tuple[Address, ...]) -> Iterator[Finding]:
    for static in running.statics:
        if static.real in gateways and (static.tcp_max or static.embryonic_max):
            yield Finding(
                code="connection-limit",
                text=f"static for gateway {static.real} limits it to {static.tcp_max} connections "
                f"and {static.embryonic_max} embryonic ones (0 = no limit)",
                line=static.line,
            )
    attached = dict.fromkeys(a.policy for a in running.service_policies)
    for policy in (running.policy_maps[p] for p in attached if p in running.policy_maps):
        for entry in policy.classes:
            limits = [o for o in entry.others if o.startswith("set connection") and "-max" in o]
            if limits and _takes_mail(running, entry, gateways):
                yield Finding(
                    code="connection-limit",
                    text=f"class {entry.name} of policy-map {policy.name} has `{limits[0]}`: "
                    "it may hold the gateways back",
                    line=entry.line,
                )


def _takes_mail(running: RunningConfig, entry: PolicyClass, gateways: tuple[Address, ...]) -> bool:
    """Whether a class matches SMTP of a gateway, or may match it."""
    world = World(Reading.PER_ENGINE)
    flows = gateway_flows(running, gateways)
    return any(class_takes(running, entry, flow, world) is not False for flow in flows)


def _leftovers(now: Scope) -> Iterator[Finding]:
    if now.probe:
        yield Finding(code="probe-leftover", text="an interrupted probe left pieces behind")
