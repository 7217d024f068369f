"""Where a new top-level stanza is printed.

The order is what `show running-config` of 8.4 to 9.16 boxes shows: name tables and interfaces
first, then objects, object-groups, access-lists, general settings, NAT, access-groups, routes,
AAA, crypto, access to the box, VPN, and last class-maps, policy-maps and service-policies.
A stanza goes after the last one of its kind, else ahead of the first command of a later kind.
"""

import re

from asa_automate.config.tree import Line
from asa_automate.lab.stanzas import Stanzas, key

KINDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"terminal width( |$)",
        r"hostname( |$)",
        r"domain-name( |$)",
        r"enable password( |$)",
        r"service-module( |$)",
        r"(no )?xlate( |$)",
        r"passwd( |$)",
        r"(no )?names$",
        r"name( |$)",
        r"(no )?mac-address( |$)",
        r"ip(v6)? local pool( |$)",
        r"interface( |$)",
        r"banner( |$)",
        r"boot( |$)",
        r"ftp mode( |$)",
        r"clock( |$)",
        r"dns( |$)",
        r"same-security-traffic( |$)",
        r"object (?!.*\n *nat )",
        r"object-group( |$)",
        r"access-list( |$)",
        r"(no )?pager( |$)",
        r"(no )?logging( |$)",
        r"flow-export( |$)",
        r"mtu( |$)",
        r"(no )?failover( |$)",
        r"(no )?monitor-interface( |$)",
        r"icmp( |$)",
        r"(no )?asdm( |$)",
        r"(no )?arp( |$)",
        r"global( |$)",
        r"nat( |$)",
        r"object (?=.*\n *nat )",
        r"static( |$)",
        r"access-group( |$)",
        r"router( |$)",
        r"route( |$)",
        r"timeout( |$)",
        r"dynamic-access-policy-record( |$)",
        r"aaa-server( |$)",
        r"user-identity( |$)",
        r"aaa( |$)",
        r"(no )?http( |$)",
        r"(no )?snmp-server( |$)",
        r"(no )?sysopt( |$)",
        r"(no )?service( |$)",
        r"crypto( |$)",
        r"telnet( |$)",
        r"ssh( |$)",
        r"console( |$)",
        r"(no )?dhcpd( |$)",
        r"(no )?threat-detection( |$)",
        r"ntp( |$)",
        r"ssl( |$)",
        r"webvpn( |$)",
        r"group-policy( |$)",
        r"username( |$)",
        r"tunnel-group( |$)",
        r"class-map( |$)",
        r"policy-map( |$)",
        r"service-policy( |$)",
        r"prompt( |$)",
        r"(no )?call-home( |$)",
    )
)


def placed(stanzas: Stanzas, line: Line) -> Stanzas:
    """The stanzas with ``line`` where a box would print it."""
    where = _index(stanzas, _rank(line))
    return (*stanzas[:where], line, *stanzas[where:])


def _rank(line: Line) -> int | None:
    if line.is_comment:
        return None
    text = "\n".join([key(line), *(f" {key(child)}" for child in line.children)])
    return next((rank for rank, kind in enumerate(KINDS) if kind.match(text)), None)


def _index(stanzas: Stanzas, rank: int | None) -> int:
    ranks = [_rank(line) for line in stanzas]
    if rank is None:
        return len(stanzas)
    same = [i for i, other in enumerate(ranks) if other == rank]
    if same:
        return same[-1] + 1
    later = [i for i, other in enumerate(ranks) if other is not None and other > rank]
    return later[0] if later else len(stanzas)
