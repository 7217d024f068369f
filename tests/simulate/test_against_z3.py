"""The reduction and the walk beside a solver that knows neither: two lists, whole, as formulas."""

import random
from typing import Any

import pytest
import z3

from asa_automate.simulate.space.boxes import Box, everything
from asa_automate.simulate.space.chains import NOTHING, Chain, Choice, may_differ
from asa_automate.simulate.space.rules import Rule
from asa_automate.simulate.space.walk import Budget, Walk

#: Bits of protocol, addresses and ports, IPv4.
BITS = (8, 32, 32, 16, 16)
WHOLE = everything(4)


def rule(chance: random.Random) -> Rule:
    """Networks that overlap now and then, and ports of mail."""

    def network() -> tuple[int, int]:
        length = chance.choice((8, 16, 24, 32))
        first = (
            10 << 24 | chance.randrange(4) << 16 | chance.randrange(8) << 8
        ) + chance.randrange(4)
        first &= -1 << 32 - length
        return first, first + (1 << 32 - length) - 1

    low = chance.choice((0, 25, 80))
    ports = (low, chance.choice((low, low + 2, 65535)))
    sides = ((6, 6), network(), network(), (0, 65535), ports)
    return Rule(sides, permit=chance.random() < 0.6)


def chain(rules: list[Rule]) -> Chain:
    made = tuple(rules)
    return (Choice("C", made, (WHOLE,), lambda: made, (WHOLE,), ("it",), stops=False),)


def formula(rules: list[Rule], flow: list[Any]) -> Any:
    """Whether the first match permits, written out from the last entry to the first."""
    permits: Any = z3.BoolVal(False)
    for one in reversed(rules):
        sides = [
            z3.And(z3.UGE(x, lo), z3.ULE(x, hi)) for x, (lo, hi) in zip(flow, one.box, strict=True)
        ]
        permits = z3.If(z3.And(*sides), z3.BoolVal(bool(one.permit)), permits)
    return permits


def by_the_solver(one: list[Rule], other: list[Rule]) -> bool:
    flow = [z3.BitVec(f"x{axis}", bits) for axis, bits in enumerate(BITS)]
    solver = z3.Solver()
    solver.add(formula(one, flow) != formula(other, flow))
    return bool(solver.check() == z3.sat)


def by_us(one: list[Rule], other: list[Rule]) -> list[Box]:
    before, after = chain(one), chain(other)
    walk = Walk([before, after], WHOLE, Budget(10**7))
    regions = list(may_differ(before, after))
    return [box for box, _ in walk.bad(regions, lambda a: (a[0] == NOTHING) != (a[1] == NOTHING))]


@pytest.mark.parametrize("count", [5, 30, 100, 1000])
@pytest.mark.parametrize("what", ["insert", "bug", "swap", "drop"])
def test_as_a_solver(count: int, what: str) -> None:
    seen = set()
    for seed in range(6 if count < 1000 else 1):
        chance = random.Random(f"{count} {what} {seed}")  # noqa: S311  # a test's choice of rules
        one = [rule(chance) for _ in range(count)]
        place = chance.randrange(count - 1)
        other = list(one)
        match what:
            case "insert":
                other.insert(place, rule(chance))
            case "bug":
                sides = one[place].box
                other[place] = Rule((*sides[:4], (sides[4][0], 65535)), one[place].permit)
            case "swap":
                other[place], other[place + 1] = other[place + 1], other[place]
            case _:
                del other[place]
        found = by_us(one, other)
        assert bool(found) == by_the_solver(one, other), seed
        seen.add(bool(found))
    assert seen
