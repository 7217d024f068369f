"""Large running-configs as a device prints them, for measuring and for checking answers.

    python -m bench.generate --kind small-acls --lines 100000 > asa.txt

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
from collections.abc import Iterator, Sequence

from bench.stanzas import (
    CLASS_ACL,
    ROLES,
    Made,
    access_lists,
    acl_of,
    class_acl,
    groups_in,
    mail_groups,
    name_table,
    nat_rules,
    objects_in,
    routes_over,
)

KINDS = ("small-acls", "large-acl")
MIN_LINES = 300

_ZONES = ("outside", "inside", "dmz", "mgmt")
#: Of a hundred lines that are not fixed, how many are of this kind; the rest is access-lists.
_OBJECTS, _GROUPS, _NAT, _ROUTES, _NAMES = 7, 9, 3, 1, 1


def generate(kind: str, lines: int, seed: int = 1) -> str:
    """A running-config of exactly ``lines`` lines.

    Raises:
        ValueError: an unknown kind, or fewer than ``MIN_LINES`` lines.
    """
    if kind not in KINDS or lines < MIN_LINES:
        raise ValueError(f"one of {', '.join(KINDS)} and at least {MIN_LINES} lines")
    rng = random.Random(f"{kind} {lines} {seed}")
    made = Made()
    zones = [*_ZONES, *(f"{role}-{n}".lower() for n, role in _numbered(ROLES, lines // 2500))]
    zones = zones[:40]
    head, tail = _head(zones), _tail(zones)
    small = 9 if kind == "small-acls" else lines // 10
    left = lines - len(head) - len(tail)
    names = name_table(rng, made, 4 + left * _NAMES // 100)
    objects = objects_in(rng, made, 6 + left * _OBJECTS // 100)
    groups = [*mail_groups(rng, made, small), *groups_in(rng, made, left * _GROUPS // 100)]
    listed = class_acl(rng, made, small)
    nat = nat_rules(rng, made, left * _NAT // 100)
    routes = routes_over(rng, zones, left * _ROUTES // 100)
    fixed = (head, names, objects, groups, listed, nat, routes, tail)
    acls = access_lists(rng, made, zones, lines - sum(map(len, fixed)) - 3)
    parts = [
        [*head[:_AT_NAMES], *names, *head[_AT_NAMES:]],
        objects, groups, listed, acls, _SETTINGS, nat, routes, tail,
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
class-map {CLASS_ACL}
 description mail of partners, looked at before everything else
 match access-list {CLASS_ACL}
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
 class {CLASS_ACL}
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
        *(f"access-group {acl_of(zone)} in interface {zone}" for zone in zones),
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
