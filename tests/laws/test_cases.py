"""The whole circle on every case of the planner that is a change, played into a virtual ASA."""

from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from asa_automate.model import Reading, Strategy

if TYPE_CHECKING:
    from tests.laws.conftest import Judge

CASES = Path(__file__).parent.parent / "plan" / "cases"
TYPES = {"strategy": Strategy, "reading": Reading}


def changes() -> list[Any]:
    cases = ((path, YAML(typ="safe").load(path)) for path in sorted(CASES.glob("*.yaml")))
    return [
        pytest.param(case, id=path.stem)
        for path, case in cases
        if case["expected"]["status"] == "change"
    ]


@pytest.mark.parametrize("case", changes())
def test_the_whole_circle(judge: "Judge", case: dict[str, Any]) -> None:
    version = case.get("version", "9.8(2)")
    head = f": Saved\nASA Version {version}\n" if version else ": Saved\n"
    text = f"{head}hostname fw\n{case['before']}: end\n"
    gateways = [ip_address(g) for g in case["gateways"]]
    wish: dict[str, Any] = {k: TYPES[k](case[k]) for k in TYPES if k in case}
    if "mapped" in case:
        wish["mapped"] = {ip_address(a): ip_address(b) for a, b in case["mapped"].items()}
    plan = judge.plan(text, *gateways, **wish)

    judge.circle(plan, text, gateways, **wish)
