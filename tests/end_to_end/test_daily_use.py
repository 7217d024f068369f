"""What an operator does after the first exemption: another gateway, one less, a look at a flow."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.samples import ordinary

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

    PlanOf = Callable[..., Path]

MAIL = "tcp 198.51.100.7 -> 192.168.1.1:25 in outside out inside"


def exempt(site: "Site", *gateways: str) -> list[str]:
    """Plan for these gateways and apply; the lines of the plan."""
    wish = f"  - {{name: esa, match: {{}}, gateways: [{', '.join(gateways)}]}}\n"
    text = "exemptions:\n" + wish if gateways else "exemptions: []\n"
    (site.inventory / "exemptions.yaml").write_text(text)
    planned = site.run("plan", "--out", "plan.json", "--output", "json").must_be(0)
    site.run("apply", "plan.json", "--yes").must_be(0)
    return [command["line"] for command in planned.json["devices"][0]["commands"]]


def test_gateways_come_and_go(bench: "Bench") -> None:
    site = bench.site(fw=bench.box())
    box = site.boxes["fw"]
    before = bench.was(box)
    group = "object-group network ESA_EXEMPT_HOSTS"

    exempt(site, "192.168.1.1")
    one = bench.state_of(box.running_text)
    assert [group, "network-object host 192.168.1.2"] == exempt(site, "192.168.1.1", "192.168.1.2")
    before.must_be_exempt_and_saved()
    assert [group, "no network-object host 192.168.1.2"] == exempt(site, "192.168.1.1")
    assert one == bench.state_of(box.running_text)
    exempt(site)
    before.must_be_old()


def test_a_flow_is_explained_as_the_box_treats_it(bench: "Bench") -> None:
    site = bench.site(fw=bench.box())
    for exempted in (False, True):
        if exempted:
            exempt(site, "192.168.1.1")
        (site.place / "fw.cfg").write_text(site.boxes["fw"].running_text)
        saved = site.run("simulate", "flow", "--config", "fw.cfg", MAIL, "--output", "json")
        asked = site.run("simulate", "flow", "--limit", "fw", MAIL, "--output", "json")
        assert asked.must_be(0).json == saved.must_be(0).json
        answer = asked.json["readings"]["per-engine"]
        assert bench.inspected(site.boxes["fw"])["in"] == ("esmtp" in answer["inspects"])
        assert exempted != ("esmtp" in answer["inspects"])
        assert answer["trace"]


def test_one_without_credentials_is_in_nobodys_way(bench: "Bench") -> None:
    """It has an entry of its own in the plan, and the others can be changed and undone."""
    site = bench.site(
        good=bench.box(text=ordinary("good", serial="9AGOOD")),
        poor=bench.box(text=ordinary("poor", serial="9APOOR")),
    )
    before = {name: bench.was(box) for name, box in site.boxes.items()}
    site.run("plan", "--out", "plan.json").must_be(0)
    hosts = site.inventory / "hosts.yaml"
    port = f"port: {site.lab.ports['poor']}"
    reference = f"{port}, data: {{credentials: {{password: 'env:NOT_SET'}}}}"
    hosts.write_text(hosts.read_text().replace(port, reference))

    again = site.run("plan", "--output", "json").must_be(65, "poor")
    assert {"good": "change", "poor": "refused"} == {
        entry["device"]: entry["status"] for entry in again.json["devices"]
    }
    site.run("apply", "plan.json", "--yes").must_be(65, "poor")
    before["good"].must_be_exempt_and_saved()
    [run] = site.run("runs", "--output", "json").json
    site.run("rollback", run["id"], "--yes").must_be(0)
    before["good"].must_be_old()
    before["poor"].must_be_untouched()


@pytest.mark.parametrize(("answer", "code"), [("yes", 0), ("no", 5)])
def test_asked_on_a_terminal(bench: "Bench", plan_of: "PlanOf", answer: str, code: int) -> None:
    """With a person at a terminal it asks, and shows how far it is."""
    site = bench.site(fw=bench.box())
    before = bench.was(site.boxes["fw"])
    ours, theirs = pty.openpty()
    with subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "asa_automate", "apply", str(plan_of(site, "fw"))],
        env=site.surroundings({"TERM": "xterm", "COLUMNS": "120"}),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as program:
        os.close(theirs)
        shown = os.read(ours, 4096).decode()
        os.write(ours, f"{answer}\n".encode())
        while data := _more(ours):
            shown += data
        out, _ = program.communicate(timeout=60)
    os.close(ours)

    site.heard(program.returncode, out, shown).must_be(code)
    assert "fw? [yes/no]" in shown
    if code == 0:
        assert "fw: " in shown
        before.must_be_exempt_and_saved()
    else:
        assert 0 == site.boxes["fw"].counts.logins_tried
        before.must_be_untouched()


def _more(terminal: int) -> str:
    try:
        return os.read(terminal, 4096).decode(errors="replace")
    except OSError:  # how Linux says that the other side has closed
        return ""
