"""The judge: reads what the box has, had and was asked, and what was claimed. Believes nobody.

It knows a few words of the program (the names of ends and their exit codes) and none of its code.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from asa_automate.lab.asa import Entry, Snapshot, VirtualAsa
from asa_automate.lab.knobs import Knobs
from tests.torture import saves
from tests.torture.states import Treatments, edited, lines_of, moved, state_of, treatments, tree_of

RUNNING, STARTUP, SAVE = "show running-config", "show startup-config", "write memory"
PROBE = "ESA_EXEMPT_PROBE"
#: Nobody's gateways: one beside them, one far away.
OTHERS = ("192.168.1.3", "203.0.113.9")


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


@dataclass
class Judge:
    """Gathers what is wrong with one case, process by process."""

    standard: Standard
    found: list[Violation] = field(default_factory=list)
    _seen: int = 0

    def after(self, box: VirtualAsa, attempt: Attempt, edits: Sequence[Edit]) -> None:
        """Right after a process has ended."""
        if attempt.left_open and not attempt.died.startswith("killed"):
            self.add(Wrong.SESSIONS, f"{attempt.left_open} after '{attempt.state}'")
        self._flows(box)
        edits = standing(box, edits)
        if attempt.died and not attempt.died.startswith(("killed", "Bug: ")):
            self.add(Wrong.CLAIMS, f"a traceback: {attempt.died}")
        if not attempt.died:
            for text in claims(self.standard, box, attempt, edits):
                self.add(Wrong.CLAIMS, text)

    def at_last(
        self, box: VirtualAsa, attempts: Sequence[Attempt], edits: Sequence[Edit]
    ) -> list[Violation]:
        """When the last process has ended: everything that is wrong."""
        edits = standing(box, edits)
        for text in ends(self.standard, box, attempts[-1], edits):
            self.add(Wrong.ENDS, text)
        for text in lost(self.standard, box, edits):
            self.add(Wrong.LOST, text)
        for lost_, text in saves.wrong(self.standard, box, attempts, edits):
            self.add(Wrong.LOST if lost_ else Wrong.SAVES, text)
        if PROBE in box.running_text + box.startup_text:
            self.add(Wrong.PROBE, "in the configuration")
        return self.found

    def add(self, what: Wrong, text: str) -> None:
        """One more."""
        self.found.append(Violation(what, text))

    def _flows(self, box: VirtualAsa) -> None:
        """At every instant others keep their treatment; gateways have the old or the new one."""
        new = box.snapshots[self._seen :]
        self._seen = len(box.snapshots)
        for snapshot in new:
            text = harmed(self.standard, snapshot)
            if text:
                self.add(Wrong.FLOWS, f"after '{snapshot.line}': {text}")


def harmed(standard: Standard, snapshot: Snapshot) -> str:
    """The first flow that has a treatment it must never have; empty if none has."""
    gateways = (*standard.exempt, *standard.gone)
    hosts = (*gateways, *OTHERS)
    old = _treatments(standard.old, standard.knobs, hosts)
    new = _treatments(standard.new, standard.knobs, hosts)
    for flow, taken in treatments(snapshot.running, standard.knobs, hosts).items():
        allowed = {old[flow]} | ({new[flow]} if set(flow[1:3]) & set(gateways) else set())
        if taken not in allowed:
            return f"{flow} has {taken[0]}"
    return ""


def _treatments(text: str, knobs: Knobs, hosts: tuple[str, ...]) -> Treatments:
    return treatments(tree_of(text, knobs), knobs, hosts)


#: Ends that claim a state; the exit codes that go with each end.
EXITS: dict[str, tuple[int, ...]] = {
    "new": (0,),
    "old": (0, 3, 130),
    "disproved": (6,),
    "refused": (3, 4, 5, 6, 65),
    "unreachable": (3, 4, 5),
    "stopped": (130,),
    "noop": (0,),
    "foreign": (7,),
    "stuck": (7,),
    "unknown": (7,),
    "hold": (7,),
}
_BEFORE_ANYTHING = ("refused", "unreachable", "stopped", "noop")


def claims(
    standard: Standard, box: VirtualAsa, attempt: Attempt, edits: Sequence[Edit]
) -> Iterator[str]:
    """What a process said at its end, and is not so."""
    said = attempt.state
    if attempt.exit not in EXITS.get(said, ()):
        yield f"'{said}' with exit code {attempt.exit}"
    mine = box.transcript[attempt.start : attempt.end]
    if said in _BEFORE_ANYTHING and any(changes(e) for e in mine):
        yield f"'{said}', and lines were sent"
    claimed = {"disproved": "old"}.get(said, said)
    if claimed not in ("old", "new"):
        return
    if said != "new" and not attempt.reason:
        yield f"'{said}' without a reason"
    if said == "disproved" and not any(e.number is not None for e in mine):
        return
    if claimed not in standard.names(box.running_text, edits):
        yield f"'{said}', and the running-config is not"
    if said == "new" and not attempt.saved:
        yield "'new', and not saved"
    saved_edits = _saved(edits)
    startups = standard.names(box.startup_text, edits) | standard.names(
        box.startup_text, saved_edits
    )
    if attempt.saved and claimed not in startups:
        yield f"'{said}' saved, and the startup-config is not"
    yield from _read_back(mine, said)


def _read_back(mine: Sequence[Entry], said: str) -> Iterator[str]:
    """What is claimed was read after the last thing that could change it."""
    last = max((i for i, e in enumerate(mine) if changes(e)), default=-1)
    read = {e.line for e in mine[last + 1 :] if saves.answered(e)}
    for command in (RUNNING, STARTUP):
        if command not in read:
            yield f"'{said}', and `{command}` was not read after the last change"


def changes(entry: Entry) -> bool:
    """Whether this was typed by the program and may change what the box has."""
    return entry.session > 0 and (entry.number is not None or entry.line == SAVE)


def _saved(edits: Sequence[Edit]) -> list[Edit]:
    """The edits that their own author has saved."""
    last = max((i for i, e in enumerate(edits) if e.saved), default=-1)
    return list(edits[: last + 1])


def ends(
    standard: Standard, box: VirtualAsa, last: Attempt, edits: Sequence[Edit]
) -> Iterator[str]:
    """Why the box is neither old nor new, in running and startup alike."""
    running = standard.names(box.running_text, edits)
    if not running:
        if any(e.ours for e in edits) and last.exit == 7:
            return  # a person must look, and was told so
        yield f"the running-config is neither, after '{last.state}'"
        return
    startup = standard.names(box.startup_text, _saved(edits))
    startup |= standard.names(box.startup_text, edits)
    if not running & startup:
        theirs = any(e.ours for e in edits) or len(_saved(edits)) < len(edits)
        if theirs and last.exit == 7:
            return  # only with what others did not save could it be saved: a person was told
        yield f"the running-config is {sorted(running)}, the startup-config {sorted(startup)}"


def standing(box: VirtualAsa, edits: Sequence[Edit]) -> list[Edit]:
    """All edits but those that went into what was removed by the very next line.

    A stanza goes with one line, whatever is in it by then. Where the running-config was read after
    the line before, nothing but this window of one command is left, and no firewall closes it.
    """
    return [edit for edit in edits if not (edit.ours and _in_the_window(box.transcript, edit))]


def _in_the_window(transcript: Sequence[Entry], edit: Edit) -> bool:
    after = next((e for e in transcript[edit.at :] if changes(e)), None)
    if after is None or after.line != f"no {edit.lines[0]}":
        return False
    for entry in reversed(transcript[: edit.at]):
        if entry.line == RUNNING and saves.answered(entry):
            return True
        if changes(entry):
            return False
    return False


def lost(standard: Standard, box: VirtualAsa, edits: Sequence[Edit]) -> Iterator[str]:
    """Edits of others that are no longer there."""
    have = lines_of(box.running_text)
    for edit in edits:
        if edit.lines and not any(
            gained <= have and not dropped & have for gained, dropped in _deltas(standard, edit)
        ):
            yield f"'{edit.lines[-1]}' is no longer there"


def _deltas(
    standard: Standard, edit: Edit
) -> Iterator[tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]]]:
    """What an edit adds and takes away, in either state."""
    for base in (standard.old, standard.new):
        was, is_ = lines_of(base), lines_of(edited(base, standard.knobs, (edit.lines,)))
        yield is_ - was, was - is_
