"""A class that is not looked at, or left out, changes nothing of what the walk finds."""

import random
from itertools import product

import pytest

from asa_automate.simulate.space import chains as chains_of
from asa_automate.simulate.space import parts
from asa_automate.simulate.space.boxes import Box
from asa_automate.simulate.space.chains import NOTHING, Action, Chain, Choice, may_differ
from asa_automate.simulate.space.rules import Rule, Ruled
from asa_automate.simulate.space.walk import Actions, Budget, Walk

WHOLE: Box = ((0, 2),) * 5
POINTS = list(product(range(3), repeat=5))


def _box(chance: random.Random) -> Box:
    low, high = zip(*(sorted(chance.choices(range(3), k=2)) for _ in range(5)), strict=True)
    a, b, c, d, e = zip(low, high, strict=True)
    return (a, b, c, d, e)


def _has(box: Box, point: tuple[int, ...]) -> bool:
    return all(low <= n <= high for n, (low, high) in zip(point, box, strict=True))


def _choice(chance: random.Random, name: str) -> Choice:
    rules = Ruled(Rule(_box(chance), chance.random() < 0.7) for _ in range(chance.randint(1, 5)))
    acts = chance.choice(((WHOLE,), (_box(chance),), ()))
    stops = chance.random() < 0.5
    action = (chance.choice("XY"),) if acts else NOTHING
    guard = chance.choice((WHOLE, _box(chance)))
    return Choice(name, rules, (guard,), lambda: rules, acts, action, stops)


def _does(chain: Chain, point: tuple[int, ...]) -> Action:
    for one in chain:
        first = next((r for r in one.rules if _has(r.box, point)), None)
        if first and first.permit and any(_has(g, point) for g in one.guard):
            if any(_has(a, point) for a in one.acts):
                return one.action
            if one.stops:
                return NOTHING
    return NOTHING


def _third(actions: Actions) -> bool:
    return actions[1] not in (actions[0], actions[2])


@pytest.mark.parametrize("long", [0, 3, 64])
@pytest.mark.parametrize("seed", range(25))
def test_third_treatments_are_all_there_are(
    seed: int, long: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "_LONG", long)
    monkeypatch.setattr(chains_of, "_FEW", min(long, 16))
    chance = random.Random(seed)  # noqa: S311  # a test's choice of rules
    pool = [_choice(chance, f"C{n}") for n in range(4)]
    three = [tuple(chance.sample(pool, chance.randint(1, 3))) for _ in range(3)]
    regions, but = [_box(chance) for _ in range(3)], [_box(chance)]
    walk = Walk(three, WHOLE, Budget(10**7), but)
    found = {p: did for box, did in walk.bad(regions, _third) for p in POINTS if _has(box, p)}
    asked = [p for p in POINTS if any(_has(r, p) for r in regions) and not _has(but[0], p)]
    every = {p: tuple(_does(chain, p) for chain in three) for p in asked}
    assert found == {p: did for p, did in every.items() if _third(did)}
    inside = list(may_differ(three[0], three[1]))
    outside = [p for p in POINTS if not any(_has(box, p) for box in inside)]
    assert all(_does(three[0], p) == _does(three[1], p) for p in outside)


def test_two_classes_that_change_places_differ() -> None:
    """The same rules in another place are not the same class with other rules."""
    rules = (Rule(WHOLE, permit=True),)
    one, other = (
        Choice(name, name, (WHOLE,), lambda: rules, (WHOLE,), (name,), stops=False)
        for name in ("X", "Y")
    )
    assert set(may_differ((one, other), (other, one))) == {WHOLE}
