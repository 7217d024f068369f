"""The counters of ``inspect esmtp`` and how ``show service-policy`` prints them.

Layout: Cisco doc 117801 (7.2 to 8.x), a 9.x line of a public highlighter rule, and the golden
outputs of genieparser (9.5 and later).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from asa_automate.simulate.esmtp_map import InspectionMap

_TAILS = (
    ((9, 5), ", lock fail 0, drop {drop}, reset-drop {reset}, 5-min-pkt-rate 0 pkts/sec,"
             " v6-fail-close 0 sctp-drop-override 0"),
    ((9, 0), ", lock fail 0, drop {drop}, reset-drop {reset}"),
    ((0, 0), ", drop {drop}, reset-drop {reset}"),
)  # fmt: skip


@dataclass(slots=True)
class Counters:
    """What was counted, under the names that the output has.

    Args:
        values: ``packet``, ``drop``, ``reset-drop``, ``mask-banner``, ``allow-tls`` and the text
            of each match.
    """

    values: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, amount: int = 1) -> None:
        """Count."""
        self.values[name] = self.values.get(name, 0) + amount

    def value(self, name: str) -> int:
        """One counter; 0 unless it moved."""
        return self.values.get(name, 0)


def shown(counters: Counters, inspected: InspectionMap, version: tuple[int, int]) -> list[str]:
    """The lines below ``Class-map:`` of ``show service-policy inspect esmtp``.

    Args:
        version: of the release; 7.0 and 7.1 know no maps and print one line.
    """
    with_map = version >= (7, 2)
    name = f" {inspected.name}" if with_map else ""
    tail = next(tail for since, tail in _TAILS if version >= since)
    tail = tail.format(drop=counters.value("drop"), reset=counters.value("reset-drop"))
    first = f"      Inspect: esmtp{name}, packet {counters.value('packet')}{tail}"
    return [first, *(_of_map(counters, inspected) if with_map else ())]


def _of_map(counters: Counters, inspected: InspectionMap) -> Iterator[str]:
    for parameter in inspected.counted:
        yield f"        {parameter}, count {counters.value(parameter)}"
    for rule in inspected.rules:
        yield f"        {rule.text} "
        yield f"          {rule.said}, packet {counters.value(rule.text)}"
