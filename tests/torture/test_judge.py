"""The judge finds what it is there to find: worlds that are spoilt by hand."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from asa_automate.model import Reading
from tests.torture.deeds import BESIDE
from tests.torture.explore import Case
from tests.torture.operations import operation
from tests.torture.records import Wrong
from tests.torture.states import state_of
from tests.torture.world import Smooth, World


def _claim(world: World, **changed: object) -> None:
    world.attempts[-1] = replace(world.attempts[-1], **changed)  # type: ignore[arg-type]


def _half(world: World) -> None:
    world.box.edit(["object-group network ESA_EXEMPT_HOSTS", "network-object host 192.0.2.9"])


def _unsaved(world: World) -> None:
    world.box.startup = world.box.running.with_stanzas(world.box.running.stanzas[:-1])


def _lost(world: World) -> None:
    world.edit(BESIDE["remark"], ours=False)
    world.box.edit([f"no {BESIDE['remark'][0]}"])


def _probe(world: World) -> None:
    world.box.edit(["object-group network ESA_EXEMPT_PROBE", "network-object host 192.0.2.9"])


SPOILT: dict[str, tuple[Callable[[World], None], Wrong]] = {
    "half a change": (_half, Wrong.ENDS),
    "not saved": (_unsaved, Wrong.ENDS),
    "another's edit lost": (_lost, Wrong.LOST),
    "a probe": (_probe, Wrong.PROBE),
}
CLAIMED: dict[str, dict[str, object]] = {
    "old": {"state": "old", "exit": 3, "reason": "undone"},
    "new, not saved": {"saved": False},
    "exit code": {"exit": 3},
    "unknown word": {"state": "fine"},
    "nothing was sent": {"state": "refused", "exit": 5},
}


def _judged(spoil: Callable[[World], None]) -> set[Wrong]:
    case = Case.of(operation("first", Reading.PER_CLASS))
    attempt = case.world.attempt(case.operation.work, Smooth())
    assert "new" == attempt.state
    spoil(case.world)
    case.judge.after(case.world.box, case.world.attempts[-1], case.world.edits)
    found = case.judge.at_last(case.world.box, case.world.attempts, case.world.edits)
    return {violation.what for violation in found}


def test_a_faultless_run_is_right() -> None:
    assert set() == _judged(lambda _: None)


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_spoilt_is_found(what: str) -> None:
    spoil, wrong = SPOILT[what]

    assert wrong in _judged(spoil)


@pytest.mark.parametrize("what", CLAIMED)
def test_what_is_claimed_falsely_is_found(what: str) -> None:
    assert {Wrong.CLAIMS} == _judged(lambda world: _claim(world, **CLAIMED[what]))


def test_others_without_their_inspection_are_found() -> None:
    def spoil(world: World) -> None:
        lines = ["policy-map global_policy", "class inspection_default", "no inspect esmtp"]
        world.box.edit(lines)

    assert Wrong.FLOWS in _judged(spoil)


def test_sessions_left_open_are_found() -> None:
    assert {Wrong.SESSIONS} == _judged(lambda world: _claim(world, left_open=1))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a\nb\n", "b\na\n", True),
        ("p\n c\n  inspect x\n  inspect y\n", "p\n c\n  inspect y\n  inspect x\n", True),
        ("p\n c\n d\n", "p\n d\n c\n", False),
        ("access-list A 1\naccess-list A 2\n", "access-list A 2\naccess-list A 1\n", False),
        ("access-list A 1\nb\naccess-list B 2\n", "access-list B 2\naccess-list A 1\nb\n", True),
        (": Saved\na\nCryptochecksum:1\n: end\n", "a\nCryptochecksum:2\n", True),
        ("a\n b\n", "a\n", False),
    ],
)
def test_when_two_texts_are_the_same_state(one: str, other: str, *, same: bool) -> None:
    assert same is (state_of(one) == state_of(other))
