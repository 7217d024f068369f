"""What is asked of the planner for one device."""

from dataclasses import dataclass

from asa_automate.config.running import RunningConfig
from asa_automate.model import Exemption, Identity, Strategy
from asa_automate.plan.document import DevicePlan, PlanReading
from asa_automate.plan.state import fingerprint_of

NOT_PROBED = PlanReading()


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the planner for one device.

    Args:
        reading: what is known of the device; ``UNKNOWN`` where nothing is.
        strategy: of the command line, ``None`` to follow exemptions and reading.
    """

    device: str
    context: str | None
    identity: Identity
    exemptions: tuple[Exemption, ...]
    reading: PlanReading = NOT_PROBED
    strategy: Strategy | None = None


def refused(request: Request, reason: str, running: RunningConfig | None = None) -> DevicePlan:
    """A plan that changes nothing, with the reason why."""
    return DevicePlan(
        device=request.device,
        context=request.context,
        identity=request.identity,
        status="refused",
        reason=reason,
        reading=request.reading,
        fingerprint=fingerprint_of(running) if running else None,
    )
