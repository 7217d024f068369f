"""Our tasks in a Nornir script of a user: Nornir's own inventory, runner and results."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from nornir import InitNornir

from asa_automate import nornir_tasks
from asa_automate.errors import Refused
from asa_automate.lab.samples import ordinary
from tests.end_to_end.conftest import Bench, Site, box


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    (tmp_path / "site").mkdir()
    with ExitStack() as stack:
        boxes = {name: box(text=ordinary(name, serial=f"9A{name}")) for name in ("fw1", "fw2")}
        made = Bench(lambda: tmp_path / "site", stack).site(**boxes)
        for name, value in made.env.items():
            if name.startswith("ASA_"):
                monkeypatch.setenv(name, value)
        yield made


def firewalls(site: Site) -> Any:
    """As a script begins."""
    options = {"host_file": str(site.inventory / "hosts.yaml")}
    return InitNornir(
        inventory={"plugin": "SimpleInventory", "options": options},
        runner={"plugin": "threaded", "options": {"num_workers": 2}},
        logging={"enabled": False},
    )


def test_collect_plan_apply(site: Site) -> None:
    before = {name: Bench.was(one) for name, one in site.boxes.items()}
    nornir = firewalls(site)

    collected = nornir.run(nornir_tasks.collect)
    planned = nornir.run(nornir_tasks.plan, exemptions=site.inventory / "exemptions.yaml")

    assert not collected.failed
    assert {"collected"} == {one.result["outcome"] for one in collected.values()}
    assert {"change"} == {one.result["status"] for one in planned.values()}
    site.run("plan", "--out", "plan.json").must_be(0)
    applied = nornir.run(nornir_tasks.apply, plan=site.place / "plan.json")
    assert {"new"} == {one.result["outcome"] for one in applied.values()}
    assert all(one.changed for one in applied.values())
    for was in before.values():
        was.must_be_exempt_and_saved()


def test_what_goes_wrong_is_the_hosts_own(site: Site) -> None:
    """One host without a change in the plan: its result is our error, and the other goes on."""
    site.run("plan", "--limit", "fw1", "--out", "plan.json").must_be(0)

    applied = firewalls(site).run(nornir_tasks.apply, plan=site.place / "plan.json")

    assert isinstance(applied["fw2"].exception, Refused)
    assert "fw2: the plan has no change for it" == str(applied["fw2"].exception)
    assert not applied["fw1"].failed
