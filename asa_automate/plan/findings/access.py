"""Findings about access-lists of classes that tell a gateway from everybody else.

Whether an access-list speaks of a gateway is judged by flows, never by names: it does if it treats
the gateway's mail otherwise than the mail of an address that is nobody's.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from asa_automate.config.access_list import Ace, Acl
from asa_automate.config.ends import Endpoint
from asa_automate.config.policy_map import PolicyClass, PolicyMap
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address, Reading
from asa_automate.plan.document import Finding
from asa_automate.plan.findings.classes import in_force
from asa_automate.plan.findings.table import found
from asa_automate.plan.flows import STRANGERS, neighbours, over_interfaces
from asa_automate.plan.names import ACL, owned
from asa_automate.plan.peers import PEERS, SOURCE_PORT
from asa_automate.simulate.classify import class_takes, classify
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import SMTP, Flow
from asa_automate.simulate.matcher import Lists, decided
from asa_automate.simulate.world import World

_WORLD = World(Reading.PER_ENGINE)
#: A service that no exemption of mail is about.
_WEB = 80
_MOST_HOSTS = 24


@dataclass(frozen=True, slots=True)
class Place:
    """A class of a policy-map in force that matches an access-list which is not ours."""

    policy: PolicyMap
    entry: PolicyClass
    acl: Acl
    default: bool

    @property
    def words(self) -> str:
        return f"class {self.entry.name} of policy-map {self.policy.name}"

    def hit(self, running: RunningConfig, flow: Flow) -> Ace | None:
        """The entry that decides a flow for this class."""
        return decided(running, self.acl, flow, addresses_only=self.default).entry

    def alone(self, running: RunningConfig, one: Ace, flow: Flow) -> bool:
        """Whether one entry matches a flow, whatever stands before it."""
        only = replace(self.acl, entries=(one,))
        return decided(running, only, flow, addresses_only=self.default).entry is one

    def taking(self, running: RunningConfig, flow: Flow) -> set[int]:
        """The identities of the entries that match a flow alone."""
        ready = Lists(running).ready(self.acl)
        return {id(entry) for entry in ready.taking(flow, addresses_only=self.default)}


def access(running: RunningConfig, gateways: tuple[Address, ...]) -> Iterator[Finding]:
    """All that access-lists of classes do, and fail to do, for gateways.

    Without gateways the single hosts that the access-lists name are looked at.
    """
    hosts = gateways or tuple(hosts_named(running))
    yield from _one_direction(running, gateways)
    for place in places(running):
        if place.entry.inspect(ESMTP):
            yield from _late(running, place, hosts)
            yield from _without_effect(running, place, hosts)
            yield from _too_wide(running, place, gateways)
    yield from _recipes(running, hosts)
    yield from _unused(running, hosts)


def mail(gateway: Address) -> Iterator[tuple[Flow, Flow]]:
    """Mail to and from a gateway, each with the same flow of an address that is nobody's."""
    peer = next(p for p in PEERS if p.version == gateway.version)
    other = next(s for s in STRANGERS if s.version == gateway.version)
    for end in (True, False):
        yield _flow(gateway, peer, inbound=end), _flow(other, peer, inbound=end)


def hosts_named(running: RunningConfig) -> list[Address]:
    """Single hosts in the access-lists of classes and in what these name, a bounded number."""
    ends: list[Endpoint] = [
        end
        for acl in running.acls.values()
        if not owned(acl.name)
        for entry in acl.entries
        for end in (entry.source, entry.destination)
    ]
    ends += [m for n, g in running.network_groups.items() if not owned(n) for m in g.members]
    ends += [m for o in running.network_objects.values() for m in o.endpoints]
    hosts = (end.host for end in dict.fromkeys(ends))
    return [host for host in hosts if host is not None][:_MOST_HOSTS]


def places(running: RunningConfig) -> Iterator[Place]:
    """Every class in force with an access-list of somebody else's."""
    for policy in in_force(running):
        for entry in policy.classes:
            for acl, default in _acls(running, entry.name):
                yield Place(policy, entry, acl, default)


def _acls(running: RunningConfig, class_name: str) -> Iterator[tuple[Acl, bool]]:
    class_map = running.class_maps.get(class_name)
    for match in class_map.matches if class_map and not owned(class_name) else ():
        acl = running.acls.get(match.argument) if match.kind == "access-list" else None
        if acl and class_map and acl.name != ACL:
            yield acl, class_map.is_default_inspection


def _flow(gateway: Address, peer: Address, *, inbound: bool) -> Flow:
    source, destination = (peer, gateway) if inbound else (gateway, peer)
    return Flow("tcp", source, destination, SMTP, SOURCE_PORT)


def _inspected(running: RunningConfig, flow: Flow) -> bool:
    return any(classify(running, one, _WORLD).by(ESMTP) for one in over_interfaces(running, flow))


def _one_direction(running: RunningConfig, gateways: Iterable[Address]) -> Iterator[Finding]:
    for gateway in gateways:
        to, away = (_inspected(running, flow) for flow, _ in mail(gateway))
        if to != away:
            exempt, other = ("from", "to") if to else ("to", "from")
            yield found(
                "one-direction",
                f"mail {exempt} gateway {gateway} is exempt, mail {other} it is inspected",
            )


