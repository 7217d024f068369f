"""How a change of one device ended, in the words of ``runs`` and of the demo's table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from asa_automate.errors import Exit


class State(StrEnum):
    """Where the device stands, as read back from it.

    FOREIGN: somebody else's edit is in our lines. STUCK: the device refuses the way back. HOLD:
    whole, but not saved, because others have changes that they did not save. UNKNOWN: it does
    not answer, or not readably. NOT_BEGUN: nobody called it, since its rollout stopped before or
    its maintenance window is closed.
    """

    NEW = "new"
    OLD = "old"
    FOREIGN = "foreign"
    STUCK = "stuck"
    HOLD = "hold"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    DISPROVED = "disproved"
    STOPPED = "stopped"
    NOOP = "noop"
    NOT_BEGUN = "not begun"


#: The exit code of each end. OLD is where a change failed and was undone.
EXITS: Mapping[State, Exit] = {
    State.NEW: Exit.DONE,
    State.NOOP: Exit.DONE,
    State.OLD: Exit.FAILED,
    State.FOREIGN: Exit.UNKNOWN,
    State.STUCK: Exit.UNKNOWN,
    State.HOLD: Exit.UNKNOWN,
    State.UNKNOWN: Exit.UNKNOWN,
    State.REFUSED: Exit.REFUSED,
    State.UNREACHABLE: Exit.UNREACHABLE,
    State.DISPROVED: Exit.DISPROVED,
    State.STOPPED: Exit.STOPPED,
    State.NOT_BEGUN: Exit.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one device.

    Args:
        reason: what happened, for a person; ``None`` where all went as planned.
        lines: what a person should type after having looked.
        saved: whether the startup-config was read back as this state.
        notes: what else is worth knowing, such as connections that keep the old treatment.
    """

    device: str
    state: State
    reason: str | None = None
    lines: tuple[str, ...] = ()
    saved: bool = False
    exit_code: Exit | None = None
    notes: tuple[str, ...] = ()

    @property
    def exit(self) -> Exit:
        """The exit code that this end asks for."""
        return EXITS[self.state] if self.exit_code is None else self.exit_code
