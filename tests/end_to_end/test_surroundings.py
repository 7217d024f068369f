"""Variables, wrong command lines, wrong files, exit codes and what stands on stdout."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.samples import ordinary

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Bench, Site

    PlanOf = Callable[..., Path]

GOOD = "exemptions:\n  - {name: esa, gateways: [192.168.1.1]}\n"


@pytest.fixture(scope="module")
def site(bench: "Bench") -> "Site":
    """Two boxes that no test here changes: the second has a name of ours for its own use."""
    refused = bench.box(text=ordinary("refused", serial="9AREFUSED"))
    refused.edit(["object network ESA_EXEMPT_HOSTS", "host 10.1.1.1"])
    refused.save()
    return bench.site(fw=bench.box(), refused=refused)


#: Variable -> a value that cannot work, the exit code of `plan --limit fw` with it, and a word.
VARIABLES: Mapping[str, tuple[str | None, int, str]] = {
    "ASA_AUTOMATE_INVENTORY": ("nowhere", 65, "nowhere"),
    "ASA_AUTOMATE_STORE": ("sqlite:////proc/store.sqlite3", 5, "store"),
    "ASA_AUTOMATE_KNOWN_HOSTS": ("no-such-file", 4, "host key"),
    "ASA_AUTOMATE_USERNAME": ("somebody", 4, "login refused"),
    "ASA_AUTOMATE_PASSWORD": ("wrong", 4, "login refused"),
    "ASA_AUTOMATE_ENABLE": ("wrong", 4, "enable"),
    "ASA_AUTOMATE_SETTLE": ("soon", 65, "ASA_AUTOMATE_SETTLE"),
}


@pytest.mark.parametrize("name", VARIABLES)
def test_each_variable_counts(site: "Site", name: str) -> None:
    value, code, word = VARIABLES[name]

    said = site.run("plan", "--limit", "fw", env={name: value}).must_be(code)

    assert word in said.first
    assert "unreachable" not in said.first


@pytest.mark.parametrize(
    "name", ["ASA_AUTOMATE_USERNAME", "ASA_AUTOMATE_PASSWORD", "ASA_AUTOMATE_ENABLE"]
)
def test_a_missing_variable(site: "Site", name: str) -> None:
    """A device without credentials is named, and so is the variable where one may be missed."""
    said = site.run("plan", "--limit", "fw", env={name: None})

    assert said.code in (4, 65)
    assert said.first.startswith("fw: ")
    assert name in said.first or "enable" in said.first


def test_a_flag_beats_the_variable(site: "Site") -> None:
    env = {"ASA_AUTOMATE_INVENTORY": "nowhere"}
    words = ["plan", "--limit", "fw", "--output", "json", "--inventory"]

    assert "fw" == site.run(*words, site.inventory, env=env).json["devices"][0]["device"]


def test_settling_is_waited_for(bench: "Bench", plan_of: "PlanOf") -> None:
    """With a long wait the first verification is over, the second has not begun, nothing saved."""
    site = bench.site(fw=bench.box())
    site.env["ASA_AUTOMATE_SETTLE"] = "600"
    box = site.boxes["fw"]
    before = bench.was(box)

    with site.start("apply", plan_of(site, "fw"), "--yes", "-v") as program:
        assert program.stderr
        for line in program.stderr:
            if line == "fw: verify\n":
                break
        # A second program sees it in the middle: changed, not saved, and by no means done.
        said = site.run("plan", "--output", "json").must_be(5)
        program.kill()
        program.communicate()

    after_the_kill = site.run("plan", "--output", "json").must_be(5)
    assert 0 == box.counts.saves
    assert before.startup == bench.state_of(box.startup_text)
    # It was killed before it could save: what is there is undone from the journal.
    [run] = site.run("runs", "--output", "json").json
    for answer in (said, after_the_kill):
        assert "refused" == answer.json["devices"][0]["status"]
        assert f"asa-automate resume {run['id']}" in answer.json["devices"][0]["reason"]
    site.run("rollback", run["id"], "--yes", env={"ASA_AUTOMATE_SETTLE": "0"}).must_be(0)
    before.must_be_old()
    # The dead run is closed with that: planning goes on.
    assert "stopped" == site.run("runs", "--output", "json").json[0]["status"]
    assert "change" == site.run("plan", "--output", "json").must_be(0).json["devices"][0]["status"]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["apply"],
        ["rollback"],
        ["show"],
        ["simulate"],
        ["simulate", "flow"],
        ["hostkeys"],
        ["lab"],
        ["no-such-command"],
        ["plan", "--no-such-option"],
        ["plan", "--strategy", "wishful"],
        ["plan", "--output", "yaml"],
        ["plan", "--workers", "none"],
        ["plan", "-v", "-q"],
        ["apply", "plan.json", "--save", "sometimes"],
        ["simulate", "flow", "--config", "x.cfg", "mail to me"],
        ["rollback", "20260101T000000-0000", "--yes"],
    ],
    ids=" ".join,
)
def test_wrong_usage(site: "Site", words: list[str]) -> None:
    said = site.run(*words)

    assert 64 == said.code, said
    assert said.err
    assert "" == said.out


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("hosts.yaml", "fw: {hostname: 127.0.0.1, port: 22}\nfw: {}\n", "hosts.yaml:2"),
        ("hosts.yaml", "fw:\n  hostname: 127.0.0.1\n  prot: 22\n", "hosts.yaml:3"),
        ("hosts.yaml", "fw:\n  hostname: 127.0.0.1\n  password: Literal1\n", "hosts.yaml:3"),
        ("hosts.yaml", "fw: [\n", "hosts.yaml:"),
        (
            "exemptions.yaml",
            "exemptions:\n  - name: esa\n    gateways: [192.168.1.0/24]\n",
            "exemptions.yaml:3",
        ),
        (
            "exemptions.yaml",
            "exemptions:\n  - name: esa\n    gateways: [any]\n",
            "exemptions.yaml:3",
        ),
        ("exemptions.yaml", "exemptions:\n  - name: esa\n    gatways: []\n", "exemptions.yaml:3"),
    ],
)
def test_a_wrong_inventory(site: "Site", tmp_path: Path, file: str, text: str, place: str) -> None:
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    files = {"hosts.yaml": "fw: {hostname: 127.0.0.1}\n", "exemptions.yaml": GOOD} | {file: text}
    for name, content in files.items():
        (inventory / name).write_text(content)
    tried = site.boxes["fw"].counts.logins_tried

    said = site.run("plan", "--inventory", inventory).must_be(65)

    assert place in said.err
    assert all(line.startswith("asa-automate: ") for line in said.err.splitlines())
    assert "Literal1" not in said.err
    assert tried == site.boxes["fw"].counts.logins_tried


def test_exit_codes_of_plan(site: "Site") -> None:
    both = site.run("plan", "--output", "json").must_be(0, "refused")
    assert ["change", "refused"] == [d["status"] for d in both.json["devices"]]
    site.run("plan", "--limit", "refused").must_be(5, "refused")
    site.run("plan", "--detailed-exitcode", "--limit", "fw").must_be(2)
    site.run("plan", "--detailed-exitcode").must_be(2, "refused")


def test_the_recipe_of_the_handbooks(bench: "Bench", site: "Site") -> None:
    """It exempts nobody, and that is what is said."""
    before = bench.was(site.boxes["fw"])

    said = site.run(
        "plan",
        "--strategy",
        "as-documented",
        "--limit",
        "fw",
        "--output",
        "json",
        "--out",
        "d.json",
    ).must_be(6, "fw")

    entry = said.json["devices"][0]
    assert not entry["proof"]["holds"]
    assert entry["proof"]["counterexample"]
    assert said.out.encode() == (site.place / "d.json").read_bytes()
    site.run("apply", "d.json", "--yes").must_be(6, "fw")
    before.must_be_untouched()


def test_off_needs_no_live_proof_or_is_refused(bench: "Bench") -> None:
    """Nobody is inspected any more: no control pair is left that could be asked about."""
    site = bench.site(fw=bench.box())
    box = site.boxes["fw"]
    before = bench.was(box)
    planned = site.run("plan", "--strategy", "off", "--out", "plan.json").must_be(0)
    assert "EVERY" in planned.out.upper()

    applied = site.run("apply", "plan.json", "--yes")

    if applied.code == 0:
        assert {"in": False, "out": False, "others": False} == bench.inspected(box)
    else:
        applied.must_be(6, "fw")
        before.must_be_old()
    [run] = site.run("runs", "--output", "json").json
    site.run("rollback", run["id"], "--yes").must_be(0)
    before.must_be_old()


def test_output_into_a_closed_pipe(site: "Site") -> None:
    """Whoever reads the first line only is not answered with a traceback."""
    with subprocess.Popen(
        [sys.executable, "-m", "asa_automate", "plan", "--limit", "fw", "--output", "json"],
        env=site.surroundings(None),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout
        program.stdout.close()
        assert program.stderr
        said = program.stderr.read()
        program.wait(60)

    assert "Traceback" not in said
    assert "unexpected" not in said
