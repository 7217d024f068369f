"""The inspection engines: their transport protocol and their default ports."""

from dataclasses import dataclass
from functools import cache

ESMTP = "esmtp"

#: What ``inspect esmtp`` without a map means (Cisco ASA 9.3 firewall CLI guide, p.13-41).
DEFAULT_ESMTP_MAP = "_default_esmtp_map"


@dataclass(frozen=True, slots=True)
class Port:
    """One entry of the default inspection traffic: protocol and port range."""

    engine: str
    protocol: str
    low: int = 0
    high: int = 0


#: ``match default-inspection-traffic``, from the ASA's own help text as printed in Cisco Press,
#: "Cisco ASA", chapter 8; snmp from the Cisco ASA 8.4 CLI guide, p.42-7, which says that SNMP
#: "matches the inspection_default class".
DEFAULT_TRAFFIC: tuple[Port, ...] = (
    Port("ctiqbe", "tcp", 2748, 2748),
    Port("dns", "udp", 53, 53),
    Port("ftp", "tcp", 21, 21),
    Port("gtp", "udp", 2123, 2123),
    Port("gtp", "udp", 3386, 3386),
    Port("h323 h225", "tcp", 1720, 1720),
    Port("h323 ras", "udp", 1718, 1719),
    Port("http", "tcp", 80, 80),
    Port("icmp", "icmp"),
    Port("icmp error", "icmp"),
    Port("ils", "tcp", 389, 389),
    Port("mgcp", "udp", 2427, 2427),
    Port("mgcp", "udp", 2727, 2727),
    Port("netbios", "udp", 137, 138),
    Port("sunrpc", "udp", 111, 111),
    Port("rsh", "tcp", 514, 514),
    Port("rtsp", "tcp", 554, 554),
    Port("sip", "tcp", 5060, 5060),
    Port("sip", "udp", 5060, 5060),
    Port("skinny", "tcp", 2000, 2000),
    Port(ESMTP, "tcp", 25, 25),
    Port("snmp", "udp", 161, 162),
    Port("sqlnet", "tcp", 1521, 1521),
    Port("tftp", "udp", 69, 69),
    Port("xdmcp", "udp", 177, 177),
)

_BY_PROTOCOL: dict[str, tuple[Port, ...]] = {
    protocol: tuple(p for p in DEFAULT_TRAFFIC if p.protocol == protocol)
    for protocol in ("tcp", "udp", "icmp")
}
_TRANSPORT: dict[str, frozenset[str]] = {
    engine: frozenset(p.protocol for p in DEFAULT_TRAFFIC if p.engine == engine)
    for engine in {p.engine for p in DEFAULT_TRAFFIC}
}


@cache
def default_engines(protocol: str, port: int) -> frozenset[str]:
    """The engines whose default traffic contains this protocol and destination port."""
    return frozenset(
        p.engine for p in _BY_PROTOCOL.get(protocol, ()) if p.low <= port <= p.high or not p.high
    )


def speaks(engine: str, protocol: str) -> bool:
    """Whether an engine can inspect this transport protocol at all; unknown engines: yes."""
    return protocol in _TRANSPORT.get(engine, {protocol})


def effective_map(engine: str, argument: str | None) -> str | None:
    """The map in force: ``inspect esmtp`` and ``inspect esmtp _default_esmtp_map`` are one."""
    return argument or (DEFAULT_ESMTP_MAP if engine == ESMTP else None)
