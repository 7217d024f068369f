"""A flow: the five-tuple and the two interfaces that a firewall decides by.

Syntax, as in all inputs and outputs::

    tcp 198.51.100.7:40000 -> 192.168.1.1:25 in outside out inside

Source port and interfaces may be left out; IPv6 addresses with a port stand in brackets.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from asa_automate.errors import UsageError
from asa_automate.model import Address

SMTP = 25

_FLOW = re.compile(
    r"^(?P<protocol>tcp|udp|icmp|\d{1,3})\s+(?P<source>\S+)\s+->\s+(?P<destination>\S+)"
    r"(?:\s+in\s+(?P<inside>\S+))?(?:\s+out\s+(?P<outside>\S+))?$"
)
_BRACKETED = re.compile(r"^\[([^\]]+)\](?::(\d{1,5}))?$")
_PLAIN = re.compile(r"^([^:]+)(?::(\d{1,5}))?$")


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow, named by its first packet (return packets inherit its treatment).

    Args:
        protocol: ``tcp``, ``udp``, ``icmp`` or a protocol number.
        destination_port: 0 where the protocol has none.
        source_port: ``None`` for any.
        in_interface: ``nameif`` where the first packet comes in; ``None`` for one without a
            policy of its own. ``out_interface`` likewise.
    """

    protocol: str
    source: Address
    destination: Address
    destination_port: int = 0
    source_port: int | None = None
    in_interface: str | None = None
    out_interface: str | None = None

    def __str__(self) -> str:
        text = f"{self.protocol} {_end(self.source, self.source_port)}"
        text += f" -> {_end(self.destination, self.destination_port or None)}"
        if self.in_interface:
            text += f" in {self.in_interface}"
        if self.out_interface:
            text += f" out {self.out_interface}"
        return text


def parse_flow(text: str) -> Flow:
    """Read the flow syntax.

    Raises:
        UsageError: with an example, when the text is not a flow.
    """
    found = _FLOW.match(text.strip())
    if not found:
        raise UsageError(f"not a flow: {text!r}; write it as {_EXAMPLE!r}")
    source, source_port = _parse_end(found["source"])
    destination, destination_port = _parse_end(found["destination"])
    if found["protocol"] in ("tcp", "udp") and destination_port is None:
        raise UsageError(f"the destination of {text!r} has no port; write it as {_EXAMPLE!r}")
    if source.version != destination.version:
        raise UsageError(f"{text!r} mixes IPv4 and IPv6")
    return Flow(
        protocol=found["protocol"],
        source=source,
        destination=destination,
        destination_port=destination_port or 0,
        source_port=source_port,
        in_interface=found["inside"],
        out_interface=found["outside"],
    )


_EXAMPLE = "tcp 198.51.100.7:40000 -> 192.168.1.1:25 in outside out inside"


def _end(address: Address, port: int | None) -> str:
    host = f"[{address}]" if address.version == 6 and port is not None else str(address)
    return host if port is None else f"{host}:{port}"


def _parse_end(text: str) -> tuple[Address, int | None]:
    try:
        return ip_address(text), None
    except ValueError:
        pass
    found = _BRACKETED.match(text) or _PLAIN.match(text)
    try:
        if not found:
            raise ValueError(text)
        port = int(found[2]) if found[2] is not None else None
        if port is not None and not 0 < port < 65536:
            raise ValueError(text)
        return ip_address(found[1]), port
    except ValueError:
        raise UsageError(f"not an address with port: {text!r}; an example: {_EXAMPLE!r}") from None
