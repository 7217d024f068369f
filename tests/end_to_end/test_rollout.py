"""Rollouts over real SSH: what begins, what is left alone, and who is at work beside whom.

The judges are the boxes: every line that was typed at one of them gets a number from one counter,
so that it is known what happened before what, whatever the program says.
"""

import itertools
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.lab.faults import Fault
from asa_automate.lab.samples import ordinary

if TYPE_CHECKING:
    from asa_automate.lab.asa import Entry, VirtualAsa
    from tests.end_to_end.conftest import Bench, Said, Site, Was

#: A configuration line behind the probe.
MIDDLE = 14


class Stamped(list["Entry"]):
    """A transcript whose entries are numbered over all boxes."""

    def __init__(self, counter: Iterator[int]) -> None:
        super().__init__()
        self._counter = counter
        self.stamps: list[int] = []

    def append(self, entry: "Entry") -> None:
        self.stamps.append(next(self._counter))
        super().append(entry)


def stamped(site: "Site") -> dict[str, Stamped]:
    """From now on what is typed at the boxes of the site is numbered."""
    counter = itertools.count()
    found = {name: Stamped(counter) for name in site.boxes}
    for name, box in site.boxes.items():
        box.transcript = found[name]
    return found


Spells = Mapping[str, tuple[int, int]]


def spells(transcripts: Mapping[str, Stamped]) -> Spells:
    """From the first to the last line of each box that was called."""
    return {name: (t.stamps[0], t.stamps[-1]) for name, t in transcripts.items() if t.stamps}


def most_at_once(found: Spells, names: set[str]) -> int:
    """How many of these were at work at the same time."""
    mine = {name: spell for name, spell in found.items() if name in names}
    return max((sum(a <= at <= b for a, b in mine.values()) for at, _ in mine.values()), default=0)


def test_the_judge_sees_what_overlaps() -> None:
    """A check that cannot fail would be none."""
    found = {"a": (0, 5), "b": (4, 9), "c": (10, 12), "d": (11, 11)}
    assert 2 == most_at_once(found, {"a", "b", "c"})
    assert 1 == most_at_once(found, {"a", "c"})
    assert 2 == most_at_once(found, {"c", "d"})
    assert 0 == most_at_once(found, set())


def fleet(
    bench: "Bench", count: int, faults: Mapping[int, Fault] | None = None, **knobs: Any
) -> "tuple[Site, dict[str, Was]]":
    """So many boxes with a plan for them; they are struck by these faults."""
    boxes: dict[str, VirtualAsa] = {}
    for number in range(count):
        struck = [faults[number]] if faults and number in faults else []
        text = ordinary(f"fw{number}", serial=f"9AROLL{number:05}")
        boxes[f"fw{number}"] = bench.box(*struck, text=text, **knobs)
    site = bench.site(**boxes)
    site.run("plan", "--out", "plan.json", "--workers", "8").must_be(0)
    return site, {name: bench.was(box) for name, box in boxes.items()}


def apply(site: "Site", *words: str) -> "Said":
    return site.run("apply", "plan.json", "--yes", "--output", "json", *words)


def ends(said: "Said") -> dict[str, str]:
    return {d["device"]: d["outcome"] for d in said.json["devices"]}


def hosts(site: "Site", data: Callable[[str], str]) -> None:
    """The inventory again, with ``data`` for each device."""
    lines = (
        f"{name}: {{hostname: 127.0.0.1, port: {port}, data: {{{data(name)}}}}}\n"
        for name, port in site.lab.ports.items()
    )
    (site.inventory / "hosts.yaml").write_text("".join(lines))


