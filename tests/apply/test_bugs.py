"""A bug, or no memory, at any line of ours in mid-change: one resume, and the box is whole."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest

import asa_automate.apply
from asa_automate.apply.resume import left_behind, resume
from asa_automate.lab.knobs import Knobs
from tests.apply.test_every_fault import STRIDE, tell
from tests.apply.test_life_of_a_box import faultless

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

    Rigs = Callable[..., Rig]
    Judges = Callable[..., Judge]

FOLDER = str(Path(asa_automate.apply.__path__[0]))


class Bug(Exception):
    """Something that nobody thought of."""


class AtLine:
    """Raises at the n-th line that is executed in ``apply/``, whichever it is; then no more."""

    def __init__(self, at: int, error: type[BaseException]) -> None:
        self.at, self.error, self.count = at, error, 0

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        del argument
        if not frame.f_code.co_filename.startswith(FOLDER):
            return None
        if event == "line":
            self.count += 1
            if self.count == self.at:
                raise self.error(f"{frame.f_code.co_qualname}, line {frame.f_lineno}")
        return self

    def run(self, deed: Callable[[], object]) -> object:
        """Carry the deed out under this trace; what it gave, or the error that came out."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            return deed()
        except (self.error, Exception) as error:
            return error
        finally:
            sys.settrace(before)


@pytest.mark.parametrize("error", [Bug, MemoryError, KeyboardInterrupt])
def test_a_bug_at_any_line(
    error: type[BaseException],
    rigs: "Rigs",
    judges: "Judges",
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The apply may end as it likes, but for a false claim; what it left, a resume finishes."""
    plan, _, judge = faultless(rigs, judges, Knobs())
    counter = AtLine(0, error)
    counter.run(lambda: rigs().apply(plan))
    assert counter.count > 1000
    ends: dict[str, int] = {}
    for at in range(7, counter.count + 1, 29 * STRIDE):
        rig = rigs()
        bug = AtLine(at, error)
        said = bug.run(lambda rig=rig: rig.apply(plan))  # type: ignore[misc]  # bound here
        what = (at, said)
        judge.hurts_nobody(rig.box)
        judge.saved_only_what_was_proved(rig)
        left = left_behind(rig.records)
        if left is None:
            assert judge.mark(rig.box.running) == judge.mark(judge.old), what
            assert 0 == rig.box.counts.config_entries, what
        else:
            rig.stages.clear()
            resume(left, rig.surroundings())
        judge.ends_whole(rig.box)
        judge.hurts_nobody(rig.box)
        name = type(said).__name__
        ends[name] = ends.get(name, 0) + 1
    tell(capsys, f"{error.__name__} at any line", ends)
    assert ends.get(error.__name__, 0) > 3


def test_a_bug_behind_the_end_is_that_bug(
    rigs: "Rigs", judges: "Judges", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved and done: a report that fails takes nothing back, and fails as itself."""
    plan, _, judge = faultless(rigs, judges, Knobs())

    def report(*_: object, **__: object) -> tuple[str, ...]:
        raise Bug

    monkeypatch.setattr("asa_automate.apply.connections.report", report)
    rig = rigs()
    with pytest.raises(Bug):
        rig.apply(plan)

    judge.ends_whole(rig.box)
    assert judge.mark(rig.box.startup) == judge.mark(judge.new)
