"""docs/distributed.md: its commands run, against a real PostgreSQL and virtual firewalls."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from asa_automate.cli.jobs import MOST_DEATHS
from asa_automate.cli.remote import NOBODY
from asa_automate.lab.samples import ordinary
from asa_automate.store.clock import MOST_SKEW
from tests.distributed.conftest import Crew
from tests.distributed.conftest import crew_of as crew_of  # a fixture
from tests.distributed.conftest import database as database  # a fixture
from tests.distributed.conftest import server as server  # a fixture
from tests.end_to_end.conftest import Bench, box

if TYPE_CHECKING:
    CrewOf = Callable[..., Crew]

PAGE = (Path(__file__).parents[2] / "docs" / "distributed.md").read_text()
_FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_its_commands(crew_of: "CrewOf") -> None:
    """Each in its order; workers go on while the others are typed."""
    sites = ("ams", "fra")
    crew = crew_of(**{s: box(text=ordinary(s, serial=f"9A{s.upper()}")) for s in sites})
    before = [Bench.was(one) for one in crew.site.boxes.values()]
    hosts = crew.site.inventory / "hosts.yaml"
    lines = hosts.read_text().splitlines()
    hosts.write_text(
        "".join(line[:-1] + f", data: {{site: {line.partition(':')[0]}}}}}\n" for line in lines)
    )
    typed = [line for block in _FENCE.findall(PAGE) for line in block.splitlines()]

    assert 8 == len(typed)
    for line in typed:
        program, *words = line.split()
        if program == "export":
            assert words[0].startswith("ASA_AUTOMATE_STORE=postgresql://"), "the test has its own"
        elif words[0] == "worker" and "--reconcile" not in words:
            crew.worker(*words[1:])
        else:
            crew.run(*words, *(["--yes"] if words[0] == "apply" else [])).must_be(0)
    for was in before:
        was.must_be_exempt_and_saved()
    assert (crew.site.place / "plan.html").is_file()


def test_its_figures_are_the_programs() -> None:
    assert f"after {NOBODY:.0f} s the coordinator says" in PAGE
    assert f"A host whose own is {MOST_SKEW:.0f} s off" in PAGE
    assert 3 == MOST_DEATHS, "`After three deaths at one firewall`"
    assert "After three deaths at one firewall" in PAGE
