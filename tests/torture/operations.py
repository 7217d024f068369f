"""The changes that are tortured: a first exemption, a gateway more, one less, none, undone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from asa_automate.apply import resume as recovery
from asa_automate.apply.applier import Options, apply_plan
from asa_automate.apply.goal import goal_of
from asa_automate.apply.outcome import Outcome
from asa_automate.apply.ports import Surroundings
from asa_automate.apply.rollback import roll_back
from asa_automate.config.reader import read_running
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.model import Exemption, Identity, Reading, Strategy
from asa_automate.plan.document import DevicePlan, PlanReading
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request
from tests.torture.records import Standard
from tests.torture.states import edited
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
#: Two more that must end where they began: a split where a class takes a flow whole, and a box
#: with changes of others that are not saved.
MORE = (("disproved", Reading.PER_CLASS), ("unsaved", Reading.PER_ENGINE))
_THEIRS = ("access-list INSIDE_IN remark not saved yet",)


@dataclass(frozen=True)
class Operation:
    """One change of one box, and what it may end in.

    Args:
        text: of the box at the start.
        standard: what it is judged by.
        work: the change itself.
        end: of a faultless run.
        typed: what a second operator has typed before, and not saved.
    """

    name: str
    reading: Reading
    text: str
    standard: Standard
    work: Work
    end: str = "new"
    typed: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """As in the ids of its cases."""
        return f"{self.name}/{self.reading.value}"

    def world(self) -> World:
        """A fresh box, and an empty store."""
        knobs = self.standard.knobs
        world = World(VirtualAsa(self.text, knobs), knobs.enable_password)
        if self.typed:
            world.edit(self.typed, ours=False)
        return world

    def resume(self, records: Sequence[Record]) -> Work | None:
        """The recovery of a run that left ``records``; ``None`` if it had begun nothing."""
        left = recovery.left_behind(records)
        return None if left is None else lambda around: recovery.resume(left, around)


def operations() -> Iterator[Operation]:
    """All of them, the changes under both readings."""
    for name, reading in names():
        yield operation(name, reading)


def names() -> list[tuple[str, Reading]]:
    """What :func:`operation` makes."""
    readings = (Reading.PER_ENGINE, Reading.PER_CLASS)
    return [*((name, reading) for reading in readings for name in CHANGES), *MORE]


def operation(name: str, reading: Reading) -> Operation:
    """One of them."""
    knobs = Knobs(reading=reading, failover="active")
    if name == "disproved":
        return _disproved(reading, knobs)
    if name == "unsaved":
        return _unsaved(reading, knobs)
    before, after = CHANGES[name]
    start = _applied(ordinary("fw"), before, knobs)[0] if before else _printed(knobs)
    new, records = _applied(start, after, knobs)
    standard = Standard(start, new, knobs, after, tuple(g for g in before if g not in after))
    if name == "rollback":
        goal = goal_of(next(payload for kind, payload in records if kind == "begin"))
        return Operation(name, reading, new, standard, lambda a: roll_back(goal, a), "old")
    return Operation(name, reading, start, standard, _applying(_plan(start, after, knobs)))


def _applying(plan: DevicePlan) -> Work:
    return lambda around: apply_plan(plan, around, Options())


def _disproved(reading: Reading, knobs: Knobs) -> Operation:
    start = _printed(knobs)
    work = _applying(_plan(start, (ONE,), knobs, Strategy.SPLIT_CLASS))
    return Operation("disproved", reading, start, Standard(start, start, knobs), work, "disproved")


def _unsaved(reading: Reading, knobs: Knobs) -> Operation:
    start = _printed(knobs)
    new, _ = _applied(start, (ONE,), knobs)
    standard = Standard(start, new, knobs, (ONE,))
    work = _applying(_plan(edited(start, knobs, (_THEIRS,)), (ONE,), knobs))
    return Operation("unsaved", reading, start, standard, work, "refused", _THEIRS)


def _printed(knobs: Knobs) -> str:
    return VirtualAsa(ordinary("fw"), knobs).running_text


def _applied(text: str, gateways: tuple[str, ...], knobs: Knobs) -> tuple[str, list[Record]]:
    """The text of a box after a faultless apply, and the journal of it."""
    world = World(VirtualAsa(text, knobs), knobs.enable_password)
    plan = _plan(text, gateways, knobs)
    end = world.attempt(_applying(plan))
    if end.state != "new":
        raise ValueError(f"the faultless apply ended: {end}")
    return world.box.running_text, world.journals[-1]


def _plan(
    text: str, gateways: tuple[str, ...], knobs: Knobs, strategy: Strategy | None = None
) -> DevicePlan:
    """What ``plan`` makes of it; where a class takes a flow whole, no class should be split."""
    per_class = knobs.reading is Reading.PER_CLASS
    strategy = strategy or (Strategy.NARROW_DEFAULT if per_class else Strategy.SPLIT_CLASS)
    wish = Exemption(
        name="esa", gateways=tuple(ip_address(g) for g in gateways), strategy=strategy
    )
    running = read_running(text)
    identity = Identity(hostname="fw", serial=running.tree.serial, version=running.tree.version)
    request = Request("fw", None, identity, (wish,) if gateways else (), PlanReading(), strategy)
    plan = plan_device(request, running)
    if plan.status != "change":
        raise ValueError(f"{plan.status}: {plan.reason}")
    return plan
