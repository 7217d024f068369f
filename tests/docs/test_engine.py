"""docs/engine.md: its knobs are those of the program, its dialogue plays."""

import re
from dataclasses import fields
from pathlib import Path

from asa_automate.simulate.dialogue import read_dialogue
from asa_automate.simulate.esmtp_knobs import Knobs, choices_of

PAGE = (Path(__file__).parents[2] / "docs" / "engine.md").read_text()
_ROW = re.compile(r"^\| `(\w+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
_SHOWN = re.compile(r"`([^`]+)`")


def test_each_knob_stands_there_with_its_default_and_its_other_values() -> None:
    rows = {name: (default, others, why) for name, default, others, why in _ROW.findall(PAGE)}

    assert [field.name for field in fields(Knobs)] == list(rows)
    for name, (default, others, why) in rows.items():
        value = getattr(Knobs(), name)
        shown = {False: "no", True: "yes"}.get(value, value) if value is not None else None
        assert why.strip()
        assert set(choices_of(name)) == set(_SHOWN.findall(default + others))
        assert shown is None or [shown] == _SHOWN.findall(default)


def test_its_dialogue_is_one() -> None:
    (block,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

    assert 5 == len(read_dialogue(block))
