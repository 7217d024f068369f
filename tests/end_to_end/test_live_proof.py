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
#: What a box answers about a flow that it inspects, and about one that it does not.
INSPECTED = """
Global policy:
  Service-policy: global_policy
    Class-map: ESA_EXEMPT_ESMTP
      Match: access-list ESA_EXEMPT_ESMTP
        Access rule: permit tcp any any eq smtp
      Action:
        Input flow:  inspect esmtp _default_esmtp_map
"""
EXEMPT = """
Global policy:
  Service-policy: global_policy
    Class-map: class-default
      Match: any
      Action:
        Output flow:
"""
RUBBISH = "%%% internal error 0x7f"


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


@pytest.mark.parametrize(
    ("at", "flow", "answer"),
    [
        (6, "tcp host 198.51.100.7 host 192.168.1.1 eq 25", INSPECTED),
        (7, "tcp host 192.168.1.1 host 198.51.100.7 eq 25", INSPECTED),
        (7, "tcp host 192.168.1.1 host 198.51.100.7 eq 25", RUBBISH),
        (8, "tcp host 198.51.100.7 host 203.0.113.9 eq 25", EXEMPT),
        (16, "tcp host 198.51.100.7 host 192.168.1.1 eq 25", INSPECTED),
    ],
)
def test_one_wrong_answer_takes_the_change_back(
    bench: "Bench", plan_of: "PlanOf", at: int, flow: str, answer: str
) -> None:
    """Right after the commit line (6 to 8) or later, when all of it is verified (16)."""
    site = bench.site(fw=bench.box(Fault(at, "garbage", answer, on="show", command=FLOW)))
    box = site.boxes["fw"]
    before = bench.was(box)

    said = site.run("apply", plan_of(site, "fw"), "--yes").must_be(3, "fw")

    assert "live proof" in said.first
    assert [f"{FLOW} {flow}"] == [entry.line for entry in box.transcript if entry.fault]
    before.must_be_old()
    assert 0 == box.counts.saves


def test_a_probe_that_cannot_be_read(bench: "Bench", plan_of: "PlanOf") -> None:
    """No reading, no split: the probe is taken away, nothing else is sent, exit 6."""
    site = bench.site(fw=bench.box(Fault(4, "garbage", RUBBISH, on="show", command=FLOW)))
    box = site.boxes["fw"]
    before = bench.was(box)

    site.run("apply", plan_of(site, "fw"), "--yes").must_be(6, "fw")

    before.must_be_old()
    assert 0 == box.counts.saves
    assert COMMIT not in [entry.line for entry in box.transcript]
