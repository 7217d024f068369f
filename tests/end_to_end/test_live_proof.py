"""The device has the last word: where it contradicts the model, the change is taken back."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.faults import Fault
from asa_automate.model import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.conftest import Bench

    PlanOf = Callable[..., Path]

FLOW = "show service-policy flow"
COMMIT = "no inspect esmtp"
#: What a box answers about a flow that it inspects.
INSPECTED = """\

Global policy:
  Service-policy: global_policy
    Class-map: inspection_default
      Match: default-inspection-traffic
      Action:
        Input flow: inspect esmtp
"""


def test_a_box_that_reads_per_class_and_was_not_probed(bench: "Bench", plan_of: "PlanOf") -> None:
    """With the commit line nobody's mail is inspected any more; the control pair shows it."""
    site = bench.site(fw=bench.box(reading=Reading.PER_CLASS))
    box = site.boxes["fw"]
    before = bench.was(box)

    said = site.run("apply", plan_of(site, "fw"), "--yes", "--no-probe", "--live-proof")

    said.must_be(3, "fw")
    before.must_be_old()
    assert 0 == box.counts.saves
    typed = [entry.line for entry in box.transcript]
    after = typed[typed.index(COMMIT) + 1 :]
    # Out of configuration mode, asked at once, and taken back before anything else is typed.
    assert after[0] == "end"
    asked = [line for line in after[1 : after.index("inspect esmtp")] if line.startswith("show")]
    assert asked[0].startswith(FLOW)
    site.run("apply", plan_of(site, "fw"), "--yes", "--no-probe").must_be(6, "fw")
    before.must_be_old()


@pytest.mark.parametrize("text", [INSPECTED, "ERROR: % Invalid input", ""])
@pytest.mark.parametrize("at", [3, 4, 5, 6, 9])
def test_one_wrong_answer_takes_the_change_back(
    bench: "Bench", plan_of: "PlanOf", at: int, text: str
) -> None:
    """The first two flows are asked before the change: the control pair's and the probe's."""
    kind = "garbage" if text else "truncated"
    fault = Fault(at, kind, text, on="show", command=FLOW, lines=0)
    site = bench.site(fw=bench.box(fault))
    box = site.boxes["fw"]
    before = bench.was(box)

    said = site.run("apply", plan_of(site, "fw"), "--yes")

    [spoilt] = [entry for entry in box.transcript if entry.fault]
    if text == INSPECTED and control(spoilt.line):
        said.must_be(0)  # it is what the control pair should show
        before.must_be_exempt_and_saved()
        return
    said.must_be(3, "fw")
    before.must_be_old()
    assert 0 == box.counts.saves


def control(line: str) -> bool:
    return "192.168.1.1 " not in line
