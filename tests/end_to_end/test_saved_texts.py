"""Plans on saved texts: no firewall is asked, every device of the inventory is answered for."""

import csv
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.samples import interface_policy, ordinary

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Said, Site


@pytest.fixture
def site(bench: "Bench") -> "Site":
    return bench.site()


def plan(site: "Site", *words: str) -> "Said":
    return site.run("plan", "--from-dir", "texts", "--output", "json", *words)


def test_real_texts(site: "Site", corpus: Path) -> None:
    with (corpus / "EXPECTED.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    files = {f"real-{number}": corpus / row["file"] for number, row in enumerate(rows)}
    (site.place / "texts").mkdir()
    for name, path in files.items():
        shutil.copy(path, site.place / "texts" / f"{name}.cfg")
    site.write_hosts({name: 1000 + n for n, name in enumerate([*files, "real-none"])})

    said = plan(site, "--allow-incomplete").must_be(0, "real-none")

    found = {entry["device"]: entry["status"] for entry in said.json["devices"]}
    expected = {name: row["status"] for name, row in zip(files, rows, strict=True)}
    assert expected | {"real-none": "refused"} == found
    assert 10 <= len(expected)

    strict = {entry["device"]: entry for entry in plan(site).json["devices"]}
    whole = {name: has_end(path) for name, path in files.items()}
    assert not all(whole.values())
    assert whole == {name: strict[name]["status"] != "refused" for name in files}
    assert [] == [line for n in files if not whole[n] for line in strict[n]["commands"]]


def has_end(path: Path) -> bool:
    """Whether the device printed it to its end, whatever was caught after that."""
    lines = path.read_text(errors="replace").splitlines()
    return any(line.startswith(("Cryptochecksum:", ": end")) for line in lines)


def test_both_layouts_and_a_missing_text(site: "Site") -> None:
    texts = site.place / "texts"
    (texts / "folder").mkdir(parents=True)
    (texts / "folder" / "show_running-config.txt").write_text(ordinary("folder"))
    (texts / "flat.cfg").write_text(interface_policy("flat"))
    (texts / "cut.cfg").write_text(ordinary("cut")[:-200])
    (texts / "empty.cfg").write_text("")
    (texts / "binary.cfg").write_bytes(bytes(range(256)) * 8)
    names = ["folder", "flat", "cut", "empty", "binary", "missing"]
    site.write_hosts({name: 1000 + number for number, name in enumerate(names)})

    said = plan(site, "--out", "plan.json").must_be(0)

    found = {entry["device"]: entry["status"] for entry in said.json["devices"]}
    assert {"folder": "change", "flat": "change"} | dict.fromkeys(names[2:], "refused") == found
    assert names == list(found)
    assert set(names[2:]) == {line.split(":")[0] for line in said.err.splitlines()[:4]}
    assert said.out.encode() == (site.place / "plan.json").read_bytes()
    played = site.run("simulate", "plan", "plan.json", "--from-dir", "texts", "--output", "json")
    assert {"folder": True, "flat": True} == {a["device"]: a["holds"] for a in played.json}


def test_all_refused(site: "Site") -> None:
    (site.place / "texts").mkdir()
    site.write_hosts({"one": 1001, "two": 1002})

    plan(site).must_be(5, "one")


def test_no_directory(site: "Site") -> None:
    site.write_hosts({"one": 1001})

    assert "texts" in plan(site).must_be(65).first


def test_no_firewall_is_asked(bench: "Bench") -> None:
    site = bench.site(fw=bench.box())
    (site.place / "texts").mkdir()
    (site.place / "texts" / "fw.cfg").write_text(site.boxes["fw"].running_text)

    plan(site).must_be(0)

    assert 0 == site.boxes["fw"].counts.logins_tried


def test_a_plan_of_a_saved_text_is_good_for_the_box(bench: "Bench") -> None:
    """The text was read from the box: what is planned at the desk is applied at night."""
    site = bench.site(fw=bench.box())
    box = site.boxes["fw"]
    (site.place / "texts").mkdir()
    (site.place / "texts" / "fw.cfg").write_text(box.running_text)
    before = bench.was(box)
    plan(site, "--out", "plan.json").must_be(0)

    site.run("apply", "plan.json", "--yes").must_be(0)

    before.must_be_exempt_and_saved()
