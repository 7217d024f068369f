"""There and back over SSH: a firewall of each dialect, and long lines on narrow terminals."""

from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.sample_releases import BY_RELEASE
from asa_automate.lab.samples import ordinary

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench

#: As long as a name may be where 80 columns must still hold something besides the prompt.
LONG_NAME = "a-firewall-with-quite-a-long-name"


def test_each_dialect_there_and_back(bench: "Bench") -> None:
    login = Knobs(password=bench.password, enable_password=bench.enable)
    boxes = {
        f"fw-{release.replace('.', '-')}": VirtualAsa(sample.text("fw"), sample.knobs(login))
        for release, sample in BY_RELEASE.items()
    }
    site = bench.site(**boxes)
    before = {name: bench.was(box) for name, box in boxes.items()}
    everybody = {"in": True, "out": True, "others": True}
    assert [everybody] * len(boxes) == [bench.inspected(box) for box in boxes.values()]

    planned = site.run("plan", "--out", "plan.json", "--output", "json").must_be(0)
    assert {"change"} == {device["status"] for device in planned.json["devices"]}
    applied = site.run("apply", "plan.json", "--yes", "--output", "json").must_be(0)

    assert dict.fromkeys(boxes, "new") == {
        device["device"]: device["outcome"] for device in applied.json["devices"]
    }
    for was in before.values():
        was.must_be_exempt_and_saved()

    [run] = site.run("runs", "--output", "json").json
    site.run("rollback", run["id"], "--yes").must_be(0)
    for was in before.values():
        was.must_be_old()
    assert [] == site.leaks()


@pytest.mark.parametrize("scrolled", [True, False], ids=["scrolled", "plain"])
def test_long_lines_on_terminals_of_all_widths(bench: "Bench", *, scrolled: bool) -> None:
    """Every line of ours is longer than a narrow terminal; what is echoed must not be believed."""
    boxes = {
        f"w{width}": bench.box(
            text=ordinary(LONG_NAME, serial=f"9AWIDE{width}"), width=width, scrolled_echo=scrolled
        )
        for width in (40, 80, 511)
    }
    site = bench.site(**boxes)
    before = {name: bench.was(box) for name, box in boxes.items()}

    site.run("plan", "--out", "plan.json").must_be(0)
    site.run("apply", "plan.json", "--yes").must_be(0)

    for was in before.values():
        was.must_be_exempt_and_saved()
    [run] = site.run("runs", "--output", "json").json
    site.run("rollback", run["id"], "--yes").must_be(0)
    for was in before.values():
        was.must_be_old()
