"""``service-policy``: which policy-map is in force, and where."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from asa_automate.config.feed import Row, rows
from asa_automate.config.spelling import Spelling, as_printed, spelling_of
from asa_automate.config.tree import Line

_COMMAND = "show running-config service-policy"


@dataclass(frozen=True, slots=True)
class ServicePolicy:
    """One attachment of a policy-map.

    Args:
        interface: ``None`` for the global one.
        fail_close: whether IPv6 that an inspection cannot read is logged and dropped (from 9.0).
    """

    policy: str
    interface: str | None = None
    line: int = 0
    fail_close: bool = False
    spelling: Spelling | None = field(default=None, compare=False, repr=False)

    @property
    def scope(self) -> str:
        """``global`` or ``interface:NAME``, as in all outputs."""
        return f"interface:{self.interface}" if self.interface else "global"


def read_service_policies(lines: Iterable[Line]) -> tuple[ServicePolicy, ...]:
    """The attachments among top-level ``lines``, in order."""
    return tuple(_attached(row) for row in rows(_COMMAND, lines) if row["POLICY"])


def unknown_attachments(lines: Iterable[Line]) -> tuple[tuple[str, int], ...]:
    """The ``service-policy`` lines that no rule took (text, line): what they attach is unknown."""
    lost = (row.line for row in rows(_COMMAND, lines) if not row["POLICY"])
    return tuple((line.text, line.number) for line in lost)


def write_service_policy(attached: ServicePolicy) -> list[str]:
    """The line of an attachment."""
    return as_printed([_line(attached)], attached.spelling)


def _line(attached: ServicePolicy) -> str:
    where = f"interface {attached.interface}" if attached.interface else "global"
    return f"service-policy {attached.policy} {where}" + " fail-close" * attached.fail_close


def _attached(row: Row) -> ServicePolicy:
    attached = ServicePolicy(
        row["POLICY"],
        row["INTERFACE"] or None,
        row.line.number,
        fail_close=row["FAIL_CLOSE"] == "fail-close",
    )
    return replace(attached, spelling=spelling_of([row.line.text], [_line(attached)]))
