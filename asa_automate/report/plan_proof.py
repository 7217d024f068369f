"""The proof of a plan in words: what was proved, over what, on which assumptions, and what not."""

from collections.abc import Iterator
from dataclasses import dataclass

from asa_automate.config.running import RunningConfig
from asa_automate.model import Reading, Strategy
from asa_automate.plan.desired import UNIFIED
from asa_automate.plan.document import DevicePlan, Proof
from asa_automate.plan.gap import gaps_of
from asa_automate.plan.names import ACL, CLASS
from asa_automate.plan.probe import DESTINATION, SOURCE
from asa_automate.plan.proof import worlds

_MOST_NAMED = 4
_INCOMING = "tcp any -> "

_READINGS = {
    Reading.PER_ENGINE: "per engine (the first class that matches and has an engine inspects)",
    Reading.PER_CLASS: "per class (the first class that matches and inspects anything is alone)",
}
_FOUND_OUT = {
    "both-readings": "under either reading of the documents: {both}",
    "known-reading": "the firewall reads {known}: {source}",
    "needs-probe": "the firewall reads {engine}; `apply` probes that first, "
    "and goes on only if it is so",
    "live-proof-required": "the firewall reads {engine}; no probe can tell, so `apply` needs "
    "--live-proof: it asks after each commit line, and takes back what is not so",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The proof of one device's plan, a sentence each.

    Args:
        over: which flows it speaks of.
        proved: the claims that hold for all of them.
        under: what it presumes.
        tried: what is left open, and was tried both ways.
        not_proved: what it does not speak of.
    """

    over: str
    proved: tuple[str, ...]
    under: str
    tried: tuple[str, ...]
    not_proved: tuple[str, ...]


def words_of(plan: DevicePlan, running: RunningConfig | None = None) -> Words | None:
    """The proof in words; ``None`` where a plan has no proof, or one that does not hold.

    Args:
        running: the configuration that the plan was made from, for words about this very one.
    """
    if plan.proof is None or not plan.proof.holds or plan.status != "change":
        return None
    return Words(
        over=_over(running),
        proved=tuple(_proved(plan, plan.proof)),
        under=_under(plan, plan.proof),
        tried=tuple(_tried(running)),
        not_proved=tuple(_not_proved(plan.proof)),
    )


def _over(running: RunningConfig | None) -> str:
    both = running is None or (running.version or UNIFIED) >= UNIFIED
    attached = running.service_policies if running else ()
    named = ", ".join(f"{a.policy} ({a.scope})" for a in attached)
    return (
        f"all flows: every protocol, address and port of {'IPv4 and IPv6' if both else 'IPv4'}, "
        f"in each attached policy by itself{': ' if named else ''}{named}; each inspection engine"
    )


def _proved(plan: DevicePlan, proof: Proof) -> Iterator[str]:
    wanted, lines = gateways_of(proof), proof.prefixes
    if wanted:
        yield f"at the end esmtp inspects no SMTP (tcp to port 25) from or to {_listed(wanted)}"
    but = ", but for the gap declared above," if gaps_of(plan.commands) else ""
    yield (
        f"after each of {lines} lines{but} {_unchanged(plan)} "
        "inspected by the same engines with the same maps as before"
    )
    yield f"after each line {_declared(plan)} the old treatment or the new one, never a third"
    if plan.inverse:
        yield f"the same on the way back, after each of its {len(plan.inverse)} lines"


def _unchanged(plan: DevicePlan) -> str:
    if plan.strategy == Strategy.OFF:
        return "every flow is, esmtp aside,"
    if _narrows(plan):
        return "every flow without a gateway at its ends is"
    return "every flow that is not SMTP of a gateway is"


def _declared(plan: DevicePlan) -> str:
    if plan.strategy == Strategy.OFF:
        return "all mail has"
    return "every flow of a gateway has" if _narrows(plan) else "SMTP of a gateway has"


def _narrows(plan: DevicePlan) -> bool:
    """Whether our access-list stands, or stood, beside a match of the default traffic."""
    inside = ""
    for command in (*plan.commands, *plan.inverse):
        inside = command.line if command.line.startswith("class-map ") else inside
        narrowed = command.line.removeprefix("no ") == f"match access-list {ACL}"
        if narrowed and inside != f"class-map {CLASS}":
            return True
    return plan.strategy == Strategy.NARROW_DEFAULT


def _under(plan: DevicePlan, proof: Proof) -> str:
    return _FOUND_OUT[proof.sound].format(
        both=" and ".join(_READINGS.values()),
        engine=_READINGS[Reading.PER_ENGINE],
        known=_READINGS.get(plan.reading.value, plan.reading.value),
        source=plan.reading.source,
    )


def _tried(running: RunningConfig | None) -> Iterator[str]:
    if running is None or _ports_are_open(running):
        yield "that ports count in an access-list beside `match default-inspection-traffic`"
    yield "that a class matches of which the text cannot tell (dscp, time-range, a host name)"
    if running is None or any(a.interface for a in running.service_policies):
        yield "that a flow goes on from an interface policy to the global one"


def _ports_are_open(running: RunningConfig) -> bool:
    return any(world.ports_count for world in worlds(running, [], Reading.PER_ENGINE))


def _not_proved(proof: Proof) -> Iterator[str]:
    yield "connections that are open already: they keep the inspection that they had"
    yield (
        "that the firewall's own software does as the documents say: `apply` asks the firewall "
        "about the gateways and a control flow after each commit line"
    )
    yield f"the flow of the probe, {SOURCE} to {DESTINATION}: addresses that nobody has"
    if proof.elsewhere != "unchanged":
        yield "that what is declared to change besides, above, is harmless: a person decides that"


def gateways_of(proof: Proof) -> tuple[str, ...]:
    """The addresses that a proof calls exempt."""
    ends = (f.removeprefix(_INCOMING) for f in proof.exempt if f.startswith(_INCOMING))
    return tuple(end.removesuffix(":25").strip("[]") for end in ends)


def _listed(gateways: tuple[str, ...]) -> str:
    if len(gateways) <= _MOST_NAMED:
        return ", ".join(gateways)
    return f"the {len(gateways)} gateways"
