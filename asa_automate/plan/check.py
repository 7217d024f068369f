"""Who is exempt: each gateway judged by what the model of the firewall does with its mail.

Names decide nothing: an exemption of ours, one made by hand, a global ``no inspect esmtp`` and a
policy that is attached nowhere all come out by the flows that they inspect or leave alone.
"""

from collections.abc import Iterable, Iterator

from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.model import Address, Exemption, Reading, Strategy
from asa_automate.plan.deciding import Decider
from asa_automate.plan.desired import REAL_ADDRESSES, UNIFIED, desired_for, seen_as, unread_statics
from asa_automate.plan.document import Finding, PlanReading
from asa_automate.plan.findings import leftovers, of_configuration
from asa_automate.plan.findings.access import hosts_named, mail
from asa_automate.plan.findings.table import found
from asa_automate.plan.flows import over_interfaces
from asa_automate.plan.guards import must_be_readable
from asa_automate.plan.judging import doubted, judge_flows, judge_host
from asa_automate.plan.names import CLASS, GROUP
from asa_automate.plan.scope import Scope, scope_of
from asa_automate.plan.verdicts import By, Check, GatewayCheck, Judgement, State

BOTH = (Reading.PER_ENGINE, Reading.PER_CLASS)


def check(
    running: RunningConfig, exemptions: Iterable[Exemption], reading: PlanReading | None = None
) -> Check:
    """Judge every gateway of the exemptions, and look around.

    Args:
        reading: what is known of the device; both readings are tried where nothing is.

    Raises:
        Refused: the text is no single configuration.
    """
    must_be_readable(running)
    entries = tuple(exemptions)
    known = reading.value if reading else Reading.UNKNOWN
    readings = BOTH if known is Reading.UNKNOWN else (known,)
    named = {g: e for e in entries for g in e.gateways}
    checks = tuple(_gateway(running, gateway, e, readings) for gateway, e in named.items())
    return Check(checks, tuple(_findings(running, entries, checks, readings)))


def _gateway(
    running: RunningConfig, gateway: Address, exemption: Exemption, readings: Iterable[Reading]
) -> GatewayCheck:
    addresses = tuple(dict.fromkeys((gateway, *_mapped(running, gateway, exemption))))
    doubts = tuple(_doubts(running, gateway, exemption))
    judged = {
        reading: doubted(judge_host(running, addresses, reading), doubts) for reading in readings
    }
    return GatewayCheck(gateway, exemption.name, addresses, judged)


def _doubts(running: RunningConfig, gateway: Address, exemption: Exemption) -> Iterator[Decider]:
    """What is not in the text, or cannot be read, and may have the gateway inspected."""
    if not running.tree.complete and not running.service_policies:
        yield Decider(0, "the text has no end, and no service-policy before it")
    for text, line in unread_statics(running, (gateway,), exemption.mapped):
        yield Decider(line, text)


def _mapped(running: RunningConfig, gateway: Address, exemption: Exemption) -> list[Address]:
    if (running.version or UNIFIED) >= REAL_ADDRESSES:
        return []
    return seen_as(running, gateway, exemption.mapped)


def _findings(
    running: RunningConfig,
    exemptions: tuple[Exemption, ...],
    checks: tuple[GatewayCheck, ...],
    readings: Iterable[Reading],
) -> Iterator[Finding]:
    wanted = tuple(dict.fromkeys(a for one in checks for a in one.addresses))
    yield from _wish(running, exemptions)
    yield from of_configuration(running, wanted)
    try:
        now = scope_of(running)
    except Refused as refusal:
        yield found("name-taken", refusal.message)
    else:
        yield from leftovers(now)
        yield from _ours(running, now, wanted, checks)
    yield from _by_hand(running, wanted, checks, readings)


def _wish(running: RunningConfig, exemptions: tuple[Exemption, ...]) -> Iterator[Finding]:
    """What is to be said of the gateways' addresses; IPv6 counts from 9.0 only."""
    old = (running.version or UNIFIED) < UNIFIED
    kept = (
        e.model_copy(
            update={"gateways": tuple(g for g in e.gateways if g.version == 4 or not old)}
        )
        for e in exemptions
    )
    yield from desired_for(running, kept, Strategy.SPLIT_CLASS).findings


def _ours(
    running: RunningConfig,
    now: Scope,
    wanted: tuple[Address, ...],
    checks: tuple[GatewayCheck, ...],
) -> Iterator[Finding]:
    """Pieces of ours that nobody wants, or that do nothing."""
    if not now.is_ours:
        return
    line = _first_line(running)
    if not checks:
        yield found(
            "ours-not-wanted", "no exemption matches it, and objects of ours are there", line
        )
        return
    strangers = [m for m in now.members or () if m not in wanted]
    for member in strangers:
        text = f"object-group {GROUP} has {member}, which no exemption names"
        yield found("unwanted-member", text, running.network_groups[GROUP].line)
    if not any(_relies_on_ours(one) for one in checks):
        yield found("ours-unused", "objects of ours are there and exempt no gateway", line)


def _relies_on_ours(one: GatewayCheck) -> bool:
    partly = one.state is State.PARTLY
    return partly or any(By.OURS in judgement.by for judgement in one.readings.values())


def _first_line(running: RunningConfig) -> int | None:
    class_map, group = running.class_maps.get(CLASS), running.network_groups.get(GROUP)
    lines = [found.line for found in (class_map, group) if found]
    return min(lines, default=None)


def _by_hand(
    running: RunningConfig,
    wanted: tuple[Address, ...],
    checks: tuple[GatewayCheck, ...],
    readings: Iterable[Reading],
) -> Iterator[Finding]:
    """Hosts that an entry of somebody else's exempts: wanted gateways, and others."""
    judged = {one.gateway: tuple(one.readings.values()) for one in checks}
    others = [host for host in hosts_named(running) if host not in wanted]
    judged |= {host: tuple(_quickly(running, host, r) for r in readings) for host in others}
    for host, judgements in judged.items():
        if all(By.BY_HAND in judgement.by for judgement in judgements):
            lines = [d for d in judgements[0].lines if d.text.startswith("access-list ")]
            said = " and ".join(f"`{d.text}`" for d in lines)
            named = "" if host in wanted else ", and no exemption of the inventory names it"
            yield found(
                "hand-made-exemption",
                f"{host} is exempt by hand: {said}{named}",
                lines[0].line if lines else None,
            )


def _quickly(running: RunningConfig, host: Address, reading: Reading) -> Judgement:
    """A host that nobody asked about: with one peer only, since there may be many of them."""
    flows = [one for flow, _ in mail(host) for one in over_interfaces(running, flow)]
    return judge_flows(running, flows, (host,), reading)
