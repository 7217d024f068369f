"""The model against its cases: files with a why and a source.

A case has a fragment of a running-config and flows with what inspects them, under both readings:
``ENGINE [MAP] by CLASS of POLICY at SCOPE`` for each inspection; ``both`` where they agree.
"""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from asa_automate.config.reader import read_running
from asa_automate.model import Reading
from asa_automate.simulate.classify import Taken, Verdict, classify
from asa_automate.simulate.flow import parse_flow
from asa_automate.simulate.world import World

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
READINGS = {"per-engine": Reading.PER_ENGINE, "per-class": Reading.PER_CLASS}
WORLD = {"fall_through", "ports_count", "assume"}


def read(path: Path) -> dict[str, Any]:
    case = YAML(typ="safe").load(path)
    assert isinstance(case, dict)
    assert {"why", "source", "version", "config", "flows"} >= set(case), f"{path.name}: key"
    assert case["why"], "a case says why it is there"
    assert case["source"], "a case says how we know"
    return case


def written(taken: Taken) -> str:
    engine, used = taken.treatment
    map_ = f" {used}" if used else ""
    return f"{engine}{map_} by {taken.class_name} of {taken.policy} at {taken.scope}"


def verdicts(case: dict[str, Any], asked: dict[str, Any]) -> dict[str, Verdict]:
    version = case.get("version", "9.8(2)")
    running = read_running(f"ASA Version {version}\n{case['config']}: end\n")
    options = {name: asked[name] for name in WORLD & set(asked)}
    flow = parse_flow(asked["flow"])
    return {
        name: classify(running, flow, World(reading, **options))
        for name, reading in READINGS.items()
    }


def asked_in(path: Path) -> list[Any]:
    case = read(path)
    return [
        pytest.param(case, asked, id=f"{path.stem}-{number}")
        for number, asked in enumerate(case["flows"], 1)
    ]


@pytest.mark.parametrize(("case", "asked"), [p for path in CASES for p in asked_in(path)])
def test_case(case: dict[str, Any], asked: dict[str, Any]) -> None:
    assert {"flow", "both", "unknown", *READINGS, *WORLD} >= set(asked), "unknown key"
    found = verdicts(case, asked)

    for name, verdict in found.items():
        wanted = asked.get(name, asked.get("both", []))
        assert sorted(wanted) == sorted(map(written, verdict.taken)), name
    assert set(asked.get("unknown", ())) == found["per-engine"].unknown


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_is_written_down_is_what_was_decided(path: Path) -> None:
    """The trace names every line that takes the flow, and asking for it changes nothing."""
    case = read(path)
    running = read_running(f"ASA Version {case.get('version', '9.8(2)')}\n{case['config']}: end\n")
    for asked in case["flows"]:
        for reading in READINGS.values():
            trace: list[str] = []
            world, flow = World(reading), parse_flow(asked["flow"])
            verdict = classify(running, flow, world, trace.append)
            assert verdict == classify(running, flow, world)
            for taken in verdict.taken:
                lines = [step for step in trace if f"inspect {taken.engine}" in step]
                assert any("takes the flow" in step for step in lines), taken


def test_there_are_cases() -> None:
    assert len(CASES) >= 20
