"""What may stand behind a key: each form of text with the words that refuse another."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from asa_automate.inventory.jump import parse_hop
from asa_automate.model import Address
from asa_automate.references import KINDS, reference


def refusal(text: str) -> PydanticCustomError:
    """The error that pydantic carries out with its place."""
    return PydanticCustomError("inventory", "{text}", {"text": text})


@dataclass(frozen=True, slots=True)
class Form:
    """Text of one form; a number that stands without quotes is text here, too."""

    pattern: str
    what: str
    longest: int = 128

    def check(self, value: object) -> str:
        """The value as text, or a refusal that says what is wanted."""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise refusal(f"must be text: {self.what}")
        text = str(value)
        if len(text) > self.longest or not re.fullmatch(self.pattern, text):
            raise refusal(f"must be {self.what}, at most {self.longest} characters")
        return text

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        shape = {"pattern": f"^(?:{self.pattern})$", "maxLength": self.longest}
        return {"type": "string", "description": self.what, **shape}


_PRINTABLE = Form(
    r"[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+",
    "text without control characters, and not empty",
)


def literal_secret(key: str) -> str:
    """The text of the refusal for a secret that is written into a file; never shows it."""
    return f"'{key}' holds a secret itself; put a reference in its place: {KINDS}"


@dataclass(frozen=True, slots=True)
class ReferenceOnly:
    """A reference to a secret; anything else is refused without being shown."""

    otherwise: str

    def check(self, value: object) -> str:
        """The value, if it is a reference."""
        if isinstance(value, str) and reference(value):
            return value
        raise refusal(self.otherwise)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        pattern = "^(env|file|keyring|vault):.+$"
        return {"type": "string", "pattern": pattern, "description": KINDS}


def _port(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 65535:
        raise refusal("must be a port: a whole number from 1 to 65535")
    return value


def _scalar(value: object) -> object:
    if isinstance(value, dict | list):
        raise refusal("must be one value (text, a number, true or false), no list or mapping")
    return _PRINTABLE.check(value) if isinstance(value, str) else value


def _gateway(value: object) -> Address:
    """A host address that can be a mail gateway, or a refusal that says why not."""
    if not isinstance(value, str):
        raise refusal("must be a host address such as 192.168.1.1")
    if value.lower() in ("any", "any4", "any6"):
        raise refusal(f"'{value}' would exempt everybody; name the host addresses")
    if "/" in value:
        raise refusal(f"'{value}' is a network; name the host addresses one by one")
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        raise refusal(f"'{value}' is not a host address") from None
    if why := _unfit(address):
        raise refusal(f"'{value}' is {why}; a gateway is one host")
    return address


def _unfit(address: Address) -> str | None:
    """Why an address cannot be a gateway; the first reason that holds."""
    v6 = isinstance(address, ipaddress.IPv6Address)
    mapped = isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped
    zone = isinstance(address, ipaddress.IPv6Address) and address.scope_id
    reasons = (
        (mapped, "an IPv4-mapped IPv6 address: write the IPv4 address"),
        (zone, "an address with a zone"),
        (address.is_unspecified, "no host but stands for any"),
        (address.is_multicast, "a multicast address"),
        (address.is_loopback, "a loopback address"),
        (address.is_link_local, "a link-local address"),
        (not v6 and address.is_reserved, "a reserved or broadcast address"),
        (address in ipaddress.ip_network("0.0.0.0/8"), "in the network 0.0.0.0/8"),
    )
    return next((why for holds, why in reasons if holds), None)


def _clock(value: object) -> str:
    """``HH:MM``; a number would be YAML's reading of a time without quotes."""
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise refusal('must be a time of day from "00:00" to "23:59", in quotes')
    return value


def _zone(value: object) -> str:
    """The name of a time zone that this machine knows."""
    try:
        if isinstance(value, str):
            ZoneInfo(value)
            return value
    except (KeyError, OSError, ValueError):  # unknown; a folder of zones; a path
        pass
    raise refusal("must be a time zone such as Europe/Amsterdam or UTC")


def _ipv4(address: Address) -> Address:
    if address.version != 4:
        raise refusal("must be IPv4: it is for versions below 8.3, which exempt IPv4 only")
    return address


#: Also the name of a folder of saved texts, and of files of ours: nothing that a path could mean.
Name = Annotated[
    str,
    Form(
        r"[A-Za-z0-9][A-Za-z0-9._-]*",
        "a name of letters, digits, '.', '_' and '-' that begins with a letter or digit",
        64,
    ),
]
#: No leading '-': it must not pass for an option of another program.
HostAddress = Annotated[
    str,
    Form(r"[A-Za-z0-9:][A-Za-z0-9._:%-]*", "an IP address or a DNS name without blanks", 253),
]
Context = Annotated[
    str, Form(r"[A-Za-z0-9][A-Za-z0-9_-]*", "a context name of letters, digits, '_' and '-'", 32)
]
UserName = Annotated[str, Form(r"[!-~]+", "a user name without blanks or control characters", 64)]


def _hop(value: str) -> str:
    try:
        parse_hop(value)
    except ValueError as error:
        raise refusal(str(error)) from None
    return value


JumpHost = Annotated[
    str,
    AfterValidator(_hop),
    Form(
        r"(?:[A-Za-z0-9][!-?A-~]*@)?[A-Za-z0-9\[][A-Za-z0-9._:%\]-]*",
        "a jump host: [user@]host[:port]",
        253,
    ),
]
Printable = Annotated[str, _PRINTABLE]
Port = Annotated[
    int,
    BeforeValidator(_port),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 65535}),
]
Clock = Annotated[
    str,
    BeforeValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
]
Zone = Annotated[
    str,
    BeforeValidator(_zone),
    WithJsonSchema({"type": "string", "description": "a time zone such as Europe/Amsterdam"}),
]
Scalar = Annotated[
    Any,
    BeforeValidator(_scalar),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]
Gateway = Annotated[
    Address,
    BeforeValidator(_gateway),
    WithJsonSchema({"type": "string", "description": "address of one host, IPv4 or IPv6"}),
]
Mapped = Annotated[Gateway, AfterValidator(_ipv4)]
PasswordReference = Annotated[str, ReferenceOnly(literal_secret("password"))]
EnableReference = Annotated[str, ReferenceOnly(literal_secret("enable"))]
UserNameReference = Annotated[
    str,
    ReferenceOnly(
        f"'username' in credentials must be a reference ({KINDS}); "
        "a plain user name stands as 'username:' next to 'hostname:'"
    ),
]
