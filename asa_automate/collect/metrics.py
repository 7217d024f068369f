"""What the store says, as metrics for Prometheus: names, labels, values. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from asa_automate.collect.current import ENGINE, Current
from asa_automate.collect.exemption import state_of
from asa_automate.store.values import State

PLACE = ("device", "scope", "policy", "class")


@dataclass(frozen=True, slots=True)
class Metric:
    """A family of series; a counter's name is without the ``_total`` that its series bear."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    labels: tuple[str, ...]


PACKETS = Metric(
    "asa_esmtp_packets",
    "counter",
    "Packets that a match or a parameter of the ESMTP inspection acted on.",
    (*PLACE, "match", "action"),
)
INSPECTED = Metric(
    "asa_esmtp_inspect_packets", "counter", "Packets that the ESMTP inspection saw.", PLACE
)
DROPS = Metric(
    "asa_esmtp_inspect_drops", "counter", "Packets that the ESMTP inspection dropped.", PLACE
)
SUCCESS = Metric(
    "asa_collect_last_success_timestamp_seconds",
    "gauge",
    "When the latest sample of the firewall was taken, in seconds since the epoch.",
    ("device",),
)
STATE = Metric(
    "asa_exemption_state",
    "gauge",
    "1: the mail gateways are exempt, 0.5: partly, 0: not, -1: cannot be told.",
    ("device",),
)
METRICS = (PACKETS, INSPECTED, DROPS, SUCCESS, STATE)

#: Totals of an inspection that have a metric of their own, and those that have none.
TOTALS = {"packets": INSPECTED, "drops": DROPS}
UNTOLD = frozenset({"reset_drops", "lock_fails"})

#: How the state of an exemption is shown as a number.
NUMBERS = {State.EXEMPT: 1.0, State.PARTLY: 0.5, State.NOT_EXEMPT: 0.0, State.CANNOT_TELL: -1.0}

Series = dict[tuple[str, ...], float]


def series_of(found: Iterable[Current], exempting_class: str) -> dict[Metric, Series]:
    """All series of these devices; labels in the order of the metric."""
    series: dict[Metric, Series] = {metric: {} for metric in METRICS}
    for current in found:
        series[SUCCESS][(current.device,)] = current.at
        for metric, labels, value in _counters(current):
            series[metric][labels] = series[metric].get(labels, 0) + value
        if state := state_of(current, exempting_class):
            series[STATE][(current.device,)] = NUMBERS[state[0]]
    return series


def _counters(current: Current) -> Iterator[tuple[Metric, tuple[str, ...], int]]:
    for label, value in current.totals.items():
        place = (current.device, label.scope, label.policy, label.class_)
        if label.engine != ENGINE or label.name in UNTOLD:
            continue
        if label.name in TOTALS:
            yield TOTALS[label.name], place, value
        else:
            yield PACKETS, (*place, label.name, label.action), value
