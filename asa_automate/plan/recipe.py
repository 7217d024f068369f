"""The recipe of Cisco document 117801, which exempts nobody: a case, not a method."""

from collections.abc import Iterable, Iterator

from asa_automate.config.running import RunningConfig
from asa_automate.model import Address
from asa_automate.plan.document import Finding
from asa_automate.plan.findings.table import found
from asa_automate.plan.proof import Failure
from asa_automate.plan.scope import inspect_line
from asa_automate.simulate.engines import ESMTP

REASON = (
    "the recipe as documented is never applied: two of its lines do not parse, and repaired its "
    "class inspects nothing, so it never takes a flow from the class that inspects; an empty "
    "class exempts nobody, and it is appended behind the others besides"
)


def recipe_findings(
    running: RunningConfig, gateways: Iterable[Address], failure: Failure | None
) -> Iterator[Finding]:
    """Each thing that is wrong with the recipe, with the lines as they are printed in it."""
    gateway = next(iter(gateways), "192.168.1.1")
    for line, why in (
        (
            f"access-list ironport_esa_internal extended permit ip any {gateway}",
            "an address needs `host` or a mask; so does the line for the other direction",
        ),
        (
            "match address ironport_esa_internal",
            "a class-map knows no `match address`; `match access-list` is meant",
        ),
    ):
        yield found("recipe-does-not-parse", f"`{line}`: {why}")
    yield found(
        "recipe-without-effect",
        f"{failure.flow}: {failure.why}: class ironport_esa has no inspection, so it is "
        "passed over"
        if failure
        else "nothing to exempt here",
    )
    for name in dict.fromkeys(a.policy for a in running.service_policies):
        policy = running.policy_maps.get(name)
        for entry in policy.classes if policy else ():
            if line_of := entry.inspect(ESMTP):
                yield found(
                    "recipe-order",
                    f"class {entry.name} of policy-map {name} has `{line_of.text}` and "
                    "stands ahead of a class that is appended",
                    line_of.line,
                )


#: The recipe of Cisco document 117801, its two lines that do not parse repaired.
DOCUMENTED = (
    "access-list ironport_esa_internal extended permit ip any host {gateway}",
    "access-list ironport_esa_internal extended permit ip host {gateway} any",
)
DOCUMENTED_CLASS = (
    "class-map ironport_esa",
    "match access-list ironport_esa_internal",
)


def documented_lines(policies: Iterable[str], gateways: tuple[Address, ...]) -> list[str]:
    """The recipe as it would be typed for these gateways."""
    lines = [line.format(gateway=g) for g in gateways for line in DOCUMENTED]
    lines += DOCUMENTED_CLASS
    for policy in policies:
        lines += [f"policy-map {policy}", "class ironport_esa", f"no {inspect_line(None)}"]
    return lines
