"""A virtual ASA in multiple mode: a system execution space, and contexts with their own texts."""

from collections.abc import Iterable, Mapping, Sequence

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.layout import SYSTEM
from asa_automate.lab.shell import Shell
from asa_automate.lab.spaces import admin_context


class MultipleAsa(VirtualAsa):
    """One box with security contexts; it is the system execution space itself.

    ``box.contexts["mail"]`` is a context: its ``running_text``, ``startup_text``, ``snapshots``
    and ``counters`` are its own; transcript, faults, counts, sessions' lock and clock are those of
    the box, and each entry of the transcript says in which space a line was typed. A session that
    is opened here lands where the knob ``login_space`` says; one opened at a context, which has
    an address of its own, lands there.

    Args:
        system: the system configuration, with ``admin-context`` and ``context NAME`` blocks.
        contexts: the configuration of each context by name.
        faults: counted over the life of the whole box.
    """

    def __init__(
        self,
        system: str,
        contexts: Mapping[str, str],
        knobs: Knobs | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        super().__init__(system, knobs, faults, space=SYSTEM)
        self.contexts = {
            name: VirtualAsa(text, self.knobs, chassis=self.chassis, space=name)
            for name, text in contexts.items()
        }
        self.chassis.spaces.update({SYSTEM: self, **self.contexts})

    def open_session(self, user: str | None = None) -> Shell:
        """A terminal after authentication, in the space where logins land."""
        shell = super().open_session(user)
        shell.box = self.chassis.spaces[self.knobs.login_space or admin_context(self)]
        return shell

    def carry_off(self, space: str) -> None:
        """Put every open session into another space, unasked, silently and in the same mode."""
        with self.lock:
            for asa in (self, *self.contexts.values()):
                for shell in asa.sessions:
                    shell.box = self.chassis.spaces[space]


def system_text(
    hostname: str,
    contexts: Iterable[str],
    *,
    admin: str = "admin",
    serial: str = "9AMULTI0001",
    version: str = "9.16(4)",
    groups: Mapping[str, int] | None = None,
) -> str:
    """A system configuration that makes these contexts; the admin context is the first of them.

    Args:
        groups: failover group by context; of the others nothing is said, so they are in 1.
    """
    joined = groups or {}
    blocks = "\n".join(
        _block(name, number, joined.get(name))
        for number, name in enumerate(dict.fromkeys((admin, *contexts)), 10)
    )
    return _SYSTEM.format(
        serial=serial, version=version, hostname=hostname, admin=admin, blocks=blocks
    )


def _block(name: str, number: int, group: int | None) -> str:
    lines = [
        f"context {name}",
        f"  allocate-interface GigabitEthernet0/0.{number}",
        f"  allocate-interface GigabitEthernet0/1.{number}",
        f"  config-url disk0:/{name}.cfg",
        *([f"  join-failover-group {group}"] if group else ()),
        "!",
    ]
    return "\n".join(lines) + "\n"


_SYSTEM = """\
: Saved

:
: Serial Number: {serial}
: Hardware:   ASA5555, 16384 MB RAM, CPU Lynnfield 2800 MHz, 1 CPU (8 cores)
:
ASA Version {version} <system>
!
hostname {hostname}
enable password ***** encrypted
no mac-address auto
!
interface GigabitEthernet0/0
!
interface GigabitEthernet0/1
!
class default
  limit-resource All 0
!
boot system disk0:/asa9-16-4.bin
ftp mode passive
pager lines 24
no failover
no asdm history enable
arp timeout 14400
console timeout 0

admin-context {admin}
{blocks}
prompt hostname context
no call-home reporting anonymous
Cryptochecksum:00000000000000000000000000000000
: end
"""
