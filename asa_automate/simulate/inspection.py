"""Whether a flow's mail is inspected, by which class and with which map: from flow to engine."""

from collections.abc import Callable
from dataclasses import dataclass

from asa_automate.config.running import RunningConfig
from asa_automate.errors import UsageError
from asa_automate.simulate.classify import Taken, classify
from asa_automate.simulate.engines import ESMTP
from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.esmtp_counters import Counters
from asa_automate.simulate.esmtp_knobs import Knobs
from asa_automate.simulate.esmtp_map import InspectionMap, map_in_force
from asa_automate.simulate.esmtp_syslog import Ends
from asa_automate.simulate.flow import Flow
from asa_automate.simulate.world import World

#: Of a configuration without a version line, as everywhere.
NEWEST = (9, 16)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What happens to the mail of one flow.

    Args:
        taken: who inspects it; ``None`` where nobody does.
        inspected: the map in force; ``None`` likewise.
        unknown: classes of which the text does not say whether they match; taken as no match.
    """

    flow: Flow
    taken: Taken | None
    inspected: InspectionMap | None
    knobs: Knobs
    version: tuple[int, int]
    unknown: frozenset[str] = frozenset()

    def engine(
        self, clock: Callable[[], float] = lambda: 0.0, counters: Counters | None = None
    ) -> Engine | None:
        """An engine for a new connection; ``None`` where it is not inspected."""
        if self.inspected is None:
            return None
        ends = Ends.of(self.flow)
        return Engine(self.inspected, self.knobs, ends, clock, self.version, counters)

    def __str__(self) -> str:
        if self.taken is None or self.inspected is None:
            return "not inspected by esmtp"
        taken = self.taken
        return (
            f"inspected by esmtp with map {self.inspected.name}"
            f" by class {taken.class_name} of {taken.policy}"
        )


def inspection_of(
    running: RunningConfig, flow: Flow, world: World, knobs: Knobs | None = None
) -> Inspection:
    """Ask the classification about a flow, and read the map that it leads to.

    Raises:
        UsageError: a flow that is not TCP.
        Refused: a map that does not exist or is not understood.
    """
    if flow.protocol != "tcp":
        raise UsageError(f"mail goes over tcp, not {flow.protocol}")
    knobs = knobs or Knobs()
    verdict = classify(running, flow, world)
    taken = verdict.by(ESMTP)
    inspected = map_in_force(running, taken.map, knobs) if taken else None
    version = running.version or NEWEST
    return Inspection(flow, taken, inspected, knobs, version, verdict.unknown)
