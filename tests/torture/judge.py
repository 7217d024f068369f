"""The judge: reads what the box has, had and was asked, and what was claimed. Believes nobody.

It knows a few words of the program (the names of ends and their exit codes) and none of its code.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from asa_automate.lab.asa import Entry, Snapshot, VirtualAsa
from asa_automate.lab.knobs import Knobs
from tests.torture import saves
from tests.torture.claims import RUNNING, changes, claims, saved_by_others
from tests.torture.records import Attempt, Edit, Standard, Violation, Wrong
from tests.torture.states import Treatments, edited, lines_of, treatments, tree_of

PROBE = "ESA_EXEMPT_PROBE"
#: Nobody's gateways: one beside them, one far away.
OTHERS = ("192.168.1.3", "203.0.113.9")


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
    startup = standard.names(box.startup_text, saved_by_others(edits))
    startup |= standard.names(box.startup_text, edits)
    if not running & startup:
        theirs = any(e.ours for e in edits) or len(saved_by_others(edits)) < len(edits)
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
