"""Plans that no longer fit, or never did: refused before a line is typed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.samples import interface_policy, ordinary

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

    PlanOf = Callable[..., Path]

#: Somebody turns the inspection off for everyone.
OFF = ["policy-map global_policy", "class inspection_default", "no inspect esmtp"]


@pytest.fixture
def site(bench: "Bench") -> "Site":
    return bench.site(fw=bench.box())


def changed_byte(data: bytes) -> bytes:
    """Another gateway: the file stays a plan in every other respect."""
    assert data.count(b'host 192.168.1.1"')
    return data.replace(b'host 192.168.1.1"', b'host 192.168.1.7"', 1)


def changed_blank(data: bytes) -> bytes:
    """The content is the same, the bytes are not."""
    return data.replace(b": ", b":\t", 1)


def changed_digest(data: bytes) -> bytes:
    at = data.index(b"sha256:") + len(b"sha256:")
    return data[:at] + (b"0" if data[at : at + 1] != b"0" else b"1") + data[at + 1 :]


def longer(data: bytes) -> bytes:
    return data + b"\n"


def shorter(data: bytes) -> bytes:
    return data[:-1]


@pytest.mark.parametrize("alter", [changed_byte, changed_blank, changed_digest, longer, shorter])
def test_an_altered_plan(
    bench: "Bench", site: "Site", plan_of: "PlanOf", alter: Callable[[bytes], bytes]
) -> None:
    path = plan_of(site, "fw")
    path.write_bytes(alter(path.read_bytes()))
    before = bench.was(site.boxes["fw"])

    said = site.run("apply", path, "--yes").must_be(5)

    assert path.name in said.first
    assert 1 == len(said.err.splitlines())
    assert 0 == site.boxes["fw"].counts.logins_tried
    before.must_be_untouched()


@pytest.mark.parametrize("content", [b"", b"plan", b"\xff\xfe\x00", b"[" * 100_000])
def test_no_plan_at_all(site: "Site", content: bytes) -> None:
    path = site.place / "nonsense.json"
    path.write_bytes(content)

    said = site.run("apply", path, "--yes").must_be(65)

    assert path.name in said.first
    assert 1 == len(said.err.splitlines())


def test_a_plan_that_is_not_there(site: "Site") -> None:
    assert "nowhere.json" in site.run("apply", "nowhere.json", "--yes").must_be(65).first


def test_an_expired_plan(bench: "Bench", site: "Site", plan_of: "PlanOf") -> None:
    path = plan_of(site, "fw", age=timedelta(days=3))
    before = bench.was(site.boxes["fw"])

    assert "expired" in site.run("apply", path, "--yes").must_be(5).first

    assert 0 == site.boxes["fw"].counts.logins_tried
    before.must_be_untouched()


def test_a_device_that_the_inventory_does_not_have(
    bench: "Bench", site: "Site", plan_of: "PlanOf"
) -> None:
    before = bench.was(site.boxes["fw"])

    said = site.run("apply", plan_of(site, "elsewhere"), "--yes").must_be(5, "elsewhere")

    assert "inventory" in said.first
    before.must_be_untouched()


def test_another_box_answers(bench: "Bench", plan_of: "PlanOf") -> None:
    """The same configuration, name and key, but another serial: a replacement, or a mix-up."""
    site = bench.site(fw=bench.box(serial="9AENDTOEND2"))
    before = bench.was(site.boxes["fw"])

    said = site.run("apply", plan_of(site, "fw"), "--yes").must_be(5, "fw")

    assert "9AENDTOEND2" in said.first
    before.must_be_untouched()


def test_two_boxes_swapped_in_the_inventory(bench: "Bench") -> None:
    site = bench.site(
        left=bench.box(text=ordinary("left", serial="9ALEFT")),
        right=bench.box(text=interface_policy("right", serial="9ARIGHT")),
    )
    site.run("plan", "--out", "plan.json").must_be(0)
    ports = site.lab.ports
    site.write_hosts({"left": ports["right"], "right": ports["left"]})
    before = [bench.was(box) for box in site.boxes.values()]

    said = site.run("apply", "plan.json", "--yes").must_be(5)

    assert {"left", "right"} == {line.split(":")[0] for line in said.err.splitlines()}
    for was in before:
        was.must_be_untouched()


@pytest.mark.parametrize(
    ("edit", "saved"),
    [
        (["logging buffered debugging"], True),
        (["logging buffered debugging"], False),
        (OFF, True),
        (["access-list INSIDE_IN line 1 extended permit tcp any any eq ftp"], True),
        (["object-group network ESA_EXEMPT_HOSTS", "network-object host 10.9.9.9"], True),
    ],
)
def test_changed_since_the_plan(
    bench: "Bench", site: "Site", plan_of: "PlanOf", edit: list[str], saved: bool
) -> None:
    """What a plan rests on is the whole configuration, and our lines most of all."""
    box = site.boxes["fw"]
    box.edit(edit)
    if saved:
        box.save()
    before = bench.was(box)

    site.run("apply", plan_of(site, "fw"), "--yes").must_be(5, "fw")

    before.must_be_untouched()


def test_unsaved_changes(bench: "Bench", site: "Site") -> None:
    """Our `write memory` would make somebody's trial permanent."""
    box = site.boxes["fw"]
    box.edit(["logging buffered debugging"])
    site.run("plan", "--out", "plan.json").must_be(0)
    before = bench.was(box)

    said = site.run("apply", "plan.json", "--yes").must_be(5, "fw")

    assert "startup" in said.first
    before.must_be_untouched()


def test_unsaved_changes_stay_unsaved_where_nothing_is_saved(bench: "Bench", site: "Site") -> None:
    box = site.boxes["fw"]
    box.edit(["logging buffered debugging"])
    site.run("plan", "--out", "plan.json").must_be(0)
    startup = bench.state_of(box.startup_text)

    site.run("apply", "plan.json", "--save", "never", "--yes").must_be(0)

    assert {"in": False, "out": False, "others": True} == bench.inspected(box)
    assert startup == bench.state_of(box.startup_text)


def test_a_name_that_is_not_ours(bench: "Bench") -> None:
    box = bench.box()
    box.edit(["object network ESA_EXEMPT_HOSTS", "host 10.1.1.1"])
    box.save()
    site = bench.site(fw=box)

    said = site.run("plan", "--output", "json").must_be(5, "fw")

    assert "ESA_EXEMPT_HOSTS" in said.first
    assert "refused" == said.json["devices"][0]["status"]


def test_applied_already(bench: "Bench", site: "Site", plan_of: "PlanOf") -> None:
    """The second time the plan does not fit any more, and says why."""
    path = plan_of(site, "fw")
    site.run("apply", path, "--yes").must_be(0)
    before = bench.was(site.boxes["fw"])

    said = site.run("apply", path, "--yes").must_be(5, "fw")

    assert "already" in said.first
    before.must_be_untouched()


def test_nobody_is_there_to_confirm(bench: "Bench", site: "Site", plan_of: "PlanOf") -> None:
    before = bench.was(site.boxes["fw"])

    said = site.run("apply", plan_of(site, "fw")).must_be(64)

    assert "--yes" in said.first
    assert 0 == site.boxes["fw"].counts.logins_tried
    before.must_be_untouched()
