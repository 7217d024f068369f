"""The table of findings: every code that a plan or a check can point out, in one place.

Codes are stable: scripts filter by them. ``docs/findings.md`` shows each with an example.
"""

from dataclasses import dataclass
from enum import StrEnum

from asa_automate.plan.document import Finding


class Severity(StrEnum):
    """How much a finding matters to mail or to a change."""

    #: Good to know; nothing is wrong.
    NOTE = "note"
    #: Somebody should look: it does not do what it seems to do, or it holds mail back.
    WARNING = "warning"
    #: Protection or mail is lost, or the text contradicts itself.
    SERIOUS = "serious"


@dataclass(frozen=True, slots=True)
class Kind:
    """One code: what it means in a line, and what to do about it."""

    code: str
    severity: Severity
    meaning: str
    advice: str


_NOTE, _WARNING, _SERIOUS = Severity.NOTE, Severity.WARNING, Severity.SERIOUS

KINDS: tuple[Kind, ...] = (
    # The text as a whole, and where policies are in force.
    Kind(
        "no-version",
        _NOTE,
        "The text has no version line and is read by the rules of ASA 9.x.",
        "Take the text again with its first lines, most of all if the firewall is older.",
    ),
    Kind(
        "text-incomplete",
        _WARNING,
        "The text has no end (`: end`): what stood behind its last line is not known.",
        "Take the text again; a service-policy stands near the end of a configuration.",
    ),
    Kind(
        "no-service-policy",
        _NOTE,
        "No policy-map is in force, so nothing inspects any mail.",
        "Nothing, unless the text is only a part of the configuration.",
    ),
    Kind(
        "policy-map-missing",
        _SERIOUS,
        "A service-policy names a policy-map that the text does not have.",
        "Take the whole configuration; what the policy-map does is not known.",
    ),
    Kind(
        "interface-missing",
        _WARNING,
        "A service-policy is for an interface that has no `nameif` in the text.",
        "Correct the name of the interface, or take the whole configuration.",
    ),
    Kind(
        "interface-policy",
        _NOTE,
        "A policy of an interface inspects ESMTP and goes before the global one.",
        "Keep it in mind when you change the global policy: here it does not count.",
    ),
    Kind(
        "two-policies",
        _SERIOUS,
        "Two policy-maps are attached globally, or to one interface; a firewall takes one.",
        "Find out which one is in force (`show service-policy`) and take the text again.",
    ),
    Kind(
        "policy-map-not-attached",
        _NOTE,
        "A policy-map inspects ESMTP and is attached nowhere: it does nothing.",
        "Attach it or remove it; an exemption in it exempts nobody.",
    ),
    # Classes.
    Kind(
        "class-map-missing",
        _SERIOUS,
        "A class of a policy-map in force has no class-map in the text.",
        "Take the whole configuration; whom the class takes is not known.",
    ),
    Kind(
        "access-list-missing",
        _SERIOUS,
        "A class in force matches an access-list that the text does not have.",
        "Take the whole configuration; whom the class takes is not known.",
    ),
    Kind(
        "class-map-without-match",
        _WARNING,
        "A class in force has a class-map without a match line: it takes nobody.",
        "Give the class-map its match line, or take the class away.",
    ),
    Kind(
        "two-esmtp-classes",
        _NOTE,
        "Two classes of one policy-map inspect ESMTP; an exemption has to hold in both.",
        "Leave `inspect esmtp` in one class where you can.",
    ),
    Kind(
        "esmtp-other-port",
        _WARNING,
        "A class inspects ESMTP on another port than 25.",
        "Submission (465, 587) suffers from the inspection as well: narrow the class to port 25.",
    ),
    # Maps and limits.
    Kind(
        "esmtp-map-missing",
        _SERIOUS,
        "An `inspect esmtp` names a map that the text does not have.",
        "Take the whole configuration; what the inspection does is not known.",
    ),
    Kind(
        "tls-not-allowed",
        _WARNING,
        "The ESMTP map in force has no `allow-tls`: STARTTLS is struck out of mail.",
        "Add `allow-tls` (`allow-tls action log` to see it) beneath `parameters` of the map.",
    ),
    Kind(
        "banner-masked",
        _NOTE,
        "The ESMTP map in force masks the banner of mail servers.",
        "Add `no mask-banner` beneath `parameters` of the map if senders stumble over it.",
    ),
    Kind(
        "connection-limit",
        _WARNING,
        "A limit on connections can hold the gateways' mail back.",
        "Raise it or take it away: an exemption from the inspection does not lift it.",
    ),
    # Exemptions.
    Kind(
        "hand-made-exemption",
        _NOTE,
        "Somebody has exempted a host by hand.",
        "Nothing if the exemptions of the inventory name it; else name it there or remove it.",
    ),
    Kind(
        "one-direction",
        _WARNING,
        "A gateway is exempt in one direction of mail and inspected in the other.",
        "Exempt both directions; `plan` has the lines.",
    ),
    Kind(
        "too-wide-exemption",
        _WARNING,
        "An entry that exempts a gateway exempts others, or other services, as well.",
        "Exempt single hosts on tcp/25.",
    ),
    Kind(
        "deny-after-permit",
        _WARNING,
        "A deny entry for a gateway stands behind a permit entry that takes its mail first.",
        "Move the deny entry before it; the first entry that matches decides.",
    ),
    Kind(
        "exemption-without-effect",
        _WARNING,
        "A class leaves a gateway out, and another class inspects it all the same.",
        "A deny entry only makes the next class try; `plan` has the lines that exempt.",
    ),
    Kind(
        "recipe-does-not-parse",
        _WARNING,
        "A line of the recipe of Cisco document 117801 is none that a firewall takes.",
        "Take another strategy; `docs/strategies.md` says which.",
    ),
    Kind(
        "recipe-order",
        _WARNING,
        "The recipe appends its class behind the one that inspects, which takes the mail first.",
        "Take another strategy; `docs/strategies.md` says which.",
    ),
    Kind(
        "recipe-without-effect",
        _WARNING,
        "An empty class that takes the gateways, as Cisco document 117801 has it, exempts nobody.",
        "Remove the class; `plan` has the lines that exempt.",
    ),
    Kind(
        "unused-exemption",
        _NOTE,
        "A class-map for a gateway's mail is used by no policy-map in force.",
        "Remove it with its access-list, or use it.",
    ),
    # Ours.
    Kind(
        "ours-unused",
        _WARNING,
        "Objects of ours are there and exempt nobody, as after a change that was cut off.",
        "`plan` and `apply`: the next plan completes them or takes them away.",
    ),
    Kind(
        "ours-not-wanted",
        _WARNING,
        "Objects of ours are there, and no exemption of the inventory matches the firewall.",
        "Name it in exemptions.yaml, or `plan` and `apply`: the next plan takes them away.",
    ),
    Kind(
        "default-class-missing",
        _SERIOUS,
        "A policy-map has our class and none for the default inspection traffic.",
        "If a change was cut off, `rollback` its run; else enter the class again.",
    ),
    Kind(
        "nobody-inspected",
        _SERIOUS,
        "A policy-map has our class without its inspection, and nothing else inspects mail.",
        "If that is not meant, type `inspect esmtp` where it was.",
    ),
    Kind(
        "unwanted-member",
        _WARNING,
        "Our object-group exempts a host that no exemption of the inventory names.",
        "Name it in exemptions.yaml, or `plan` and `apply`: the next plan takes it out.",
    ),
    Kind(
        "name-taken",
        _SERIOUS,
        "A name of ours stands for something that is not ours; `plan` refuses the firewall.",
        "Rename it on the firewall.",
    ),
    Kind(
        "probe-leftover",
        _WARNING,
        "An interrupted probe left pieces behind.",
        "`plan` and `apply`: the next plan takes them away.",
    ),
    # Gateways and plans.
    Kind(
        "gateway-is-interface",
        _WARNING,
        "A gateway has the address of an interface of the firewall.",
        "Give the gateway's own address; below 8.3 the mapped one goes into `mapped`.",
    ),
    Kind(
        "no-mapped-address",
        _WARNING,
        "Before 8.3 a gateway needs its mapped address, and none is known.",
        "Give it as `mapped` in exemptions.yaml if the gateway has one.",
    ),
    Kind(
        "static-not-read",
        _WARNING,
        "Before 8.3 a static may translate a gateway, and whom it translates is not known.",
        "Give the gateway's mapped address as `mapped` in exemptions.yaml.",
    ),
    Kind(
        "mapped-is-shared",
        _WARNING,
        "Before 8.3 a gateway has its mapped address for port 25 alone; others may use it too.",
        "Accept it, or give the gateway a mapped address of its own.",
    ),
    Kind(
        "ipv6-inspection-lost",
        _SERIOUS,
        "Before 9.0 an access-list knows no IPv6: after the plan IPv6 SMTP is not inspected.",
        "Accept it, or leave the firewall as it is until it runs 9.0.",
    ),
    Kind(
        "inspection-gap",
        _WARNING,
        "Classes are away for a moment while they are entered again: new flows are not inspected.",
        "Apply in a maintenance window, or take `split-class`, which has no gap.",
    ),
    Kind(
        "off-for-everyone",
        _SERIOUS,
        "The plan switches ESMTP inspection off for everybody.",
        "Take another strategy unless that is meant.",
    ),
)

BY_CODE = {kind.code: kind for kind in KINDS}


def found(code: str, text: str, line: int | None = None) -> Finding:
    """A finding of a code that the table has.

    Args:
        line: of the text; 0 and ``None`` for none.

    Raises:
        KeyError: the table has no such code: it needs a row first.
    """
    return Finding(code=BY_CODE[code].code, text=text, line=line or None)
