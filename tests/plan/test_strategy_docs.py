"""``docs/strategies.md`` shows what the planner makes, of every strategy that is applied."""

from asa_automate.model import Strategy
from tests.plan.strategy_docs import CASES, PAGE, blocks, written
from tests.plan.test_cases import plan_of, read


def test_the_blocks_are_what_the_planner_makes() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert written(page) == page, "run python -m tests.plan.strategy_docs"


def test_every_strategy_is_shown_both_ways() -> None:
    shown = {
        (plan_of(read(CASES / f"{case}.yaml")).strategy, part)
        for case, part in blocks(PAGE.read_text(encoding="utf-8"))
    }

    for strategy in set(Strategy) - {Strategy.AS_DOCUMENTED}:
        assert {(str(strategy), "commands"), (str(strategy), "inverse")} <= shown
