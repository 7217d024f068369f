"""The managed scope of a firewall: our own pieces, and who inspects ESMTP.

A plan is the way from one scope to another; so are its inverse and a recovery.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from asa_automate.config.access_list import Acl
from asa_automate.config.class_map import ClassMap
from asa_automate.config.objects import NetworkGroup
from asa_automate.config.policy_map import Inspect, PolicyClass, PolicyMap
from asa_automate.config.running import RunningConfig
from asa_automate.errors import Refused
from asa_automate.model import Address
from asa_automate.plan.names import ACL, CLASS, GROUP, PREFIX, PROBE, owned
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.world import CLASS_DEFAULT

#: Every entry that our ACL may hold. The port is written as the device prints it.
DENY_TO = f"extended deny tcp any object-group {GROUP} eq smtp"
DENY_FROM = f"extended deny tcp object-group {GROUP} any eq smtp"
PERMIT_SMTP = "extended permit tcp any any eq smtp"
DENY_ALL_TO = f"extended deny ip any object-group {GROUP}"
DENY_ALL_FROM = f"extended deny ip object-group {GROUP} any"
PERMIT_ALL = "extended permit ip any any"

SPLIT_ACL = (DENY_TO, DENY_FROM, PERMIT_SMTP)
NARROW_ACL = (DENY_ALL_TO, DENY_ALL_FROM, PERMIT_ALL)

_MATCH = f"match access-list {ACL}"


@dataclass(frozen=True, slots=True)
class Block:
    """One class of a policy-map with all its lines, as it would be typed again."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyScope:
    """One policy-map that is or was of interest.

    Args:
        esmtp: for each class that is not ours and inspects ESMTP, its line, in order.
        own: our class's line (``""`` while it is empty), ``None`` without our class.
        classes: all classes in order, ours among them; without the probe's and without
            ``class-default``, which is always last. In a scope that is to be reached, ``None``
            where the order of classes is not of interest (:mod:`asa_automate.plan.places`).
    """

    esmtp: Mapping[str, str] = field(default_factory=dict)
    own: str | None = None
    classes: tuple[Block, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that a plan may change.

    Args:
        members: of our object-group, in order; ``None`` without the group.
        acl: the entries of our ACL after its name; ``None`` without the ACL.
        class_map: whether our class-map has its match line; ``None`` without the class-map.
        policies: attached policy-maps, and others that hold a class of ours.
        narrowed: class-maps that are not ours and match our ACL.
        probe: what is left of a probe or a rehearsal: the lines that would make it, in order.
    """

    members: tuple[Address, ...] | None = None
    acl: tuple[str, ...] | None = None
    class_map: bool | None = None
    policies: Mapping[str, PolicyScope] = field(default_factory=dict)
    narrowed: frozenset[str] = frozenset()
    probe: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether any piece of ours exists."""
        pieces = (self.members, self.acl, self.class_map)
        own = any(p.own is not None for p in self.policies.values())
        return own or bool(self.narrowed) or any(p is not None for p in pieces)


def scope_of(running: RunningConfig) -> Scope:
    """Read the scope out of a configuration.

    Raises:
        Refused: a name of ours is taken by something that is not ours; the message has the line.
    """
    for name in (GROUP, ACL, PROBE):
        _check_keywords(running, name)
    _check_uses(running)
    return Scope(
        members=_members(running.network_groups.get(GROUP)),
        acl=_entries(running.acls.get(ACL)),
        class_map=_matched(running.class_maps.get(CLASS)),
        policies=_policies(running),
        narrowed=frozenset(_narrowed(running)),
        probe=tuple(_probe_leftovers(running)),
    )


_KEYWORDS = {
    GROUP: {"object-group network"},
    ACL: {"access-list", "class-map"},
    PROBE: {"access-list", "class-map", "object-group network"},
}


def _check_keywords(running: RunningConfig, name: str) -> None:
    for keyword in running.names_in_use.get(name, ()):
        if keyword.startswith("policy-map"):
            continue
        if keyword not in _KEYWORDS[name]:
            raise Refused(f"the name {name} is taken by `{keyword} {name}`, which is not ours")


#: Where a name of ours may stand: our own stanzas, a class-map that we narrowed, a policy-map.
_STANZAS = (
    *(f"object-group network {name}" for name in (GROUP, PROBE)),
    *(f"access-list {name} extended " for name in (ACL, PROBE)),
    f"access-list {ACL} remark ",
    *(f"class-map {name}" for name in (CLASS, PROBE)),
)
_USES = (("class-map ", _MATCH), *(("policy-map ", f"class {name}") for name in (CLASS, PROBE)))


def _check_uses(running: RunningConfig) -> None:
    """Nobody else relies on what is ours: a member or entry of ours would change theirs, too."""
    for stanza in running.tree.opened():
        if stanza.text.startswith(_STANZAS):
            continue
        for line in stanza.walk():
            if PREFIX in line.raw and _names_ours(stanza.text, line.text):
                raise Refused(f"line {line.number} uses what is ours: {line.text!r}")


def _names_ours(header: str, text: str) -> bool:
    if text.startswith(("description ", "policy-map ")) or text.split()[2:3] == ["remark"]:
        return False
    if any(header.startswith(opener) and text == line for opener, line in _USES):
        return False
    return any(owned(word) for word in text.split())


def _members(group: NetworkGroup | None) -> tuple[Address, ...] | None:
    if group is None:
        return None
    hosts = []
    for endpoint in group.members:
        if endpoint.host is None:
            raise Refused(
                f"object-group {GROUP} (line {group.line}) has members that are no hosts"
            )
        hosts.append(endpoint.host)
    if not group.understood:
        raise Refused(f"object-group {GROUP} (line {group.line}) has a line that is not ours")
    return tuple(hosts)


def _entries(acl: Acl | None) -> tuple[str, ...] | None:
    if acl is None:
        return None
    known = {*SPLIT_ACL, *NARROW_ACL}
    entries = tuple(entry_text(line) for line in acl.lines)
    for entry, line in zip(entries, acl.lines, strict=True):
        if entry not in known:
            raise Refused(f"access-list {ACL} has a line that is not ours: {line!r}")
    return entries


def entry_text(line: str) -> str:
    """An entry after its ACL's name, written as the device prints it."""
    words = line.split()[2:]
    if words[:1] == ["line"]:
        words = words[2:]
    if words[-2:] == ["eq", "25"]:
        words[-1] = "smtp"
    return " ".join(words)


def _matched(class_map: ClassMap | None) -> bool | None:
    if class_map is None:
        return None
    others = [m for m in class_map.matches if m.text != _MATCH]
    if others or class_map.unknown:
        raise Refused(f"class-map {CLASS} (line {class_map.line}) matches what is not ours")
    return bool(class_map.matches)


def _narrowed(running: RunningConfig) -> Iterator[str]:
    for class_map in running.class_maps.values():
        if class_map.name != CLASS and any(m.text == _MATCH for m in class_map.matches):
            if not class_map.is_default_inspection:
                raise Refused(
                    f"class-map {class_map.name} (line {class_map.line}) matches our access-list, "
                    "and is not ours"
                )
            yield class_map.name


def _policies(running: RunningConfig) -> dict[str, PolicyScope]:
    attached = {a.policy for a in running.service_policies}
    found = {}
    for policy in running.policy_maps.values():
        own = policy.find(CLASS)
        if policy.name in attached or own:
            found[policy.name] = PolicyScope(
                esmtp={
                    c.name: i.text
                    for c in policy.classes
                    if c.name != CLASS and (i := c.inspect(ESMTP))
                },
                own=_own_line(own),
                classes=tuple(_blocks(running, policy)),
            )
    return found


def _blocks(running: RunningConfig, policy: PolicyMap) -> Iterator[Block]:
    """The classes as the device prints them; a class that is opened twice goes on where it was."""
    opener = f"policy-map {policy.name}"
    lines: dict[str, list[str]] = {c.name: [] for c in policy.classes}
    for stanza in running.tree.opened():
        for line in stanza.children if " ".join(stanza.text.split()) == opener else ():
            words = line.text.split()
            if words[:1] == ["class"] and len(words) == 2 and words[1] in lines:
                lines[words[1]] += [
                    " ".join(below.text.split())
                    for below in line.walk()
                    if below is not line and not below.is_comment and below.text
                ]
    for name, found in lines.items():
        if name not in (CLASS_DEFAULT, PROBE):
            yield Block(name, tuple(found))


def _own_line(own: PolicyClass | None) -> str | None:
    if own is None:
        return None
    if own.others or any(i.engine != ESMTP for i in own.inspects):
        raise Refused(f"class {CLASS} (line {own.line}) does what is not ours")
    return next((i.text for i in own.inspects), "")


def _probe_leftovers(running: RunningConfig) -> Iterator[str]:
    if PROBE in running.network_groups:
        yield f"object-group network {PROBE}"
    acl = running.acls.get(PROBE)
    yield from acl.lines if acl else ()
    class_map = running.class_maps.get(PROBE)
    if class_map:
        yield f"class-map {PROBE}"
        yield from (match.text for match in class_map.matches)
    for policy in running.policy_maps.values():
        own = policy.find(PROBE)
        if own:
            yield f"policy-map {policy.name}"
            yield f"class {PROBE}"
            yield from (inspect.text for inspect in own.inspects)


def inspect_line(argument: str | None) -> str:
    """``inspect esmtp [MAP]`` as the device prints it."""
    return Inspect(ESMTP, argument).text
