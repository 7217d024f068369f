"""How changes ended: the table on stdout, what a person must know on stderr; the question."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from asa_automate.apply.outcome import Outcome, State
from asa_automate.cli.output import complain, emit, say, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, Refused, UsageError, gravest

if TYPE_CHECKING:
    from asa_automate.cli.changing import Changed

#: So many firewalls are named where many share a reason.
_NAMED = 5

#: What the lines to type are for, by whether only a save is left to do.
_TYPE = {
    False: "a person must look; then, to return to the old state, type:",
    True: "a person must look; once all that is there may be saved, type:",
}


def exit_of(outcomes: Sequence[Outcome]) -> Exit:
    """The gravest end; one that a stop left whole is *stopped*."""
    return gravest(o.exit for o in outcomes)


def show_outcomes(settings: Settings, done: "Changed") -> None:
    """The table of device and outcome on stdout; what a person must know on stderr."""
    outcomes, run_id = done.outcomes, done.run_id
    if settings.json:
        emit(json.dumps(_document(done), indent=2))
    else:
        _show_table(settings, done)
    for outcome in outcomes:
        if outcome.exit is not Exit.DONE and outcome.state is not State.NOT_BEGUN:
            complain(f"{outcome.device}: {outcome.reason}")
        if outcome.lines:
            complain(f"{outcome.device}: {_TYPE[outcome.state is State.HOLD]}")
            for line in outcome.lines:
                complain(f"    {line}")
            complain(f"{outcome.device}: then: asa-automate resume {run_id}")
    _show_not_begun(outcomes)
    _show_notes(settings, outcomes)


def _document(done: "Changed") -> dict[str, object]:
    shown: dict[str, object] = {
        "run": done.run_id,
        "devices": [as_json(outcome) for outcome in done.outcomes],
    }
    if done.waves:
        shown["waves"] = [list(names) for names in done.waves]
    return shown


def _show_table(settings: Settings, done: "Changed") -> None:
    waves = {name: str(n) for n, names in enumerate(done.waves, 1) for name in names}
    rows = [
        [o.device, o.state.value, "yes" if o.saved else "no", o.reason or ""]
        for o in done.outcomes
    ]
    headings = ["device", "outcome", "saved", "reason"]
    if done.waves:
        headings.insert(1, "wave")
        for row in rows:
            row.insert(1, waves.get(row[0], ""))
    table(settings, headings, rows, title=f"run {done.run_id}")


def _show_not_begun(outcomes: Sequence[Outcome]) -> None:
    """One line for each reason: there may be thousands."""
    reasons: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.state is State.NOT_BEGUN and outcome.exit is not Exit.DONE:
            reasons.setdefault(str(outcome.reason), []).append(outcome.device)
    for reason, names in reasons.items():
        few = ", ".join(names[:_NAMED])
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        complain(f"{few}{more}: {reason}")


def _show_notes(settings: Settings, outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        for note in outcome.notes:
            say(settings, f"{outcome.device}: {note}")


def confirm(settings: Settings, question: str, *, yes: bool) -> None:
    """Ask before devices are changed.

    Raises:
        UsageError: there is nobody to ask.
        Refused: the answer is not yes.
    """
    del settings
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked; say --yes to go on without")
    sys.stderr.write(f"{question} [yes/no] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused("not confirmed; nothing was sent")


def as_json(outcome: Outcome) -> dict[str, object]:
    """An end as it stands in the JSON of all commands that change something."""
    return {
        "device": outcome.device,
        "outcome": outcome.state.value,
        "reason": outcome.reason,
        "saved": outcome.saved,
        "exit": int(outcome.exit),
        "lines": list(outcome.lines),
        "notes": list(outcome.notes),
    }
