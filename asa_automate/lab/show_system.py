"""``show version``, ``show mode`` and the other small answers."""

from asa_automate.lab import spaces
from asa_automate.lab.box import Box
from asa_automate.lab.grammar import Words
from asa_automate.lab.layout import product, space_mark

_VERSION = """\

Cisco {product} Software Version {version}
Device Manager Version 7.8(2)

Compiled on Sun 27-Aug-17 13:06 PDT by builders
System image file is "disk0:/asa-virtual.bin"
Config file at boot was "startup-config"

{hostname} up {up}{pair}

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

#: Word of the version line -> what `show version` calls it; PIX unconfirmed.
_PRODUCTS = {
    "ASA": "Adaptive Security Appliance",
    "PIX": "PIX Security Appliance",
    "FWSM": "FWSM Firewall",
}


def version(box: Box, words: Words) -> str:
    """``show version``."""
    words.end()
    changed = f"Configuration last modified by {box.last_change}"
    if not box.last_change:
        changed = "Configuration has not been modified since last system restart."
    up = _up(box.seconds - box.chassis.booted)
    return _VERSION.format(
        product=_PRODUCTS[product(box.running, box.knobs)],
        version=f"{box.running.version} {space_mark(box.space)}",
        hostname=box.hostname,
        up=up,
        pair="" if box.knobs.failover == "off" else f"\nfailover cluster up {up}",
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


def _up(seconds: float) -> str:
    """The two largest units that there are, as the box prints them."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    amounts = ((days, "day"), (hours, "hour"), (minutes, "min"), (rest, "sec"))
    first = next((i for i, (n, _) in enumerate(amounts[:2]) if n), 2)
    return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in amounts[first : first + 2])
