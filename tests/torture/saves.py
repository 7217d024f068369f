"""What the program saved: only what was proved, and nothing that is another's."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from asa_automate.lab.asa import Entry, VirtualAsa
from tests.torture.states import PEER, lines_of, text_of, treatments

if TYPE_CHECKING:
    from tests.torture.records import Attempt, Edit, Standard

#: Who saves when it is the second operator.
OTHER = "operator"
SAVE, RUNNING = "write memory", "show running-config"


def wrong(
    standard: "Standard",
    box: VirtualAsa,
    attempts: "Sequence[Attempt]",
    edits: "Sequence[Edit]",
) -> Iterator[tuple[bool, str]]:
    """Whether it is about somebody else's edits, and what is wrong."""
    for at, number in own_saves(box):
        now = box.snapshots[number]
        before = box.snapshots[number - 1].startup if number else None
        if before is not None and before == now.startup:
            continue
        typed = [e for e in edits if e.at <= at]
        saved = text_of(now.startup, now.knobs)
        found = standard.names(saved, typed)
        if not found:
            yield False, "half a change was saved"
        elif "new" in found and "old" not in found:
            for text in unproved(standard, box, at):
                yield False, f"saved, and {text}"
        elif not _read_since(box.transcript[:at]):
            yield False, "the old state was saved, and not read before"
        had = "" if before is None else text_of(before, now.knobs)
        new = [edit for edit in unsaved(typed) if _is_in(edit, saved) and not _is_in(edit, had)]
        for text in foreign(box, at, attempts, new):
            yield True, text


def own_saves(box: VirtualAsa) -> Iterator[tuple[int, int]]:
    """Where in the transcript the program saved, and which snapshot that made."""
    made = (i for i, s in enumerate(box.snapshots) if s.line == SAVE and s.user != OTHER)
    typed = (
        i for i, e in enumerate(box.transcript) if e.session and e.line == SAVE and e.executed
    )
    return zip(typed, made, strict=True)


def unproved(standard: "Standard", box: VirtualAsa, at: int) -> Iterator[str]:
    """What was not done between the last change and a save of the new state."""
    before = box.transcript[:at]
    last = max((i for i, e in enumerate(before) if _is_line(e)), default=-1)
    left, asked = (
        list(questions(standard.exempt)),
        (*questions(standard.exempt), *questions(standard.gone)),
    )
    read = False
    for entry in before[last + 1 :]:
        if answered(entry):
            left = [question for question in left if question != entry.line]
            read = (read or entry.line == RUNNING) and entry.line not in asked
    yield from (f"'{question}' was not asked after the last change" for question in left)
    # One that is to be inspected again is asked while the lines behind it are still there.
    turn = _turn(standard, box, before)
    since = {e.line for e in before[turn:] if answered(e) or "inspect esmtp" in e.reply}
    for question in questions(standard.gone):
        if question not in since:
            yield f"'{question}' was not asked after its treatment changed"
    if not read:
        yield "the running-config was not read after the last question"


def _turn(standard: "Standard", box: VirtualAsa, before: Sequence[Entry]) -> int:
    """Where in the transcript the treatment of a gateway that goes changed last."""
    numbers = {e.number: i for i, e in enumerate(before) if e.number is not None}
    turn = 0
    for one, other in pairwise(box.snapshots):
        if other.number in numbers and one.running is not other.running:
            was, is_ = (treatments(s.running, standard.knobs, standard.gone) for s in (one, other))
            turn = numbers[other.number] if was != is_ else turn
    return turn


def questions(gateways: Sequence[str]) -> Iterator[str]:
    """Every gateway, both directions."""
    for gateway in gateways:
        for one, other in ((PEER, gateway), (gateway, PEER)):
            yield f"show service-policy flow tcp host {one} host {other} eq 25"


#: Faults that leave an answer as it is, or add to it.
_HARMLESS = ("", "noise", "delay", "prompt")


def answered(entry: Entry) -> bool:
    """Whether the program got the whole answer to what it typed."""
    return bool(entry.session and entry.executed and entry.fault in _HARMLESS)


def _is_line(entry: Entry) -> bool:
    return entry.session > 0 and entry.number is not None


def _read_since(before: Sequence[Entry]) -> bool:
    """Whether the running-config was read whole after the last line."""
    last = max((i for i, e in enumerate(before) if _is_line(e)), default=-1)
    return any(_reads(e) for e in before[last + 1 :])


def _reads(entry: Entry) -> bool:
    return entry.line == RUNNING and answered(entry)


def unsaved(typed: "Sequence[Edit]") -> "Sequence[Edit]":
    """What others have typed since one of them saved."""
    last = max((i for i, e in enumerate(typed) if e.saved), default=-1)
    return typed[last + 1 :]


def foreign(
    box: VirtualAsa, at: int, attempts: "Sequence[Attempt]", new: "Sequence[Edit]"
) -> Iterator[str]:
    """Edits of others that this save was the first to write: seen before, or never told."""
    told = [a for a in attempts if a.end > at and not a.died]
    for edit in new:
        if any(_reads(e) for e in box.transcript[edit.at : at]):
            yield f"'{edit.lines[-1]}' had been read, and was saved"
        elif not any(_tells(a) for a in told):
            yield f"'{edit.lines[-1]}' was saved, and nobody is told"


def _is_in(edit: "Edit", text: str) -> bool:
    """Whether a text has the edit's last line, or lacks the line that it took away."""
    line = edit.lines[-1]
    have = {entry[-1].strip() for entry in lines_of(text)}
    if line.startswith("no "):
        return line.removeprefix("no ") not in have
    bare = line.split()
    if bare[:1] == ["access-list"] and "line" in bare:
        bare = [*bare[:2], *bare[4:]]
    return " ".join(bare) in have


def _tells(attempt: "Attempt") -> bool:
    return attempt.exit == 7 or any(
        word in attempt.reason for word in ("other", "somebody", "someone")
    )
