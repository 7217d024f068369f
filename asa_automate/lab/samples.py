"""Two configurations to rehearse on: what an ordinary mail-carrying firewall looks like."""

_HEAD = """\
: Saved

:
: Serial Number: {serial}
: Hardware:   ASAv, 2048 MB RAM, CPU Xeon E5 series 2300 MHz, 1 CPU (2 cores)
:
ASA Version {version}
!
hostname {hostname}
domain-name example.com
enable password ***** pbkdf2
service-module 0 keepalive-timeout 4
service-module 0 keepalive-counter 6
names
no mac-address auto

!
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
!
interface GigabitEthernet0/1
 nameif inside
 security-level 100
 ip address 192.168.1.254 255.255.255.0
!
interface GigabitEthernet0/2
 nameif dmz
 security-level 50
 ip address 192.168.50.254 255.255.255.0
!
ftp mode passive
dns server-group DefaultDNS
 domain-name example.com
object network MAIL-GATEWAY
 host {gateway}
object network INSIDE-NET
 subnet 192.168.1.0 255.255.255.0
object-group network MAIL-SERVERS
 network-object host 192.168.1.20
 network-object host 192.168.1.21
object-group service WEB tcp
 port-object eq www
 port-object eq https
access-list OUTSIDE_IN remark mail to the gateway
access-list OUTSIDE_IN extended permit tcp any object MAIL-GATEWAY eq smtp
access-list OUTSIDE_IN extended permit tcp any host 192.168.50.80 object-group WEB
access-list OUTSIDE_IN extended deny ip any any log
access-list INSIDE_IN extended permit tcp object-group MAIL-SERVERS any eq smtp
access-list INSIDE_IN extended deny tcp any any eq smtp
access-list INSIDE_IN extended permit ip any any
"""

_MIDDLE = """\
pager lines 24
logging enable
logging buffered informational
mtu outside 1500
mtu inside 1500
mtu dmz 1500
no failover
no monitor-interface service-module
icmp unreachable rate-limit 1 burst-size 1
no asdm history enable
arp timeout 14400
no arp permit-nonconnected
!
object network MAIL-GATEWAY
 nat (inside,outside) static 203.0.113.25
object network INSIDE-NET
 nat (inside,outside) dynamic interface
access-group OUTSIDE_IN in interface outside
access-group INSIDE_IN in interface inside
route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
timeout xlate 3:00:00
timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00 sctp 0:02:00 icmp 0:00:02
timeout floating-conn 0:00:00
user-identity default-domain LOCAL
aaa authentication ssh console LOCAL
aaa authentication login-history
no snmp-server location
no snmp-server contact
crypto ipsec security-association pmtu-aging infinite
telnet timeout 5
ssh 192.168.1.0 255.255.255.0 inside
ssh timeout 5
ssh version 2
console timeout 0
threat-detection basic-threat
threat-detection statistics access-list
dynamic-access-policy-record DfltAccessPolicy
username admin password ***** pbkdf2 privilege 15
!
"""

_DNS_MAP = """\
policy-map type inspect dns preset_dns_map
 parameters
  message-length maximum client auto
  message-length maximum 512
  no tcp-inspection
"""

_ESMTP_MAP = """\
policy-map type inspect esmtp ESMTP_TLS
 description Outside mail: STARTTLS is let through
 parameters
  no mask-banner
  allow-tls action log
 match cmd line length gt 1024
  drop-connection log
 match header line length gt 2000
  log
"""

_ENGINES = """\
  inspect ip-options
  inspect netbios
  inspect rtsp
  inspect sunrpc
  inspect tftp
  inspect xdmcp
  inspect dns preset_dns_map
  inspect ftp
  inspect h323 h225
  inspect h323 ras
  inspect rsh
  inspect esmtp
  inspect sqlnet
  inspect sip
  inspect skinny
"""

_TAIL = """\
prompt hostname context
no call-home reporting anonymous
Cryptochecksum:00000000000000000000000000000000
: end
"""


def ordinary(
    hostname: str = "edge-a",
    *,
    serial: str = "9AEDGE0000A",
    version: str = "9.16(4)",
    gateway: str = "192.168.1.1",
) -> str:
    """A 9.16 box with the factory's policy: ``inspection_default`` of ``global_policy``."""
    return (
        _HEAD.format(hostname=hostname, serial=serial, version=version, gateway=gateway)
        + _MIDDLE
        + "class-map inspection_default\n match default-inspection-traffic\n!\n!\n"
        + _DNS_MAP
        + "policy-map global_policy\n class inspection_default\n"
        + _ENGINES
        + "!\nservice-policy global_policy global\n"
        + _TAIL
    )


def interface_policy(
    hostname: str = "edge-b",
    *,
    serial: str = "9AEDGE0000B",
    version: str = "9.16(4)",
    gateway: str = "192.168.1.1",
) -> str:
    """A box with a policy on ``outside`` that inspects mail by the map ``ESMTP_TLS``, too."""
    return (
        _HEAD.format(hostname=hostname, serial=serial, version=version, gateway=gateway)
        + "access-list OUTSIDE_LIMITS extended permit tcp any host 192.168.50.80 eq https\n"
        + _MIDDLE
        + "class-map inspection_default\n match default-inspection-traffic\n"
        + "class-map WEB_LIMITS\n match access-list OUTSIDE_LIMITS\n!\n!\n"
        + _DNS_MAP
        + _ESMTP_MAP
        + "policy-map global_policy\n class inspection_default\n"
        + _ENGINES
        + "policy-map outside_policy\n class WEB_LIMITS\n  set connection conn-max 500\n"
        + " class inspection_default\n  inspect esmtp ESMTP_TLS\n  inspect ftp\n"
        + "!\nservice-policy global_policy global\n"
        + "service-policy outside_policy interface outside\n"
        + _TAIL
    )
