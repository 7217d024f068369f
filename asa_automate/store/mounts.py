"""On which file system a store lies: on a share, SQLite's locks and its shared log do not hold."""

from collections.abc import Iterable
from pathlib import Path, PurePath

from asa_automate.errors import StoreRefused

#: File systems that are somebody else's disk; https://sqlite.org/wal.html: "WAL does not work
#: over a network filesystem", since all processes must share memory.
NETWORK = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "lustre", "gpfs", "9p", "ncpfs",
        "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.cephfs", "davfs",
    }
)  # fmt: skip

_MOUNTS = Path("/proc/self/mountinfo")


def guard_place(path: Path, mounts: Path = _MOUNTS) -> None:
    """Refuse a store on a network file system; where nobody can say, it is let pass.

    Raises:
        StoreRefused: with the kind of file system.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return
    kind = kind_of(path.absolute().parent.resolve(), lines)
    if kind in NETWORK:
        raise StoreRefused(
            f"store {path}: it lies on a network file system ({kind}), where two hosts can "
            "spoil it; use a local disk, or PostgreSQL to share it"
        )


def kind_of(place: PurePath, mounts: Iterable[str]) -> str:
    """The file system of a place, by the lines of /proc/self/mountinfo (proc(5)); else empty."""
    found = [(where, kind) for where, kind in map(_mount, mounts) if where]
    around = [(where, kind) for where, kind in found if place.is_relative_to(where)]
    # Of those at the same place the one that was mounted last is on top.
    return max(enumerate(around), key=lambda n: (len(n[1][0]), n[0]), default=(0, ("", "")))[1][1]


def _mount(line: str) -> tuple[str, str]:
    """Mount point and type: fields 5, and the first behind the separator."""
    left, _, right = line.partition(" - ")
    fields, rest = left.split(" "), right.split(" ")
    if len(fields) < 5:
        return "", ""
    return _plain(fields[4]), rest[0]


def _plain(field: str) -> str:
    """Blanks, tabs, ends of line and backslashes are written as three octal digits."""
    for code, character in (("040", " "), ("011", "\t"), ("012", "\n"), ("134", "\\")):
        field = field.replace(f"\\{code}", character)
    return field
