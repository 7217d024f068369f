"""Other programs' inventories as `hosts.yaml` and `groups.yaml`: Ansible's JSON, NetBox's devices.

They become files, so that what changes is seen in a diff, and passes the same checks as what a
person writes. Secrets are left behind: they have no place in the files.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML

from asa_automate.errors import BadInput

#: The first words of a file that this module has written, and may write again.
MARK = "# Written by `asa-automate inventory import"
#: Stands before a variable that is meant for us: ``asa_automate_site``.
OWN = "asa_automate_"
DATA = ("site", "context", "serial", "failover_peer")
_SECRET = re.compile(r"pass|secret|token|key|vault|become", re.IGNORECASE)
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_SINGLE = (str, int, bool)


@dataclass(frozen=True, slots=True)
class Foreign:
    """What was found: by name, as the files have it; ``left`` says what was not taken, and why."""

    hosts: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    left: tuple[str, ...] = ()

    def files(self, source: str) -> dict[str, str]:
        """Name of a file -> its text."""
        return {
            "hosts.yaml": _text(self.hosts, source),
            "groups.yaml": _text(self.groups, source),
        }


def _text(content: Mapping[str, Any], source: str) -> str:
    yaml = YAML()
    yaml.default_flow_style = False
    stream = io.StringIO()
    yaml.dump({key: dict(content[key]) for key in content}, stream)
    return f"{MARK} {source}`; it is written anew by the next one.\n{stream.getvalue()}"


def from_ansible(found: object, group: str = "all") -> Foreign:
    """The hosts of a group in the output of ``ansible-inventory --list``.

    ``ansible_host``, ``ansible_port`` and ``ansible_user`` become address, port and user name;
    ``asa_automate_site`` and its like become ``data``, and so do other variables with single
    values. Ansible documents the shape under *Developing dynamic inventory*.

    Raises:
        BadInput: it is no such output, or has no such group.
    """
    if not isinstance(found, dict) or not isinstance(found.get("_meta"), dict):
        raise BadInput("not the output of `ansible-inventory --list`: it has no _meta")
    if group not in found:
        raise BadInput(f"the Ansible inventory has no group '{group}'")
    wanted = list(dict.fromkeys(_members(found, group, set())))
    variables = found["_meta"].get("hostvars") or {}
    left: list[str] = []
    hosts = {name: _from_variables(name, variables.get(name) or {}, left) for name in wanted}
    groups: dict[str, dict[str, Any]] = {}
    for other in sorted(set(found) - {"_meta", "all", "ungrouped"}):
        mine = set(_members(found, other, set())) & set(wanted)
        if mine:
            groups[other] = {}
        for name in sorted(mine):
            hosts[name].setdefault("groups", []).append(other)
    return Foreign(hosts, groups, tuple(left))


def _members(found: Mapping[str, Any], group: str, seen: set[str]) -> Iterator[str]:
    """Hosts of the group and of the groups in it, which may lead in a circle."""
    if group in seen:
        return
    seen.add(group)
    entry = found.get(group) or {}
    yield from entry.get("hosts") or ()
    for child in entry.get("children") or ():
        yield from _members(found, child, seen)


def _from_variables(name: str, variables: Mapping[str, Any], left: list[str]) -> dict[str, Any]:
    host: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for key, place in (
        ("ansible_host", "hostname"),
        ("ansible_port", "port"),
        ("ansible_user", "username"),
    ):
        if variables.get(key) not in (None, ""):
            host[place] = variables[key]
    for key, value in variables.items():
        bare = key.removeprefix(OWN)
        if key.startswith("ansible_") or (key in DATA and f"{OWN}{key}" in variables):
            if _SECRET.search(key):
                left.append(f"{name}: {key} may be a secret; give a reference in defaults.yaml")
        elif _SECRET.search(bare):
            left.append(f"{name}: {key} may be a secret")
        elif isinstance(value, _SINGLE) and value != "":
            data[bare] = value
    return host | ({"data": data} if data else {})


def from_netbox(devices: Iterable[Mapping[str, Any]]) -> Foreign:
    """Devices as NetBox's REST API has them (``/api/dcim/devices/``).

    The primary address, the site's slug and the serial number; role and tags become groups; the
    custom fields ``asa_automate_context`` and its like, and others with single values, ``data``.
    """
    hosts: dict[str, dict[str, Any]] = {}
    groups: dict[str, dict[str, Any]] = {}
    left: list[str] = []
    for device in devices:
        name = str(device.get("name") or "")
        address = _slug(device.get("primary_ip"), "address").partition("/")[0]
        if not name or not address:
            left.append(f"{name or device.get('id')}: it has no name, or no primary address")
            continue
        mine = [_slug(device.get("role") or device.get("device_role"), "slug")]
        mine += [_slug(tag, "slug") for tag in device.get("tags") or ()]
        mine = [_UNSAFE.sub("-", group) for group in mine if group]
        groups |= {group: {} for group in mine}
        data = _netbox_data(device)
        hosts[name] = {"hostname": address, "groups": mine} | ({"data": data} if data else {})
    return Foreign(hosts, dict(sorted(groups.items())), tuple(left))


def _netbox_data(device: Mapping[str, Any]) -> dict[str, Any]:
    data = {
        key.removeprefix(OWN): value
        for key, value in (device.get("custom_fields") or {}).items()
        if isinstance(value, _SINGLE) and value != "" and not _SECRET.search(key)
    }
    named = {"site": _slug(device.get("site"), "slug"), "serial": device.get("serial")}
    return {key: value for key, value in named.items() if value} | data


def _slug(value: object, key: str) -> str:
    """One text of a nested object, empty where there is none."""
    return str(value.get(key) or "") if isinstance(value, Mapping) else ""
