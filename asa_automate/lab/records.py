"""What a virtual ASA remembers of its life: lines typed, configurations, counts."""

from dataclasses import dataclass

from asa_automate.config.tree import Tree
from asa_automate.lab import layout
from asa_automate.lab.knobs import Knobs


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that somebody typed.

    Args:
        session: number of the session, from 1; 0 for :meth:`Box.edit`.
        mode: ``user``, ``exec``, ``config``, ``config-cmap`` ... before the line.
        line: as typed; ``(enable password)`` or ``(password)`` in the place of one.
        reply: what the box printed for it, without echo and prompt.
        number: of the configuration line over the box's life; ``None`` if it is none.
        fault: kind of the fault that struck here, or an empty text.
        executed: whether the line took effect.
        space: where it was typed: a context's name, ``system``, or empty in single mode.
    """

    session: int
    mode: str
    line: str
    reply: str
    number: int | None = None
    fault: str = ""
    executed: bool = True
    space: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Both configurations right after an executed configuration line or a save.

    Args:
        line: as typed; ``write memory`` for every save.
        number: of the configuration line over the box's life; ``None`` if nobody's session
            counted it.
        user: who did it.
    """

    line: str
    number: int | None
    running: Tree
    startup: Tree
    knobs: Knobs
    user: str = ""

    @property
    def running_text(self) -> str:
        """The running-config as ``show running-config`` would print it."""
        return layout.printed(self.running, self.knobs)

    @property
    def startup_text(self) -> str:
        """The startup-config as ``show startup-config`` would print it."""
        return layout.printed(self.startup, self.knobs)


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connection: the interface that leads to it, its address and port."""

    interface: str
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection of the box's table.

    Args:
        protocol: ``tcp``, ``udp`` or ``sctp``.
        outside: the end on the interface with the lower security level; printed first.
        inside: the other one.
        idle: seconds since its last packet.
        bytes: that have passed.
        flags: as printed, such as ``UIOB`` (the ASA command reference explains them).
        to_the_box: it ends at the box itself; only ``all`` means it too.
    """

    protocol: str
    outside: End
    inside: End
    idle: int = 0
    bytes: int = 0
    flags: str = "UIO"
    to_the_box: bool = False


@dataclass(slots=True)
class Counts:
    """How often what was done to a box."""

    logins_tried: int = 0
    logins_refused: int = 0
    sessions: int = 0
    config_entries: int = 0
    config_lines: int = 0
    commands: int = 0
    saves: int = 0
    reloads: int = 0
