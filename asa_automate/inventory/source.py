"""Nornir's hosts and groups, resolved once into frozen devices.

Nearest wins: the host itself, then its groups in their order (each followed by its own groups),
then the defaults. ``credentials``, ``ssh`` and ``window`` are merged key by key, so that a host
can replace its enable password, or say its time zone, alone.
"""

from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from asa_automate.inventory.schema import Data
from asa_automate.model import CredentialRefs, Device, Window

if TYPE_CHECKING:
    from nornir.core.inventory import Defaults, Group, Host, Inventory

#: Keys of data that are mappings; all other values are single ones or lists and win as a whole.
_MERGED = ("credentials", "ssh", "window")


def read_files(directory: Path) -> "Inventory":
    """The files as Nornir's SimpleInventory plugin reads them (checked before)."""
    from nornir.plugins.inventory import SimpleInventory

    return SimpleInventory(
        host_file=str(directory / "hosts.yaml"),
        group_file=str(directory / "groups.yaml"),
        defaults_file=str(directory / "defaults.yaml"),
    ).load()


def devices_of(inventory: "Inventory") -> tuple[Device, ...]:
    """The devices of what any of Nornir's inventory plugins has loaded, in its order."""
    return tuple(device_of(host, inventory.hosts) for host in inventory.hosts.values())


def device_of(host: "Host", host_names: Container[str] = ()) -> Device:
    """One host of Nornir's, after inheritance, as a frozen device.

    Args:
        host_names: the entries of the inventory; a failover peer that is none of them is an
            address.
    """
    data = Data.model_validate(_merged(host))
    first, *others = _logins(data)
    return Device(
        name=host.name,
        host=_text(host.hostname) or host.name,
        port=host.port or 22,
        username=_text(host.username),
        groups=tuple(group.name for group in host.extended_groups()),
        site=data.site,
        context=data.context,
        failover_peer=data.failover_peer,
        serial=data.serial,
        via=tuple(data.via or ()),
        legacy_ssh=bool(data.ssh and data.ssh.legacy),
        window=_window(data),
        credentials=first,
        fallback=tuple(others),
        mate_host=data.failover_peer if data.failover_peer not in host_names else None,
        data=MappingProxyType(_single_values(data)),
    )


def _window(data: Data) -> Window | None:
    """As it stands after inheritance; what is missing is empty, which the loader refuses."""
    if data.window is None:
        return None
    said = data.window
    days = tuple(said.days or ())
    return Window(begin=said.begin or "", end=said.end or "", zone=said.zone or "", days=days)


def _logins(data: Data) -> Iterator[CredentialRefs]:
    """What is tried, the first one first."""
    own = data.credentials
    for login in (own, *((own.fallback if own else None) or ())):
        yield CredentialRefs(
            **{} if login is None else login.model_dump(include={"username", "password", "enable"})
        )


def _text(value: object) -> str | None:
    """A number that stands without quotes is text, too (``Form``); Nornir hands it on as it is."""
    return None if value is None else str(value)


def _merged(host: "Host") -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for layer in _layers(host):
        for key, value in layer.items():
            if key in _MERGED and isinstance(value, Mapping):
                nearer = merged.get(key) or {}
                merged[key] = {**{k: v for k, v in value.items() if v is not None}, **nearer}
            elif value is not None:
                merged.setdefault(key, value)
    return merged


def _layers(host: "Host") -> Iterator[dict[str, Any]]:
    """Data of host, groups and defaults, the nearest first; with ``password:`` as a credential."""
    levels: tuple[Host | Group | Defaults, ...] = (
        host,
        *host.extended_groups(),
        host.defaults,
    )
    for level in levels:
        # Nornir's own attribute access would go on to the groups: here each level counts alone.
        password = object.__getattribute__(level, "password")
        data = dict(level.data or {})
        if password is not None:
            data["credentials"] = {"password": password, **(data.get("credentials") or {})}
        yield data


def _single_values(data: Data) -> dict[str, str]:
    """What ``match`` and ``--limit key=value`` look at, as text; ``true`` as YAML spells it."""
    values = {name: getattr(data, name) for name in ("site", "context", "failover_peer", "serial")}
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in (values | (data.__pydantic_extra__ or {})).items()
        if value is not None
    }
