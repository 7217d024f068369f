"""The gap of ``class-first``: classes leave and are entered again, and in between their engines
inspect no new flow. It is declared exactly, and nothing beyond it is allowed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from asa_automate.plan.document import Command, Finding
from asa_automate.plan.findings.table import found
from asa_automate.plan.names import owned
from asa_automate.simulate.engines import DEFAULT_TRAFFIC

#: Engines with their maps.
Treatment = frozenset[tuple[str, str | None]]

_LEAVES = "no class "


@dataclass(frozen=True, slots=True)
class Gap:
    """One move of classes.

    Args:
        first: number of the first line after which an inspection is missing.
        last: number of the line after which all are back.
        engines: those that the classes are entered again with. Mail's is not among them where it
            goes over to our class: that one is in force before the first class leaves.
        others: their lines that are no inspections, which are away as well.
    """

    first: int
    last: int
    policy: str
    classes: tuple[str, ...]
    engines: frozenset[str]
    others: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What the plan says of it."""
        one = len(self.classes) == 1
        text = (
            f"A SHORT GAP while {'class' if one else 'classes'} {', '.join(self.classes)} of "
            f"policy-map {self.policy} {'is' if one else 'are'} entered again"
        )
        lost = []
        if self.engines:
            lost.append(f"new flows are not inspected by {', '.join(sorted(self.engines))}")
        if self.others:
            lost.append(f"{', '.join(f'`{line}`' for line in self.others)} not in force")
        return f"{text}: {'; '.join(lost) or 'no inspection but that of mail moves'}"


def opens_gap(line: str) -> bool:
    """Whether a line takes a class away that is not ours."""
    return line.startswith(_LEAVES) and not owned(line.removeprefix(_LEAVES))


def gaps_of(commands: Sequence[Command]) -> tuple[Gap, ...]:
    """The gaps of a plan, from its lines: from the first class that leaves to the commit line."""
    return tuple(_gaps(commands))


def _gaps(commands: Sequence[Command]) -> Iterator[Gap]:
    policy, inside, first = "", "", 0
    classes: list[str] = []
    engines: set[str] = set()
    others: list[str] = []
    for number, command in enumerate(commands, 1):
        words = command.line.split()
        if words[0] == "policy-map":
            policy = words[1]
        if words[0] in ("policy-map", "class"):
            inside = words[1] if words[0] == "class" else ""
        elif opens_gap(command.line):
            first = first or number
            classes.append(words[2])
        elif inside in classes and words[0] == "inspect":
            engines.add(_engine(words))
        elif inside in classes:
            others.append(command.line)
        if first and command.commit:
            gone = tuple(reversed(classes))
            yield Gap(first, number, policy, gone, frozenset(engines), tuple(others))
            first, classes, engines, others = 0, [], set(), []


def _engine(words: Sequence[str]) -> str:
    """The engine of an ``inspect`` line; some have two words."""
    two = " ".join(words[1:3])
    return two if any(port.engine == two for port in DEFAULT_TRAFFIC) else words[1]


def is_in_gap(gaps: Iterable[Gap], number: int, now: Treatment, ends: Iterable[Treatment]) -> bool:
    """Whether a flow only lacks what a gap takes from it after this line.

    Args:
        ends: its treatments before and at the end.
    """
    gap = next((g for g in gaps if g.first <= number < g.last), None)
    if gap is None:
        return False
    return any(now < end and {engine for engine, _ in end - now} <= gap.engines for end in ends)


def gap_findings(there: Iterable[Gap], back: Iterable[Gap]) -> Iterator[Finding]:
    """The gaps as findings, those of the way back as well."""
    for gap in there:
        yield found("inspection-gap", gap.sentence)
    for gap in back:
        yield found("inspection-gap", f"on the way back: {gap.sentence}")
