"""Boxes: sets of flows as one interval for each of protocol, addresses and ports.

Addresses of one IP version at a time, so that no box mixes them. Everything that an access-list
can say is a union of boxes, and a box minus a box is at most ten boxes.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from asa_automate.simulate.flow import Flow

#: Protocol, source, destination, source port, destination port: lowest and highest of each.
Interval = tuple[int, int]
Box = tuple[Interval, Interval, Interval, Interval, Interval]

PROTOCOLS: Interval = (0, 255)
PORTS: Interval = (0, 65535)
LAST = {4: 2**32 - 1, 6: 2**128 - 1}


def everything(version: int) -> Box:
    """All flows of an IP version."""
    addresses = (0, LAST[version])
    return PROTOCOLS, addresses, addresses, PORTS, PORTS


def common(one: Box, other: Box) -> Box | None:
    """What both have; ``None`` for nothing."""
    (a, b), (c, d), (e, f), (g, h), (i, j) = one
    (p, q), (r, s), (t, u), (v, w), (x, y) = other
    if p > b or q < a or r > d or s < c or t > f or u < e or v > h or w < g or x > j or y < i:
        return None
    return (
        (a if a > p else p, b if b < q else q),
        (c if c > r else r, d if d < s else s),
        (e if e > t else t, f if f < u else u),
        (g if g > v else v, h if h < w else w),
        (i if i > x else x, j if j < y else y),
    )


def covers(one: Box, other: Box) -> bool:
    """Whether ``one`` has all of ``other``."""
    return all(low <= a and b <= high for (low, high), (a, b) in zip(one, other, strict=True))


def without(box: Box, taken: Box) -> Iterator[Box]:
    """``box`` less ``taken``, in boxes that do not overlap."""
    if common(box, taken) is None:
        yield box
        return
    rest = list(box)
    for axis, ((low, high), (first, last)) in enumerate(zip(box, taken, strict=True)):
        if low < first:
            yield with_side(rest, axis, (low, first - 1))
            rest[axis] = (first, high)
        if last < high:
            yield with_side(rest, axis, (last + 1, high))
            rest[axis] = (rest[axis][0], last)


def less(boxes: Iterable[Box], taken: Iterable[Box]) -> list[Box]:
    """All of ``boxes`` less all of ``taken``."""
    left = list(boxes)
    for one in taken:
        left = [piece for box in left for piece in without(box, one)]
    return left


def hull(boxes: Collection[Box]) -> Box:
    """The least box that has all of them."""
    a, b, c, d, e = (
        (min(i[0] for i in side), max(i[1] for i in side)) for side in zip(*boxes, strict=True)
    )
    return (a, b, c, d, e)


def with_side(box: Sequence[Interval], axis: int, interval: Interval) -> Box:
    """The box with another interval on an axis."""
    sides = [*box[:axis], interval, *box[axis + 1 :]]
    return (sides[0], sides[1], sides[2], sides[3], sides[4])


@dataclass(frozen=True, slots=True)
class Space:
    """The flows of one IP version, and how one of a box is written as a flow."""

    version: int

    @property
    def everything(self) -> Box:
        """All of them."""
        return everything(self.version)

    def flow(self, box: Box) -> Flow | None:
        """A flow of the box that two hosts can have; ``None`` where it has none.

        Where there is a choice, between addresses for documentation, from a client's port.
        """
        ends = self._ends(box[1], box[2])
        if ends is None:
            return None
        make = IPv4Address if self.version == 4 else IPv6Address
        number = next((n for n in _NAMES if _within(n, box[0])), box[0][0])
        name = _NAMES.get(number, str(number))
        has_ports = name in ("tcp", "udp")
        client = _CLIENT if _within(_CLIENT, box[3]) else max(box[3][0], 1)
        return Flow(
            name,
            make(ends[0]),
            make(ends[1]),
            max(box[4][0], 1) if has_ports else 0,
            client if has_ports else None,
        )

    def _ends(self, source: Interval, destination: Interval) -> tuple[int, int] | None:
        """Two addresses that differ."""
        for one in self._some(source):
            for other in self._some(destination):
                if one != other:
                    return one, other
        return None

    def _some(self, interval: Interval) -> list[int]:
        """Addresses of an interval, those first that read best."""
        nobodys = [n for n in _NOBODYS[self.version] if _within(n, interval)]
        return [*nobodys, min(max(interval[0], 1), interval[1]), interval[1], interval[0]]


_NAMES = {6: "tcp", 17: "udp", 1: "icmp"}
#: RFC 6056, section 2.1: a port that a client may have.
_CLIENT = 40000
#: RFC 5737, RFC 3849: addresses for documentation.
_NOBODYS = {
    4: [int(IPv4Address(a)) for a in ("198.51.100.7", "203.0.113.9")],
    6: [int(IPv6Address(a)) for a in ("2001:db8:ffff::7", "2001:db8:fffe::9")],
}


def _within(number: int, interval: Interval) -> bool:
    return interval[0] <= number <= interval[1]
