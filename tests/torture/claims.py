"""What a process said at its end, held against what the box has and was asked."""

from collections.abc import Iterator, Sequence

from asa_automate.lab.asa import Entry, VirtualAsa
from tests.torture import saves
from tests.torture.records import Attempt, Edit, Standard

RUNNING, STARTUP, SAVE = "show running-config", "show startup-config", "write memory"
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
    saved_edits = saved_by_others(edits)
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


def saved_by_others(edits: Sequence[Edit]) -> list[Edit]:
    """The edits that their own author has saved."""
    last = max((i for i, e in enumerate(edits) if e.saved), default=-1)
    return list(edits[: last + 1])
