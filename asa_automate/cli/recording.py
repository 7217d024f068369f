"""How one device of a run ended, into the store."""

from typing import TYPE_CHECKING

from asa_automate.apply.outcome import Outcome, State
from asa_automate.errors import Exit

if TYPE_CHECKING:
    from asa_automate.store.engine import Store
    from asa_automate.store.runs import RunStatus

_STATUS = {
    State.NEW: "done",
    State.OLD: "failed",
    State.NOOP: "done",
    State.REFUSED: "refused",
    State.DISPROVED: "refused",
    State.UNREACHABLE: "failed",
    State.STOPPED: "stopped",
    State.NOT_BEGUN: "stopped",
}


def recorded(store: "Store", run_id: str, outcome: Outcome) -> Outcome:
    """The end of a device, once it stands in the store."""
    from asa_automate.store.runs import set_device

    set_device(
        store,
        run_id,
        outcome.device,
        status=status_of(outcome),
        outcome=outcome.state.value,
        reason=outcome.reason,
    )
    return outcome


def status_of(outcome: Outcome) -> "RunStatus":
    """The word for it in the list of runs."""
    from asa_automate.store.runs import RunStatus

    if outcome.exit is Exit.STOPPED:
        return RunStatus.STOPPED
    if outcome.exit is Exit.DONE and outcome.state is not State.NOT_BEGUN:
        return RunStatus.DONE
    return RunStatus(_STATUS.get(outcome.state, "unknown"))
