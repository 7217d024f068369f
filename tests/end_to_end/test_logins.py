"""Which credential is tried where, how often, and which unit of a pair is taken."""

from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.faults import Fault
from asa_automate.lab.ssh_server import serve

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

LOCAL = "local-canary-71b2"


def with_fallback(site: "Site") -> None:
    """Where the login is refused, another password is tried."""
    (site.inventory / "defaults.yaml").write_text(
        "data: {credentials: {fallback: [{password: 'env:LOCAL_PASSWORD'}]}}\n"
    )
    site.env["LOCAL_PASSWORD"] = LOCAL


def tries(site: "Site", device: str) -> tuple[int, int]:
    counts = site.boxes[device].counts
    return counts.logins_tried, counts.logins_refused


def test_a_server_that_refuses_on_one_device_only(bench: "Bench") -> None:
    """Its AAA server is down: the local password opens it, and the others are not held up."""
    site = bench.site(a=bench.box(), b=bench.box(password=LOCAL), c=bench.box())
    with_fallback(site)

    said = site.run("plan", "--workers", "1", "--output", "json").must_be(0)

    assert ["change"] * 3 == [entry["status"] for entry in said.json["devices"]]
    assert [(1, 0), (2, 1), (1, 0)] == [tries(site, name) for name in "abc"]
    assert (
        "b: login refused: wrong user name or password; falling back on credential 2" in said.err
    )
    assert LOCAL not in said.out + said.err


def test_a_credential_that_has_opened_nothing_is_not_tried_again(bench: "Bench") -> None:
    site = bench.site(**{name: bench.box(password=LOCAL) for name in "abc"})
    with_fallback(site)

    site.run("plan", "--workers", "1").must_be(0)

    assert [(2, 1), (1, 0), (1, 0)] == [tries(site, name) for name in "abc"]


def test_all_are_refused(bench: "Bench") -> None:
    site = bench.site(a=bench.box(password="a third one"))
    with_fallback(site)

    said = site.run("plan").must_be(4, "a")

    assert (2, 2) == tries(site, "a")
    assert "a: login refused" in said.err.splitlines()[-1]


def test_nothing_is_tried_twice_but_a_refused_login(bench: "Bench") -> None:
    """No second try at a wrong key, and none where all sessions are taken."""
    site = bench.site(key=bench.box(), full=bench.box(max_sessions=0))
    with_fallback(site)
    site.lab.rotate_host_key("key")

    site.run("plan", "--limit", "key").must_be(4, "key")
    site.run("plan", "--limit", "full").must_be(4, "full")

    assert [(0, 0), (0, 0)] == [tries(site, name) for name in ("key", "full")]


def test_a_refused_enable_falls_back_as_well(bench: "Bench") -> None:
    site = bench.site(a=bench.box(enable_password=LOCAL))
    (site.inventory / "defaults.yaml").write_text(
        "data: {credentials: {fallback: [{enable: 'env:LOCAL_PASSWORD'}]}}\n"
    )
    site.env["LOCAL_PASSWORD"] = LOCAL

    said = site.run("plan").must_be(0)

    assert "a: the enable password was refused; falling back on credential 2" in said.err


def test_the_doctor_says_which_credential(bench: "Bench") -> None:
    site = bench.site(a=bench.box(password=LOCAL))
    with_fallback(site)

    said = site.run("doctor", "--output", "json").must_be(0)

    steps = {step["step"]: step for step in said.json["devices"][0]["steps"]}
    assert "warning" == steps["login"]["status"]
    assert "credential 2" in steps["login"]["found"]
    assert "ok" == steps["parse"]["status"]


def test_a_literal_secret_is_refused_here_as_well(bench: "Bench") -> None:
    site = bench.site(a=bench.box())
    (site.inventory / "defaults.yaml").write_text(
        f"data: {{credentials: {{fallback: [{{password: {LOCAL}}}]}}}}\n"
    )

    said = site.run("plan").must_be(65)

    assert LOCAL not in said.out + said.err


@pytest.mark.parametrize("active_first", [True, False])
def test_of_a_pair_the_active_unit_is_taken(bench: "Bench", active_first: bool) -> None:
    """Only one unit is in the inventory, with the address of the other."""
    role, other = ("active", "standby") if active_first else ("standby", "active")
    site = bench.site(fw=bench.box(failover=role))
    mate = bench.box(failover=other)
    port = site.lab.ports["fw"]
    (site.inventory / "hosts.yaml").write_text(
        f"fw: {{hostname: 127.0.0.1, port: {port}, data: {{failover_peer: 127.0.0.2}}}}\n"
    )
    with serve({"mate": mate}, host="127.0.0.2", ports={"mate": port}) as lab:
        known = site.known_hosts.read_text()
        site.known_hosts.write_text(f"{known}[127.0.0.2]:{port} {lab.host_keys['mate']}\n")
        before = [bench.was(box) for box in (site.boxes["fw"], mate)]

        site.run("plan", "--out", "plan.json").must_be(0)
        site.run("apply", "plan.json", "--yes").must_be(0)

        changed, kept = before if active_first else reversed(before)
        changed.must_be_exempt_and_saved()
        kept.must_be_untouched()


def test_a_device_that_hangs_after_the_login(bench: "Bench") -> None:
    """Every wait has an end, and the others do not wait for it."""
    site = bench.site(
        a=bench.box(Fault(1, "cut_before", on="show", command="show running-config")),
        b=bench.box(),
    )

    said = site.run("plan", "--output", "json").must_be(4, "a")

    found = {entry["device"]: entry["status"] for entry in said.json["devices"]}
    assert {"a": "unreachable", "b": "change"} == found


def test_five_sessions_are_open_already(bench: "Bench") -> None:
    """Said at once, with exit 4; nothing is tried again, and the others go on."""
    site = bench.site(busy=bench.box(), free=bench.box())
    held = [site.boxes["busy"].open_session(None) for _ in range(5)]
    before = bench.was(site.boxes["busy"])

    said = site.run("plan", "--output", "json").must_be(4, "busy")

    assert "sessions" in said.first
    found = {entry["device"]: entry["status"] for entry in said.json["devices"]}
    assert {"busy": "unreachable", "free": "change"} == found
    before.must_be_untouched()
    held[0].close()
    site.run("plan", "--limit", "busy").must_be(0)
