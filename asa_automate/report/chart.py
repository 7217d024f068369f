"""A line chart as SVG text, from numbers only; what is missing is a gap in the line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 120


@dataclass(frozen=True, slots=True)
class Point:
    """``value`` at an instant; ``None``: not known there, the line is broken."""

    at: float
    value: float | None


def path_of(points: Sequence[Point], since: float, until: float, most: float) -> str:
    """The ``d`` of the line: a new piece after each gap, a dot where a piece is one point."""
    pieces: list[str] = []
    pen = "M"
    for point in points:
        if point.value is None:
            pen = "M"
            continue
        x, y = x_of(point.at, since, until), HEIGHT - HEIGHT * point.value / (most or 1)
        pieces.append(f"{pen}{x:.1f} {y:.1f}" + ("h0.1" if pen == "M" else ""))
        pen = "L"
    return " ".join(pieces)


def x_of(at: float, since: float, until: float) -> float:
    """Where an instant stands, in pixels."""
    return WIDTH * (at - since) / ((until - since) or 1)


def most_of(points: Iterable[Point]) -> float:
    """The largest value; 0 where there is none."""
    return max((point.value or 0 for point in points), default=0)
