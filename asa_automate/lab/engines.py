"""Inspection engines: their names in configuration lines, and the ports they own by default.

Source of the ports: help text of `match default-inspection-traffic` (ASA 7.x/8.x CLI).
"""

from dataclasses import dataclass

from asa_automate.lab.stanzas import squeeze

#: Names of two words; every other engine has one.
_TWO_WORDS = ("h323 h225", "h323 ras", "icmp error", "ftp strict")
_OPTIONS = ("dynamic-filter-snoop", "maximum-length", "tls-proxy", "allocate-mps")

#: Engine -> (protocol, first port, last port) of `match default-inspection-traffic`.
DEFAULT_TRAFFIC: dict[str, tuple[tuple[str, int, int], ...]] = {
    "ctiqbe": (("tcp", 2748, 2748),),
    "dns": (("udp", 53, 53),),
    "ftp": (("tcp", 21, 21),),
    "gtp": (("udp", 2123, 2123), ("udp", 3386, 3386)),
    "h323 h225": (("tcp", 1720, 1720),),
    "h323 ras": (("udp", 1718, 1719),),
    "http": (("tcp", 80, 80),),
    "icmp": (("icmp", 0, 65535),),
    "icmp error": (("icmp", 0, 65535),),
    "ils": (("tcp", 389, 389),),
    "mgcp": (("udp", 2427, 2427), ("udp", 2727, 2727)),
    "netbios": (("udp", 137, 138),),
    "sunrpc": (("udp", 111, 111), ("tcp", 111, 111)),
    "rsh": (("tcp", 514, 514),),
    "rtsp": (("tcp", 554, 554),),
    "sip": (("tcp", 5060, 5060), ("udp", 5060, 5060)),
    "skinny": (("tcp", 2000, 2000),),
    "esmtp": (("tcp", 25, 25),),
    "sqlnet": (("tcp", 1521, 1521),),
    "tftp": (("udp", 69, 69),),
    "xdmcp": (("udp", 177, 177),),
}
#: Engines without a port in that list; they act on their own protocol, or need their own class.
NO_DEFAULT_PORT = {
    "dcerpc": "tcp",
    "diameter": "tcp",
    "im": "tcp",
    "ip-options": "ip",
    "ipsec-pass-thru": "udp",
    "ipv6": "ip",
    "lisp": "udp",
    "m3ua": "sctp",
    "mmp": "tcp",
    "pptp": "tcp",
    "radius-accounting": "udp",
    "scansafe": "tcp",
    "sctp": "sctp",
    "snmp": "udp",
    "stun": "udp",
    "vxlan": "udp",
    "waas": "tcp",
}
ENGINES = (*DEFAULT_TRAFFIC, *NO_DEFAULT_PORT)
_TCP_PROXY = ("rtsp", "sunrpc", "h323 h225", "sip", "skinny", "dcerpc", "diameter")


@dataclass(frozen=True, slots=True)
class Inspect:
    """An ``inspect`` line: engine, map (or an empty text) and other options."""

    engine: str
    map: str
    options: str = ""

    @property
    def text(self) -> str:
        """The line as printed."""
        return squeeze(f"inspect {self.engine} {self.map} {self.options}")


def read_inspect(line: str) -> Inspect | None:
    """``inspect esmtp MAP`` and the like; ``None`` if the line is none."""
    words = line.split()
    if words[:1] != ["inspect"] or len(words) < 2:
        return None
    count = 2 if " ".join(words[1:3]) in _TWO_WORDS else 1
    engine, rest = " ".join(words[1 : 1 + count]), words[1 + count :]
    if engine == "ftp strict":
        return Inspect("ftp", rest[0] if rest else "", "strict")
    has_map = bool(rest) and rest[0] not in _OPTIONS
    return Inspect(engine, rest[0] if has_map else "", " ".join(rest[has_map:]))


def protocols(engine: str) -> set[str]:
    """The transports that an engine can act on; ``ip`` for all."""
    if engine in DEFAULT_TRAFFIC:
        return {protocol for protocol, _, _ in DEFAULT_TRAFFIC[engine]}
    return {NO_DEFAULT_PORT.get(engine, "ip")}


def owns(engine: str, protocol: str, port: int) -> bool:
    """Whether default-inspection-traffic gives this port to the engine."""
    return any(
        protocol == other and low <= port <= high
        for other, low, high in DEFAULT_TRAFFIC.get(engine, ())
    )


def has_tcp_proxy(engine: str) -> bool:
    """Whether ``show service-policy`` prints a ``tcp-proxy`` line beneath the engine."""
    return engine in _TCP_PROXY
