"""What a check says of a gateway, of a configuration and of a device: values, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from asa_automate.model import Address, Identity, Reading
from asa_automate.plan.deciding import Decider
from asa_automate.plan.document import Finding, PlanReading

_NOBODY = Identity()
_NOT_PROBED = PlanReading()


class State(StrEnum):
    """How far the ESMTP inspection leaves a gateway alone."""

    EXEMPT = "exempt"
    PARTLY = "partly"
    NOT_EXEMPT = "not-exempt"
    CANNOT_TELL = "cannot-tell"


class By(StrEnum):
    """What a gateway is exempt by."""

    OURS = "ours"
    BY_HAND = "by-hand"
    #: Per class, a class that matches before the one that inspects mail.
    EARLIER_CLASS = "earlier-class"
    #: Classes inspect mail, and this mail is not among what they match.
    NOT_MATCHED = "not-matched"
    NOBODY_INSPECTS = "nobody-inspects"
    NO_SERVICE_POLICY = "no-service-policy"


@dataclass(frozen=True, slots=True)
class Part:
    """Mail of a gateway that is inspected, or of which that cannot be told.

    Args:
        direction: ``to the gateway`` or ``from the gateway``.
        known: ``False`` where it cannot be told whether it is inspected.
        policy, scope, class_name: what inspects it, empty where that is not known.
        interfaces: the pairs concerned, as ``in A out B``; empty where no interface has a policy.
        peers: empty for everybody, else the addresses that it is limited to, a few of them.
        flow: an example.
        lines: the lines that decide about the example.
        trace: how the model got there, step by step.
    """

    direction: str
    known: bool
    policy: str
    scope: str
    class_name: str
    interfaces: tuple[str, ...]
    peers: tuple[str, ...]
    flow: str
    lines: tuple[Decider, ...]
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A gateway under one reading: its state, by what, and the lines that decide."""

    state: State
    by: tuple[By, ...] = ()
    parts: tuple[Part, ...] = ()
    lines: tuple[Decider, ...] = ()


@dataclass(frozen=True, slots=True)
class GatewayCheck:
    """One gateway of an exemption.

    Args:
        addresses: real and, before 8.3, mapped ones.
        readings: the judgement under each reading that the device may have.
    """

    gateway: Address
    exemption: str
    addresses: tuple[Address, ...]
    readings: Mapping[Reading, Judgement]

    @property
    def state(self) -> State:
        """Over all readings: exempt only where every reading says so."""
        states = {judgement.state for judgement in self.readings.values()}
        if len(states) == 1:
            return states.pop()
        open_ = State.EXEMPT in states or State.CANNOT_TELL in states
        return State.CANNOT_TELL if open_ else State.PARTLY

    @property
    def differs(self) -> bool:
        """Whether the readings differ in state."""
        return len({judgement.state for judgement in self.readings.values()}) > 1


@dataclass(frozen=True, slots=True)
class Check:
    """One configuration: its gateways, and what a person should know besides."""

    gateways: tuple[GatewayCheck, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceCheck:
    """One device of a check.

    Args:
        status: ``checked``, ``refused`` or ``unreachable``; with the latter two ``reason`` says
            why, and nothing is known of the gateways.
        wanted: every gateway that the exemptions of the inventory name for it.
    """

    device: str
    context: str | None = None
    status: str = "checked"
    reason: str | None = None
    identity: Identity = _NOBODY
    reading: PlanReading = _NOT_PROBED
    wanted: tuple[Address, ...] = ()
    check: Check = Check()

    @property
    def complies(self) -> bool:
        """Whether every gateway is known to be exempt."""
        return self.status == "checked" and all(
            one.state is State.EXEMPT for one in self.check.gateways
        )
