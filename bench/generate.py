"""Large running-configs as a device prints them, for measuring and for checking answers.

    python bench/generate.py --kind small-acls --lines 100000 > asa.txt

The same kind, number of lines and seed give the same text on every machine. Everything in it is
made up: private addresses (RFC 1918) inside, those of the benchmarking range (RFC 2544) outside.

Two kinds:

``small-acls``
    many objects, groups and access-lists, of which the classes of the policy-map name only a few
    entries.
``large-acl``
    the same, and a class that names an access-list of a tenth of all lines, full of nested groups,
    objects, names and services.

In both the class ``PARTNER_MAIL`` and ``inspection_default`` inspect ESMTP. Whether the first one
takes the mail of a gateway depends on the seed.
"""

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

KINDS = ("small-acls", "large-acl")
GATEWAYS = ("192.168.1.1", "192.168.1.2")
MIN_LINES = 300

_CLASS_ACL = "PARTNER_MAIL"
_ZONES = ("outside", "inside", "dmz", "mgmt")
_SITES = ("AMS", "FRA", "LON", "MAD", "LIS", "GRU", "JFK", "SIN")
_ROLES = ("APP", "WEB", "DB", "FILES", "BACKUP", "PRINT", "VOICE", "LDAP", "BUILD", "CRM")
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
#: Of a hundred lines that are not fixed, how many are of this kind; the rest is access-lists.
_OBJECTS, _GROUPS, _NAT, _ROUTES, _NAMES = 7, 9, 3, 1, 1


@dataclass(slots=True)
class Made:
    """What has been defined so far, for entries to refer to."""

    names: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    mail_groups: list[str] = field(default_factory=list)


