"""The virtual ASA against its conformance cases: files with a why and a source.

A case names a sample configuration, knobs, lines that another operator has typed before, then
a session (``type``, ``says``, ``prompt``) and what the running configuration is afterwards.
With ``contexts`` (name: sample) it is a box in multiple mode, and ``space`` says whose running
configuration is meant.
Each is played twice: every line at once, and byte by byte.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.console import Console
from asa_automate.lab.contexts import MultipleAsa, system_text
from asa_automate.lab.knobs import Era, Knobs
from asa_automate.lab.sample_releases import BY_RELEASE
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Reading

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
ANSWERED = "no call-home reporting anonymous\n"
CONFIGS = {
    "ordinary": ordinary("fw"),
    "interface_policy": interface_policy("fw"),
    "never configured": ordinary("fw").replace(ANSWERED, ""),
    **{release: sample.text("fw") for release, sample in BY_RELEASE.items()},
}
TYPES: dict[str, Callable[[Any], Any]] = {"reading": Reading, "era": Era}
KEYS = {
    *("why", "source", "config", "version", "knobs", "before", "from", "session"),
    *("running", "has", "lacks", "contexts", "groups", "space"),
}


def read(path: Path) -> dict[str, Any]:
    case = YAML(typ="safe").load(path)
    assert isinstance(case, dict)
    assert KEYS >= set(case), f"{path.name}: unknown key"
    assert case["why"], "a case says why it is there"
    assert case["source"], "a case says how we know"
    return case


def box_of(case: dict[str, Any]) -> VirtualAsa:
    given: dict[str, Any] = {}
    for name, value in case.get("knobs", {}).items():
        given[name] = TYPES.get(name, _as_it_is)(value)
    at_start = Knobs(pager_lines=0, privileged_at_login=case.get("from") != "login")
    text = CONFIGS[case.get("config", "ordinary")]
    if "version" in case:
        text = text.replace("ASA Version 9.16(4)", f"ASA Version {case['version']}")
    knobs = replace(at_start, **given)
    if "contexts" in case:
        texts = {name: CONFIGS[sample] for name, sample in case["contexts"].items()}
        return MultipleAsa(system_text("fw", texts, groups=case.get("groups")), texts, knobs)
    box = VirtualAsa(text, knobs)
    for reply in box.edit(case.get("before", [])):
        assert reply == "", "the lines before a case must all be accepted"
    return box


def _as_it_is(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def feed(shell: Console, data: bytes, chunk: int | None) -> str:
    size = chunk or len(data)
    pieces = (data[i : i + size] for i in range(0, len(data), size))
    return b"".join(shell.receive(piece) for piece in pieces).decode()


def answer(shown: str, line: str, prompt: str) -> list[str]:
    """What was printed between the echo and the prompt."""
    assert shown.startswith(line), "the line is echoed"
    assert shown.endswith(prompt), "the prompt ends the answer"
    body = shown[len(line) : len(shown) - len(prompt)].replace("\r\n", "\n").replace("\r", "")
    return [text.rstrip() for text in body.strip("\n").split("\n")]


def caret(step: dict[str, Any], before: str) -> str:
    """The two lines of a parser that points at a word of what was typed after its prompt."""
    place = len(before) + step["type"].rindex(step["caret"])
    return f"{' ' * place}^\nERROR: % Invalid input detected at '^' marker."


def play(shell: Console, step: dict[str, Any], chunk: int | None) -> None:
    line = step["type"]
    if "caret" in step:
        step = {**step, "says": caret(step, shell.prompt_text)}
    shown = feed(shell, f"{line}\n".encode(), chunk)
    prompt = step.get("prompt", "fw# ")
    said = answer(shown, step.get("echo", line), prompt)
    if "contains" in step or "matches" in step:
        for text in step.get("contains", []):
            assert text in said
        for pattern in step.get("matches", []):
            assert any(re.fullmatch(pattern, text) for text in said), pattern
        return
    assert step.get("says", "").rstrip("\n").split("\n") == said, line


@pytest.mark.parametrize("chunk", [None, 1], ids=["whole", "bytes"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, chunk: int | None) -> None:
    case = read(path)
    box = box_of(case)
    shell = box.open_session()
    # The echo of long lines has cases of its own.
    shell.width = case.get("knobs", {}).get("width", 0)
    shell.greeting()
    for step in case["session"]:
        play(shell, step, chunk)

    judged = box.chassis.spaces[case["space"]] if "space" in case else box
    lines = [line.rstrip() for line in judged.running_text.split("\n")]
    for head, section in case.get("running", {}).items():
        assert section == [line for line in lines if line.startswith(head)], head
    for block in case.get("has", []):
        assert block.rstrip() in "\n".join(lines)
    for line in case.get("lacks", []):
        assert line not in lines


def test_there_are_cases() -> None:
    assert len(CASES) > 25
