"""Where to cut a box in two."""

from collections.abc import Iterable, Iterator

from asa_automate.simulate.space.boxes import Box, Interval, with_side


def of_boxes(boxes: Iterable[Box]) -> Iterator[tuple[int, Interval]]:
    """Their intervals, with their axis."""
    for box in boxes:
        yield from enumerate(box)


def cut(box: Box, edges: Iterable[tuple[int, Interval]]) -> tuple[int, int] | None:
    """In the middle of the ends of an axis: where fewest intervals are cut in two, and of such
    axes the one that has fewest ends inside the box."""
    axes: tuple[list[Interval], ...] = ([], [], [], [], [])
    for axis, interval in edges:
        axes[axis].append(interval)
    found: list[tuple[int, int, int, int]] = []
    for axis, intervals in enumerate(axes):
        first, last = box[axis]
        ends = {low for low, _ in intervals if first < low <= last}
        ends |= {high + 1 for _, high in intervals if first <= high < last}
        if ends:
            middle = sorted(ends)[len(ends) // 2]
            torn = sum(low < middle <= high for low, high in intervals)
            found.append((torn, len(ends), axis, middle))
    return min(found)[2:] if found else None


def halves(box: Box, axis: int, number: int) -> Iterator[Box]:
    """The box below a number of an axis, and the rest."""
    low, high = box[axis]
    yield with_side(box, axis, (number, high))
    yield with_side(box, axis, (low, number - 1))
