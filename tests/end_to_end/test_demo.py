"""The README's first command, on a machine where nothing is set up."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench


def test_json_is_all_that_stands_on_stdout(bench: "Bench") -> None:
    site = bench.site()

    said = site.run("demo", "--output", "json").must_be(0)

    assert {"new", "old"} == {entry["outcome"] for entry in said.json}
    assert 3 <= len({entry["device"] for entry in said.json})
    # Its own store, host keys and inventory are gone, the user's were not touched.
    assert [] == list((site.place / "home").rglob("*"))
    assert not (site.place / "store.sqlite3").exists()
    assert "" == site.known_hosts.read_text()


def test_the_story(bench: "Bench") -> None:
    said = bench.site().run("demo").must_be(0)

    for word in ("collect", "plan", "simulate", "apply", "exempt", "inspected", "new", "old"):
        assert word in said.out
    assert "\x1b" not in said.out


def test_without_any_environment(tmp_path: Path) -> None:
    """No variable at all, not even HOME and PATH, and a directory without an inventory."""
    empty = tmp_path / "empty"
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "asa_automate", "demo", "--output", "json"],
        env={"TMPDIR": str(empty)},
        cwd=empty,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert "Traceback" not in done.stderr
    assert [] == list(empty.iterdir())
