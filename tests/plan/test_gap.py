"""The gap of ``class-first``: declared exactly, and the proof allows nothing beyond it."""

from collections.abc import Sequence

import pytest

from asa_automate.config.reader import read_running
from asa_automate.model import Reading, Strategy
from asa_automate.plan.document import Command, DevicePlan
from asa_automate.plan.gap import gaps_of
from asa_automate.plan.proof import Failure, Subject, prove, states_after
from asa_automate.plan.scope import scope_of
from tests.plan.test_cases import CASES, plan_of, read, text_of

CASE = read(next(path for path in CASES if path.stem == "class_first_others_behind"))
BOTH = (Reading.PER_ENGINE, Reading.PER_CLASS)


@pytest.fixture(scope="module")
def plan() -> DevicePlan:
    return plan_of(CASE)


def failure(commands: Sequence[Command], *, declared: bool = True) -> Failure | None:
    running = read_running(text_of(CASE))
    states = states_after(running, commands)
    wanted = scope_of(states[-1]).members or ()
    gaps = gaps_of(commands) if declared else ()
    return prove(Subject(states, wanted, (), Strategy.CLASS_FIRST, gaps), BOTH)


def test_a_gap_runs_from_the_first_class_that_leaves_to_the_commit_line(plan: DevicePlan) -> None:
    (gap,) = gaps_of(plan.commands)

    assert plan.commands[gap.first - 1].line == "no class LIMITS"
    assert (gap.last, plan.commands[-1].commit) == (len(plan.commands), True)
    assert gap.classes == ("inspection_default", "VOICE", "LIMITS")
    assert gap.engines == {"ftp", "sip"}
    assert "police input 1000000 1500" in gap.others


def test_it_holds_with_the_gap_and_not_without(plan: DevicePlan) -> None:
    found = failure(plan.commands, declared=False)

    assert failure(plan.commands) is None
    assert found is not None
    assert "neither old nor new" in found.why


def test_mail_has_no_gap(plan: DevicePlan) -> None:
    """Our class goes in once the other is gone: for a moment nobody's mail is inspected."""
    lines = [c.line for c in plan.commands]
    start = lines.index("class ESA_EXEMPT_ESMTP") - 1
    ours, end = plan.commands[start : start + 3], lines.index("no class inspection_default") + 1
    late = (*plan.commands[:start], *plan.commands[start + 3 : end], *ours, *plan.commands[end:])
    found = failure(late)

    assert found is not None
    assert found.flow.destination_port == 25
    assert "no inspection, neither old nor new" in found.why


def test_a_class_that_comes_back_out_of_turn_is_no_gap(plan: DevicePlan) -> None:
    """What the class behind takes for a moment is neither old nor new nor nothing."""
    text = text_of(CASE).replace("match access-list VOIP", "match port tcp eq 21")
    text = text.replace("  inspect sip\n", "  inspect ftp strict\n")
    running = read_running(text)
    moved = [c.line.replace("inspect sip", "inspect ftp strict") for c in plan.commands]
    first, second = moved.index("no class VOICE"), moved.index("no class inspection_default")
    commands = [
        c.model_copy(update={"line": t}) for c, t in zip(plan.commands, moved, strict=True)
    ]
    commands[first], commands[second] = commands[second], commands[first]
    states = states_after(running, commands)
    gaps = gaps_of(commands)
    wanted = scope_of(states[-1]).members or ()
    found = prove(Subject(states, wanted, (), Strategy.CLASS_FIRST, gaps), BOTH)

    assert found is not None
    assert "neither old nor new" in found.why
