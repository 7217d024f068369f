"""A parsed ``show service-policy`` as counters with labels."""

from collections.abc import Iterator, Mapping

from asa_automate.show.service_policy import Class, Inspect, Policy, ServicePolicyReport
from asa_automate.store.values import Label

# Totals of an inspection line; its five-minute rate is no counter.
TOTALS = ("packets", "drops", "reset_drops", "lock_fails")


def readings_of(report: ServicePolicyReport) -> Mapping[Label, int]:
    """All counters that the report says, and none that it does not.

    Where two lines bear the same label (a text without headers), their counts add up.
    """
    found: dict[Label, int] = {}
    for label, value in _all(report):
        found[label] = found.get(label, 0) + value
    return found


def _all(report: ServicePolicyReport) -> Iterator[tuple[Label, int]]:
    for policy in report.policies:
        for class_ in policy.classes:
            for inspect in class_.inspects:
                for name, action, value in _of(inspect):
                    if value is not None:
                        yield _label(policy, class_, inspect, name, action), value


def _label(policy: Policy, class_: Class, inspect: Inspect, name: str, action: str) -> Label:
    return Label(
        scope=policy.scope or "",
        policy=policy.policy or "",
        class_=class_.name or "",
        engine=inspect.engine,
        map=inspect.map or "",
        name=name,
        action=action,
    )


def _of(inspect: Inspect) -> Iterator[tuple[str, str, int | None]]:
    for name in TOTALS:
        yield name, "", getattr(inspect, name)
    for name, value in inspect.parameters.items():
        yield name, "", value
    for match in inspect.matches:
        yield match.match, match.action or "", match.packets
