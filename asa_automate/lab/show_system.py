"""``show version``, ``show curpriv``, ``show failover`` and the other small answers."""

from asa_automate.lab import spaces
from asa_automate.lab.box import Box
from asa_automate.lab.grammar import Words
from asa_automate.lab.layout import space_mark

_VERSION = """\

Cisco Adaptive Security Appliance Software Version {version}
Device Manager Version 7.8(2)

Compiled on Sun 27-Aug-17 13:06 PDT by builders
System image file is "disk0:/asa-virtual.bin"
Config file at boot was "startup-config"

{hostname} up {up}

Hardware:   {hardware}
Internal ATA Compact Flash, 8192MB

 0: Int: Internal-Data0/0    : address is 0000.5e00.5301, irq 11
 1: Ext: GigabitEthernet0/0  : address is 0000.5e00.5302, irq 10

Licensed features for this platform:
Maximum VLANs                     : 50
Failover                          : Active/Active
Encryption-DES                    : Enabled
Encryption-3DES-AES               : Enabled
Security Contexts                 : 2

{serial}Image type          : Release
Key version         : A

{changed}"""

_FAILOVER = """\
Failover On
Failover unit {unit}
Failover LAN Interface: folink GigabitEthernet0/3 (up)
Reconnect timeout 0:00:00
Unit Poll frequency 1 seconds, holdtime 15 seconds
Interface Poll frequency 5 seconds, holdtime 25 seconds
Interface Policy 1
Monitored Interfaces 2 of 61 maximum
MAC Address Move Notification Interval not set
Version: Ours {version}, Mate {version}
Serial Number: Ours {serial}, Mate 9AVIRTUAL99
Last Failover at: {when}
\tThis host: {unit} - {state}
\t\tActive time: 87 (sec)
\tOther host: {mate_unit} - {mate_state}
\t\tActive time: 0 (sec)"""

_STATE = """\
               State          Last Failure Reason      Date/Time
This host  -   {unit}
               {state}         None
Other host -   {mate_unit}
               {mate_state}  None

====Configuration State===
\tSync Done
====Communication State===
\tMac set"""


def version(box: Box, words: Words) -> str:
    """``show version``."""
    words.end()
    changed = f"Configuration last modified by {box.last_change}"
    if not box.last_change:
        changed = "Configuration has not been modified since last system restart."
    return _VERSION.format(
        version=f"{box.running.version} {space_mark(box.space)}",
        hostname=box.hostname,
        up=_up(box.seconds),
        hardware=box.knobs.hardware,
        serial=f"Serial Number: {box.serial}\n\n" if spaces.shows_serial(box) else "",
        changed=changed,
    )


def mode(box: Box, words: Words) -> str:
    """``show mode``."""
    words.end()
    return f"Security context mode: {'multiple' if spaces.is_multiple(box) else 'single'} "


def hostname(box: Box, words: Words) -> str:
    """``show hostname``."""
    words.rest()
    return box.hostname


def clock(box: Box, words: Words) -> str:
    """``show clock``."""
    words.rest()
    return box.stamp()


def conn_count(box: Box, words: Words) -> str:
    """``show conn count``: nothing passes through a virtual box."""
    words.end()
    del box
    return "0 in use, 0 most used"


def failover(box: Box, words: Words) -> str:
    """``show failover``."""
    words.end()
    if of_contexts := spaces.show_failover(box):
        return of_contexts
    if box.knobs.failover == "off":
        return "Failover Off \nFailover unit Secondary\nFailover LAN Interface: not Configured"
    return _FAILOVER.format(
        version=box.running.version, serial=box.serial, when=box.stamp(), **_pair(box)
    )


def failover_state(box: Box, words: Words) -> str:
    """``show failover state``."""
    words.end()
    if box.knobs.failover == "off":
        return "Failover is not enabled"
    return _STATE.format(**_pair(box))


def _pair(box: Box) -> dict[str, str]:
    active, standby = ("Primary", "Active"), ("Secondary", "Standby Ready")
    mine, mate = (active, standby) if box.knobs.failover == "active" else (standby, active)
    mate = (mate[0], box.knobs.mate_state or mate[1])
    return {"unit": mine[0], "state": mine[1], "mate_unit": mate[0], "mate_state": mate[1]}


def _up(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} hours {minutes} mins" if hours else f"{minutes} mins {rest} secs"
