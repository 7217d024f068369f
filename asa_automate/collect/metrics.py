"""What the store says, as metrics for Prometheus: names, labels, values. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from asa_automate.store.values import Label

PLACE = ("device", "scope", "policy", "class")
ENGINE = "esmtp"


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
    "1 where the class of our exemption inspects the rest of the mail, 0 where it is not seen.",
    ("device",),
)
METRICS = (PACKETS, INSPECTED, DROPS, SUCCESS, STATE)

#: Totals of an inspection that have a metric of their own, and those that have none.
TOTALS = {"packets": INSPECTED, "drops": DROPS}
UNTOLD = frozenset({"reset_drops", "lock_fails"})

Series = dict[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Current:
    """A device as of its latest sample.

    ``totals`` has the counters that are there: first value and all known increments since, so
    that a cleared counter does not go back and another unit's does not leap.
    """

    device: str
    at: float
    totals: Mapping[Label, int]


def series_of(found: Iterable[Current], exempting_class: str) -> dict[Metric, Series]:
    """All series of these devices; labels in the order of the metric."""
    series: dict[Metric, Series] = {metric: {} for metric in METRICS}
    for current in found:
        series[SUCCESS][(current.device,)] = current.at
        for metric, labels, value in _counters(current):
            series[metric][labels] = series[metric].get(labels, 0) + value
        mail = {label.class_ for label in current.totals if label.engine == ENGINE}
        if current.totals:
            series[STATE][(current.device,)] = float(exempting_class in mail)
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
