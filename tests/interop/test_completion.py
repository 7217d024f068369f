"""What shells and editors ask for."""

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench

PROGRAM = [sys.executable, "-m", "asa_automate"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell(bench: "Bench", shell: str) -> None:
    site = bench.site()
    said = site.run("--help", env={"_ASA_AUTOMATE_COMPLETE": f"source_{shell}"})

    assert 0 == said.code, said.err
    assert "_ASA_AUTOMATE_COMPLETE" in said.out
    assert "asa-automate" in said.out


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("asa-automate pl", "plan"), ("asa-automate apply --eng", "--engine")],
)
def test_what_bash_is_told(bench: "Bench", words: str, wanted: str) -> None:
    site = bench.site()
    asked = {
        "_ASA_AUTOMATE_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = subprocess.run(  # noqa: S603  # our own program
        PROGRAM, env=site.env | asked, capture_output=True, text=True, check=False
    )

    assert wanted in done.stdout, done.stderr
