"""From an unknown host key to a verified change and back again, on three kinds of firewall."""

from itertools import chain
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.model import Reading

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

#: The per-class box is told only by a probe; until then its plan is that of the others.
EXPECTED = {"common": "split-class", "policies": "split-class", "perclass": "narrow-default"}


@pytest.fixture
def site(bench: "Bench") -> "Site":
    return bench.site(
        common=bench.box(text=ordinary("common", serial="9AWAY000001")),
        policies=bench.box(text=interface_policy("policies", serial="9AWAY000002")),
        perclass=bench.box(
            text=ordinary("perclass", serial="9AWAY000003"), reading=Reading.PER_CLASS
        ),
    )


def test_the_whole_way_and_back(bench: "Bench", site: "Site") -> None:
    before = {name: bench.was(box) for name, box in site.boxes.items()}

    site.known_hosts.unlink()
    site.run("hostkeys", "trust", "--yes").must_be(0)
    assert [0] * 3 == [box.counts.logins_tried for box in site.boxes.values()]

    planned = site.run("plan", "--out", "first.json", "--output", "json").must_be(0)
    assert planned.out.encode() == (site.place / "first.json").read_bytes()
    assert dict.fromkeys(EXPECTED, "change") == statuses(planned.json)
    for was in before.values():
        was.must_be_untouched()

    applied = site.run("apply", "first.json", "--yes", "--output", "json")
    applied.must_be(6, "perclass")
    assert {"common": "new", "policies": "new", "perclass": "disproved"} == outcomes(applied.json)
    before["common"].must_be_exempt_and_saved()
    before["policies"].must_be_exempt_and_saved()
    before["perclass"].must_be_old()
    assert 0 == site.boxes["perclass"].counts.saves

    again = site.run("plan", "--out", "second.json", "--output", "json").must_be(0)
    assert {"common": "noop", "policies": "noop", "perclass": "change"} == statuses(again.json)
    assert EXPECTED == {d["device"]: d["strategy"] for d in again.json["devices"]}
    site.run("apply", "second.json", "--yes").must_be(0)
    before["perclass"].must_be_exempt_and_saved()

    done = site.run("plan", "--detailed-exitcode", "--output", "json").must_be(0)
    assert dict.fromkeys(EXPECTED, "noop") == statuses(done.json)

    runs = site.run("runs", "--output", "json").must_be(0).json
    assert ["apply", "apply"] == [run["kind"] for run in runs]
    assert [set(EXPECTED), {"perclass"}] == [names(run) for run in runs]

    for run in reversed(runs):
        site.run("rollback", run["id"], "--yes").must_be(0)
    for was in before.values():
        was.must_be_old()
        assert {"in": True, "out": True, "others": True} == bench.inspected(was.box)

    then = {name: bench.was(box) for name, box in site.boxes.items()}
    for run in runs:
        site.run("rollback", run["id"], "--yes").must_be(0)
    for was in then.values():
        was.must_be_untouched()

    listed = site.run("runs", "--output", "json").must_be(0).json
    assert runs == listed[:2]
    assert ["rollback"] * 4 == [run["kind"] for run in listed[2:]]
    assert [] == site.leaks()


def test_what_was_sent_is_what_was_planned(bench: "Bench", site: "Site") -> None:
    """The plan's commands, one by one, and the probe's: nothing else in configuration mode."""
    planned = site.run("plan", "--limit", "policies", "--out", "p.json", "--output", "json").json
    plan = planned["devices"][0]
    before = bench.was(site.boxes["policies"])

    site.run("apply", "p.json", "--yes").must_be(0)

    before.must_be_exempt_and_saved()
    sent = [e.line for e in site.boxes["policies"].transcript if e.number is not None]
    probe = chain(plan["probe"]["commands"], plan["probe"]["inverse"])
    wanted = [c["line"] for c in chain(probe, plan["commands"])]
    assert wanted == sent
    shown = site.run("show", "p.json", "--output", "json").must_be(0)
    assert shown.out.encode() == (site.place / "p.json").read_bytes()


def statuses(document: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {device["device"]: device["status"] for device in document["devices"]}


def outcomes(document: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {device["device"]: device["outcome"] for device in document["devices"]}


def names(run: dict[str, list[dict[str, str]]]) -> set[str]:
    return {device["device"] for device in run["devices"]}
