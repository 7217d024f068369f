"""Which keys the four files have; editors get it as JSON Schema.

What may stand behind a key is in ``forms``; ``checks`` compares entries with each other.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, TypeAdapter

from asa_automate.inventory.forms import (
    Clock,
    Context,
    EnableReference,
    Gateway,
    HostAddress,
    JumpHost,
    Mapped,
    Name,
    PasswordReference,
    Port,
    Printable,
    Scalar,
    UserName,
    UserNameReference,
    Zone,
)
from asa_automate.model import Strategy


class Entry(BaseModel):
    """Base of all entries: no unknown key gets in."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Ssh(Entry):
    """How to speak SSH with a device."""

    legacy: StrictBool | None = Field(None, description="allow SHA-1: old firewalls")


class Login(Entry):
    """References to secrets, never secrets."""

    username: UserNameReference | None = None
    password: PasswordReference | None = None
    enable: EnableReference | None = None


class Window(Entry):
    """When the firewall may be changed; merged key by key over host, groups and defaults."""

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] | None = Field(
        None, min_length=1, description="days on which it opens; without them every day"
    )
    begin: Clock | None = Field(None, alias="from", description="when it opens")
    end: Clock | None = Field(None, alias="to", description="when it closes, maybe the next day")
    zone: Zone | None = Field(None, description="the time zone of these times")


class Credentials(Login):
    """The login that is tried first, and what is tried where a device refuses it."""

    fallback: list[Login] | None = Field(
        None, max_length=4, description="tried in this order where a login was refused"
    )


class Data(Entry):
    """``data:`` of a host, a group or the defaults; keys of your own are single values."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Scalar]

    site: Printable | None = None
    context: Context | None = Field(None, description="security context to work in")
    failover_peer: Name | None = Field(
        None, description="the other unit: a device name, or its address"
    )
    serial: Printable | None = Field(None, description="serial number that the device must have")
    via: list[JumpHost] | None = Field(None, description="jump hosts, the first one first")
    ssh: Ssh | None = None
    credentials: Credentials | None = None
    window: Window | None = Field(None, description="maintenance window")


class ConnectionOptions(Entry):
    """Nornir's ``connection_options``: tolerated, and not used by asa-automate."""

    hostname: HostAddress | None = None
    port: Port | None = None
    username: UserName | None = None
    password: PasswordReference | None = None
    platform: Printable | None = None
    extras: dict[str, Any] | None = None


class Defaults(Entry):
    """``defaults.yaml``: what holds where neither host nor group says otherwise."""

    hostname: HostAddress | None = Field(None, description="address; without it the name is used")
    port: Port | None = None
    username: UserName | None = None
    password: PasswordReference | None = None
    platform: Printable | None = None
    data: Data | None = None
    connection_options: dict[str, ConnectionOptions] | None = None


class Host(Defaults):
    """A host or a group."""

    groups: list[Name] | None = Field(None, description="the first group that says something wins")


class ExemptionEntry(Entry):
    """These gateways, on the devices that match."""

    name: Name
    match: dict[str, Printable] = Field(
        default_factory=dict, description="host:, group: or a key of data, ANDed; {} matches all"
    )
    gateways: list[Gateway] = Field(min_length=1)
    mapped: dict[Mapped, Mapped] | None = Field(None, description="real: mapped, below 8.3")
    strategy: Strategy | None = None
    ticket: Printable | None = None


class Exemptions(Entry):
    """``exemptions.yaml``."""

    exemptions: list[ExemptionEntry] | None = None


#: Name of a file without its ending -> what it holds. All may be empty.
FILES: dict[str, TypeAdapter[Any]] = {
    "hosts": TypeAdapter(dict[Name, Host] | None),
    "groups": TypeAdapter(dict[Name, Host] | None),
    "defaults": TypeAdapter(Defaults | None),
    "exemptions": TypeAdapter(Exemptions | None),
}


def json_schemas() -> dict[str, dict[str, Any]]:
    """Name of a file without its ending -> its JSON Schema (draft 2020-12)."""
    return {name: adapter.json_schema() for name, adapter in FILES.items()}
