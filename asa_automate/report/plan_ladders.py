"""The chapter *before and after* of a plan's page: a drawing for each attached policy."""

from collections.abc import Iterator
from ipaddress import ip_address

from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.model import Address, Reading
from asa_automate.plan.document import DevicePlan
from asa_automate.plan.proof import states_after
from asa_automate.plan.scope import scope_of
from asa_automate.report.markup import Markup, element
from asa_automate.report.plan_drawing import drawing, said
from asa_automate.report.plan_proof import gateways_of
from asa_automate.report.plan_takers import Ladder, ladders


def before_and_after(plan: DevicePlan, running: RunningConfig | None) -> Iterator[Markup]:
    """Each attached policy drawn, and said in words; nothing where there is no gateway to show."""
    gateways = _gateways(plan, running) if running else ()
    if running is None or not gateways:
        return
    moments = _moments(plan, running)
    found = [(when, _by_scope(state, gateways, plan.reading.value)) for when, state in moments]
    yield _legend(plan.reading.value, gateways)
    for scope in dict.fromkeys(key for _, ladder in found for key in ladder):
        panels = [(when, ladder.get(scope)) for when, ladder in found]
        yield element("h4", f"{scope[1]} ({scope[0]})")
        yield drawing(panels)
        yield element("ul", (element("li", f"{when}: {said(lad)}") for when, lad in panels))


def _gateways(plan: DevicePlan, running: RunningConfig) -> tuple[Address, ...]:
    """Those that the plan is about, and those that are exempt by us now."""
    wanted = gateways_of(plan.proof) if plan.proof else ()
    try:
        had = scope_of(running).members or ()
    except Refused:  # what the plan says in its reason
        had = ()
    return tuple(dict.fromkeys((*map(ip_address, wanted), *had)))


def _moments(plan: DevicePlan, running: RunningConfig) -> list[tuple[str, RunningConfig]]:
    if not plan.commands:
        return [("now", running)]
    return [("before", running), ("after", states_after(running, plan.commands)[-1])]


def _by_scope(
    running: RunningConfig, gateways: tuple[Address, ...], reading: Reading
) -> dict[tuple[str, str], Ladder]:
    return {(one.scope, one.policy): one for one in ladders(running, gateways, reading)}


def _legend(reading: Reading, gateways: tuple[Address, ...]) -> Markup:
    known = "per-engine" if reading is Reading.UNKNOWN else str(reading)
    named = ", ".join(map(str, gateways[:4])) + (", ..." if len(gateways) > 4 else "")
    return element(
        "p",
        "Mail goes down the classes until one has esmtp inspect it: ",
        _key("gateways"),
        f" SMTP from and to the gateways ({named}), ",
        _key("others"),
        f" SMTP of everybody else. Read {known}.",
    )


def _key(whose: str) -> Markup:
    line = element("path", d="M 0 5 H 34", class_=f"rail {whose}")
    return element("svg", line, viewBox="0 0 34 10", class_="key", role="presentation")
