"""The planner against its cases: files with a why.

A case has a fragment of a running-config, a wish, and the plan that it should get. A line with
a star is a commit line. Every `change` is also played into the virtual ASA, in tests/laws.
"""

from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from asa_automate.config.reader import read_running
from asa_automate.model import Exemption, Identity, Reading, Strategy
from asa_automate.plan.document import Command, DevicePlan, PlanReading
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
KEYS = {"why", "version", "before", "gateways", "mapped", "strategy", "reading", "expected"}
EXPECTED = {
    *("status", "strategy", "reason", "findings", "sound", "elsewhere", "counterexample"),
    *("commands", "inverse"),
}


def read(path: Path) -> dict[str, Any]:
    case = YAML(typ="safe").load(path)
    assert isinstance(case, dict)
    assert KEYS >= set(case), f"{path.name}: unknown key"
    assert EXPECTED >= set(case["expected"]), f"{path.name}: unknown expectation"
    assert case["why"], "a case says why it is there"
    return case


def text_of(case: dict[str, Any]) -> str:
    version = case.get("version", "9.8(2)")
    head = f": Saved\nASA Version {version}\n" if version else ": Saved\n"
    return f"{head}hostname fw\n{case['before']}: end\n"


def plan_of(case: dict[str, Any]) -> DevicePlan:
    wish = Exemption(
        name="esa",
        gateways=tuple(ip_address(g) for g in case["gateways"]),
        mapped={ip_address(g): ip_address(m) for g, m in case.get("mapped", {}).items()},
    )
    known = PlanReading(value=Reading(case["reading"]), source="t") if "reading" in case else None
    request = Request(
        device="fw",
        context=None,
        identity=Identity(),
        exemptions=(wish,) if wish.gateways else (),
        reading=known or PlanReading(),
        strategy=Strategy(case["strategy"]) if "strategy" in case else None,
    )
    return plan_device(request, read_running(text_of(case)))


def lines(commands: tuple[Command, ...]) -> list[str]:
    return [f"* {c.line}" if c.commit else c.line for c in commands]


def plain(plan: DevicePlan) -> dict[str, Any]:
    """A plan in the words of a case."""
    proof = plan.proof
    said = proof.elsewhere if proof and proof.elsewhere != "unchanged" else ()
    found = [f.code if f.line is None else f"{f.code}:{f.line}" for f in plan.findings]
    words = {
        "status": plan.status,
        "strategy": plan.strategy,
        "reason": plan.reason,
        "findings": found,
        "sound": proof.sound if proof else None,
        "elsewhere": list(said),
        "counterexample": proof.counterexample if proof else None,
        "commands": lines(plan.commands),
        "inverse": lines(plan.inverse),
    }
    return {name: value for name, value in words.items() if value}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = read(path)
    plan = plan_of(case)
    expected, got = case["expected"], plain(plan)

    assert expected == {name: value for name, value in got.items() if name in expected}
    # What a case does not say of findings and reasons is that there are none.
    for name in ("findings", "reason", "elsewhere"):
        assert name in expected or name not in got or got["status"] == "refused"
    must_be_complete(plan)


def must_be_complete(plan: DevicePlan) -> None:
    """What every plan has, whatever the case."""
    assert plan.reason or plan.status == "change"
    assert (plan.status == "change") == (plan.proof is not None and plan.proof.holds)
    assert plan.commands or plan.status != "change"
    assert all(command.why for command in (*plan.commands, *plan.inverse))
    assert (plan.probe is not None) == bool(plan.proof and plan.proof.sound == "needs-probe")


def test_there_are_cases() -> None:
    assert len(CASES) > 80
