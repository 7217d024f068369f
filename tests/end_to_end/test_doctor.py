"""``doctor``: the ladder to each firewall, and the step on which it breaks."""

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.lab.faults import Fault

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Said, Site

STEPS = [
    "dns",
    "tcp",
    "jump hosts",
    "key exchange",
    "host key",
    "login",
    "enable",
    "pager",
    "context",
    "failover role",
    "rights",
    "parse",
]
RUNNING = "show running-config"


@pytest.fixture(scope="module")
def closed_port() -> Iterator[int]:
    """A port that stays taken and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture(scope="module")
def site(bench: "Bench", closed_port: int) -> "Site":
    """One box for each rung of the ladder."""
    made = bench.site(
        good=bench.box(),
        password=bench.box(password="another"),
        enable=bench.box(enable_password="another"),
        unknown=bench.box(),
        changed=bench.box(),
        standby=bench.box(failover="standby"),
        denied=bench.box(denied=("^show running-config$",)),
        pager=bench.box(denied=("^terminal pager",)),
        cut=bench.box(Fault(1, "truncated", on="show", command=RUNNING, lines=120)),
        full=bench.box(max_sessions=0),
        contexts=bench.box(multiple_mode=True),
    )
    made.write_hosts({**made.lab.ports, "closed": closed_port})
    hosts = made.inventory / "hosts.yaml"
    hosts.write_text(hosts.read_text() + "nowhere: {hostname: no-such-host.invalid}\n")
    known = made.known_hosts.read_text().splitlines()
    port = made.lab.ports["unknown"]
    made.known_hosts.write_text("".join(f"{k}\n" for k in known if f":{port} " not in k))
    made.lab.rotate_host_key("changed")
    return made


#: Device -> exit code, the step that fails, a word of why, a word of what mends it.
ENDS = {
    "nowhere": (4, "dns", "not found", "hostname"),
    "closed": (4, "tcp", "refused", "port"),
    "full": (4, "key exchange", "", ""),
    "unknown": (4, "host key", "unknown", "hostkeys trust"),
    "changed": (4, "host key", "CHANGED", "console"),
    "password": (4, "login", "refused", "AAA"),
    "enable": (4, "enable", "refused", "ASA_AUTOMATE_ENABLE"),
    "contexts": (5, "context", "context", "inventory"),
    "standby": (5, "failover role", "standby", "active unit"),
    "denied": (5, "rights", RUNNING, "authorization"),
    "cut": (5, "parse", "end", ""),
}


def doctor(site: "Site", device: str) -> "tuple[Said, dict[str, Any]]":
    said = site.run("doctor", "--limit", device, "--output", "json")
    [one] = said.json["devices"]
    assert "asa-automate/doctor/1" == said.json["schema"]
    assert [device, STEPS] == [one["device"], [step["step"] for step in one["steps"]]]
    return said, one


@pytest.mark.parametrize("device", ENDS)
def test_the_step_that_breaks(bench: "Bench", site: "Site", device: str) -> None:
    code, broken, why, mends = ENDS[device]
    before = [bench.was(box) for box in site.boxes.values()]

    said, one = doctor(site, device)

    said.must_be(code)
    at = STEPS.index(broken)
    states = [step["status"] for step in one["steps"]]
    assert ("failed", code) == (one["status"], one["exit"])
    assert "failed" not in states[:at]
    assert "skipped" not in states[:at]
    assert ["failed", *["skipped"] * (len(STEPS) - at - 1)] == states[at:]
    assert why in one["steps"][at]["found"]
    assert mends in one["steps"][at]["fix"]
    for was in before:
        was.must_be_untouched()


def test_a_firewall_that_is_well(bench: "Bench", site: "Site") -> None:
    before = bench.was(site.boxes["good"])

    said, one = doctor(site, "good")

    said.must_be(0)
    assert {"ok"} == {step["status"] for step in one["steps"]}
    assert "privilege level 15" in one["steps"][STEPS.index("rights")]["found"]
    before.must_be_untouched()


def test_what_is_only_doubtful_does_not_end_it(site: "Site") -> None:
    said, one = doctor(site, "pager")

    said.must_be(0)
    assert "warning" == one["status"]
    assert ["pager"] == [step["step"] for step in one["steps"] if step["status"] == "warning"]


def test_for_people(site: "Site") -> None:
    """The failing step, its cause and what mends it, for each firewall; the gravest code."""
    said = site.run("doctor", "--limit", "good,closed,standby")

    said.must_be(5)
    assert "to mend it: open the port" in said.out
    assert {"closed", "standby"} == {line.split(":")[0] for line in said.err.splitlines()}


def test_a_missing_variable_is_named(site: "Site") -> None:
    """The message says what to set; the advice for a refused login would lead astray."""
    env = {"ASA_AUTOMATE_PASSWORD": None}
    said = site.run("doctor", "--limit", "good", "--output", "json", env=env).must_be(65)
    [one] = said.json["devices"]
    login = one["steps"][STEPS.index("login")]
    assert ("failed", None) == (login["status"], login["fix"])
    assert "ASA_AUTOMATE_PASSWORD" in login["found"]


def test_no_secret_was_told(site: "Site") -> None:
    assert [] == site.leaks()
