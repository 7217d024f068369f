"""A configuration in few words, to compare whole readings with."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.config.running import RunningConfig


def plain(running: RunningConfig) -> dict[str, Any]:
    """What a configuration means, without line numbers and without the text itself."""
    return {
        "version": list(running.version) if running.version else None,
        "hostname": running.hostname,
        "serial": running.serial,
        "policy_maps": {
            name: {c.name: [i.text for i in c.inspects] + list(c.others) for c in policy.classes}
            for name, policy in running.policy_maps.items()
        },
        "unknown": [
            text
            for part in (running.policy_maps, running.class_maps)
            for thing in part.values()
            for text, _ in thing.unknown
        ],
        "class_maps": {
            name: [match.text for match in class_map.matches]
            for name, class_map in running.class_maps.items()
        },
        "attached": [f"{one.policy} {one.scope}" for one in running.service_policies],
        "acls": {name: list(acl.lines) for name, acl in running.acls.items()},
        "entries_not_understood": [
            entry.text
            for acl in running.acls.values()
            for entry in acl.entries
            if not entry.understood
        ],
        "objects": sorted(running.network_objects),
        "groups": {name: list(group.lines) for name, group in running.network_groups.items()},
        "services": sorted(running.services),
        "statics": [f"{static.mapped} {static.real}" for static in running.statics.known],
        "names": {name: str(address) for name, address in running.names.items()},
        "own_addresses": {str(a): name for a, name in running.own_addresses.items()},
        "interfaces": list(running.interfaces),
    }


@pytest.fixture(name="plain")
def plain_fixture() -> Callable[[RunningConfig], dict[str, Any]]:
    """:func:`plain`, for tests in this folder."""
    return plain
