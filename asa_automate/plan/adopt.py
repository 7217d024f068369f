"""What somebody made by hand: exemptions that are there already, and what stands in the way.

They are recognised by meaning, that is by what the model of the firewall does with a flow, and not
by names: an access-list may say it with hosts, subnets, objects or nested groups.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asa_automate.config.access_list import Ace
from asa_automate.config.policy_map import PolicyClass
from asa_automate.config.running import RunningConfig
from asa_automate.model import Address, Reading
from asa_automate.plan.document import Finding
from asa_automate.plan.findings.table import found
from asa_automate.plan.flows import gateway_flows
from asa_automate.plan.names import ACL, CLASS, owned
from asa_automate.plan.scope import PERMIT_SMTP, Scope
from asa_automate.simulate.classify import class_takes, classify, policies_for
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import SMTP, Flow
from asa_automate.simulate.matcher import decided
from asa_automate.simulate.world import World

_WORLD = World(Reading.PER_ENGINE)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A class with ``inspect esmtp`` that does not take a flow, and the entry that decides.

    Args:
        entry: ``None`` where no entry of its access-list matches, or it has none.
    """

    policy: str
    entry_of: PolicyClass
    entry: Ace | None

    @property
    def words(self) -> str:
        """Class, line and deciding entry."""
        text = (
            f"class {self.entry_of.name} of policy-map {self.policy} (line {self.entry_of.line})"
        )
        if self.entry is None:
            return f"{text} does not take this mail"
        return f"{text} leaves this mail out by line {self.entry.line}: `{self.entry.text}`"


def left_out(running: RunningConfig, flow: Flow) -> Iterator[LeftOut]:
    """The classes that inspect mail, are not ours, and do not take this flow."""
    for attached in policies_for(running, flow):
        policy = running.policy_maps.get(attached.policy)
        for entry in policy.classes if policy else ():
            inspects = entry.inspect(ESMTP) and not owned(entry.name)
            if inspects and class_takes(running, entry, flow, _WORLD) is False:
                yield LeftOut(attached.policy, entry, _decider(running, entry, flow))


def _decider(running: RunningConfig, entry: PolicyClass, flow: Flow) -> Ace | None:
    class_map = running.class_maps.get(entry.name)
    for match in class_map.matches if class_map else ():
        acl = running.acls.get(match.argument) if match.kind == "access-list" else None
        if class_map and acl:
            beside = class_map.is_default_inspection
            hit = decided(running, acl, flow, addresses_only=beside)
            if hit.match is False and hit.entry is not None:
                return hit.entry
    return None


def by_hand(running: RunningConfig, gateways: Iterable[Address]) -> list[LeftOut]:
    """What leaves the gateways out, each class and entry once."""
    found: dict[tuple[str, str, int], LeftOut] = {}
    for flow in gateway_flows(running, gateways):
        for one in left_out(running, flow):
            line = one.entry.line if one.entry else 0
            found.setdefault((one.policy, one.entry_of.name, line), one)
    exact = [one for one in found.values() if one.entry]
    return exact or list(found.values())


def said(found: Iterable[LeftOut]) -> str:
    """The classes and entries, for a person."""
    return "; ".join(one.words for one in found)


def hand_made(left: Iterable[LeftOut]) -> Iterator[Finding]:
    """A finding for each entry that exempts a gateway without us."""
    for one in left:
        yield found(
            "hand-made-exemption",
            f"{one.words}; it is left as it is",
            one.entry.line if one.entry else one.entry_of.line,
        )


def nobody_inspects(running: RunningConfig) -> str:
    """The classes for the default traffic in force that have no ``inspect esmtp``, in words."""
    found = [
        f"class {entry.name} of policy-map {attached.policy} (line {entry.line})"
        for attached in running.service_policies
        if (policy := running.policy_maps.get(attached.policy))
        for entry in policy.classes
        if (class_map := running.class_maps.get(entry.name))
        if class_map.is_default_inspection and not entry.inspect(ESMTP)
    ]
    names = ", ".join(dict.fromkeys(found))
    return f": there is no `inspect {ESMTP}` in {names}" if names else ""


def broken(now: Scope) -> str | None:
    """What our own pieces lack so that nobody's mail is inspected, and what to type.

    No plan puts that right: where nobody is inspected there is no flow for a live proof.
    """
    holders = [p for p in now.policies.values() if p.own and not p.esmtp]
    if not holders:
        return None
    if not now.class_map:
        lines = f"`class-map {CLASS}`, `match access-list {ACL}`"
    elif PERMIT_SMTP not in (now.acl or ()) and not now.narrowed:
        lines = f"`access-list {ACL} {PERMIT_SMTP}`"
    else:
        return None
    return f"nobody's mail is inspected now, since ours lacks {lines}; type that, then plan again"


def unguarded(running: RunningConfig, now: Scope) -> Iterator[Finding]:
    """Policy-maps with our class where nothing inspects the default traffic, or nobody's mail."""
    for name, policy in now.policies.items():
        attached = [a for a in running.service_policies if a.policy == name]
        classes = [running.class_maps.get(block.name) for block in policy.classes or ()]
        if not attached or policy.own is None:
            continue
        if not any(c and c.is_default_inspection for c in classes):
            yield found(
                "default-class-missing",
                f"policy-map {name} has our class and none for the default inspection "
                "traffic: if a change was cut off, `rollback` its run",
                attached[0].line,
            )
        elif not policy.own and not policy.esmtp:
            yield found(
                "nobody-inspected",
                f"policy-map {name} has our class without its inspection, and no other "
                "class inspects mail: if that is not meant, type `inspect esmtp` where it was",
                attached[0].line,
            )


def undecided(running: RunningConfig, flow: Flow) -> str | None:
    """The entry by which it cannot be known whether a class takes a flow, in words."""
    for attached in policies_for(running, flow):
        policy = running.policy_maps.get(attached.policy)
        for entry in policy.classes if policy else ():
            found = _open_entry(running, entry, flow) if entry.inspects else None
            if found:
                return (
                    f"whether class {entry.name} of policy-map {attached.policy} takes this flow "
                    f"cannot be known by line {found.line}: `{found.text}`"
                )
    return None


def _open_entry(running: RunningConfig, entry: PolicyClass, flow: Flow) -> Ace | None:
    class_map = running.class_maps.get(entry.name)
    for match in class_map.matches if class_map else ():
        acl = running.acls.get(match.argument) if match.kind == "access-list" else None
        if class_map and acl:
            hit = decided(running, acl, flow, addresses_only=class_map.is_default_inspection)
            if hit.match is None:
                return hit.entry
    return None


def obstacle(running: RunningConfig, flow: Flow) -> str | None:
    """Why our class cannot stand for those that inspect mail now, and what to do about it.

    Args:
        flow: one whose inspection a plan would change.
    """
    taken = classify(running, flow, _WORLD).by(ESMTP)
    if taken and flow.destination_port != SMTP:
        entry = running.policy_maps[taken.policy].find(taken.class_name)
        return (
            f"class {taken.class_name} of policy-map {taken.policy} (line "
            f"{entry.line if entry else 0}) inspects mail on {flow.protocol}/"
            f"{flow.destination_port} as well, which our class does not take over; give that "
            "port a class of its own with the same inspection, then plan again"
        )
    if taken:
        return None
    exact = [one for one in left_out(running, flow) if one.entry] or [*left_out(running, flow)]
    if not exact:
        return None
    return (
        f"{said(exact)}; it would be inspected: name its gateway among those of the "
        "exemption, or let the class take everybody's mail, then plan again"
    )
