"""docs/rollout.md: the recorded run happens again, its commands and its table of stops are ours.

``python -m tests.docs.test_rollout`` records it anew.
"""

import re
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.apply.outcome import State
from asa_automate.cli.main import run
from asa_automate.fleet.rules import MEANINGS, Meaning
from asa_automate.lab.faults import Fault
from asa_automate.lab.samples import ordinary
from bench.markdown import into
from tests.end_to_end.conftest import Bench, Site, Was, box

if TYPE_CHECKING:
    from asa_automate.lab.asa import VirtualAsa

PLACE = Path(__file__).parents[2] / "docs" / "rollout.md"
PAGE = PLACE.read_text()
SITES = ("ams", "ber", "cph", "dub", "fra", "lon", "mad", "osl", "par", "rom")
EACH = 5
#: A line of the change behind the probe.
MIDDLE = 14
REFUSES, DEAD = "ams-4", "mad-1"
WAVES = ("--wave", "1,10%,100%")


def fleet() -> "dict[str, VirtualAsa]":
    """Fifty firewalls, one of which refuses a line once."""
    found = {}
    for site in SITES:
        for number in range(1, EACH + 1):
            name = f"{site}-{number}"
            text = ordinary(name, serial=f"9A{name.upper().replace('-', '')}")
            faults = [Fault(MIDDLE, "refuse", "ERROR: % Invalid input")] if name == REFUSES else []
            found[name] = box(*faults, text=text)
    return found


def write_hosts(site: Site, dead: str | None) -> None:
    """The inventory with its sites; nobody listens where the dead one should."""
    (site.inventory / "hosts.yaml").write_text(
        "".join(
            f"{name}: {{hostname: 127.0.0.1, port: {1 if name == dead else port}, "
            f"data: {{site: {name[:3]}}}}}\n"
            for name, port in site.lab.ports.items()
        )
    )


class Recorder:
    """Types command lines, and keeps them with what they print, as a person would see it."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._names: dict[str, str] = {}
        self.lines: list[str] = []

    def types(self, *words: str, code: int, table: bool = True) -> str:
        """One command line; what it printed on stdout. The table may be left out."""
        with self._site.start(*words) as program:
            out, err = program.communicate(timeout=900)
        said = self._site.heard(program.returncode, out, err).must_be(code)
        self.lines.append(self._plain(f"$ asa-automate {' '.join(words)}"))
        shown = said.err.splitlines() + (said.out.split("\n\n")[0].splitlines() if table else [])
        self.lines += [self._plain(line.rstrip()) for line in shown]
        self.lines += [f"(exit code {code})", ""]
        return said.out

    def _plain(self, line: str) -> str:
        """Run ids by their order, instants and ports as such."""
        for found in re.findall(r"\d{8}T\d{6}-[0-9a-f]{4}", line):
            line = line.replace(found, self._names.setdefault(found, f"RUN{len(self._names) + 1}"))
        line = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-11-24T22:00:00Z", line)
        return re.sub(r"by \S+@\S+", "by ops@host", line)


def recorded(site: Site) -> str:
    """The whole run, judged by the boxes on the way."""
    before = {name: Was.of(one) for name, one in site.boxes.items()}
    write_hosts(site, None)
    site.trust()
    with site.start("plan", "--out", "plan.json", "--workers", "8") as program:
        program.communicate(timeout=900)
    tale = Recorder(site)
    tale.types("apply", "plan.json", *WAVES, "--yes", code=3, table=False)
    touched = [name for name, was in before.items() if was.lines < was.box.counts.config_lines]
    assert [f"ams-{n}" for n in range(1, 6)] == touched
    first = site.run("runs", "--output", "json").json[-1]["id"]
    tale.types("show", first, code=0)
    write_hosts(site, DEAD)
    again = ("--only", "failed,not-begun", "--from-run", first, "--max-fail", "1")
    tale.types("apply", "plan.json", *WAVES, *again, "--yes", code=4, table=False)
    second = site.run("runs", "--output", "json").json[-1]["id"]
    tale.types("show", second, code=0)
    for name, was in before.items():
        if name == DEAD:
            was.must_be_untouched()
        else:
            was.must_be_exempt_and_saved()
    return "\n".join(tale.lines).rstrip()


def test_the_recorded_run(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    with ExitStack() as stack:
        text = recorded(Bench(lambda: tmp_path / "site", stack).site(**fleet()))

    begin, end = "<!-- ROLLOUT OUTPUT: begin -->\n", "\n<!-- ROLLOUT OUTPUT: end -->"
    kept = PAGE.partition(begin)[2].partition(end)[0]
    assert f"```text\n{text}\n```" == kept


def test_its_flags_are_those_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == run(["apply", "--help"])
    shown = re.sub(r"\s+", " ", capsys.readouterr().out)

    flags = set(re.findall(r"(--[a-z][a-z-]+)", PAGE)) - {"--output", "--all"}
    assert {"--wave", "--max-fail", "--gate", "--pause", "--only", "--from-run"} <= flags
    for flag in flags:
        assert f"{flag} " in shown, flag
    for flag, default in re.findall(r"\| `(--[a-z-]+)` \| (\d+) \|", PAGE):
        assert re.search(rf"{flag} N .*?default: {default}[;\]]", shown), flag


def test_the_ends_that_stop_a_run_are_named() -> None:
    row = next(line for line in PAGE.splitlines() if "unknown state (" in line)
    wanted = {state.value for state in State if MEANINGS[state] is Meaning.UNKNOWN}
    assert wanted == set(re.findall(r"`(\w+)`", row))


def main() -> None:
    """Record the run again, into the page."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "site"
        place.mkdir()
        text = recorded(Bench(lambda: place, stack).site(**fleet()))
    PLACE.write_text(into(PAGE, "ROLLOUT OUTPUT", f"```text\n{text}\n```"))


if __name__ == "__main__":
    main()
