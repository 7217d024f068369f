"""How one device of a run ended, into the store."""

from typing import TYPE_CHECKING

from asa_automate.apply.outcome import Outcome, State
from asa_automate.errors import Exit

if TYPE_CHECKING:
    from asa_automate.store.engine import Store

_STATUS = {
    State.NEW: "done",
    State.OLD: "failed",
    State.NOOP: "done",
    State.REFUSED: "refused",
    State.DISPROVED: "refused",
    State.UNREACHABLE: "failed",
    State.STOPPED: "stopped",
}


def recorded(store: "Store", run_id: str, outcome: Outcome) -> Outcome:
    """The end of a device, once it stands in the store."""
    from asa_automate.store.runs import RunStatus, set_device

    set_device(
        store,
        run_id,
        outcome.device,
        status=RunStatus(status_of(outcome)),
        outcome=outcome.state.value,
        reason=outcome.reason,
    )
    return outcome


def status_of(outcome: Outcome) -> str:
    """The word for it in the list of runs."""
    if outcome.exit is Exit.DONE:
        return "done"
    if outcome.exit is Exit.STOPPED:
        return "stopped"
    return _STATUS.get(outcome.state, "unknown")
