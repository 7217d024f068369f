"""Firewalls that cannot be reached, or that answer what nobody may plan on. Nothing is changed."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.faults import Fault
from asa_automate.lab.samples import ordinary

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

RUNNING = "show running-config"
CLUSTERED = ordinary("fw", serial="9AEDGE0000D").replace(
    "\nclass-map inspection_default", "\ncluster group lab\nclass-map inspection_default", 1
)


@pytest.fixture(scope="module")
def closed_port() -> Iterator[int]:
    """A port that stays taken and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture(scope="module")
def site(bench: "Bench", closed_port: int) -> "Site":
    """One box of each kind; each test chooses its own with ``--limit``."""
    garbage = [Fault(n, "garbage", on="show", command=RUNNING) for n in (1, 2)]
    cut = [Fault(n, "truncated", on="show", command=RUNNING, lines=120) for n in (1, 2)]
    made = bench.site(
        password=bench.box(password="another"),
        enable=bench.box(enable_password="another"),
        unknown=bench.box(),
        changed=bench.box(),
        standby=bench.box(failover="standby"),
        data=bench.box(text=CLUSTERED, cluster="data"),
        garbage=bench.box(*garbage),
        cut=bench.box(*cut),
        full=bench.box(max_sessions=0),
        contexts=bench.box(multiple_mode=True),
        good=bench.box(),
    )
    made.write_hosts({**made.lab.ports, "closed": closed_port})
    known = made.known_hosts.read_text().splitlines()
    port = made.lab.ports["unknown"]
    made.known_hosts.write_text("".join(f"{k}\n" for k in known if f":{port} " not in k))
    made.lab.rotate_host_key("changed")
    return made


#: Device -> exit code and a word of the complaint, for `plan` and for `apply` alike.
ENDS = {
    "closed": (4, "refused"),
    "password": (4, "login refused"),
    "enable": (4, "enable"),
    "unknown": (4, "unknown"),
    "changed": (4, "CHANGED"),
    "full": (4, ""),
    "standby": (5, "standby"),
    "data": (5, "control unit"),
    "contexts": (5, "context"),
}
#: Only for `plan`: the answers are spoilt twice, and would be good for the third reader.
SPOILT = ("garbage", "cut")


@pytest.mark.parametrize("device", ENDS)
def test_plan(bench: "Bench", site: "Site", device: str) -> None:
    code, word = ENDS[device]
    before = [bench.was(box) for box in site.boxes.values()]
    tried = logins(site, device)

    said = site.run("plan", "--limit", device, "--output", "json", "--out", f"{device}.json")

    said.must_be(code, device)
    assert word in said.first
    assert 1 == len(said.err.splitlines()) - 1, said.err
    entry = said.json["devices"][0]
    assert (device, []) == (entry["device"], entry["commands"])
    assert ("unreachable" if code == 4 else "refused") == entry["status"]
    assert said.out.encode() == (site.place / f"{device}.json").read_bytes()
    assert ATTEMPTS.get(device, 1) == logins(site, device) - tried
    for was in before:
        was.must_be_untouched()


#: How many passwords a box may see: none before its key is known, never a second one.
ATTEMPTS = {"closed": 0, "unknown": 0, "changed": 0, "full": 0}


@pytest.mark.parametrize("device", SPOILT)
def test_a_spoilt_configuration_is_not_planned_on(
    bench: "Bench", site: "Site", device: str
) -> None:
    before = bench.was(site.boxes[device])

    said = site.run("plan", "--limit", device, "--output", "json")

    said.must_be(5, device)
    entry = said.json["devices"][0]
    assert "refused" == entry["status"]
    assert [] == entry["commands"]
    before.must_be_untouched()


def test_enable_is_tried_once(site: "Site") -> None:
    """An account is locked after a few tries; the operator's name would be on it."""
    box = site.boxes["enable"]
    before = len(box.transcript)

    site.run("plan", "--limit", "enable").must_be(4, "enable")

    typed = [entry.line for entry in box.transcript[before:]]
    assert 1 == typed.count("(enable password)")
    assert not [line for line in typed if line.startswith("show run")]


@pytest.mark.parametrize("device", ["closed", "password", "enable", "unknown", "changed", "full"])
def test_apply(bench: "Bench", site: "Site", plan_of: "PlanOf", device: str) -> None:
    before = [bench.was(box) for box in site.boxes.values()]
    tried = logins(site, device)

    said = site.run("apply", plan_of(site, device), "--yes", "--output", "json")

    said.must_be(4, device)
    assert ENDS[device][1] in said.first
    assert [(device, "unreachable", 4)] == [
        (d["device"], d["outcome"], d["exit"]) for d in said.json["devices"]
    ]
    assert ATTEMPTS.get(device, 1) == logins(site, device) - tried
    for was in before:
        was.must_be_untouched()


@pytest.mark.parametrize("device", ["standby", "data", "contexts"])
def test_apply_is_refused(bench: "Bench", site: "Site", plan_of: "PlanOf", device: str) -> None:
    before = bench.was(site.boxes[device])

    site.run("apply", plan_of(site, device), "--yes").must_be(5, device)

    before.must_be_untouched()


@pytest.mark.parametrize(
    ("kind", "spoilt"), [("garbage", 1), ("truncated", 1), ("garbage", 2), ("truncated", 2)]
)
def test_apply_on_a_spoilt_answer(
    bench: "Bench", plan_of: "PlanOf", kind: str, spoilt: int
) -> None:
    """The first reading is the comparison before anything is sent; the second checks the probe."""
    site = bench.site(fw=bench.box(Fault(spoilt, kind, on="show", command=RUNNING, lines=120)))
    before = bench.was(site.boxes["fw"])

    said = site.run("apply", plan_of(site, "fw"), "--yes")

    if spoilt == 1:
        said.must_be(5)
        before.must_be_untouched()
    else:
        said.must_be(3)
        before.must_be_old()
    assert said.first.startswith("fw: "), said


def test_one_of_many_is_out_of_reach(site: "Site") -> None:
    """Its entry says so, the others are planned, and the code is its own."""
    said = site.run("plan", "--limit", "good,closed,standby", "--output", "json")

    said.must_be(4)
    found = {entry["device"]: entry["status"] for entry in said.json["devices"]}
    assert {"good": "change", "closed": "unreachable", "standby": "refused"} == found
    assert {"closed", "standby"} == {line.split(":")[0] for line in said.err.splitlines()}


def test_no_secret_was_told(site: "Site") -> None:
    assert [] == site.leaks()


def logins(site: "Site", device: str) -> int:
    box = site.boxes.get(device)
    return box.counts.logins_tried if box else 0


if TYPE_CHECKING:
    from collections.abc import Callable

    PlanOf = Callable[[Site, str], Path]