def _late(running: RunningConfig, place: Place, hosts: Iterable[Address]) -> Iterator[Finding]:
    """Deny entries for a host that an earlier permit entry makes void."""
    pairs = [
        (flow, place.taking(running, flow) - place.taking(running, other))
        for host in hosts
        for flow, other in mail(host)
    ]
    for one in place.acl.entries:
        if one.permit or _takes_all(one):
            continue
        its = [flow for flow, taking in pairs if id(one) in taking]
        hits = [place.hit(running, flow) for flow in its]
        if hits and all(hit is not None and hit.permit for hit in hits):
            first = hits[0]
            yield found(
                "deny-after-permit",
                f"`{one.text}` never counts: line {first.line if first else 0} "
                f"`{first.text if first else ''}` takes the mail first",
                one.line,
            )


def _takes_all(entry: Ace) -> bool:
    return entry.source.kind.startswith("any") and entry.destination.kind.startswith("any")


def _left_out(running: RunningConfig, place: Place, host: Address) -> Iterator[tuple[Flow, Ace]]:
    """A host's mail that a deny entry takes from the class, with that entry."""
    for flow, other in mail(host):
        hit = place.hit(running, flow)
        if hit and not hit.permit and hit is not place.hit(running, other):
            yield flow, hit


def _without_effect(
    running: RunningConfig, place: Place, hosts: Iterable[Address]
) -> Iterator[Finding]:
    for host in hosts:
        for flow, hit in _left_out(running, place, host):
            verdicts = [
                classify(running, one, _WORLD).by(ESMTP) for one in over_interfaces(running, flow)
            ]
            taken = next((t for t in verdicts if t and t.policy == place.policy.name), None)
            if taken:
                yield found(
                    "exemption-without-effect",
                    f"{place.words} leaves {host} out by `{hit.text}`, and class "
                    f"{taken.class_name} inspects its mail all the same",
                    hit.line,
                )
                break


def _too_wide(
    running: RunningConfig, place: Place, gateways: tuple[Address, ...]
) -> Iterator[Finding]:
    seen: set[int] = set()
    for gateway in gateways:
        for flow, hit in _left_out(running, place, gateway):
            wide = _wide(running, place, hit, flow, gateways)
            if wide and hit.line not in seen:
                seen.add(hit.line)
                yield found("too-wide-exemption", f"`{hit.text}` exempts {wide}", hit.line)


def _wide(
    running: RunningConfig, place: Place, hit: Ace, flow: Flow, gateways: tuple[Address, ...]
) -> str:
    gateway = flow.destination if flow.destination in gateways else flow.source
    near = neighbours(gateway)
    others = [
        address
        for address in near
        if address not in gateways and place.alone(running, hit, _moved(flow, gateway, address))
    ]
    services = place.default or place.alone(running, hit, replace(flow, destination_port=_WEB))
    said = [f"{others[0]} as well"] if others else []
    if place.default:
        said.append("the gateway from every default inspection")
    elif services:
        said.append("other services than tcp/25")
    return " and ".join(said)


def _moved(flow: Flow, old: Address, new: Address) -> Flow:
    if flow.destination == old:
        return replace(flow, destination=new)
    return replace(flow, source=new)


def _recipes(running: RunningConfig, hosts: Iterable[Address]) -> Iterator[Finding]:
    """Classes that do nothing and take a host's mail, not everybody's."""
    for policy in in_force(running):
        for entry in policy.classes:
            if entry.inspects or entry.others or owned(entry.name):
                continue
            for host in hosts:
                if _speaks_of(host, _class_takes(running, entry)):
                    yield found(
                        "recipe-without-effect",
                        f"class {entry.name} of policy-map {policy.name} takes the mail of "
                        f"{host} and has no inspection: it exempts nobody",
                        entry.line,
                    )
                    break


def _class_takes(running: RunningConfig, entry: PolicyClass) -> Callable[[Flow], bool]:
    return lambda flow: class_takes(running, entry, flow, _WORLD) is True


def _speaks_of(host: Address, takes: Callable[[Flow], bool]) -> bool:
    return any(takes(flow) and not takes(other) for flow, other in mail(host))


def _unused(running: RunningConfig, hosts: Iterable[Address]) -> Iterator[Finding]:
    used = {c.name for policy in in_force(running) for c in policy.classes}
    for class_map in running.class_maps.values():
        if class_map.name in used:
            continue
        for acl, default in _acls(running, class_map.name):
            host = next(
                (h for h in hosts if _distinguishes(running, acl, h, beside=default)), None
            )
            if host:
                yield found(
                    "unused-exemption",
                    f"class-map {class_map.name} with access-list {acl.name} is about the mail of "
                    f"{host}, and no policy-map in force uses it",
                    class_map.line,
                )


def _distinguishes(running: RunningConfig, acl: Acl, host: Address, *, beside: bool) -> bool:
    return any(
        decided(running, acl, flow, addresses_only=beside).match
        != decided(running, acl, other, addresses_only=beside).match
        for flow, other in mail(host)
    )
