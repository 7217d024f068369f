"""A configuration to rehearse on for each dialect: the same site, as its release would print it.

A mail gateway 192.168.1.1 inside is known outside as 203.0.113.25: by ``static`` before 8.3, by
the translation of an object from then on. The policy is the factory's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from asa_automate.lab.dialects import Dialect, Release, release_of, spoken_at
from asa_automate.lab.knobs import Knobs

_INTERFACES = """\
interface {kind}0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
!
interface {kind}1
 nameif inside
 security-level 100
 ip address 192.168.1.254 255.255.255.0
!
interface {kind}2
 nameif dmz
 security-level 50
 ip address 192.168.50.254 255.255.255.0
!
ftp mode passive
"""
_NAMES = """\
names
name 192.168.1.1 mailgate
name 192.168.1.20 exchange description mailbox server
"""
_OBJECTS = """\
object network mailgate
 host 192.168.1.1
object network exchange
 host 192.168.1.20
object network inside-net
 subnet 192.168.1.0 255.255.255.0
"""
_OLD_LISTS = """\
object-group service WEB tcp
 port-object eq www
 port-object eq https
access-list OUTSIDE_IN remark mail to the gateway
access-list OUTSIDE_IN extended permit tcp any host 203.0.113.25 eq smtp
access-list OUTSIDE_IN extended permit tcp any host 203.0.113.80 object-group WEB
access-list INSIDE_IN extended permit tcp host exchange any eq smtp
access-list INSIDE_IN extended deny tcp any any eq smtp
access-list INSIDE_IN extended permit ip any any
"""
_LISTS = """\
object-group service WEB tcp
 port-object eq www
 port-object eq https
access-list OUTSIDE_IN remark mail to the gateway
access-list OUTSIDE_IN extended permit tcp any object mailgate eq smtp
access-list OUTSIDE_IN extended permit tcp any host 192.168.50.80 object-group WEB
access-list INSIDE_IN extended permit tcp object exchange any eq smtp
access-list INSIDE_IN extended deny tcp any any eq smtp
access-list INSIDE_IN extended permit ip any any
"""
_GENERAL = """\
pager lines 24
logging enable
logging buffered informational
mtu outside 1500
mtu inside 1500
mtu dmz 1500
no failover
icmp unreachable rate-limit 1 burst-size 1
no asdm history enable
arp timeout 14400
"""
_STATICS = """\
nat-control
global (outside) 1 interface
nat (inside) 1 192.168.1.0 255.255.255.0
static (inside,outside) 203.0.113.25 mailgate netmask 255.255.255.255 {limits}
static (dmz,outside) 203.0.113.80 192.168.50.80 netmask 255.255.255.255
"""
_OBJECT_NAT = """\
object network mailgate
 nat (inside,outside) static 203.0.113.25
object network inside-net
 nat (inside,outside) dynamic interface
"""
_REST = """\
access-group OUTSIDE_IN in interface outside
access-group INSIDE_IN in interface inside
route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
timeout xlate 3:00:00
timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00 icmp 0:00:02
aaa authentication ssh console LOCAL
no snmp-server location
no snmp-server contact
telnet timeout 5
ssh 192.168.1.0 255.255.255.0 inside
ssh timeout 5
console timeout 0
username admin password ***** encrypted privilege 15
!
class-map inspection_default
 match default-inspection-traffic
!
!
"""
_DNS_MAP = """\
policy-map type inspect dns preset_dns_map
 parameters
{settings}"""
_DNS_OLD = "  message-length maximum 512\n"
_DNS_NEW = "  message-length maximum client auto\n  message-length maximum 512\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """A firewall of a release: its text, and what a text of that release does not say."""

    version: str
    serial: str
    hardware: str
    product: Literal["ASA", "PIX"] = "ASA"

    def text(self, hostname: str) -> str:
        """The running-config."""
        return sample(self.version, hostname, product=self.product)

    def knobs(self, knobs: Knobs) -> Knobs:
        """``knobs`` with this firewall's serial number and hardware."""
        return replace(knobs, serial=self.serial, hardware=self.hardware)


def sample(version: str, hostname: str, *, product: str = "ASA") -> str:
    """The site's firewall in the dialect of ``version``; ``product`` is ``ASA`` or ``PIX``."""
    release = release_of(version)
    dialect = spoken_at(release)
    parts = [
        f": Saved\n:\n{product} Version {version} \n!\nhostname {hostname}\n",
        "domain-name example.com\nenable password ***** encrypted\npasswd ***** encrypted\n",
        _site(dialect, _kind(release, product), "tcp 50 100" if release >= (8, 0) else ""),
        _REST,
        _DNS_MAP.format(settings=_DNS_NEW if release >= (8, 2) else _DNS_OLD),
        "policy-map global_policy\n class inspection_default\n",
        *(f"  inspect {engine}\n" for engine in dialect.engines),
        "!\nservice-policy global_policy global\nprompt hostname context\n",
        "no call-home reporting anonymous\n" if dialect.reporting_question else "",
        "Cryptochecksum:00000000000000000000000000000000\n: end\n",
    ]
    return "".join(parts)


def _kind(release: Release, product: str) -> str:
    """How interfaces are called, up to their number."""
    if product == "PIX":
        return "Ethernet"
    return "Ethernet0/" if release < (8, 4) else "GigabitEthernet0/"


def _site(dialect: Dialect, kind: str, limits: str) -> str:
    """Interfaces, names or objects, access-lists, translations."""
    interfaces = f"!\n{_INTERFACES.format(kind=kind)}"
    if dialect.objects:
        return f"names\n{interfaces}{_OBJECTS}{_LISTS}{_GENERAL}{_OBJECT_NAT}"
    statics = _STATICS.format(limits=limits).replace(" \n", "\n")
    return f"{_NAMES}{interfaces}{_OLD_LISTS}{_GENERAL}{statics}"


#: Release -> the site's firewall.
BY_RELEASE: Mapping[str, Sample] = {
    "7.2": Sample("7.2(4)", "807000072", "PIX-515E, 128 MB RAM, CPU Pentium II 433 MHz", "PIX"),
    "8.2": Sample("8.2(5)", "JMX00000082", "ASA5510, 1024 MB RAM, CPU Pentium 4 Celeron 1600 MHz"),
    "8.4": Sample("8.4(2)", "JMX00000084", "ASA5520, 2048 MB RAM, CPU Pentium 4 Celeron 2000 MHz"),
    "9.1": Sample("9.1(7)", "JMX00000091", "ASA5525, 8192 MB RAM, CPU Lynnfield 2393 MHz"),
    "9.16": Sample("9.16(4)", "9ALAB000916", "ASAv, 2048 MB RAM, CPU Xeon E5 series 2300 MHz"),
}
