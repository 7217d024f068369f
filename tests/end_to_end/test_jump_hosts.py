"""Devices behind jump hosts: real OpenSSH servers on 127.0.0.1, one connection to each."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.lab.faults import Fault
from tests.bastion import Bastion, start

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Site

    Start = Callable[..., Bastion]


@pytest.fixture
def bastion(
    require_program: Callable[[str], Path], tmp_path: Path
) -> Iterator[Callable[..., Bastion]]:
    """``bastion(more)``: a jump host; ``more`` are lines of its configuration."""
    sshd = require_program("sshd")
    started: list[Bastion] = []

    def make(more: str = "") -> Bastion:
        started.append(start(sshd, tmp_path / f"bastion{len(started)}", more))
        return started[-1]

    yield make
    for one in started:
        one.stop()


def behind(site: "Site", via: Sequence[Bastion], names: Sequence[str], pin: bool = True) -> None:
    """These devices stand behind those jump hosts; the key of the first opens all of them."""
    hops = ", ".join(f"'{hop.via}'" for hop in via)
    lines = [
        f"{name}: {{hostname: 127.0.0.1, port: {site.lab.ports[name]}, data: {{via: [{hops}]}}}}\n"
        for name in names
    ]
    (site.inventory / "hosts.yaml").write_text("".join(lines))
    for hop in via:
        if pin:
            known = site.known_hosts.read_text()
            site.known_hosts.write_text(known + hop.known_host)
        opens = (via[0].home / "authorized_keys").read_text()
        (hop.home / "authorized_keys").write_text(opens)
    site.env["ASA_AUTOMATE_JUMP_KEY"] = str(via[0].client_key)


def steps_of(site: "Site", device: str) -> dict[str, Any]:
    said = site.run("doctor", "--limit", device, "--output", "json")
    [one] = said.json["devices"]
    return {step["step"]: step for step in one["steps"]}


def test_many_devices_over_one_connection(bench: "Bench", bastion: "Start") -> None:
    names = [f"fw{number}" for number in range(6)]
    site = bench.site(**{name: bench.box(serial=f"9SERIAL{name}") for name in names})
    hop = bastion()
    behind(site, [hop], names)

    said = site.run("plan", "--out", "plan.json", "--output", "json").must_be(0)

    assert {"change"} == {entry["status"] for entry in said.json["devices"]}
    assert 1 == hop.logins
    assert sorted(site.lab.ports.values()) == sorted(hop.forwarded)


def test_the_whole_way_over_two_hops(bench: "Bench", bastion: "Start") -> None:
    site = bench.site(fw=bench.box())
    before = bench.was(site.boxes["fw"])
    outer, inner = bastion(), bastion()
    behind(site, [outer, inner], ["fw"])

    site.run("plan", "--out", "plan.json").must_be(0)
    site.run("apply", "plan.json", "--yes").must_be(0)
    before.must_be_exempt_and_saved()

    assert {inner.port} == set(outer.forwarded)
    assert {site.lab.ports["fw"]} == set(inner.forwarded)
    assert (2, 2) == (outer.logins, inner.logins)  # one for each of the two commands
    assert "ok" == steps_of(site, "fw")["parse"]["status"]
    assert [] == site.leaks()


def test_keys_of_jump_hosts_are_pinned_first(bench: "Bench", bastion: "Start") -> None:
    """``hostkeys trust`` goes from hop to hop; before it, nobody is logged in to."""
    site = bench.site(fw=bench.box())
    outer, inner = bastion(), bastion()
    behind(site, [outer, inner], ["fw"], pin=False)
    site.known_hosts.write_text("")

    site.run("plan").must_be(4, "fw")
    assert (0, 0) == (outer.logins, inner.logins)
    said = site.run("hostkeys", "trust", "--yes", "--output", "json").must_be(0)

    assert ["added"] * 3 == [entry["status"] for entry in said.json]
    assert [outer.port, inner.port, site.lab.ports["fw"]] == [e["port"] for e in said.json]
    assert 0 == site.boxes["fw"].counts.logins_tried
    site.run("plan").must_be(0)


@pytest.mark.parametrize("changed", [False, True])
def test_a_key_that_is_not_the_pinned_one(bench: "Bench", bastion: "Start", changed: bool) -> None:
    site = bench.site(fw=bench.box())
    hop, other = bastion(), bastion()
    behind(site, [hop], ["fw"], pin=False)
    if changed:
        known = site.known_hosts.read_text()
        line = f"[127.0.0.1]:{hop.port} {other.host_key}\n"
        site.known_hosts.write_text(known + line)

    said = site.run("plan").must_be(4, "fw")

    assert ("HOST KEY CHANGED" if changed else "host key unknown") in said.first
    assert "jump host 127.0.0.1" in said.first
    assert 0 == hop.logins + hop.refused
    assert "failed" == steps_of(site, "fw")["jump hosts"]["status"]
    assert 0 == site.boxes["fw"].counts.logins_tried


def test_a_refused_login_is_tried_once_for_all_devices(bench: "Bench", bastion: "Start") -> None:
    names = ["fw0", "fw1", "fw2", "fw3"]
    site = bench.site(**{name: bench.box() for name in names})
    hop, stranger = bastion(), bastion()
    behind(site, [hop], names)
    site.env["ASA_AUTOMATE_JUMP_KEY"] = str(stranger.client_key)

    said = site.run("plan", "--output", "json").must_be(4)

    assert 4 == len([line for line in said.err.splitlines() if "login refused for user" in line])
    assert 0 == hop.logins
    assert 2 == hop.log.count("Connection from 127.0.0.1 port")  # the first was our own look
    assert {0} == {box.counts.logins_tried for box in site.boxes.values()}


def test_a_jump_host_that_is_down(bench: "Bench", bastion: "Start") -> None:
    site = bench.site(fw=bench.box(), near=bench.box())
    hop = bastion()
    behind(site, [hop], ["fw"])
    hosts = site.inventory / "hosts.yaml"
    port = site.lab.ports["near"]
    hosts.write_text(hosts.read_text() + f"near: {{hostname: 127.0.0.1, port: {port}}}\n")
    hop.stop()

    said = site.run("plan", "--output", "json").must_be(4, "fw")

    assert f"jump host 127.0.0.1:{hop.port}: cannot connect" in said.first
    assert {"fw": "unreachable", "near": "change"} == {
        entry["device"]: entry["status"] for entry in said.json["devices"]
    }
    assert "failed" == steps_of(site, "fw")["tcp"]["status"]


def test_a_jump_host_that_does_not_forward(bench: "Bench", bastion: "Start") -> None:
    site = bench.site(fw=bench.box())
    hop = bastion("AllowTcpForwarding no")
    behind(site, [hop], ["fw"])

    said = site.run("plan").must_be(4, "fw")

    assert "does not permit forwarding" in said.first
    step = steps_of(site, "fw")["jump hosts"]
    assert ("failed", True) == (step["status"], "AllowTcpForwarding" in step["found"])


def test_a_device_that_the_jump_host_does_not_reach(bench: "Bench", bastion: "Start") -> None:
    site = bench.site(fw=bench.box())
    hop = bastion()
    behind(site, [hop], ["fw"])
    site.lab.stop()

    said = site.run("plan").must_be(4, "fw")

    assert "it gets no connection" in said.first


def test_a_link_that_breaks_behind_a_jump_host(bench: "Bench", bastion: "Start") -> None:
    """The change is taken back over a new channel of the same connection."""
    site = bench.site(fw=bench.box(Fault(20, "cut_after")))
    before = bench.was(site.boxes["fw"])
    hop = bastion()
    behind(site, [hop], ["fw"])
    site.run("plan", "--out", "plan.json").must_be(0)

    site.run("apply", "plan.json", "--yes").must_be(3, "fw")

    before.must_be_old()
    assert 2 == hop.logins


@pytest.mark.parametrize("via", ["'[2001:db8::1'", "'jump:0'", "'jump:99999'", "'2001:db8::1'"])
def test_a_jump_host_that_is_none(bench: "Bench", via: str) -> None:
    site = bench.site(fw=bench.box())
    (site.inventory / "hosts.yaml").write_text(f"fw:\n  data:\n    via: [{via}]\n")

    said = site.run("inventory", "lint")

    assert 65 == said.code
    assert "hosts.yaml:3" in said.err + said.out
