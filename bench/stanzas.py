"""The stanzas of a large running-config that inspection may depend on, made up at random.

Names, objects and groups come first, for entries to refer to; each kind fills about as many lines
as it is asked for. The same generator of random numbers gives the same lines.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

GATEWAYS = ("192.168.1.1", "192.168.1.2")
CLASS_ACL = "PARTNER_MAIL"

_SITES = ("AMS", "FRA", "LON", "MAD", "LIS", "GRU", "JFK", "SIN")
ROLES = ("APP", "WEB", "DB", "FILES", "BACKUP", "PRINT", "VOICE", "LDAP", "BUILD", "CRM")
_REMARKS = (
    "requested by the application team, see the change record",
    "temporary until the migration is over",
    "SMTP from the application servers to the relay, do not remove",
    "*** partner connections ***",
    "backup window",
    "inspect esmtp was discussed here and left as it is",
)
_TCP = ("smtp", "www", "https", "ssh", "domain", "ldap", "ldaps", "sqlnet", "8080", "8443", "5432")
_UDP = ("domain", "syslog", "snmp", "ntp", "sip", "radius")


@dataclass(slots=True)
class Made:
    """What has been defined so far, for entries to refer to."""

    names: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    mail_groups: list[str] = field(default_factory=list)


def acl_of(zone: str) -> str:
    """The access-list that an access-group names for an interface."""
    return zone.upper().replace("-", "_") + "_ACCESS_IN"


def _inside(rng: random.Random) -> str:
    return f"10.{rng.randrange(0, 200)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def _outside(rng: random.Random) -> str:
    return f"198.{rng.randrange(18, 20)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def _subnet(rng: random.Random) -> str:
    """``NETWORK MASK`` inside."""
    length = rng.choice((20, 22, 24, 26, 28))
    number = (10 << 24 | rng.randrange(200 << 16)) >> (32 - length) << (32 - length)
    return f"{_dotted(number)} {_dotted(2**32 - 2 ** (32 - length))}"


def _dotted(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def name_table(rng: random.Random, made: Made, many: int) -> list[str]:
    """The table; every fourth name has a description, and some begin with a digit."""
    lines = [f"name {GATEWAYS[0]} esa-1 description the first mail gateway"]
    made.names = ["esa-1"]
    for n in range(many - 1):
        name = f"{n}-{rng.choice(_SITES)}-host" if n % 7 == 3 else f"{rng.choice(_SITES)}_srv_{n}"
        words = f" description {rng.choice(_REMARKS)}" if n % 4 == 1 else ""
        lines.append(f"name {_inside(rng)} {name}{words}")
        made.names.append(name)
    return lines


def objects_in(rng: random.Random, made: Made, budget: int) -> list[str]:
    """Network objects and a few of services, in about ``budget`` lines."""
    lines = [
        "object network ESA-2", f" host {GATEWAYS[1]}",
        "object service SMTP", " service tcp destination eq smtp",
    ]  # fmt: skip
    made.hosts.append("ESA-2")
    for n in count():
        if len(lines) >= budget:
            return lines
        name = f"{rng.choice(_SITES)}-{rng.choice(ROLES)}-{n:05}"
        low = rng.randrange(1, 200)
        lines += [
            f"object network {name}",
            rng.choice(
                (
                    f" host {_inside(rng)}",
                    f" host {_inside(rng)}",
                    f" subnet {_subnet(rng)}",
                    f" range 10.201.{n % 256}.{low} 10.201.{n % 256}.{low + 40}",
                )
            ),
        ]
        if n % 9 == 4:
            lines.append(f" description {rng.choice(_REMARKS)}")
        made.hosts.append(name)
    return lines


def mail_groups(rng: random.Random, made: Made, entries: int) -> list[str]:
    """What the class's access-list refers to: groups three deep, by every kind of member."""
    # Of mail on port 25 alone: a class of ours does not take over what a class has besides.
    lines = ["object-group service MAIL_PORTS tcp", " port-object eq smtp"]
    lines += ["object-group service MAIL_SERVICES", " service-object tcp destination eq smtp"]
    lines += [" service-object udp destination range 465 587", " service-object icmp "]
    lines += ["object-group network MAIL_INNER", f" network-object host {_outside(rng)}"]
    lines += [f" network-object host {gateway}" for gateway in GATEWAYS if rng.randrange(5) == 0]
    for n in range(max(1, entries // 25)):
        name = f"MAIL_HOSTS_{n:04}"
        lines.append(f"object-group network {name}")
        lines += _members(rng, made, rng.randrange(2, 7))
        if n % 5 == 0:
            lines.append(" group-object MAIL_INNER")
        elif n % 3 == 0:
            lines.append(f" group-object {rng.choice(made.mail_groups)}")
        made.mail_groups.append(name)
    return lines


def _members(rng: random.Random, made: Made, many: int) -> list[str]:
    """Up to ``many`` members, each once: a device refuses the second."""
    members = dict.fromkeys(_member(rng, made) for _ in range(many))
    return [f" network-object {member}" for member in members]


def _member(rng: random.Random, made: Made) -> str:
    kind = rng.randrange(4)
    if kind == 0:
        return f"host {rng.choice(made.names[1:])}"
    if kind == 1:
        return f"object {rng.choice(made.hosts[1:] or made.hosts)}"
    return f"host {_inside(rng)}" if kind == 2 else _subnet(rng)


def groups_in(rng: random.Random, made: Made, budget: int) -> list[str]:
    """Groups of hosts and ports that only access-groups use, in about ``budget`` lines."""
    lines: list[str] = []
    for n in count():
        if len(lines) >= budget and n > 3:
            return lines
        if n % 8 == 7:
            name = f"{rng.choice(ROLES)}-PORTS-{n:05}"
            lines.append(f"object-group service {name} tcp")
            lines += [f" port-object eq {port}" for port in sorted(set(rng.choices(_TCP, k=4)))]
            lines.append(" port-object range 30000 30999")
            continue
        name = f"{rng.choice(_SITES)}-{rng.choice(ROLES)}-GROUP-{n:05}"
        lines.append(f"object-group network {name}")
        if n % 3 == 0:
            lines.append(f" description {rng.choice(_REMARKS)}")
        lines += _members(rng, made, rng.randrange(2, 15))
        if n > 8 and n % 4 == 0:
            lines.append(f" group-object {rng.choice(made.groups)}")
        made.groups.append(name)
    return lines


def class_acl(rng: random.Random, made: Made, entries: int) -> list[str]:
    """The access-lists that classes name; the gateways stand behind the middle of the first."""
    lines = [f"access-list {CLASS_ACL} remark {_REMARKS[3]}"]
    seen = set(lines)
    gateways = _gateway_entries(rng, made)
    while len(lines) < entries:
        line = f"access-list {CLASS_ACL} extended {_mail_entry(rng, made)}"
        if line not in seen:
            lines.append(line)
            seen.add(line)
    middle = len(lines) // 2
    for entry in gateways:
        middle = rng.randrange(middle, len(lines)) + 1
        lines.insert(middle, f"access-list {CLASS_ACL} extended {entry}")
    return [
        *lines,
        "access-list LONG_SESSIONS extended permit tcp object-group MAIL_INNER any eq sqlnet",
        "access-list LONG_SESSIONS extended permit tcp any4 host 10.200.1.9 eq 1433 inactive",
    ]


def _gateway_entries(rng: random.Random, made: Made) -> list[str]:
    partners = rng.choice(made.mail_groups)
    return rng.sample(
        [
            f"permit tcp host {_outside(rng)} host esa-1 eq smtp",
            "deny tcp any object ESA-2 eq smtp",
            f"permit tcp object-group {partners} object ESA-2 object-group MAIL_PORTS",
            f"permit object SMTP host esa-1 object-group {partners}",
            "permit tcp 198.18.0.0 255.254.0.0 192.168.1.0 255.255.255.252 eq smtp",
            "deny tcp host esa-1 any",
        ],
        k=rng.randrange(4),
    )


def _mail_entry(rng: random.Random, made: Made) -> str:
    group = f"object-group {rng.choice(made.mail_groups)}"
    host = f"host {rng.choice(made.names[1:])}"
    kind = rng.randrange(8)
    if kind == 0:
        return f"deny tcp {group} host {_outside(rng)} eq smtp"
    if kind == 1:
        return f"permit tcp host {_outside(rng)} {group} object-group MAIL_PORTS"
    if kind == 2:
        return f"permit object-group MAIL_SERVICES {group} {host}"
    if kind == 3:
        return f"permit object SMTP {host} {group}"
    if kind == 4:
        return f"permit tcp {_subnet(rng)} host {_outside(rng)} range 25 25 log"
    if kind == 5:
        return f"permit tcp object {rng.choice(made.hosts[1:] or made.hosts)} {group} eq smtp"
    if kind == 6:
        return f"permit tcp {group} gt 1023 {host} eq smtp inactive"
    return f"permit tcp host {_inside(rng)} {host} eq smtp log informational interval 600"


def access_lists(rng: random.Random, made: Made, zones: Sequence[str], budget: int) -> list[str]:
    """What access-groups name: exactly ``budget`` lines, shared out among the interfaces."""
    lines: list[str] = []
    for n, zone in enumerate(zones):
        share = (budget - len(lines)) // (len(zones) - n)
        lines += islice(_access_list(rng, made, acl_of(zone)), share)
    return lines


def _access_list(rng: random.Random, made: Made, name: str) -> Iterator[str]:
    seen: set[str] = set()
    for n in count():
        if n % 12 == 0:
            yield f"access-list {name} remark {rng.choice(_REMARKS)}"
        entry = _entry(rng, made)
        if entry not in seen:  # a device refuses an entry that is there already
            seen.add(entry)
            yield f"access-list {name} extended {entry}"


def _entry(rng: random.Random, made: Made) -> str:
    action = "deny" if rng.randrange(8) == 0 else "permit"
    source, destination = (rng.choice(_ENDS)(rng, made) for _ in range(2))
    if rng.randrange(6) == 0:
        return f"{action} udp {source} {destination} eq {rng.choice(_UDP)}"
    if rng.randrange(9) == 0:
        return f"{action} ip {source} {destination} log disable"
    log = " log informational interval 300" if rng.randrange(3) == 0 else ""
    return f"{action} tcp {source} {destination} eq {rng.choice(_TCP)}{log}"


_ENDS: tuple[Callable[[random.Random, Made], str], ...] = (
    lambda rng, made: f"object-group {rng.choice(made.groups)}",
    lambda rng, made: f"object-group {rng.choice(made.groups)}",
    lambda rng, made: f"object {rng.choice(made.hosts)}",
    lambda rng, made: f"host {rng.choice(made.names)}",
    lambda rng, _: f"host {_inside(rng)}",
    lambda rng, _: _subnet(rng),
)


def nat_rules(rng: random.Random, made: Made, budget: int) -> list[str]:
    """Twice NAT, then the second block of objects with their own translation."""
    lines = [
        f"nat (inside,outside) source static {one} {one} destination static {other} {other} "
        "no-proxy-arp route-lookup"
        for one, other in (rng.sample(made.groups, 2) for _ in range(budget // 3))
    ]
    for name in made.hosts[: max(1, (budget - len(lines)) // 2)]:
        lines += [f"object network {name}", f" nat (inside,outside) static {_outside(rng)}"]
    return lines


def routes_over(rng: random.Random, zones: Sequence[str], budget: int) -> list[str]:
    """Static routes, the default one first."""
    lines = ["route outside 0.0.0.0 0.0.0.0 10.255.0.254 1"]
    for _ in range(budget):
        at = rng.randrange(1, len(zones))
        lines.append(f"route {zones[at]} {_subnet(rng)} 10.255.{at}.254 1")
    return lines
