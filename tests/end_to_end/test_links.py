"""A lost link, a reload, a refusal: the device ends as it was, or as planned and saved."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.faults import Fault

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench

    PlanOf = Callable[..., Path]

#: The probe takes ten lines, five there and five back; 23 is the commit line.
LINES = (3, 11, 20, 23)
KINDS = ("cut_before", "cut_after", "reload")
#: A sample of those that keep the link.
OTHERS = (("refuse", 5), ("refuse", 23), ("ignore", 14), ("ignore", 23))


@pytest.mark.parametrize("at", LINES)
@pytest.mark.parametrize("kind", KINDS)
def test_at_a_line(bench: "Bench", plan_of: "PlanOf", kind: str, at: int) -> None:
    site = bench.site(fw=bench.box(Fault(at, kind)))
    box = site.boxes["fw"]
    before = bench.was(box)

    said = site.run("apply", plan_of(site, "fw"), "--yes", "--output", "json")

    assert [kind] == [entry.fault for entry in box.transcript if entry.fault]
    said.must_be(3, "fw")
    before.must_be_old()
    assert ["old"] == [d["outcome"] for d in said.json["devices"]]
    assert [] == site.leaks()


@pytest.mark.parametrize(("kind", "at"), OTHERS)
def test_a_line_that_does_nothing(bench: "Bench", plan_of: "PlanOf", kind: str, at: int) -> None:
    text = "ERROR: % out of memory" if kind == "refuse" else ""
    site = bench.site(fw=bench.box(Fault(at, kind, text)))
    box = site.boxes["fw"]
    before = bench.was(box)

    said = site.run("apply", plan_of(site, "fw"), "--yes").must_be(3, "fw")

    assert text in said.first
    before.must_be_old()
    assert 0 == box.counts.saves


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("cut_before", "", 3),
        ("cut_after", "", 0),
        ("reload", "", 3),
        ("ignore", "Building configuration...\n[OK]", 3),
        ("refuse", "%Error writing nvram:/startup-config (No space left on device)", 3),
    ],
)
def test_at_the_save(bench: "Bench", plan_of: "PlanOf", kind: str, text: str, code: int) -> None:
    """What counts is what the startup-config says afterwards, and not ``[OK]``."""
    site = bench.site(fw=bench.box(Fault(1, kind, text, on="write")))
    box = site.boxes["fw"]
    before = bench.was(box)

    said = site.run("apply", plan_of(site, "fw"), "--yes")

    assert [kind] == [entry.fault for entry in box.transcript if entry.fault]
    if code == 0:
        said.must_be(0)
        before.must_be_exempt_and_saved()
    else:
        said.must_be(3, "fw")
        before.must_be_old()
