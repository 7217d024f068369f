"""Collecting and applying at the same time, on the same firewall, with the same store."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from asa_automate.lab.faults import Fault
from tests.end_to_end.test_stopping import SLOW, wait_for_line

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench

    PlanOf = Callable[..., Path]

LINES = (3, 14, 20, 23)


def test_collecting_does_not_disturb_an_apply(bench: "Bench", plan_of: "PlanOf") -> None:
    """Samples are taken again and again while the box is changed: both come to their end."""
    site = bench.site(fw=bench.box(*(Fault(at, "delay", seconds=SLOW) for at in LINES)))
    box = site.boxes["fw"]
    before = bench.was(box)
    collected = 0

    with site.start("apply", plan_of(site, "fw"), "--yes", "--output", "json") as program:
        wait_for_line(site, LINES[0])
        while program.poll() is None and collected < 20:
            # A device that is being changed is left alone, and that is said (5).
            assert site.run("collect").code in (0, 5)
            collected += 1
            time.sleep(0.05)
        out, err = program.communicate(timeout=60)

    said = site.heard(program.returncode, out, err).must_be(0)
    assert ["new"] == [d["outcome"] for d in said.json["devices"]]
    before.must_be_exempt_and_saved()
    assert collected > 2
    readers = {e.session for e in box.transcript if e.line == "show service-policy inspect esmtp"}
    typed = {e.session for e in box.transcript if e.number is not None}
    assert not readers & typed
    assert 0 == box.open_sessions
