"""The nouns that every floor shares: devices, exemptions, readings, identities."""

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field

Address = IPv4Address | IPv6Address


class Frozen(BaseModel):
    """Base of all values: unchangeable, and no unknown key gets in."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reading(StrEnum):
    """How a firewall picks the class that inspects a flow (two Cisco documents disagree)."""

    PER_ENGINE = "per-engine"
    PER_CLASS = "per-class"
    UNKNOWN = "unknown"


class Strategy(StrEnum):
    """How an exemption is written on a firewall."""

    SPLIT_CLASS = "split-class"
    NARROW_DEFAULT = "narrow-default"
    CLASS_FIRST = "class-first"
    OFF = "off"
    AS_DOCUMENTED = "as-documented"


class Identity(Frozen):
    """Which box answered; ``None`` where the text at hand does not say."""

    hostname: str | None = None
    serial: str | None = None
    version: str | None = None


class CredentialRefs(Frozen):
    """Where the secrets of a device are found: references, never the secrets.

    A reference is ``env:NAME``, ``file:PATH``, ``keyring:SERVICE/USER`` or ``vault:PATH#FIELD``.
    """

    username: str | None = None
    password: str | None = None
    enable: str | None = None


#: As they stand in the inventory; Monday is the first, as in :meth:`datetime.date.weekday`.
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Window(Frozen):
    """When a firewall may be changed: from ``begin`` to ``end`` (HH:MM) in the time zone.

    Past midnight where ``end`` is not later than ``begin``; on every day where there are no days.
    """

    begin: str
    end: str
    zone: str
    days: tuple[str, ...] = ()


class Device(Frozen):
    """One firewall (or one context of it) after inheritance, as the tool sees it.

    ``fallback`` is tried, in its order, where ``credentials`` are refused. ``mate_host`` is the
    address of the other unit of its failover pair where that is no device of its own.
    """

    name: str
    host: str
    port: int = 22
    username: str | None = None
    groups: tuple[str, ...] = ()
    site: str | None = None
    context: str | None = None
    failover_peer: str | None = None
    serial: str | None = None
    via: tuple[str, ...] = ()
    legacy_ssh: bool = False
    window: Window | None = None
    credentials: CredentialRefs = CredentialRefs()
    fallback: tuple[CredentialRefs, ...] = ()
    mate_host: str | None = None
    data: Mapping[str, str] = Field(default_factory=lambda: MappingProxyType({}))


class Exemption(Frozen):
    """One entry of ``exemptions.yaml``: these gateways, on the devices that match."""

    name: str
    match: Mapping[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    gateways: tuple[Address, ...]
    mapped: Mapping[Address, Address] = Field(default_factory=lambda: MappingProxyType({}))
    strategy: Strategy = Strategy.SPLIT_CLASS
    ticket: str | None = None
