"""``check`` on firewalls over SSH: what it says is what the box does, and nothing is typed."""

from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.lab.samples import interface_policy, ordinary

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site


def states(document: dict[str, Any]) -> dict[str, list[str]]:
    return {d["device"]: [g["state"] for g in d["gateways"]] for d in document["devices"]}


@pytest.fixture
def site(bench: "Bench") -> "Site":
    return bench.site(
        common=bench.box(text=ordinary("common", serial="9ACHECK0001")),
        policies=bench.box(text=interface_policy("policies", serial="9ACHECK0002")),
    )


def test_before_and_after_an_apply(bench: "Bench", site: "Site") -> None:
    before = {name: bench.was(box) for name, box in site.boxes.items()}

    first = site.run("check", "--detailed-exitcode", "--output", "json").must_be(2).json
    assert {name: ["not-exempt"] for name in site.boxes} == states(first)
    for was in before.values():
        was.must_be_untouched()

    site.run("plan", "--out", "plan.json").must_be(0)
    site.run("apply", "plan.json", "--yes").must_be(0)
    then = {name: bench.was(box) for name, box in site.boxes.items()}

    second = site.run("check", "--detailed-exitcode", "--output", "json").must_be(0).json
    assert {name: ["exempt"] for name in site.boxes} == states(second)
    for device in second["devices"]:
        [gateway] = device["gateways"]
        assert "per-engine" == device["reading"]["value"], "the probe's answer is remembered"
        assert ["per-engine"] == list(gateway["readings"])
        assert ["ours"] == gateway["readings"]["per-engine"]["by"]
    for name, was in then.items():
        was.must_be_untouched()
        assert {"in": False, "out": False, "others": True} == bench.inspected(site.boxes[name])

    (site.inventory / "exemptions.yaml").write_text("exemptions: []\n")
    third = site.run("check", "--output", "json").must_be(0).json
    for device in third["devices"]:
        assert "ours-not-wanted" in [finding["code"] for finding in device["findings"]]


def test_one_that_is_not_there(site: "Site") -> None:
    hosts = site.inventory / "hosts.yaml"
    hosts.write_text(f"{hosts.read_text()}gone: {{hostname: 127.0.0.1, port: 1}}\n")

    said = site.run("check", "--junit", "check.xml", "--output", "json").must_be(4, "gone")

    found = {d["device"]: d["status"] for d in said.json["devices"]}
    assert {"common": "checked", "policies": "checked", "gone": "unreachable"} == found
    assert 'type="unreachable"' in (site.place / "check.xml").read_text()
    assert [] == site.leaks()


def test_an_unknown_host_key(site: "Site") -> None:
    site.known_hosts.unlink()

    site.run("check", "--limit", "common").must_be(4, "common")
    assert 0 == site.boxes["common"].counts.logins_tried