def generate(kind: str, lines: int, seed: int = 1) -> str:
    """A running-config of exactly ``lines`` lines.

    Raises:
        ValueError: an unknown kind, or fewer than ``MIN_LINES`` lines.
    """
    if kind not in KINDS or lines < MIN_LINES:
        raise ValueError(f"one of {', '.join(KINDS)} and at least {MIN_LINES} lines")
    rng = random.Random(f"{kind} {lines} {seed}")
    made = Made()
    zones = [*_ZONES, *(f"{role}-{n}".lower() for n, role in _numbered(_ROLES, lines // 2500))]
    zones = zones[:40]
    head, tail = _head(zones), _tail(zones)
    small = 9 if kind == "small-acls" else lines // 10
    left = lines - len(head) - len(tail)
    names = _names(rng, made, 4 + left * _NAMES // 100)
    objects = _objects(rng, made, 6 + left * _OBJECTS // 100)
    groups = [*_mail_groups(rng, made, small), *_groups(rng, made, left * _GROUPS // 100)]
    class_acl = _class_acl(rng, made, small)
    nat = _nat(rng, made, left * _NAT // 100)
    routes = _routes(rng, zones, left * _ROUTES // 100)
    fixed = (head, names, objects, groups, class_acl, nat, routes, tail)
    acls = _access_lists(rng, made, zones, lines - sum(map(len, fixed)) - 3)
    parts = [
        [*head[:_AT_NAMES], *names, *head[_AT_NAMES:]],
        objects, groups, class_acl, acls, _SETTINGS, nat, routes, tail,
    ]  # fmt: skip
    text = [line for part in parts for line in part]
    return "\n".join(text) + "\n"


def _numbered(words: Sequence[str], many: int) -> Iterator[tuple[int, str]]:
    return ((n, words[n % len(words)]) for n in range(many))


_HEAD = """\
: Saved

:
: Serial Number: JAF0000BENCH
: Hardware:   ASA5555, 16384 MB RAM, CPU Lynnfield 2792 MHz, 1 CPU (8 cores)
: Written by admin at 08:15:42.318 UTC Mon Nov 23 2026
!
ASA Version 9.16(4)\x20
!
hostname fw-bench
domain-name bench.example
enable password ***** pbkdf2
xlate per-session deny tcp any4 any4
names""".splitlines()
_AT_NAMES = len(_HEAD)
_SETTINGS = ["pager lines 24", "logging enable", "logging buffered informational"]


def _head(zones: Sequence[str]) -> list[str]:
    lines = [*_HEAD, "!"]
    for n, zone in enumerate(zones):
        lines += [
            f"interface GigabitEthernet0/{n % 8}.{100 + n}",
            f" vlan {100 + n}",
            f" nameif {zone}",
            f" security-level {min(100, n * 50 if n < 3 else 20 + n)}",
            f" ip address 10.255.{n}.1 255.255.255.0 standby 10.255.{n}.2\x20",
            "!",
        ]
    return [*lines, "ftp mode passive", "dns domain-lookup inside"]


_MPF = f"""\
!
class-map {_CLASS_ACL}
 description mail of partners, looked at before everything else
 match access-list {_CLASS_ACL}
class-map LONG_SESSIONS
 match access-list LONG_SESSIONS
class-map inspection_default
 match default-inspection-traffic
!
!
policy-map type inspect dns preset_dns_map
 parameters
  message-length maximum client auto
  message-length maximum 512
  no tcp-inspection
policy-map global_policy
 class {_CLASS_ACL}
  inspect esmtp\x20
 class LONG_SESSIONS
  set connection timeout idle 4:00:00\x20
 class inspection_default
  inspect dns preset_dns_map\x20
  inspect ftp\x20
  inspect h323 h225\x20
  inspect h323 ras\x20
  inspect rsh\x20
  inspect rtsp\x20
  inspect esmtp\x20
  inspect sqlnet\x20
  inspect skinny \x20
  inspect sunrpc\x20
  inspect xdmcp\x20
  inspect sip \x20
  inspect netbios\x20
  inspect tftp\x20
  inspect ip-options\x20
  inspect icmp\x20
 class class-default
  set connection decrement-ttl
!
service-policy global_policy global
prompt hostname context\x20
no call-home reporting anonymous
Cryptochecksum:0f1e2d3c4b5a69788796a5b4c3d2e1f0
: end""".splitlines()


def _tail(zones: Sequence[str]) -> list[str]:
    return [
        *(f"access-group {_acl_of(zone)} in interface {zone}" for zone in zones),
        "timeout xlate 3:00:00",
        "timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00 icmp 0:00:02",
        "user-identity default-domain LOCAL",
        "aaa authentication ssh console LOCAL\x20",
        "snmp-server enable traps snmp authentication linkup linkdown coldstart warmstart",
        "ssh timeout 5",
        "ssh version 2",
        "console timeout 0",
        "threat-detection basic-threat",
        *_MPF,
    ]


def _acl_of(zone: str) -> str:
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


def _names(rng: random.Random, made: Made, many: int) -> list[str]:
    """The table; every fourth name has a description, and some begin with a digit."""
    lines = [f"name {GATEWAYS[0]} esa-1 description the first mail gateway"]
    made.names = ["esa-1"]
    for n in range(many - 1):
        name = f"{n}-{rng.choice(_SITES)}-host" if n % 7 == 3 else f"{rng.choice(_SITES)}_srv_{n}"
        words = f" description {rng.choice(_REMARKS)}" if n % 4 == 1 else ""
        lines.append(f"name {_inside(rng)} {name}{words}")
        made.names.append(name)
    return lines


def _objects(rng: random.Random, made: Made, budget: int) -> list[str]:
    """Network objects and a few of services, in about ``budget`` lines."""
    lines = [
        "object network ESA-2", f" host {GATEWAYS[1]}",
        "object service SMTP", " service tcp destination eq smtp",
    ]  # fmt: skip
    made.hosts.append("ESA-2")
    for n in count():
        if len(lines) >= budget:
            return lines
        name = f"{rng.choice(_SITES)}-{rng.choice(_ROLES)}-{n:05}"
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


def _mail_groups(rng: random.Random, made: Made, entries: int) -> list[str]:
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


def _groups(rng: random.Random, made: Made, budget: int) -> list[str]:
    """Groups of hosts and ports that only access-groups use, in about ``budget`` lines."""
    lines: list[str] = []
    for n in count():
        if len(lines) >= budget and n > 3:
            return lines
        if n % 8 == 7:
            name = f"{rng.choice(_ROLES)}-PORTS-{n:05}"
            lines.append(f"object-group service {name} tcp")
            lines += [f" port-object eq {port}" for port in sorted(set(rng.choices(_TCP, k=4)))]
            lines.append(" port-object range 30000 30999")
            continue
        name = f"{rng.choice(_SITES)}-{rng.choice(_ROLES)}-GROUP-{n:05}"
        lines.append(f"object-group network {name}")
        if n % 3 == 0:
            lines.append(f" description {rng.choice(_REMARKS)}")
        lines += _members(rng, made, rng.randrange(2, 15))
        if n > 8 and n % 4 == 0:
            lines.append(f" group-object {rng.choice(made.groups)}")
        made.groups.append(name)
    return lines


def _class_acl(rng: random.Random, made: Made, entries: int) -> list[str]:
    """The access-lists that classes name; the gateways stand behind the middle of the first."""
    lines = [f"access-list {_CLASS_ACL} remark {_REMARKS[3]}"]
    seen = set(lines)
    gateways = _gateway_entries(rng, made)
    while len(lines) < entries:
        line = f"access-list {_CLASS_ACL} extended {_mail_entry(rng, made)}"
        if line not in seen:
            lines.append(line)
            seen.add(line)
    middle = len(lines) // 2
    for entry in gateways:
        middle = rng.randrange(middle, len(lines)) + 1
        lines.insert(middle, f"access-list {_CLASS_ACL} extended {entry}")
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


def _access_lists(rng: random.Random, made: Made, zones: Sequence[str], budget: int) -> list[str]:
    """What access-groups name: exactly ``budget`` lines, shared out among the interfaces."""
    lines: list[str] = []
    for n, zone in enumerate(zones):
        share = (budget - len(lines)) // (len(zones) - n)
        lines += islice(_access_list(rng, made, _acl_of(zone)), share)
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


def _nat(rng: random.Random, made: Made, budget: int) -> list[str]:
    """Twice NAT, then the second block of objects with their own translation."""
    lines = [
        f"nat (inside,outside) source static {one} {one} destination static {other} {other} "
        "no-proxy-arp route-lookup"
        for one, other in (rng.sample(made.groups, 2) for _ in range(budget // 3))
    ]
    for name in made.hosts[: max(1, (budget - len(lines)) // 2)]:
        lines += [f"object network {name}", f" nat (inside,outside) static {_outside(rng)}"]
    return lines


def _routes(rng: random.Random, zones: Sequence[str], budget: int) -> list[str]:
    lines = ["route outside 0.0.0.0 0.0.0.0 10.255.0.254 1"]
    for _ in range(budget):
        at = rng.randrange(1, len(zones))
        lines.append(f"route {zones[at]} {_subnet(rng)} 10.255.{at}.254 1")
    return lines


def main() -> None:
    """Print one configuration."""
    parser = argparse.ArgumentParser(description="a large running-config, always the same")
    parser.add_argument("--kind", choices=KINDS, default=KINDS[0])
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    try:
        sys.stdout.write(generate(asked.kind, asked.lines, asked.seed))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
