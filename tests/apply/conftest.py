"""A whole apply without a socket: real planner, real session, virtual ASA, virtual clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import pytest

from asa_automate.apply.applier import Options, apply_plan
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
from asa_automate.model import Exemption, Reading
from asa_automate.plan.document import DevicePlan, PlanReading
from asa_automate.plan.planner import Request, plan_device


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
    """A box, and everything that an apply needs around it."""

    box: VirtualAsa
    records: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    readings: dict[tuple[str, str], Reading] = field(default_factory=dict)
    stages: list[str] = field(default_factory=list)

    def write(self, kind: str, payload: Mapping[str, Any]) -> None:
        self.records.append((kind, payload))

    def recall(self, serial: str | None, version: str | None) -> Reading:
        return self.readings.get((str(serial), str(version)), Reading.UNKNOWN)

    def remember(self, serial: str, version: str, reading: Reading) -> None:
        self.readings[serial, version] = reading

    def link(self) -> Session:
        wire = Clocked(MemoryWire(self.box))
        return Session.open(
            wire,
            device="fw",
            enable_secret=Secret(self.box.knobs.enable_password),
            may_change=True,
            clock=lambda: wire.now,
        )

    def surroundings(self) -> Surroundings:
        return Surroundings(
            link=self.link,
            log=self,
            memory=self,
            guard=lambda: None,
            wait=lambda _: None,
            settle=0.0,
            tell=self.stages.append,
        )

    def plan(self, *gateways: str, reading: Reading = Reading.UNKNOWN) -> DevicePlan:
        wish = Exemption(name="esa", gateways=tuple(ip_address(g) for g in gateways))
        session = self.link()
        identity = identify(session)
        session.close()
        request = Request("fw", None, identity, (wish,) if gateways else ())
        if reading is not Reading.UNKNOWN:
            request = Request(
                "fw", None, identity, request.exemptions, PlanReading(value=reading, source="test")
            )
        return plan_device(request, read_running(self.box.running_text))

    def apply(self, plan: DevicePlan, options: Options | None = None) -> Outcome:
        return apply_plan(plan, self.surroundings(), options or Options())


def make_rig(
    config: str | None = None, knobs: Knobs | None = None, faults: Sequence[Fault] = ()
) -> Rig:
    return Rig(VirtualAsa(config or ordinary("fw"), knobs or Knobs(), faults))


@pytest.fixture
def rig() -> Rig:
    return make_rig()
