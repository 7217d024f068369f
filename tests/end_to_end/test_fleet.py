"""Ten firewalls at once: each is changed, verified, and only then saved."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.faults import Fault
from asa_automate.lab.samples import interface_policy, ordinary

if TYPE_CHECKING:
    from asa_automate.lab.asa import Entry, VirtualAsa
    from tests.end_to_end.conftest import Bench

COUNT = 10


def one(bench: "Bench", number: int) -> "VirtualAsa":
    text = (ordinary, interface_policy)[number % 2](f"fw{number}", serial=f"9ATEN{number:06}")
    return bench.box(text=text)


def test_ten_at_once(bench: "Bench", capsys: pytest.CaptureFixture[str]) -> None:
    site = bench.site(**{f"fw{number}": one(bench, number) for number in range(COUNT)})
    before = {name: bench.was(box) for name, box in site.boxes.items()}
    site.run("plan", "--out", "plan.json", "--workers", str(COUNT)).must_be(0)

    said = site.run("apply", "plan.json", "--yes", "--output", "json", "--workers", str(COUNT))

    said.must_be(0)
    ends = {d["device"]: (d["outcome"], d["saved"]) for d in said.json["devices"]}
    assert dict.fromkeys(site.boxes, ("new", True)) == ends
    for was in before.values():
        was.must_be_exempt_and_saved()
    saves = {name: saved_after_verifying(box.transcript) for name, box in site.boxes.items()}
    assert {name: [True] for name in site.boxes} == saves
    with capsys.disabled():
        print(f"\n{COUNT} firewalls at once: {len(saves)} changed, verified, then saved")


def saved_after_verifying(transcript: "Sequence[Entry]") -> list[bool]:
    """For each save: whether the configuration was read, and flows were asked about, since the
    last line that could have changed it."""
    saves, read, asked = [], False, False
    for entry in transcript:
        if entry.number is not None:
            read = asked = False
        elif entry.line == "show running-config":
            read = True
        elif entry.line.startswith("show service-policy flow"):
            asked = True
        elif entry.line.startswith(("write", "copy")):
            saves.append(read and asked)
    return saves


def test_the_judge_sees_a_save_that_came_too_early(bench: "Bench") -> None:
    """A check that cannot fail would be none."""
    site = bench.site(fw=one(bench, 0))
    site.run("plan", "--out", "plan.json").must_be(0)
    site.run("apply", "plan.json", "--yes").must_be(0)
    transcript = site.boxes["fw"].transcript
    save = next(i for i, entry in enumerate(transcript) if entry.line == "write memory")
    last = max(i for i, entry in enumerate(transcript) if entry.number is not None)

    early = [*transcript[: last + 1], transcript[save]]

    assert [True] == saved_after_verifying(transcript)
    assert [False] == saved_after_verifying(early)


def test_one_fails_and_the_others_do_not_mind(bench: "Bench") -> None:
    """Each of three ends for itself; the code is the gravest."""
    boxes = {f"fw{number}": one(bench, number) for number in range(3)}
    boxes["fw1"].script.add(Fault(20, "refuse", "ERROR: no"))
    site = bench.site(**boxes)
    before = {name: bench.was(box) for name, box in boxes.items()}
    site.run("plan", "--out", "plan.json").must_be(0)

    said = site.run("apply", "plan.json", "--yes", "--output", "json").must_be(3, "fw1")

    ends = {d["device"]: d["outcome"] for d in said.json["devices"]}
    assert {"fw0": "new", "fw1": "old", "fw2": "new"} == ends
    before["fw0"].must_be_exempt_and_saved()
    before["fw1"].must_be_old()
    before["fw2"].must_be_exempt_and_saved()
