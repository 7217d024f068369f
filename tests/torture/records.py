"""The judge's nouns: what somebody typed, how a process ended, what a case is measured by."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from asa_automate.lab.knobs import Knobs
from tests.torture.states import edited, moved, state_of


class Wrong(StrEnum):
    """What is counted; every count must be 0."""

    ENDS = "ends outside old or new"
    SAVES = "unverified saves"
    CLAIMS = "false claims"
    LOST = "foreign edits lost, or saved by us"
    FLOWS = "flows of others without their inspection"
    PROBE = "probes left behind"
    SESSIONS = "sessions left open"


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not be."""

    what: Wrong
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What a second operator typed.

    Args:
        lines: as typed; none where he only saved.
        at: length of the transcript afterwards.
        snapshot: number of snapshots afterwards.
        ours: whether it goes into what the program owns.
        saved: whether it is his ``write memory``.
    """

    lines: tuple[str, ...]
    at: int
    snapshot: int
    ours: bool = False
    saved: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One process from its start to its end, and what it said then.

    Args:
        start, end: of its part of the transcript.
        first_snapshot: the number of snapshots when it began.
        died: how, if it did not end by itself; then it claims nothing.
        state, exit, saved, reason, lines: of its outcome.
        left_open: sessions that it left behind.
    """

    start: int
    end: int
    first_snapshot: int
    died: str = ""
    state: str = ""
    exit: int = -1
    saved: bool = False
    reason: str = ""
    lines: tuple[str, ...] = ()
    left_open: int = 0


@dataclass(frozen=True, slots=True)
class Standard:
    """What a case is measured by.

    Args:
        old, new: the two texts of a running-config that a box may end in.
        exempt: gateways of the new state.
        gone: gateways of the old state only.
    """

    old: str
    new: str
    knobs: Knobs
    exempt: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def bases(self, edits: Iterable[Edit]) -> Iterator[tuple[str, str]]:
        """The two texts, each with what others have typed."""
        typed = tuple(e.lines for e in edits if e.lines)
        for name, text in (("old", self.old), ("new", self.new)):
            base = edited(text, self.knobs, typed) if typed else text
            yield name, base
            yield name, moved(base)

    def names(self, text: str, edits: Iterable[Edit]) -> set[str]:
        """Which of ``old`` and ``new`` a text is, others' edits included."""
        is_ = state_of(text)
        return {name for name, base in self.bases(edits) if state_of(base) == is_}
