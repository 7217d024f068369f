"""Who may be at work beside whom, as a table."""

from typing import Any

import pytest

from asa_automate.fleet.members import Caps, Member, in_order, member_of, sizes
from asa_automate.model import Device


def device(name: str, **more: Any) -> Device:
    return Device(name=name, host=more.pop("host", name), **more)


def beside(caps: Caps, *devices: Device) -> list[str]:
    """Of these, in their order, those that are at work at once."""
    members = [member_of(one, one.serial, lambda d: d.username) for one in devices]
    running: list[Member] = []
    for member in members:
        if caps.may_begin(member, running):
            running.append(member)
    return [member.name for member in running]


def many(count: int, **more: Any) -> list[Device]:
    return [device(f"fw{n}", **more) for n in range(count)]


@pytest.mark.parametrize(
    ("devices", "caps", "wanted"),
    [
        (many(5), Caps(workers=3), 3),
        (many(5, site="ams"), Caps(per_site=2, sites={"ams": 5}), 2),
        (many(3, site="ams"), Caps(sites={"ams": 3}), 2),
        (many(2, site="ams"), Caps(sites={"ams": 2}), 1),
        (many(1, site="ams"), Caps(sites={"ams": 1}), 1),
        (many(2, site="ams"), Caps(sites={"ams": 3}), 2),  # one of the site is in no plan
        (many(5, via=("jump",)), Caps(per_bastion=2), 2),
        (many(5, via=("outer", "inner")), Caps(per_bastion=3), 3),
        (many(5, username="ops"), Caps(per_credential=2), 2),
        (many(5, username="ops"), Caps(), 5),
        (many(5, username=None), Caps(per_credential=2), 5),
        ([device("a", failover_peer="b"), device("b", failover_peer="a")], Caps(), 1),
        ([device("a", failover_peer="b"), device("b")], Caps(), 1),
        ([device("a"), device("b", failover_peer="a")], Caps(), 1),
        ([device("a", serial="9A1"), device("b", serial="9A1")], Caps(), 1),
        ([device("a", host="h", context="x"), device("b", host="h", context="y")], Caps(), 1),
        ([device("a", host="h", via=("x",)), device("b", host="h", via=("y",))], Caps(), 2),
    ],
)
def test_at_once(devices: list[Device], caps: Caps, wanted: int) -> None:
    assert wanted == len(beside(caps, *devices))


def test_a_site_counts_all_of_the_inventory() -> None:
    assert {"ams": 2, "fra": 1} == sizes(
        [device("a", site="ams"), device("b", site="ams"), device("c", site="fra"), device("d")]
    )


def test_canaries_first_else_as_they_come() -> None:
    devices = [device("b"), device("a"), device("c", data={"canary": "true"}), device("d")]
    members = [member_of(one, None, lambda _: None) for one in devices]

    assert ["c", "b", "a", "d"] == [one.name for one in in_order(members)]
