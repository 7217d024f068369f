"""Stopping, a store that fails, a lease that is lost: at every instant the box is left whole."""

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

import pytest

from asa_automate.apply.outcome import State
from asa_automate.apply.ports import Stopped
from asa_automate.apply.rollback import roll_back
from asa_automate.errors import Exit, Refused, StoreRefused
from asa_automate.store.journal import Kind

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

GATEWAY = "192.168.1.1"


class Nth:
    """Raises at the n-th call, and from then on if ``always``."""

    def __init__(self, at: int, error: Exception, *, always: bool = True) -> None:
        self.at, self.error, self.always, self.calls = at, error, always, 0

    def __call__(self, *_: object) -> None:
        self.calls += 1
        if self.calls == self.at or (self.always and self.calls > self.at):
            raise self.error


def test_a_stop_at_every_instant(
    rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    """Before each line: what was not verified by then goes back; the exit code says stopped."""
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan))
    for at in count(1):
        rig = rigs()
        stop = rig.on_guard = Nth(at, Stopped())
        outcome = rig.apply(plan)
        if stop.calls < at:
            assert outcome.state is State.NEW
            break
        assert (State.OLD, Exit.STOPPED) == (outcome.state, outcome.exit)
        judge.ends_whole(rig.box)
        judge.hurts_nobody(rig.box)
        assert judge.mark(rig.box.running) == judge.mark(judge.old)
        assert rig.box.counts.saves == 0
        assert rig.box.open_sessions == 0
    assert at > 20


def test_a_stop_during_the_way_back_does_not_stop_it(
    rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan))
    for at in count(1):
        rig = rigs()
        assert rig.apply(plan).state is State.NEW
        stop = rig.on_guard = Nth(at, Stopped())
        outcome = roll_back(rig.goal, rig.surroundings())
        judge.ends_whole(rig.box)
        if stop.calls < at:
            break
        running = judge.mark(rig.box.running)
        if outcome.state is State.STOPPED:
            assert running == judge.mark(judge.new)
        else:
            assert (State.OLD, Exit.DONE) == (outcome.state, outcome.exit)
            assert running == judge.mark(judge.old)
    assert at > 5


@pytest.mark.parametrize("always", [True, False])
def test_a_store_that_fails_at_every_record(
    always: bool, rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    """Nothing more is sent forward; the way back is gone all the same."""
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan))
    for at in count(1):
        rig = rigs()
        broken = rig.on_write = Nth(at, StoreRefused("disk full"), always=always)
        outcome = rig.apply(plan)
        if broken.calls < at:
            break
        judge.ends_whole(rig.box)
        judge.hurts_nobody(rig.box)
        assert judge.mark(rig.box.running) == judge.mark(judge.old), at
        if at == 1:
            assert (State.REFUSED, Exit.REFUSED) == (outcome.state, outcome.exit)
            assert rig.box.counts.config_lines == 0
        else:
            assert (State.OLD, Exit.FAILED) == (outcome.state, outcome.exit)
            assert "disk full" in str(outcome.reason)
    assert at > 40


def test_nothing_is_sent_under_a_lost_lease(rigs: "Callable[..., Rig]") -> None:
    """Somebody else has the device by then; neither lines nor the way back are sent."""
    plan = rigs().plan(GATEWAY)
    for at in (2, 9, 15, 20, 24):
        rig = rigs()
        rig.on_guard = Nth(at, Refused("lease lost"))
        outcome = rig.apply(plan)
        sent = rig.box.counts.config_lines
        assert outcome.exit is Exit.UNKNOWN
        assert "lease lost" in str(outcome.reason)
        assert outcome.lines
        assert sent == at - 1
        assert rig.box.counts.saves == 0


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyError("another"), MemoryError()])
def test_a_bug_in_mid_change_is_no_excuse(
    error: Exception, rigs: "Callable[..., Rig]", judges: "Callable[..., Judge]"
) -> None:
    """The device goes back first; then the error comes out, for the log that is to be sent."""
    clean = rigs()
    plan = clean.plan(GATEWAY)
    judge = judges(clean, lambda rig: rig.apply(plan))
    for at in range(1, 25, 3):
        rig = rigs()
        rig.on_guard = Nth(at, error, always=False)
        with pytest.raises(type(error)):
            rig.apply(plan)
        judge.ends_whole(rig.box)
        assert judge.mark(rig.box.running) == judge.mark(judge.old)
        assert rig.box.open_sessions == 0


def test_every_record_is_of_a_kind_that_the_journal_knows(rigs: "Callable[..., Rig]") -> None:
    rig = rigs()
    assert rig.apply(rig.plan(GATEWAY)).state is State.NEW
    assert roll_back(rig.goal, rig.surroundings()).state is State.OLD

    assert set(rig.kinds) <= {kind.value for kind in Kind}
