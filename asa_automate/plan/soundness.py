"""How far a plan is sound, and what changes besides."""

from collections.abc import Iterator

from asa_automate.config.running import RunningConfig
from asa_automate.model import Reading, Strategy
from asa_automate.plan.findings import ipv6_loss
from asa_automate.plan.judge import Judge
from asa_automate.plan.proof import (
    Failure,
    NotDecided,
    Subject,
    prove,
)
from asa_automate.simulate.engines import ESMTP

BOTH = (Reading.PER_ENGINE, Reading.PER_CLASS)


def soundness(
    reading: Reading, subject: Subject, back: Subject, *, can_probe: bool
) -> tuple[str, Failure | None]:
    """How far the plan is sound, and the failure under the reading that this presumes.

    Raises:
        NotDecided: under the reading presumed; if the other one is, it counts as a failure.
    """
    judge = Judge()

    def failure(*readings: Reading) -> Failure | None:
        return prove(subject, readings, judge) or prove(back, readings, judge)

    def holds(reading: Reading) -> bool:
        try:
            return failure(reading) is None
        except NotDecided:
            return False

    if reading is not Reading.UNKNOWN:
        known = failure(reading)
        other = BOTH[1] if reading is BOTH[0] else BOTH[0]
        sound = "both-readings" if known is None and holds(other) else "known-reading"
        return sound, known
    per_engine = failure(Reading.PER_ENGINE)
    if per_engine is None and holds(Reading.PER_CLASS):
        return "both-readings", None
    return ("needs-probe" if can_probe else "live-proof-required"), per_engine


def elsewhere_of(running: RunningConfig, subject: Subject) -> Iterator[str]:
    """What a plan changes besides the gateways' mail, in words."""
    if subject.strategy is Strategy.NARROW_DEFAULT and subject.wanted:
        narrowed = [
            c
            for p in running.policy_maps.values()
            for c in p.classes
            if (m := running.class_maps.get(c.name)) and m.is_default_inspection
        ]
        names = sorted({i.engine for c in narrowed for i in c.inspects} - {ESMTP})
        yield f"the gateways lose every default inspection, not esmtp alone: {', '.join(names)}"
        for entry in narrowed:
            if others := ", ".join(f"`{line}`" for line in entry.others):
                yield f"the gateways leave class {entry.name} altogether, with its {others}"
    if subject.strategy is Strategy.OFF:
        yield "EVERYBODY'S SMTP IS NO LONGER INSPECTED"
    if (running.version or (9, 0)) < (9, 0) and subject.wanted:
        yield f"{ipv6_loss(subject.strategy)}: before 9.0 an access-list knows no IPv6"
