"""Findings about limits on connections that the gateways' mail can run into."""

import re
from collections.abc import Iterator

from asa_automate.config.policy_map import PolicyClass
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address, Reading
from asa_automate.plan.document import Finding
from asa_automate.plan.findings.classes import in_force
from asa_automate.plan.findings.table import found
from asa_automate.plan.flows import gateway_flows
from asa_automate.simulate.classify import class_takes
from asa_automate.simulate.world import World

#: ``set connection [per-client-][embryonic-]conn-max N`` and its kin; 0 is no limit.
_LIMIT = re.compile(r"\S+-max ([0-9]+)")


def limits(running: RunningConfig, gateways: tuple[Address, ...]) -> Iterator[Finding]:
    """Limits of translations, then those of classes that take the gateways' mail."""
    for static in running.statics.known:
        held = [gateway for gateway in gateways if static.seen(gateway)]
        if held and (static.tcp_max or static.embryonic_max):
            yield found(
                "connection-limit",
                f"static for gateway {held[0]} limits it to {static.tcp_max} connections "
                f"and {static.embryonic_max} embryonic ones (0 = no limit)",
                static.line,
            )
    for policy in in_force(running):
        for entry in policy.classes:
            limiting = [other for other in entry.others if _limits(other)]
            if limiting and _takes_mail(running, entry, gateways):
                yield found(
                    "connection-limit",
                    f"class {entry.name} of policy-map {policy.name} has `{limiting[0]}`: "
                    "it may hold the gateways back",
                    entry.line,
                )


def _limits(text: str) -> bool:
    return text.startswith("set connection ") and any(
        number.strip("0") for number in _LIMIT.findall(text)
    )


def _takes_mail(running: RunningConfig, entry: PolicyClass, gateways: tuple[Address, ...]) -> bool:
    """Whether a class matches SMTP of a gateway, or may match it."""
    world = World(Reading.PER_ENGINE)
    flows = gateway_flows(running, gateways)
    return any(class_takes(running, entry, flow, world) is not False for flow in flows)