def test_a_bad_plan_hits_the_canary_alone(bench: "Bench") -> None:
    """Every firewall would refuse the line: one has to, and is whole again."""
    refuse = {number: Fault(MIDDLE, "refuse", "ERROR: no") for number in range(6)}
    site, before = fleet(bench, 6, refuse)
    tried = {name: box.counts.logins_tried for name, box in site.boxes.items()}

    said = apply(site, "--wave", "1,50%,100%").must_be(3)

    assert {"fw0": "old"} | {f"fw{n}": "not begun" for n in range(1, 6)} == ends(said)
    for name, was in before.items():
        was.must_be_old()
        if name != "fw0":
            was.must_be_untouched()
            assert tried[name] == site.boxes[name].counts.logins_tried
    assert "wave 1 of 3: 1 old (fw0)" in said.err
    assert "fw1, fw2, fw3, fw4, fw5: not begun: wave 1 of 3: none of the wave" in said.err
    [run] = site.run("runs", "--output", "json").json
    assert "stopped" == run["status"]
    assert ["failed", *["stopped"] * 5] == [d["status"] for d in run["devices"]]
    assert [1, 2, 2, 3, 3, 3] == [d["wave"] for d in run["devices"]]

    again = apply(site, "--only", "failed,unreached,not-begun", "--from-run", run["id"])

    again.must_be(3)  # each refuses once: the others now, the first no more
    assert {"fw0": "new"} | {f"fw{n}": "old" for n in range(1, 6)} == ends(again)


def test_an_unknown_state_stops_the_rest(bench: "Bench") -> None:
    """From a line on the firewall denies all, the way back too."""
    site, before = fleet(bench, 5, {1: Fault(MIDDLE, "deny", "")})

    said = apply(site, "--wave", "1,100%", "--max-fail", "5", "--workers", "1").must_be(7)

    assert {"fw0": "new", "fw1": "stuck"} | {f"fw{n}": "not begun" for n in (2, 3, 4)} == ends(
        said
    )
    for number in (2, 3, 4):
        before[f"fw{number}"].must_be_untouched()
    shown = site.run("show", said.json["run"]).must_be(0).out
    assert "wave 2: 1 stuck, 3 not begun" in shown


def test_a_hanging_device_does_not_hold_up_its_wave(bench: "Bench") -> None:
    """It thinks for long about one line; all others of its wave are done before it answers."""
    site, before = fleet(bench, 5, {1: Fault(MIDDLE, "delay", seconds=6.0)})
    transcripts = stamped(site)

    said = apply(site, "--wave", "1,4,100%", "--workers", "2").must_be(0)

    assert {"new"} == set(ends(said).values())
    found = spells(transcripts)
    assert found["fw2"][1] < found["fw1"][1]
    assert found["fw3"][1] < found["fw1"][1]
    # The gate: nobody of the last wave was called before it had ended.
    assert found["fw4"][0] > max(found[f"fw{n}"][1] for n in range(4))
    assert found["fw0"][1] < min(found[f"fw{n}"][0] for n in (1, 2, 3))
    for was in before.values():
        was.must_be_exempt_and_saved()


def test_a_dead_device_costs_its_wave_nothing(bench: "Bench") -> None:
    site, before = fleet(bench, 4)
    ports = dict(site.lab.ports)
    site.write_hosts(ports | {"fw1": 1})  # nobody listens there

    said = apply(site, "--wave", "1,3,100%").must_be(4)

    assert {"fw0": "new", "fw1": "unreachable", "fw2": "new", "fw3": "not begun"} == ends(said)
    before["fw3"].must_be_untouched()
    site.write_hosts(ports)
    site.trust()
    words = ("--only", "unreached,not-begun", "--from-run", said.json["run"])
    assert {"fw1": "new", "fw3": "new"} == ends(apply(site, *words).must_be(0))


@pytest.mark.parametrize("kind", ["site", "pair", "named on one side", "cap"])
def test_never_at_once(bench: "Bench", kind: str) -> None:
    """Of a site one is always left alone; of a pair no two; no more than the cap."""
    site, before = fleet(bench, 4)
    rows = {
        "site": lambda _: "site: ams",
        "pair": lambda name: f"failover_peer: fw{int(name[2:]) ^ 1}",
        "named on one side": lambda name: "failover_peer: fw1" if name == "fw0" else "",
        "cap": lambda _: "site: ams",
    }
    hosts(site, rows[kind])
    transcripts = stamped(site)

    words = ["--per-site", "2"] if kind == "cap" else ["--per-site", "9"]
    apply(site, "--workers", "8", *words).must_be(0)

    found = spells(transcripts)
    everybody = set(site.boxes)
    if kind in ("site", "cap"):
        assert most_at_once(found, everybody) <= {"site": 3, "cap": 2}[kind]
    else:
        assert 1 == most_at_once(found, {"fw0", "fw1"})
    assert most_at_once(found, everybody) > 1
    for was in before.values():
        was.must_be_exempt_and_saved()


