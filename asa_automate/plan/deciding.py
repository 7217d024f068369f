"""Which lines of a configuration decide about a flow: for a person who wants to see them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from asa_automate.config.access_list import Ace
from asa_automate.config.policy_map import PolicyClass, PolicyMap
from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import ServicePolicy, write_service_policy
from asa_automate.plan.guards import lists_missing
from asa_automate.plan.names import ACL, CLASS
from asa_automate.simulate.classify import Taken, class_takes, policies_for
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.matcher import decided
from asa_automate.simulate.world import CLASS_DEFAULT, World


@dataclass(frozen=True, slots=True, order=True)
class Decider:
    """A line that decides: its number in the text and the text itself."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A class with ``inspect esmtp`` that a flow passes without being inspected.

    Args:
        ours: whether the exemption is one of the tool's.
        shadowed: it matches, and another class that matches before it is the only one that counts.
        entry: the deny entry that leaves the flow out; ``None`` where nothing matches.
    """

    policy: str
    class_name: str
    ours: bool
    shadowed: bool
    entry: Ace | None
    deciders: tuple[Decider, ...]


def inspecting(running: RunningConfig, flow: Flow, taken: Taken) -> Iterator[Decider]:
    """The lines that have a flow inspected: policy, class, inspection, match and entry."""
    for attached in policies_for(running, flow):
        policy = running.policy_maps.get(attached.policy)
        entry = policy.find(taken.class_name) if policy else None
        if attached.policy == taken.policy and attached.scope == taken.scope and entry:
            yield _attached(attached)
            yield from _class_lines(running, entry)
            yield from (d for d, _ in _entries(running, entry, flow))
            return


def left_out(running: RunningConfig, flow: Flow, world: World) -> Iterator[LeftOut]:
    """Every class with ``inspect esmtp`` that sees a flow and does not inspect it."""
    for attached in policies_for(running, flow):
        policy = running.policy_maps.get(attached.policy)
        for entry in policy.classes if policy else ():
            if policy and entry.inspect(ESMTP):
                yield _left_out(running, attached, policy, entry, flow, world)


def esmtp_is_possible(running: RunningConfig, attached: ServicePolicy) -> bool:
    """Whether an attached policy inspects anybody's mail, or may do so."""
    policy = running.policy_maps.get(attached.policy)
    if policy is None:
        return True
    return bool(policy.unknown) or any(c.inspect(ESMTP) for c in policy.classes)


def obscure(running: RunningConfig, attached: ServicePolicy) -> tuple[Decider, ...]:
    """What in a policy cannot be read, so that *not inspected* would be a guess.

    A line that is not understood; a policy-map, the class-map of an inspecting class or its
    access-list that the text does not have.
    """
    policy = running.policy_maps.get(attached.policy)
    if policy is None:
        return (_attached(attached),)
    missing = (
        Decider(c.line, f"class {c.name}")
        for c in policy.classes
        if c.inspect(ESMTP) and c.name not in running.class_maps and c.name != CLASS_DEFAULT
    )
    lists = (
        Decider(match.line, match.text)
        for c in policy.classes
        if c.inspect(ESMTP)
        for match in lists_missing(running, c)
    )
    return (*(Decider(line, text) for text, line in policy.unknown), *missing, *lists)


def nobody(running: RunningConfig) -> Iterator[Decider]:
    """The attachments that inspect nobody's mail, and their classes for the default traffic."""
    for attached in running.service_policies:
        yield _attached(attached)
        policy = running.policy_maps.get(attached.policy)
        for entry in policy.classes if policy else ():
            class_map = running.class_maps.get(entry.name)
            if class_map and class_map.is_default_inspection:
                yield Decider(entry.line, f"class {entry.name}")


def _attached(attached: ServicePolicy) -> Decider:
    return Decider(attached.line, write_service_policy(attached)[0])


def _left_out(
    running: RunningConfig,
    attached: ServicePolicy,
    policy: PolicyMap,
    entry: PolicyClass,
    flow: Flow,
    world: World,
) -> LeftOut:
    hits = list(_entries(running, entry, flow))
    deny = next((ace for _, ace in hits if ace and not ace.permit), None)
    return LeftOut(
        policy.name,
        entry.name,
        ours=entry.name == CLASS or (deny is not None and deny.text.split()[1:2] == [ACL]),
        shadowed=class_takes(running, entry, flow, world) is True,
        entry=deny,
        deciders=(
            _attached(attached),
            *_class_lines(running, entry),
            *(decider for decider, _ in hits),
        ),
    )


def _class_lines(running: RunningConfig, entry: PolicyClass) -> Iterator[Decider]:
    yield Decider(entry.line, f"class {entry.name}")
    inspect = entry.inspect(ESMTP)
    if inspect:
        yield Decider(inspect.line, inspect.text)
    class_map = running.class_maps.get(entry.name)
    for match in class_map.matches if class_map else ():
        yield Decider(match.line, match.text)


def _entries(
    running: RunningConfig, entry: PolicyClass, flow: Flow
) -> Iterator[tuple[Decider, Ace | None]]:
    """For each access-list of a class the entry that decides a flow."""
    class_map = running.class_maps.get(entry.name)
    for match in class_map.matches if class_map else ():
        acl = running.acls.get(match.argument) if match.kind == "access-list" else None
        if acl and class_map:
            beside = class_map.is_default_inspection
            hit = decided(running, acl, flow, addresses_only=beside)
            if hit.entry:
                yield Decider(hit.entry.line, hit.entry.text), hit.entry


def with_assumed(world: World, names: dict[str, bool]) -> World:
    """The same world, with classes that cannot be known assumed to match or not."""
    return replace(world, assume=names)
