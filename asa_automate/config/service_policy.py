"""``service-policy``: which policy-map is in force, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from asa_automate.config.feed import rows
from asa_automate.config.tree import Line

_COMMAND = "show running-config service-policy"


@dataclass(frozen=True, slots=True)
class ServicePolicy:
    """One attachment of a policy-map; ``interface`` is ``None`` for the global one."""

    policy: str
    interface: str | None = None
    line: int = 0

    @property
    def scope(self) -> str:
        """``global`` or ``interface:NAME``, as in all outputs."""
        return f"interface:{self.interface}" if self.interface else "global"


def read_service_policies(lines: Iterable[Line]) -> tuple[ServicePolicy, ...]:
    """The attachments among top-level ``lines``, in order."""
    return tuple(
        ServicePolicy(row["POLICY"], row["INTERFACE"] or None, row.line.number)
        for row in rows(_COMMAND, lines)
        if row["POLICY"]
    )


def write_service_policy(attached: ServicePolicy) -> list[str]:
    """The line of an attachment."""
    where = f"interface {attached.interface}" if attached.interface else "global"
    return [f"service-policy {attached.policy} {where}"]
