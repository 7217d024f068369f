"""A plan as one page for people: to read, to print, to sign; nothing is loaded, nothing runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asa_automate.config.running import RunningConfig
from asa_automate.plan.document import Command, DevicePlan, Finding, PlanFile, Proof
from asa_automate.report.markup import Markup, document, element, joined
from asa_automate.report.plan import SOUND, counted, difference
from asa_automate.report.plan_ladders import before_and_after
from asa_automate.report.plan_proof import words_of
from asa_automate.report.plan_style import STYLE
from asa_automate.show.service_policy import ServicePolicyReport

#: What a strategy does, and what it costs (docs/strategies.md).
STRATEGIES = {
    "split-class": "A class of our own has everybody's SMTP but the gateways' inspected, by the "
    "line that was there, map included; then the class that had it lets go. No gap, and the "
    "gateways keep their other inspections.",
    "class-first": "The same class, ahead of the one that inspects: right under either reading. "
    "Classes leave and are entered again, so default inspections are missing for new connections "
    "for some seconds.",
    "narrow-default": "An access-list cuts the gateways out of the default class: one commit "
    "line, right under either reading. The gateways lose every default inspection.",
    "off": "NOBODY'S SMTP IS INSPECTED ANY MORE.",
    "as-documented": "The recipe of Cisco document 117801, which exempts nobody.",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One device on the page: its plan, and what it was made from."""

    plan: DevicePlan
    running: RunningConfig | None = None
    counters: ServicePolicyReport | None = None


def plan_page(made: PlanFile, devices: Sequence[Page]) -> str:
    """The whole page, ASCII only."""
    return document(
        f"Plan {made.id}",
        STYLE,
        element("h1", f"Plan {made.id}"),
        element(
            "p",
            f"Made {made.created:%Y-%m-%d %H:%M:%S} UTC by {made.tool}, "
            f"good until {made.expires:%Y-%m-%d %H:%M:%S} UTC. Nothing has been sent.",
        ),
        element("p", "Digest of the plan file: ", element("code", made.digest), class_="dim"),
        _summary(devices),
        (_device(number, one) for number, one in enumerate(devices, 1)),
    )


def _summary(devices: Sequence[Page]) -> Markup:
    rows = (
        _row(
            element("a", one.plan.device, href=f"#device-{number}"),
            one.plan.status,
            one.plan.strategy or "",
            str(len(one.plan.commands)),
            one.plan.reason or "",
        )
        for number, one in enumerate(devices, 1)
    )
    return _table(("device", "status", "strategy", "lines", "reason"), rows)


def _device(number: int, one: Page) -> Markup:
    plan = one.plan
    return element(
        "section",
        element(
            "h2", plan.device, " ", element("span", plan.status, class_=f"badge {plan.status}")
        ),
        element("p", plan.reason) if plan.reason else "",
        _facts(plan),
        _chapter("Counted now", [element("p", line) for line in counted(one.counters)]),
        _chapter("Findings", _findings(plan.findings)),
        _chapter("Before and after", list(before_and_after(plan, one.running))),
        _chapter("Difference", _difference(one)),
        _chapter("Commands", _commands(plan.commands)),
        _chapter("The way back", _commands(plan.inverse)),
        _chapter("Proof", list(_proof(one, plan.proof)) if plan.proof else []),
        id=f"device-{number}",
    )


def _facts(plan: DevicePlan) -> Markup:
    who = plan.identity
    facts = [
        ("hostname", who.hostname),
        ("context", plan.context),
        ("serial number", who.serial),
        ("version", who.version),
        ("strategy", plan.strategy),
        ("why", STRATEGIES.get(plan.strategy or "")),
        ("reading", f"{plan.reading.value}, {plan.reading.source}"),
        ("fingerprint", plan.fingerprint),
        ("as planned", plan.target_fingerprint),
    ]
    return element(
        "dl",
        (joined((element("dt", name), element("dd", value))) for name, value in facts if value),
    )


def _chapter(heading: str, content: Sequence[Markup]) -> Sequence[Markup]:
    return [element("h3", heading), *content] if content else []


def _findings(findings: Sequence[Finding]) -> list[Markup]:
    rows = [_row(element("code", f.code), f.text, str(f.line) if f.line else "") for f in findings]
    if not rows:
        return []
    note = "Each code has its chapter in docs/findings.md: what it means, and what to do."
    return [_table(("code", "what", "line"), rows), element("p", note, class_="dim")]


def _difference(one: Page) -> list[Markup]:
    if one.running is None or not one.plan.commands:
        return []
    kinds = {"+": "plus", "-": "minus"}
    lines = (
        element("span", line, class_="dim" if n < 2 else kinds.get(line[:1], "same"))
        for n, line in enumerate(difference(one.running, one.plan))
    )
    return [element("pre", lines)]


def _commands(commands: Sequence[Command]) -> list[Markup]:
    if not commands:
        return []
    rows = (
        element(
            "tr",
            element("td", str(number), class_="number"),
            element("td", command.line, class_="line"),
            element("td", "COMMIT" if command.commit else "", class_="mark"),
            element("td", command.why),
            class_="commit" if command.commit else "plain",
        )
        for number, command in enumerate(commands, 1)
    )
    note = "COMMIT marks a line with which flows change; no other line changes any."
    return [_table(("", "line", "", "why"), rows), element("p", note, class_="dim")]


def _proof(one: Page, proof: Proof) -> Iterator[Markup]:
    if proof.holds:
        yield element("p", f"It holds after each of {proof.prefixes} lines; {SOUND[proof.sound]}.")
    else:
        yield element("p", element("strong", "It DOES NOT HOLD.", class_="fails"))
    if proof.counterexample:
        yield element("p", "Counterexample: ", element("code", proof.counterexample))
    if proof.exempt:
        yield element("h4", "To be exempt" if not proof.holds else "Exempt")
        yield _list(element("code", flow) for flow in proof.exempt)
    if proof.elsewhere != "unchanged":
        yield element("h4", "What changes besides")
        yield _list(proof.elsewhere)
    words = words_of(one.plan, one.running)
    if words:
        yield element("p", f"Proved over {words.over}:")
        yield _list(words.proved)
        yield element("p", "Presumed: ", words.under, ".")
        yield element("h4", "Tried both ways")
        yield _list(words.tried)
        yield element("h4", "Not proved")
        yield _list(words.not_proved)


def _list(items: Iterator[Markup] | Sequence[str]) -> Markup:
    return element("ul", (element("li", item) for item in items))


def _table(headings: Sequence[str], rows: Iterator[Markup] | Sequence[Markup]) -> Markup:
    head = element("thead", element("tr", (element("th", heading) for heading in headings)))
    return element("table", head, element("tbody", rows))


def _row(*cells: str) -> Markup:
    return element("tr", (element("td", cell) for cell in cells))
