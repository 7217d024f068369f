"""What a person should know about a configuration besides the plan; codes are stable."""

from collections.abc import Iterator

from asa_automate.config.running import RunningConfig
from asa_automate.model import Address, Strategy
from asa_automate.plan.document import Finding
from asa_automate.plan.findings.access import access
from asa_automate.plan.findings.classes import classes
from asa_automate.plan.findings.general import general
from asa_automate.plan.findings.limits import limits
from asa_automate.plan.findings.maps import maps
from asa_automate.plan.findings.table import found
from asa_automate.plan.scope import Scope
from asa_automate.simulate.access import UNIFIED


def findings_for(
    running: RunningConfig, now: Scope, gateways: tuple[Address, ...], strategy: Strategy
) -> Iterator[Finding]:
    """The findings of a plan, in a fixed order."""
    yield from general(running)
    if gateways and (running.version or UNIFIED) < UNIFIED and strategy is not Strategy.OFF:
        yield found(
            "ipv6-inspection-lost",
            f"BEFORE 9.0 AN ACCESS-LIST KNOWS NO IPV6: {ipv6_loss(strategy)}",
        )
    yield from limits(running, gateways)
    yield from _special(running, gateways)
    yield from leftovers(now)
    if gateways and strategy is Strategy.OFF:
        yield found(
            "off-for-everyone",
            "ESMTP INSPECTION IS SWITCHED OFF FOR EVERYBODY, not for the gateways alone",
        )


def ipv6_loss(strategy: Strategy) -> str:
    """What IPv6 loses before 9.0: with its whole class narrowed, more than mail."""
    if strategy is Strategy.NARROW_DEFAULT:
        return "EVERY DEFAULT INSPECTION OF IPV6 IS LOST"
    return "IPV6 SMTP IS NO LONGER INSPECTED"


def of_configuration(running: RunningConfig, gateways: tuple[Address, ...]) -> Iterator[Finding]:
    """What is to be said of a configuration whatever is planned on it."""
    yield from general(running)
    yield from limits(running, gateways)
    yield from _special(running, gateways)


def leftovers(now: Scope) -> Iterator[Finding]:
    """What a probe left behind."""
    if now.probe:
        yield found("probe-leftover", "an interrupted probe left pieces behind")


def _special(running: RunningConfig, gateways: tuple[Address, ...]) -> Iterator[Finding]:
    yield from classes(running)
    yield from maps(running)
    yield from access(running, gateways)
