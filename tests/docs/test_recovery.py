"""docs/recovery.md: each end is there with its exit code, and its commands do what it says."""

import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.apply.outcome import EXITS, State
from asa_automate.lab.faults import Fault
from tests.end_to_end.conftest import Bench, box
from tests.end_to_end.test_stopping import SLOW, wait_for_line

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Site

PAGE = (Path(__file__).parents[2] / "docs" / "recovery.md").read_text()
_FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `([\w ]+)` \| .* \| (\d+)[^|]* \| [^|]+ \|$", re.MULTILINE)


def test_every_end_has_its_row_and_its_code() -> None:
    rows = {name: int(code) for name, code in _ROW.findall(PAGE)}
    wanted = {state.value: int(EXITS[state]) for state in State if state is not State.NOOP}
    assert wanted == rows


def test_every_end_for_a_person_has_a_chapter() -> None:
    for state, code in EXITS.items():
        if int(code) == 7:
            assert f"## `{state.value}`" in PAGE


@pytest.fixture
def site(tmp_path: Path) -> "Iterator[Site]":
    with ExitStack() as stack:
        (tmp_path / "site").mkdir()
        yield Bench(lambda: tmp_path / "site", stack).site(
            fw=box(Fault(20, "delay", seconds=SLOW))
        )


def commands() -> list[list[str]]:
    return [line.split()[1:] for block in _FENCE.findall(PAGE) for line in block.splitlines()]


def test_its_commands(site: "Site") -> None:
    """Each of them on a firewall whose apply was killed: the first finishes it, no other fails."""
    was = Bench.was(site.boxes["fw"])
    site.run("plan", "--out", "plan.json").must_be(0)
    with site.start("apply", "plan.json", "--yes") as program:
        wait_for_line(site, 20)
        program.send_signal(signal.SIGKILL)
        program.communicate(timeout=60)
    run = site.run("runs", "--output", "json").json[0]["id"]

    assert len(commands()) > 3
    for words in commands():
        typed = [run if word == "RUN" else word for word in words]
        site.run(*typed, "--yes").must_be(0)

    was.must_be_old()
