"""Where a new top-level stanza is printed.

The order is what `show running-config` of 8.4 to 9.16 boxes shows: name tables and interfaces
first, then objects, object-groups, access-lists, general settings, NAT, access-groups, routes,
AAA, crypto, access to the box, VPN, and last class-maps, policy-maps and service-policies.
A stanza goes after the last one of its kind, else ahead of the first command of a later kind.
"""

import re
from functools import lru_cache

from asa_automate.config.tree import Line
from asa_automate.lab.stanzas import Stanzas, key

KINDS = tuple(
    re.compile(pattern)
    for pattern in (
        r"terminal width(?![\w-])",
        r"hostname(?![\w-])",
        r"domain-name(?![\w-])",
        r"enable password(?![\w-])",
        r"service-module(?![\w-])",
        r"(no )?xlate(?![\w-])",
        r"passwd(?![\w-])",
        r"(no )?names$",
        r"name(?![\w-])",
        r"(no )?mac-address(?![\w-])",
        r"ip(v6)? local pool(?![\w-])",
        r"interface(?![\w-])",
        r"banner(?![\w-])",
        r"boot(?![\w-])",
        r"ftp mode(?![\w-])",
        r"clock(?![\w-])",
        r"dns(?![\w-])",
        r"same-security-traffic(?![\w-])",
        r"object (?!.*\n *nat )",
        r"object-group(?![\w-])",
        r"access-list(?![\w-])",
        r"(no )?pager(?![\w-])",
        r"(no )?logging(?![\w-])",
        r"flow-export(?![\w-])",
        r"mtu(?![\w-])",
        r"(no )?failover(?![\w-])",
        r"(no )?monitor-interface(?![\w-])",
        r"icmp(?![\w-])",
        r"(no )?asdm(?![\w-])",
        r"(no )?arp(?![\w-])",
        r"(no )?nat-control(?![\w-])",
        r"global(?![\w-])",
        r"nat(?![\w-])",
        r"object (?=.*\n *nat )",
        r"static(?![\w-])",
        r"access-group(?![\w-])",
        r"router(?![\w-])",
        r"route(?![\w-])",
        r"timeout(?![\w-])",
        r"dynamic-access-policy-record(?![\w-])",
        r"aaa-server(?![\w-])",
        r"user-identity(?![\w-])",
        r"aaa(?![\w-])",
        r"(no )?http(?![\w-])",
        r"(no )?snmp-server(?![\w-])",
        r"(no )?sysopt(?![\w-])",
        r"(no )?service(?![\w-])",
        r"crypto(?![\w-])",
        r"telnet(?![\w-])",
        r"ssh(?![\w-])",
        r"console(?![\w-])",
        r"(no )?dhcpd(?![\w-])",
        r"(no )?threat-detection(?![\w-])",
        r"ntp(?![\w-])",
        r"ssl(?![\w-])",
        r"webvpn(?![\w-])",
        r"group-policy(?![\w-])",
        r"username(?![\w-])",
        r"tunnel-group(?![\w-])",
        r"class-map(?![\w-])",
        r"policy-map(?![\w-])",
        r"service-policy(?![\w-])",
        r"prompt(?![\w-])",
        r"(no )?call-home(?![\w-])",
    )
)


def placed(stanzas: Stanzas, line: Line) -> Stanzas:
    """The stanzas with ``line`` where a box would print it."""
    where = _index(stanzas, _rank(line))
    return (*stanzas[:where], line, *stanzas[where:])


def _rank(line: Line) -> int | None:
    if line.is_comment:
        return None
    words = key(line).split(maxsplit=3)
    many = words[0] in _BY_MORE_THAN_ONE
    return _rank_of(" ".join(words[: 3 if many else 1]), _has_nat(line))


#: First words that do not say the kind alone.
_BY_MORE_THAN_ONE = ("no", "terminal", "enable", "ip", "ipv6", "ftp", "object")


def _has_nat(line: Line) -> bool:
    return any(child.text.startswith("nat ") for child in line.children)


@lru_cache(maxsize=4096)
def _rank_of(head: str, has_nat: bool) -> int | None:
    text = f"{head}\n nat " if has_nat else head
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
