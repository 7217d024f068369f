"""A session and the contexts of a box in multiple mode: going there, and knowing where one is.

The prompt alone does not say it: ``prompt hostname priority state`` leaves the context out. So the
device is asked. In a context ``show context`` has one row, its own (ASA command reference, *show
context*); and `show version` says that a context answers and not the system execution space,
which on a box whose only context is admin has the same one row.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from asa_automate.device.printable import one_line
from asa_automate.errors import Incomplete, Refused
from asa_automate.show.device import parse_contexts, parse_mode, parse_version

MODE, CONTEXTS, VERSION, FAILOVER = "show mode", "show context", "show version", "show failover"
TOLD: Mapping[str, str] = MappingProxyType({})
"""What a system execution space that was not visited has said: nothing."""

#: A box without the command has no contexts.
_UNKNOWN_COMMAND = "Invalid input detected"


class Mover(Protocol):
    """A session that can be asked and moved."""

    @property
    def device(self) -> str:
        """The inventory name."""

    def show(self, command: str) -> str:
        """The device's answer."""

    def move(self, line: str) -> str:
        """Carry out a ``changeto``; the device's refusal, empty where it obeyed."""


def enter(session: Mover, context: str) -> Mapping[str, str]:
    """Go to a context, through the system execution space where that is allowed.

    Returns:
        What the system execution space said to :data:`VERSION`, :data:`FAILOVER` and
        :data:`CONTEXTS`: the serial number, the state of the pair and the names are there alone.

    Raises:
        Refused: the box is in single mode, has no such context or does not let us go there.
        Incomplete: it cannot be told in which mode it is.
    """
    device = session.device
    if not runs_contexts(session):
        raise Refused(
            f"the inventory says context {context}, but it runs in single context mode; "
            "take `context` out of the inventory",
            device=device,
        )
    if session.move("changeto system"):
        told, home = TOLD, own_context(session)
    else:
        told, home = {c: session.show(c) for c in (VERSION, FAILOVER, CONTEXTS)}, None
    if home != context:
        said = session.move(f"changeto context {context}")
        if said:
            raise Refused(_not_there(context, home, told, said), device=device)
    problem = elsewhere(session, context, closely=True)
    if problem:
        raise Refused(problem, device=device)
    return told


def runs_contexts(session: Mover) -> bool:
    """Whether the box is in multiple mode.

    Raises:
        Incomplete: it does not say.
    """
    text = session.show(MODE)
    mode = parse_mode(text)
    if mode is None and _UNKNOWN_COMMAND not in text:
        raise Incomplete("its answer to `show mode` cannot be read", device=session.device)
    return mode == "multiple"


def own_context(session: Mover) -> str | None:
    """The context that the session is in, by the one row of ``show context``; else ``None``."""
    table = parse_contexts(session.show(CONTEXTS))
    return table.names[0] if table.whole and len(table.names) == 1 else None


def elsewhere(session: Mover, context: str, *, closely: bool = False) -> str | None:
    """Why the session cannot be said to be in ``context``; ``None`` where it is there.

    Args:
        closely: also tell a context from the system execution space.
    """
    here = own_context(session)
    if here is None:
        return f"it cannot be told whether the session is in context {context}"
    if here != context:
        return f"the session is in context {here}, not in {context}"
    if closely and not parse_version(session.show(VERSION)).in_context:
        return f"it cannot be told from `show version` that context {context} answers"
    return None


def must_name_its_context(session: Mover) -> Refused:
    """The refusal of a box in multiple mode that the inventory gives no context, with a choice."""
    in_system = parse_version(session.show(VERSION)).in_system
    if not in_system:
        session.move("changeto system")  # refused outside admin: then its own name is all we see
    names = parse_contexts(session.show(CONTEXTS)).names
    where = (
        "the login leads to the system execution space, which inspects nothing"
        if in_system
        else "it runs in multiple context mode"
    )
    choice = f" ({', '.join(names)})" if names else ""
    return Refused(
        f"{where}: name one of its contexts{choice} as `context` in the inventory",
        device=session.device,
    )


def _not_there(context: str, home: str | None, told: Mapping[str, str], said: str) -> str:
    if home is not None:
        return (
            f"from context {home} no way leads to context {context} ('{one_line(said, 80)}'): "
            f"take the address of the admin context, or of {context}"
        )
    names = ", ".join(parse_contexts(told.get(CONTEXTS, "")).names)
    has = f"; it has {names}" if names else ""
    return f"there is no context {context} ('{one_line(said, 80)}'){has}"
