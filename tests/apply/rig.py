"""A whole apply without a socket: real planner, real session, virtual ASA, virtual clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from asa_automate.apply.applier import Options, apply_plan
from asa_automate.apply.goal import Goal, goal_of
from asa_automate.apply.outcome import Outcome
from asa_automate.apply.ports import Surroundings
from asa_automate.apply.reading import identify
from asa_automate.config.reader import read_running
from asa_automate.device.credentials import Secret
from asa_automate.device.session import Session
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.wire import MemoryWire
from asa_automate.model import Exemption, Reading, Strategy
from asa_automate.plan.document import DevicePlan, PlanReading
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request

GATEWAY = "192.168.1.1"
SECOND = "192.168.1.2"


@dataclass
class Clocked:
    """The wire with a clock that silence moves, so that no test waits."""

    wire: MemoryWire
    now: float = 0.0

    def write(self, data: bytes) -> None:
        self.wire.write(data)

    def read(self, seconds: float) -> bytes:
        data = self.wire.read(seconds)
        if not data:
            self.now += seconds
        return data

    def close(self) -> None:
        self.wire.close()


@dataclass
class Rig:
    """A box, and everything that an apply needs around it.

    In multiple mode ``box`` is the context, and ``door`` the box whose address is called.
    """

    box: VirtualAsa
    door: VirtualAsa | None = None
    context: str | None = None
    secret: str = Knobs().enable_password
    records: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    readings: dict[tuple[str, str], Reading] = field(default_factory=dict)
    stages: list[str] = field(default_factory=list)
    on_guard: Callable[[], None] = lambda: None
    on_tell: Callable[[str], None] = lambda _: None
    on_write: Callable[[str, Mapping[str, Any]], None] = lambda _, __: None
    on_wait: Callable[[float], None] = lambda _: None

    def write(self, kind: str, payload: Mapping[str, Any]) -> None:
        self.on_write(kind, payload)
        self.records.append((kind, payload))

    def tell(self, stage: str) -> None:
        self.stages.append(stage)
        self.on_tell(stage)

    def recall(self, serial: str | None, version: str | None) -> Reading:
        return self.readings.get((str(serial), str(version)), Reading.UNKNOWN)

    def remember(self, serial: str, version: str, reading: Reading) -> None:
        self.readings[serial, version] = reading

    def link(self) -> Session:
        wire = Clocked(MemoryWire(self.door or self.box))
        return Session.open(
            wire,
            device="fw",
            enable_secret=Secret(self.secret),
            context=self.context,
            may_change=True,
            clock=lambda: wire.now,
        )

    def surroundings(self) -> Surroundings:
        return Surroundings(
            link=self.link,
            log=self,
            memory=self,
            guard=self.on_guard,
            wait=self.on_wait,
            settle=0.0,
            tell=self.tell,
        )

    def plan(
        self,
        *gateways: str,
        reading: Reading = Reading.UNKNOWN,
        strategy: Strategy | None = None,
    ) -> DevicePlan:
        wish = Exemption(
            name="esa",
            gateways=tuple(ip_address(g) for g in gateways),
            strategy=strategy or Strategy.SPLIT_CLASS,
        )
        session = self.link()
        identity = identify(session)
        session.close()
        known = PlanReading() if reading is Reading.UNKNOWN else PlanReading(value=reading)
        request = Request(
            "fw", self.context, identity, (wish,) if gateways else (), known, strategy
        )
        return plan_device(request, read_running(self.box.running_text))

    def apply(self, plan: DevicePlan, options: Options | None = None) -> Outcome:
        return apply_plan(plan, self.surroundings(), options or Options())

    @property
    def kinds(self) -> list[str]:
        """The journal's kinds of record, in order."""
        return [kind for kind, _ in self.records]

    @property
    def goal(self) -> Goal:
        """The goal that the last BEGIN record holds."""
        return goal_of([p for kind, p in self.records if kind == "begin" and "plan" in p][-1])

    def typed(self) -> list[str]:
        """The lines that took us from mode to mode or changed something, in order."""
        return [e.line for e in self.box.transcript if e.session and e.number is not None]


def make_rig(
    config: str | None = None, knobs: Knobs | None = None, faults: Sequence[Fault] = ()
) -> Rig:
    return Rig(VirtualAsa(config or ordinary("fw"), knobs or Knobs(), faults))
