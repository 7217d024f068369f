"""The head of the journal as it was, kept outside of the store: what tells a cut or rewritten one.

Whoever can write the store can write the whole chain anew. They are found by an anchor that they
could not write: a file on this host, or better a copy of it, or an export, on another one. An
anchor is a line of JSON with ``store``, ``seq``, ``hash`` and ``at``; a line of `audit export` has
them, too, so that each export is a file of anchors.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from asa_automate.errors import BadInput, StoreRefused
from asa_automate.store.audit import Problem
from asa_automate.store.canonical import canonical
from asa_automate.store.engine import Store
from asa_automate.store.tables import journal, journal_head


@dataclass(frozen=True, slots=True)
class Anchor:
    """Record ``seq`` had this hash at that instant (seconds since the epoch)."""

    seq: int
    hash: str
    at: float


def append(store: Store, path: Path, now: float) -> None:
    """One more line: the head of the journal as it is now; nothing for an empty journal.

    Raises:
        StoreRefused: it cannot be written.
    """
    with store.read() as connection:
        head = connection.execute(select(journal_head)).one_or_none()
    if head is None or head.seq == 0:
        return
    line = canonical({"store": store.name, "seq": head.seq, "hash": head.hash, "at": round(now)})
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="ascii") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreRefused(f"{path}: cannot be written: {error.strerror}") from error


def read(path: Path, store: Store, *, needed: bool = False) -> tuple[Anchor, ...]:
    """The anchors of this store in a file; none if there is no file, and none is ``needed``.

    Raises:
        BadInput: a line that is no anchor; a last one that was cut off in writing is left out.
    """
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        if not needed:
            return ()
        raise BadInput(f"{path}: there is no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read: {type(error).__name__}") from error
    whole = text[: text.rfind("\n") + 1]
    return tuple(_parsed(whole.splitlines(), path, store.name))


def _parsed(lines: Iterable[str], path: Path, name: str) -> Iterator[Anchor]:
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
            anchor = Anchor(int(found["seq"]), str(found["hash"]), float(found["at"]))
            of_store = found["store"]
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput(f"{path}:{number}: no line of `audit export`") from error
        if of_store == name:
            yield anchor


def compare(store: Store, anchors: Iterable[Anchor]) -> tuple[Problem, ...]:
    """What stands in the anchors and no longer in the journal; one fault is told once."""
    wanted = list(anchors)
    with store.read() as connection:
        query = select(journal.c.seq, journal.c.hash)
        now = {row.seq: row.hash for row in connection.execute(query)} if wanted else {}
    missing = [one for one in wanted if one.seq not in now]
    other = [one for one in wanted if one.seq in now and now[one.seq] != one.hash]
    found = []
    if missing:
        last = max(missing, key=lambda one: one.seq)
        text = f"is missing; it was there at {_instant(last.at)} (an anchor says so)"
        found.append(Problem(last.seq, text))
    if other:
        first = min(other, key=lambda one: one.seq)
        text = f"is not the one that was there at {_instant(first.at)} (an anchor says so)"
        found.append(Problem(first.seq, text))
    return tuple(found)


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