def test_a_credential_that_is_locked_in_mid_wave(bench: "Bench") -> None:
    """One refusal, and nobody tries it again; what was changed before stays changed."""
    site, before = fleet(bench, 5)
    for number in range(2, 5):
        box = site.boxes[f"fw{number}"]
        box.knobs = replace(box.knobs, password="locked by the AAA server")

    said = apply(site, "--wave", "1,100%", "--workers", "1").must_be(4)

    assert 1 == sum(box.counts.logins_refused for box in site.boxes.values())
    assert {"fw0": "new", "fw1": "new"} | {f"fw{n}": "unreachable" for n in (2, 3, 4)} == ends(
        said
    )
    reasons = {d["device"]: d["reason"] for d in said.json["devices"]}
    assert "its credential was refused by fw2" in reasons["fw3"]
    for number in (2, 3, 4):
        before[f"fw{number}"].must_be_untouched()


def test_maintenance_windows(bench: "Bench") -> None:
    """One that is open around the clock but for a minute long past, one that is closed."""
    site, before = fleet(bench, 3)
    hour = time.gmtime().tm_hour
    shut = f'from: "{(hour + 6) % 24:02}:00", to: "{(hour + 7) % 24:02}:00"'
    wide = f'from: "{(hour + 22) % 24:02}:00", to: "{(hour + 6) % 24:02}:00"'
    windows = {"fw0": shut, "fw1": wide}
    hosts(site, lambda n: f"window: {{{windows[n]}, zone: UTC}}" if n in windows else "")

    said = apply(site, "--wave", "1,100%").must_be(5)

    assert {"fw0": "not begun", "fw1": "new", "fw2": "new"} == ends(said)
    opens = rf"fw0: outside its maintenance window; it opens at .* {(hour + 6) % 24:02}:00 UTC"
    assert re.search(opens, said.err)
    before["fw0"].must_be_untouched()


@pytest.mark.parametrize("rises", [False, True])
def test_the_gate_of_counters(bench: "Bench", rises: bool) -> None:
    """Drops that do not rise open it; the lines at the gate change nothing."""
    site, before = fleet(bench, 2)
    box = site.boxes["fw0"]
    place = ("global", "global_policy", "ESA_EXEMPT_ESMTP", "esmtp", "drop")
    box.transcript = Counting(box, place, by=3 if rises else 0)

    said = apply(site, "--wave", "1,100%", "--gate", "counters", "--pause", "1s")

    assert 2 == sum(entry.line == READ for entry in box.transcript[-20:])
    if rises:
        said.must_be(5)
        assert "fw0: global_policy ESA_EXEMPT_ESMTP: 3 more dropped" in said.err
        assert {"fw0": "new", "fw1": "not begun"} == ends(said)
        before["fw1"].must_be_untouched()
    else:
        said.must_be(0)
        before["fw1"].must_be_exempt_and_saved()
    before["fw0"].must_be_exempt_and_saved()


READ = "show service-policy inspect esmtp"


class Counting(list["Entry"]):
    """A transcript of a box that drops something whenever its counters have been read."""

    def __init__(self, box: "VirtualAsa", place: Any, by: int) -> None:
        super().__init__()
        self._box, self._place, self._by = box, place, by

    def append(self, entry: "Entry") -> None:
        super().append(entry)
        if entry.line == READ and self._by:
            self._box.counters[self._place] = self._box.count(self._place) + self._by


def test_rolled_back_in_waves(bench: "Bench") -> None:
    site, before = fleet(bench, 3)
    run = apply(site, "--wave", "1,100%").must_be(0).json["run"]
    transcripts = stamped(site)

    said = site.run("rollback", run, "--yes", "--wave", "1,100%", "--output", "json").must_be(0)

    assert {"old"} == set(ends(said).values())
    assert [["fw0"], ["fw1", "fw2"]] == said.json["waves"]
    found = spells(transcripts)
    assert found["fw0"][1] < min(found["fw1"][0], found["fw2"][0])
    for was in before.values():
        was.must_be_old()
