"""How changes ended: the table on stdout, what a person must know on stderr; the question."""

import json
import sys
from collections.abc import Sequence

from asa_automate.apply.outcome import Outcome, State
from asa_automate.cli.output import complain, emit, say, table
from asa_automate.cli.settings import Settings
from asa_automate.errors import Exit, Refused, UsageError, gravest

#: What the lines to type are for, by whether only a save is left to do.
_TYPE = {
    False: "a person must look; then, to return to the old state, type:",
    True: "a person must look; once all that is there may be saved, type:",
}


def exit_of(outcomes: Sequence[Outcome]) -> Exit:
    """The gravest end; one that a stop left whole is *stopped*."""
    return gravest(o.exit for o in outcomes)


def show_outcomes(settings: Settings, run_id: str, outcomes: Sequence[Outcome]) -> None:
    """The table of device and outcome on stdout; what a person must know on stderr."""
    if settings.json:
        emit(json.dumps({"run": run_id, "devices": [as_json(o) for o in outcomes]}, indent=2))
    else:
        rows = [
            [o.device, o.state.value, "yes" if o.saved else "no", o.reason or ""] for o in outcomes
        ]
        table(settings, ["device", "outcome", "saved", "reason"], rows, title=f"run {run_id}")
    for outcome in outcomes:
        if outcome.exit is not Exit.DONE:
            complain(f"{outcome.device}: {outcome.reason}")
        if outcome.lines:
            complain(f"{outcome.device}: {_TYPE[outcome.state is State.HOLD]}")
            for line in outcome.lines:
                complain(f"    {line}")
            complain(f"{outcome.device}: then: asa-automate resume {run_id}")
    _show_notes(settings, outcomes)


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
