"""Scripted mishaps: what goes wrong, and at which line of a box's life."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What happens instead of, or besides, the ordinary."""

    CUT_BEFORE = "cut_before"  # the link goes, the line was not executed
    CUT_AFTER = "cut_after"  # executed, the reply is lost with the link
    REFUSE = "refuse"  # answered with the fault's text, not executed
    IGNORE = "ignore"  # echo and prompt as if nothing were wrong, not executed
    DELAY = "delay"  # executed, the reply comes late
    RELOAD = "reload"  # not executed; the box starts again from its startup-config
    GARBAGE = "garbage"  # executed, but the answer is rubbish
    TRUNCATED = "truncated"  # executed; the answer stops early, and its prompt follows
    CHANGETO = "changeto"  # executed; then the session is in another context, in the same mode
    EDIT = "edit"  # a second operator types the fault's text right before; then executed
    EDIT_AFTER = "edit_after"  # executed; right after it a second operator types the text
    SAVED_BY_OTHER = "saved_by_other"  # the second operator saves right before; then executed
    DENY = "deny"  # from this line on AAA authorization denies what matches the text
    SWITCHOVER = "switchover"  # executed; then the unit fails, and the mate is the active one
    SWITCHOVER_BEFORE = "switchover_before"  # the same, but not executed
    PROMPT = "prompt"  # executed; from here on every prompt has another end
    NOISE = "noise"  # executed; a line that nobody asked for stands in the middle of the answer


#: What a ``garbage`` answer looks like unless the fault brings its own text.
RUBBISH = "\x07\x1b[2Jq\ufffd\ufffd 0x7f3a: *** segment ***\n%%%% \x08\x08"

#: What a fault can be counted on.
PLACES = ("line", "write", "show", "command")


@dataclass(frozen=True, slots=True)
class Fault:
    """One mishap; it happens once.

    Args:
        at: from 1: the number of the configuration line over the box's life (lines that only
            enter a mode count; ``configure terminal``, ``exit`` and ``end`` do not), or of the
            save, show command or command line of any kind where ``on`` says so.
        kind: what happens.
        text: what the device prints (``refuse``, ``ignore``, ``garbage``); for ``changeto`` the
            name of the context; for ``edit`` and ``edit_after`` the lines that are typed, in
            configuration mode; for ``deny`` a regular expression that is searched in each line,
            empty: all lines of the configuration; for ``switchover`` the state of the failed unit
            as its mate prints it, empty: ``Standby Ready``, it is back already; for ``prompt``
            what follows the name, empty: priority and state, as in ``/pri/act``; for ``noise``
            the line, empty: a message of ``terminal monitor``.
        seconds: how late a ``delay`` is.
        on: ``line``, ``write`` (``write memory`` and ``copy running-config startup-config``),
            ``show``, or ``command``: every line that is typed at a prompt, in any mode, also one
            that is then turned down; answers to questions are none.
        command: for ``show`` and ``command``: only lines that begin so, the words of a command
            in full (``show running-config``, ``configure terminal``), are counted.
        lines: for ``truncated``: how many lines of the answer are still printed (10). For a
            switchover: of how many of the configuration lines executed last, in whatever session,
            the mate has not heard (none); what was saved after them it has not saved.
    """

    at: int
    kind: Kind | str
    text: str = ""
    seconds: float = 0.0
    on: str = "line"
    command: str = ""
    lines: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", Kind(self.kind))
        if self.on not in PLACES:
            raise ValueError(
                f"a fault is on a line, a write, a show or a command, not on {self.on!r}"
            )


class Script:
    """The faults of one box that have not happened yet, and what has been counted so far."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self._waiting = list(faults)
        self._seen: dict[tuple[str, str], int] = {}

    def add(self, fault: Fault) -> None:
        """One more; its number counts from the box's beginning like all others."""
        self._waiting.append(fault)

    def count(self, on: str) -> int:
        """How many lines, writes, shows or commands there have been."""
        return self._seen.get((on, ""), 0)

    def due(self, on: str, command: str = "") -> tuple[Fault, ...]:
        """Count one event; the faults that are due at it, in order, which are then gone."""
        for prefix in _prefixes(command):
            self._seen[on, prefix] = self._seen.get((on, prefix), 0) + 1
        due = tuple(fault for fault in self._waiting if self._is_due(fault, on, command))
        self._waiting = [fault for fault in self._waiting if fault not in due]
        return due

    def _is_due(self, fault: Fault, on: str, command: str) -> bool:
        if fault.on != on or fault.command not in _prefixes(command):
            return False
        return self._seen.get((on, fault.command)) == fault.at


def _prefixes(command: str) -> list[str]:
    words = command.split()
    return [" ".join(words[:n]) for n in range(len(words) + 1)]
