"""The file under an SQLite store: who may touch it, and how it comes into being."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from tempfile import mkstemp

from asa_automate.errors import StoreRefused

SIDECARS = ("", "-wal", "-shm", "-journal")
NO_HARD_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP)
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def guard_file(path: Path) -> bool:
    """Whether the store file exists; it and SQLite's files beside it must be ours alone.

    Raises:
        StoreRefused: a link, not a plain file, somebody else's, or writable by others.
    """
    for side in SIDECARS:
        _guard_one(Path(f"{path}{side}"))
    _guard_directory(path.parent)
    return path.exists()


def _guard_one(path: Path) -> None:
    try:
        info = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise StoreRefused(f"store {path}: {error.strerror}") from error
    fault = _fault(info)
    if fault:
        raise StoreRefused(f"store {path}: {fault}")


def _fault(info: os.stat_result) -> str | None:
    if stat.S_ISLNK(info.st_mode):
        return "is a symbolic link; name the file itself"
    if not stat.S_ISREG(info.st_mode):
        return "is not a plain file"
    if info.st_mode & OTHERS_WRITE:
        return "others may write to it; run chmod 600 on it once you know who did"
    if info.st_uid != os.geteuid():
        return f"belongs to user id {info.st_uid}, not to you"
    return None


def _guard_directory(directory: Path) -> None:
    """A directory where anybody may swap files is refused; one with the sticky bit is not."""
    try:
        mode = directory.stat().st_mode
    except OSError:
        return
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise StoreRefused(f"store directory {directory}: everybody may write to it")


def make_directory(directory: Path) -> None:
    """Create the directory and its missing parents, for us alone (0700).

    Raises:
        StoreRefused: it cannot be created.
    """
    missing = [place for place in (directory, *directory.parents) if not place.exists()]
    try:
        for place in reversed(missing):
            place.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreRefused(f"store directory {directory}: {error.strerror}") from error


def born_whole(path: Path, fill: Callable[[Path], None]) -> None:
    """Make a file under another name, ``fill`` it, then let it appear complete and synced.

    If somebody else's file appeared meanwhile, theirs stays and ours goes.

    Raises:
        StoreRefused: the directory cannot be written to.
    """
    make_directory(path.parent)
    try:
        handle, name = mkstemp(prefix=f".{path.name}-", suffix=".new", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise StoreRefused(f"store {path}: {error.strerror}") from error
    draft = Path(name)
    try:
        fill(draft)
        _appear(draft, path)
    finally:
        for side in SIDECARS:
            Path(f"{draft}{side}").unlink(missing_ok=True)


def _appear(draft: Path, path: Path) -> None:
    try:
        _place(draft, path)
    except FileExistsError:
        return
    except OSError as error:
        raise StoreRefused(f"store {path}: {error.strerror}") from error
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _place(draft: Path, path: Path) -> None:
    """A hard link never overwrites; where the file system has none, a rename must do."""
    try:
        os.link(draft, path)
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise
        draft.rename(path)


def still_there(path: Path) -> Callable[[], bool]:
    """Tells whether the file of that name still is the one that it is now."""
    found = path.stat()

    def same() -> bool:
        try:
            now = path.stat()
        except OSError:
            return False
        return (now.st_dev, now.st_ino) == (found.st_dev, found.st_ino)

    return same
