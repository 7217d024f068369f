"""Which process is this, and does that one still live? Linux's /proc; elsewhere less exact."""

import os
import socket
from pathlib import Path

from asa_automate.store.leases import Holder

# proc(5): field 22 of /proc/PID/stat, counted here from field 3, the first after the name.
START_TIME = 22 - 3


def this_process(name: str) -> Holder:
    """This process as the holder of a lease; ``name`` is whom to ask (user@host)."""
    return Holder(socket.gethostname(), os.getpid(), name, birth_of(os.getpid()) or "")


def dead_here(holder: Holder) -> bool:
    """Whether the holder was a process on this host and is surely gone.

    A process id that now belongs to another process counts as gone. Whoever cannot be seen
    from here (another host, another container) is never called dead.
    """
    if holder.host != socket.gethostname():
        return False
    if not holder.birth:
        return not _exists(holder.pid)
    boot, space, _ = holder.birth.split("/")
    if boot != _boot():
        return True
    return space == _space() and birth_of(holder.pid) != holder.birth


def is_alive_here(holder: Holder) -> bool:
    """Whether the holder is a process on this host that surely lives."""
    if holder.host != socket.gethostname() or not holder.birth:
        return False
    return birth_of(holder.pid) == holder.birth


def birth_of(pid: int) -> str | None:
    """What tells a process from a later one of the same id: boot, id space, start tick.

    ``None`` if there is no such process, or no /proc to ask.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name in parentheses may itself hold blanks and parentheses.
    fields = stat.rpartition(")")[2].split()
    if fields[0] in ("Z", "X"):
        return None
    return f"{_boot()}/{_space()}/{fields[START_TIME]}"


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _space() -> str:
    try:
        return Path("/proc/self/ns/pid").readlink().name
    except OSError:
        return ""


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
