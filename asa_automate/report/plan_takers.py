"""Which class of an attached policy has esmtp inspect whose mail: what a drawing shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from asa_automate.config.policy_map import PolicyClass, PolicyMap
from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.model import Address, Reading
from asa_automate.plan.flows import STRANGERS, control_flows
from asa_automate.plan.peers import PEERS, SOURCE_PORT
from asa_automate.simulate.classify import classify_in
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import SMTP, Flow
from asa_automate.simulate.matcher import Lists
from asa_automate.simulate.world import CLASS_DEFAULT, World


@dataclass(frozen=True, slots=True)
class Rung:
    """One class of a policy-map, or the end of all classes.

    Args:
        name: of the class; ``None`` below all classes, where nothing inspects mail.
        inspects: its line for mail, ``None`` where it has none.
        matches: the lines of its class-map.
        gateways, others: how much of their SMTP it has inspected: ``all``, ``some`` or ``none``.
    """

    name: str | None
    inspects: str | None
    matches: tuple[str, ...]
    gateways: str
    others: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """The classes of one attached policy in the order in which the device tries them."""

    scope: str
    policy: str
    rungs: tuple[Rung, ...]


def ladders(
    running: RunningConfig, gateways: tuple[Address, ...], reading: Reading
) -> Iterator[Ladder]:
    """Each attached policy with its classes, and who is inspected by them.

    Args:
        reading: what is not known is taken as ``per-engine``.
    """
    known = Reading.PER_ENGINE if reading is Reading.UNKNOWN else reading
    lists = Lists(running)
    theirs = tuple(_gateway_flows(gateways))
    others = tuple(_flows_of_others(running, gateways))
    for where in running.service_policies:
        policy = running.policy_maps.get(where.policy)
        if policy:
            takes = _Taking(running, where, World(known), lists)
            yield Ladder(where.scope, policy.name, tuple(_rungs(policy, takes, theirs, others)))


@dataclass(frozen=True, slots=True)
class _Taking:
    running: RunningConfig
    where: ServicePolicy
    world: World
    lists: Lists

    def by(self, flow: Flow) -> str | None:
        """The class that has esmtp inspect the flow."""
        verdict = classify_in(self.running, self.where, flow, self.world, lists=self.lists)
        taken = verdict.by(ESMTP)
        return taken.class_name if taken else None


def _rungs(
    policy: PolicyMap, takes: _Taking, theirs: Iterable[Flow], others: Iterable[Flow]
) -> Iterator[Rung]:
    gateways, rest = ([takes.by(flow) for flow in flows] for flows in (theirs, others))
    ordered = sorted(policy.classes, key=lambda entry: entry.name == CLASS_DEFAULT)
    for entry in ordered:
        found = entry.inspect(ESMTP)
        yield Rung(
            entry.name,
            found.text if found else None,
            _matches(takes.running, entry),
            _share(gateways, entry.name),
            _share(rest, entry.name),
        )
    yield Rung(None, None, (), _share(gateways, None), _share(rest, None))


def _matches(running: RunningConfig, entry: PolicyClass) -> tuple[str, ...]:
    if entry.name == CLASS_DEFAULT:
        return ("match any",)
    class_map = running.class_maps.get(entry.name)
    return tuple(match.text for match in class_map.matches) if class_map else ()


def _share(takers: list[str | None], name: str | None) -> str:
    count = takers.count(name)
    if not count:
        return "none"
    return "all" if count == len(takers) else "some"


def _gateway_flows(gateways: Iterable[Address]) -> Iterator[Flow]:
    for gateway in gateways:
        for peer in (*PEERS, *STRANGERS):
            if peer.version == gateway.version and peer != gateway:
                yield Flow("tcp", peer, gateway, SMTP, SOURCE_PORT)
                yield Flow("tcp", gateway, peer, SMTP, SOURCE_PORT)


def _flows_of_others(running: RunningConfig, gateways: tuple[Address, ...]) -> Iterator[Flow]:
    """SMTP of strangers, of the gateways' neighbours, and of addresses in the text."""
    found = (
        replace(flow, in_interface=None, out_interface=None)
        for flow in control_flows(running, gateways)
        if flow.protocol == "tcp" and flow.destination_port == SMTP
    )
    for flow in dict.fromkeys(found):
        if flow.source not in gateways and flow.destination not in gateways:
            yield flow
