"""The changes that are tortured: a first exemption, one more and one less gateway, none, undone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from asa_automate.apply.applier import Options, apply_plan
from asa_automate.apply.goal import goal_of
from asa_automate.apply.outcome import Outcome
from asa_automate.apply.ports import Surroundings
from asa_automate.apply.resume import left_behind, resume
from asa_automate.apply.rollback import roll_back
from asa_automate.config.reader import read_running
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.model import Exemption, Identity, Reading, Strategy
from asa_automate.plan.document import DevicePlan, PlanReading
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request
from tests.torture.judge import Standard
from tests.torture.world import Record, World

ONE, TWO = "192.168.1.1", "192.168.1.2"

Work = Callable[[Surroundings], Outcome]

#: Name: the gateways before, those wanted; a rollback undoes the first exemption.
CHANGES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "first": ((), (ONE,)),
    "add": ((ONE,), (ONE, TWO)),
    "remove": ((ONE, TWO), (ONE,)),
    "remove-last": ((ONE,), ()),
    "rollback": ((), (ONE,)),
}


@dataclass(frozen=True)
class Operation:
    """One change of one box, and what it may end in."""

    name: str
    reading: Reading
    text: str
    standard: Standard
    work: Work

    @property
    def id(self) -> str:
        """As in the ids of its cases."""
        return f"{self.name}/{self.reading.value}"

    def world(self) -> World:
        """A fresh box, and an empty store."""
        knobs = self.standard.knobs
        return World(VirtualAsa(self.text, knobs), knobs.enable_password)

    def resume(self, records: Sequence[Record]) -> Work | None:
        """The recovery of a run that left ``records``; ``None`` if it had begun nothing."""
        left = left_behind(records)
        return None if left is None else lambda around: resume(left, around)


def operations() -> Iterator[Operation]:
    """All of them, under both readings."""
    for reading in (Reading.PER_ENGINE, Reading.PER_CLASS):
        for name in CHANGES:
            yield operation(name, reading)


def operation(name: str, reading: Reading) -> Operation:
    """One of them."""
    before, after = CHANGES[name]
    knobs = Knobs(reading=reading, failover="active")
    start = _applied(ordinary("fw"), before, knobs)[0] if before else _printed(knobs)
    plan = _plan(start, after, knobs)
    new, records = _applied(start, after, knobs)
    exempt, gone = after, tuple(g for g in before if g not in after)
    standard = Standard(start, new, knobs, exempt, gone)
    if name == "rollback":
        goal = goal_of(next(payload for kind, payload in records if kind == "begin"))
        return Operation(name, reading, new, standard, lambda a: roll_back(goal, a))
    return Operation(name, reading, start, standard, lambda a: apply_plan(plan, a, Options()))


def _printed(knobs: Knobs) -> str:
    return VirtualAsa(ordinary("fw"), knobs).running_text


def _applied(text: str, gateways: tuple[str, ...], knobs: Knobs) -> tuple[str, list[Record]]:
    """The text of a box after a faultless apply, and the journal of it."""
    world = World(VirtualAsa(text, knobs), knobs.enable_password)
    plan = _plan(text, gateways, knobs)
    end = world.attempt(lambda a: apply_plan(plan, a, Options()))
    if end.state != "new":
        raise ValueError(f"the faultless apply ended: {end}")
    return world.box.running_text, world.journals[-1]


def _plan(text: str, gateways: tuple[str, ...], knobs: Knobs) -> DevicePlan:
    """What ``plan`` makes of it; where a class takes a flow whole, no class may be split."""
    per_class = knobs.reading is Reading.PER_CLASS
    strategy = Strategy.NARROW_DEFAULT if per_class else Strategy.SPLIT_CLASS
    wish = Exemption(
        name="esa", gateways=tuple(ip_address(g) for g in gateways), strategy=strategy
    )
    running = read_running(text)
    identity = Identity(
        hostname="fw", serial=running.tree.serial, version=running.tree.version
    )
    request = Request("fw", None, identity, (wish,) if gateways else (), PlanReading(), strategy)
    plan = plan_device(request, running)
    if plan.status != "change":
        raise ValueError(f"{plan.status}: {plan.reason}")
    return plan

