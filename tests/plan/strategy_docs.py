"""The command blocks of ``docs/strategies.md``: from the planner, by the name of a case.

``python -m tests.plan.strategy_docs`` writes them anew.
"""

import re
from pathlib import Path

from tests.plan.test_cases import lines, plan_of, read

PAGE = Path(__file__).parents[2] / "docs" / "strategies.md"
CASES = Path(__file__).parent / "cases"

_MARK = re.compile(r"<!-- (?P<case>\w+): (?P<part>commands|inverse) -->\n(?:\n(?:    .*\n)+)?")


def written(page: str) -> str:
    """The page with each block as the planner has it now."""
    return _MARK.sub(_block, page)


def _block(mark: re.Match[str]) -> str:
    plan = plan_of(read(CASES / f"{mark['case']}.yaml"))
    rows = "".join(f"    {line}\n" for line in lines(getattr(plan, mark["part"])))
    return f"<!-- {mark['case']}: {mark['part']} -->\n\n{rows}"


def blocks(page: str) -> list[tuple[str, str]]:
    """Case and part of each block."""
    return [(mark["case"], mark["part"]) for mark in _MARK.finditer(page)]


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
