"""A running-config as far as ESMTP inspection depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from asa_automate.config.access_list import Acl
from asa_automate.config.capture import Unreadable
from asa_automate.config.class_map import ClassMap
from asa_automate.config.objects import NetworkGroup, NetworkObject
from asa_automate.config.policy_map import PolicyMap
from asa_automate.config.service_policy import ServicePolicy
from asa_automate.config.services import ServiceGroup
from asa_automate.config.static import Statics
from asa_automate.config.tree import CutTree
from asa_automate.model import Address


@dataclass(frozen=True, slots=True)
class RunningConfig:
    """The typed configuration.

    Args:
        tree: everything, verbatim; what is not modelled is only here.
        acls: only those that class-maps name (a large box has 100,000 entries elsewhere).
        network_objects, network_groups, services: only those that these entries name, nested
            ones included, and groups of ours.
        names: the ``name`` table.
        own_addresses: the firewall's interface addresses.
        interfaces: every ``nameif``.
        names_in_use: every name of an object, object-group, ACL, class-map and policy-map that
            begins as ours do, with the keywords of its stanzas, to find collisions: ``object
            network``, ``object-group service``, ``access-list``, ``class-map`` and
            ``policy-map`` (these two whatever their ``type``).
        unreadable: why the text is none to plan on, though something can be read of it.
        odd_attachments: ``service-policy`` lines that no rule took (text, line).
        prepared: what :mod:`asa_automate.simulate.matcher` has made of access-lists, by their
            identity: work that is done once for all configurations that have the same list.
    """

    tree: CutTree
    version: tuple[int, int] | None
    hostname: str | None
    serial: str | None
    policy_maps: Mapping[str, PolicyMap]
    class_maps: Mapping[str, ClassMap]
    service_policies: tuple[ServicePolicy, ...]
    acls: Mapping[str, Acl]
    network_objects: Mapping[str, NetworkObject]
    network_groups: Mapping[str, NetworkGroup]
    services: Mapping[str, ServiceGroup]
    statics: Statics = field(default_factory=Statics)
    names: Mapping[str, Address] = field(default_factory=dict)
    own_addresses: Mapping[Address, str] = field(default_factory=dict)
    interfaces: tuple[str, ...] = ()
    names_in_use: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unreadable: Unreadable | None = None
    odd_attachments: tuple[tuple[str, int], ...] = ()
    prepared: dict[int, list[Any]] = field(default_factory=dict, compare=False, repr=False)
