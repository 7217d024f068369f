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
        r"terminal width\b",
        r"hostname\b",
        r"domain-name\b",
        r"enable password\b",
        r"service-module\b",
        r"(no )?xlate\b",
        r"passwd\b",
        r"(no )?names$",
        r"name\b",
        r"(no )?mac-address\b",
        r"ip(v6)? local pool\b",
        r"interface\b",
        r"banner\b",
        r"boot\b",
        r"ftp mode\b",
        r"clock\b",
        r"dns\b",
        r"same-security-traffic\b",
        r"object\b(?!.*\n *nat )",
        r"object-group\b",
        r"access-list\b",
        r"(no )?pager\b",
        r"(no )?logging\b",
        r"flow-export\b",
        r"mtu\b",
        r"(no )?failover\b",
        r"(no )?monitor-interface\b",
        r"icmp\b",
        r"(no )?asdm\b",
        r"(no )?arp\b",
        r"global\b",
        r"nat\b",
        r"object\b(?=.*\n *nat )",
        r"static\b",
        r"access-group\b",
        r"router\b",
        r"route\b",
        r"timeout\b",
        r"dynamic-access-policy-record\b",
        r"aaa-server\b",
        r"user-identity\b",
        r"aaa\b",
        r"(no )?http\b",
        r"(no )?snmp-server\b",
        r"(no )?sysopt\b",
        r"(no )?service\b",
        r"crypto\b",
        r"telnet\b",
        r"ssh\b",
        r"console\b",
        r"(no )?dhcpd\b",
        r"(no )?threat-detection\b",
        r"ntp\b",
        r"ssl\b",
        r"webvpn\b",
        r"group-policy\b",
        r"username\b",
        r"tunnel-group\b",
        r"class-map\b",
        r"policy-map\b",
        r"service-policy\b",
        r"prompt\b",
        r"(no )?call-home\b",
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
