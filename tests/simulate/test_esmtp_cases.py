"""The ESMTP inspection against its cases: files with a why and a source.

A case has a dialogue in the small format of ``simulate smtp`` and what arrives of it, side by side
in the same format. Counters that are not named stay at zero; ``packet`` is left out, since it
depends on how the bytes travel. Each case is played in one piece a line and byte by byte.
"""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from asa_automate.config.reader import read_running
from asa_automate.model import Reading
from asa_automate.simulate.dialogue import Turn, read_dialogue
from asa_automate.simulate.esmtp_knobs import knobs_from
from asa_automate.simulate.flow import parse_flow
from asa_automate.simulate.inspection import inspection_of
from asa_automate.simulate.play import Played, play
from asa_automate.simulate.smtp import Direction
from asa_automate.simulate.world import World

CASES = sorted((Path(__file__).parent / "cases" / "esmtp").glob("*.yaml"))
KEYS = {"why", "source", "version", "config", "map", "flow", "knobs", "dialogue", "arrives"}
EXPECTED = {"counters", "syslog", "verdict", "by"}
FLOW = "tcp 198.51.100.7:40000 -> 192.168.1.1:25 in outside out inside"
POLICY = """\
class-map inspection_default
 match default-inspection-traffic
policy-map global_policy
 class inspection_default
  inspect esmtp{map}
service-policy global_policy global
"""


def read(path: Path) -> dict[str, Any]:
    case = YAML(typ="safe").load(path)
    assert isinstance(case, dict)
    assert KEYS | EXPECTED >= set(case), f"{path.name}: key"
    assert case["why"], "a case says why it is there"
    assert case["source"], "a case says how we know"
    assert "dialogue" in case
    return case


def text_of(case: dict[str, Any]) -> str:
    """A whole configuration: the case's own, or the ordinary one with the map of the case."""
    version = case.get("version", "9.8(2)")
    config = case.get("config")
    if config is None:
        name = " M" if "map" in case else ""
        head = "policy-map type inspect esmtp M\n" if "map" in case else ""
        config = head + case.get("map", "") + POLICY.format(map=name)
    return f"ASA Version {version}\n{config}: end\n"


def played(case: dict[str, Any], turns: list[Turn]) -> Played:
    running = read_running(text_of(case))
    flow = parse_flow(case.get("flow", FLOW))
    knobs = knobs_from(case.get("knobs", []))
    return play(turns, inspection_of(running, flow, World(Reading.PER_ENGINE), knobs).engine())


def bytewise(turns: list[Turn]) -> list[Turn]:
    return [
        Turn(turn.sender, one, turn.tls)
        for turn in turns
        for one in ([bytes([c]) for c in turn.data] or [b""])
    ]


def arriving(text: str) -> dict[Direction, bytes]:
    turns = read_dialogue(text)
    return {side: b"".join(t.data for t in turns if t.sender is side) for side in Direction}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = read(path)
    turns = read_dialogue(case["dialogue"])
    for cut in (turns, bytewise(turns)):
        seen = played(case, cut)
        counters = {k: v for k, v in seen.counters.values.items() if k != "packet"}

        expected = arriving(case.get("arrives", case["dialogue"]))
        assert expected == {side: bytes(data) for side, data in seen.arrived.items()}
        assert case.get("counters", {}) == counters
        assert case.get("syslog", []) == seen.syslog
        assert case.get("verdict", "unchanged") == seen.verdict
        assert case.get("by", "") == seen.why


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_length_changes(path: Path) -> None:
    """Whatever was not kept back is as long as it was, line by line."""
    case = read(path)
    for step in played(case, read_dialogue(case["dialogue"])).steps:
        if step.kind == "changed":
            assert len(step.sent) == len(step.arrived)
            assert step.sent != step.arrived
