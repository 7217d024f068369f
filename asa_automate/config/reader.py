"""The text of a running-config to the typed configuration; never raises, whatever the text.

A large firewall has 100,000 lines that inspection does not depend on, so the stanzas are sorted
by their first words, and TextFSM sees only what a class of a policy-map can lead to.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from operator import attrgetter

from asa_automate.config.access_list import Ace, Acl, Vocabulary, read_access_lists
from asa_automate.config.capture import Unreadable, clean
from asa_automate.config.class_map import ClassMap, read_class_maps
from asa_automate.config.index import Index
from asa_automate.config.interfaces import read_interfaces
from asa_automate.config.names import read_names
from asa_automate.config.objects import (
    NetworkGroup,
    NetworkObject,
    read_network_groups,
    read_network_objects,
)
from asa_automate.config.policy_map import PolicyMap, read_policy_maps
from asa_automate.config.running import RunningConfig
from asa_automate.config.service_policy import read_service_policies, unknown_attachments
from asa_automate.config.services import ServiceGroup, read_services
from asa_automate.config.static import read_statics
from asa_automate.config.tree import Line, cut_tree
from asa_automate.model import Address

#: Everything that the tool makes on a firewall begins with this.
OUR_PREFIX = "ESA_EXEMPT_"

_VERSION = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})")
_REFERENCES = ("object", "object-group")


def read_running(text: str) -> RunningConfig:
    """Read ``show running-config``.

    Args:
        text: as captured; the marks of a capture are taken off
            (:mod:`asa_automate.config.capture`), noise around it is passed over
            (:mod:`asa_automate.config.tree`).
    """
    capture = clean(text)
    unreadable = capture if isinstance(capture, Unreadable) else None
    tree = cut_tree(text if isinstance(capture, Unreadable) else capture.text, apart=OUR_PREFIX)
    index = Index(tree.stanzas)
    of = index.stanzas
    names = read_names([*index.name_table, *of["ipv6"]])
    interfaces = read_interfaces(of["interface"], names)
    class_maps = read_class_maps(of["class-map"])
    acls = _acls(index, class_maps.values(), names)
    objects, groups = _networks(index, acls.values(), names)
    return RunningConfig(
        tree=tree,
        version=_version(tree.version),
        hostname=_hostname(of["hostname"]),
        serial=tree.serial,
        policy_maps=_with_strays(read_policy_maps(of["policy-map"]), of["inspect"]),
        class_maps=class_maps,
        service_policies=read_service_policies(of["service-policy"]),
        acls=acls,
        network_objects=objects,
        network_groups=groups,
        services=_services(index, acls.values()),
        statics=read_statics(of["static"], names, interfaces.first),
        names=names,
        own_addresses=interfaces.own,
        interfaces=interfaces.nameifs,
        names_in_use=index.names_in_use(OUR_PREFIX),
        unreadable=unreadable,
        odd_attachments=unknown_attachments(of["service-policy"]),
    )


def _version(printed: str | None) -> tuple[int, int] | None:
    found = _VERSION.match(printed or "")
    return (int(found[1]), int(found[2])) if found else None


def _with_strays(policies: dict[str, PolicyMap], strays: Iterable[Line]) -> dict[str, PolicyMap]:
    """An ``inspect`` on top level has lost its class; it is laid to the policy-map above it."""
    for stray in strays:
        above = [policy for policy in policies.values() if policy.line < stray.number]
        if above:
            policy = max(above, key=attrgetter("line"))
            unknown = (*policy.unknown, (stray.text, stray.number))
            policies[policy.name] = replace(policy, unknown=unknown)
    return policies


def _hostname(lines: Iterable[Line]) -> str | None:
    return next((words[1] for line in lines if len(words := line.text.split()) == 2), None)


def _acls(
    index: Index, class_maps: Iterable[ClassMap], names: Mapping[str, Address]
) -> dict[str, Acl]:
    """The access-lists that class-maps name, and ours."""
    matches = (match for class_map in class_maps for match in class_map.matches)
    wanted = {match.argument: None for match in matches if match.kind == "access-list"}
    wanted |= dict.fromkeys(index.names("access-list", OUR_PREFIX))
    lines = [line for name in wanted for line in index.access_list(name)]
    return read_access_lists(lines, Vocabulary(names, index.service_groups))


def _networks(
    index: Index, acls: Iterable[Acl], names: Mapping[str, Address]
) -> tuple[dict[str, NetworkObject], dict[str, NetworkGroup]]:
    """The network objects and groups that entries name, nested ones included, and ours."""
    objects: dict[str, NetworkObject] = {}
    groups: dict[str, NetworkGroup] = {}
    entries = [entry for acl in acls for entry in acl.entries]
    ends = [end for entry in entries for end in (entry.source, entry.destination)]
    wanted = {end.name for end in ends if end.kind in _REFERENCES}
    wanted |= set(index.names("object-group network", OUR_PREFIX))
    seen: set[str] = set()
    while wanted:
        seen |= wanted
        lines = index.networks(sorted(wanted))
        objects |= read_network_objects([x for x in lines if _is_object(x)], names)
        nested = read_network_groups([x for x in lines if not _is_object(x)], names)
        groups |= nested
        members = (member for group in nested.values() for member in group.members)
        wanted = {member.name for member in members if member.kind in _REFERENCES} - seen
    return objects, groups


def _is_object(line: Line) -> bool:
    return line.text.startswith("object ")


def _services(index: Index, acls: Iterable[Acl]) -> dict[str, ServiceGroup]:
    """The services and their groups that entries name, nested ones included."""
    services: dict[str, ServiceGroup] = {}
    wanted = {name for acl in acls for entry in acl.entries for name in _service_names(entry)}
    seen: set[str] = set()
    while wanted:
        seen |= wanted
        found = read_services(index.services(sorted(wanted)))
        services |= found
        members = (member for group in found.values() for member in group.members)
        wanted = {member.group for member in members if member.group} - seen
    return services


def _service_names(entry: Ace) -> set[str]:
    ports = (entry.source_ports, entry.destination_ports)
    return {name for name in (entry.service, *(p.group for p in ports if p)) if name}
