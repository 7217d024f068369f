"""What the active unit of a failover pair has sent to its mate, in order."""

from dataclasses import dataclass

from asa_automate.config.tree import Tree


@dataclass(frozen=True, slots=True)
class Held:
    """Both configurations of one space after one thing that was replicated."""

    space: str
    running: Tree
    startup: Tree
    is_line: bool


class Replica:
    """The configurations of every space, as the mate has been told of them.

    Configuration lines and saves go over in the order in which they were executed (ASA CLI guide,
    failover: the active unit sends each command, and ``write memory`` saves on both units).
    """

    def __init__(self) -> None:
        self._sent: list[Held] = []

    def begin(self, space: str, running: Tree, startup: Tree) -> None:
        """All of a space at once: when the pair is made, after a start, after a switchover."""
        self._sent = [held for held in self._sent if held.space != space]
        self._sent.insert(0, Held(space, running, startup, is_line=False))

    def line(self, space: str, running: Tree, startup: Tree) -> None:
        """A configuration line was executed."""
        self._sent.append(Held(space, running, startup, is_line=True))

    def save(self, space: str, running: Tree, startup: Tree) -> None:
        """The configuration was saved."""
        self._sent.append(Held(space, running, startup, is_line=False))

    def as_of(self, lag: int) -> dict[str, Held]:
        """What the mate holds of each space that has not heard of the last ``lag`` lines.

        Of what came after them it has not heard either.
        """
        lines = [i for i, held in enumerate(self._sent) if held.is_line]
        heard = self._sent[: lines[-min(lag, len(lines))]] if lag and lines else self._sent
        return {held.space: held for held in heard}
