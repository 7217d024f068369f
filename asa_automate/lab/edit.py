"""What every editing rule takes and gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from asa_automate.config.tree import Line
from asa_automate.lab.dialects import Dialect
from asa_automate.lab.grammar import Words
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.places import placed
from asa_automate.lab.stanzas import Path, Stanzas, at, changed


class Refused(Exception):
    """A line that was understood and turned down; ``reply`` is what the device prints."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Ctx:
    """A line about to be carried out.

    Args:
        stanzas: the running configuration.
        path: the sub-mode whose grammar took the line; empty for a global command.
        knobs: of the box.
        dialect: of the box's release.
        negated: the line began with ``no``.
        text: the line without ``no``, keywords in full, single blanks.
        phrase: the part of ``text`` that the grammar knew.
    """

    stanzas: Stanzas
    path: Path
    knobs: Knobs
    dialect: Dialect
    negated: bool
    text: str
    phrase: str

    def done(self, stanzas: Stanzas | None = None, reply: str = "") -> "Outcome":
        """The line was carried out; the session stays in this mode."""
        return Outcome(self.stanzas if stanzas is None else stanzas, self.path, reply)

    def inside(self, change: Callable[[Stanzas], Stanzas]) -> "Outcome":
        """The lines of this sub-mode put through ``change``."""
        return self.done(changed(self.stanzas, self.path, change))

    def enter(self, text: str, reply: str = "") -> "Outcome":
        """Go into the sub-mode of a top-level command, making the command if need be."""
        stanzas = self.stanzas
        if at(stanzas, (text,)) is None:
            stanzas = placed(stanzas, Line(text))
        return Outcome(stanzas, (text,), reply)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a line did: the configuration after it, the mode after it, the text printed."""

    stanzas: Stanzas
    path: Path
    reply: str = ""

    def at(self, path: Path) -> "Outcome":
        """The same, with the session elsewhere."""
        return replace(self, path=path)


Rule = Callable[[Ctx, Words], Outcome]
Rules = Mapping[str, Rule]
