"""A device at its limit of classes is refused when planned, and not found out in mid-change."""

from ipaddress import ip_address

import pytest

from asa_automate.config.reader import read_running
from asa_automate.lab.samples import ordinary
from asa_automate.model import Exemption, Identity, Strategy
from asa_automate.plan.document import DevicePlan
from asa_automate.plan.planner import plan_device
from asa_automate.plan.request import Request
from asa_automate.plan.room import MOST_CLASS_MAPS, MOST_CLASSES

LAST = "!\nservice-policy global_policy global\n"
FIRST = "class-map inspection_default\n"


def text_of(classes: int, class_maps: int) -> str:
    """An ordinary firewall with so many of each; the policy-map has one, and so has the text."""
    extra = max(classes, class_maps) - 1
    maps = "".join(f"class-map C{n}\n match port tcp eq {9000 + n}\n" for n in range(1, extra + 1))
    used = "".join(
        f" class C{n}\n  set connection timeout idle 1:00:00\n" for n in range(1, classes)
    )
    return ordinary("fw").replace(FIRST, maps + FIRST, 1).replace(LAST, used + LAST, 1)


def planned(text: str, strategy: Strategy | None = None) -> DevicePlan:
    wish = Exemption(
        name="esa",
        gateways=(ip_address("192.168.1.1"),),
        strategy=strategy or Strategy.SPLIT_CLASS,
    )
    request = Request("fw", None, Identity(), (wish,), strategy=strategy)
    return plan_device(request, read_running(text))


def test_just_enough_room() -> None:
    assert "change" == planned(text_of(MOST_CLASSES - 1, 0)).status
    assert "change" == planned(text_of(2, MOST_CLASS_MAPS - 1)).status


@pytest.mark.parametrize("classes", [MOST_CLASSES, MOST_CLASSES + 1])
def test_no_room_for_our_class(classes: int) -> None:
    plan = planned(text_of(classes, 0))

    assert ("refused", ()) == (plan.status, plan.commands)
    assert f"policy-map global_policy has {classes} classes" in str(plan.reason)
    assert "narrow-default would do" in str(plan.reason)


def test_no_room_for_our_class_map() -> None:
    plan = planned(text_of(2, MOST_CLASS_MAPS))

    assert ("refused", ()) == (plan.status, plan.commands)
    assert f"{MOST_CLASS_MAPS} class-maps" in str(plan.reason)


def test_what_needs_no_class_needs_no_room() -> None:
    full = text_of(MOST_CLASSES, MOST_CLASS_MAPS)

    assert "change" == planned(full, Strategy.NARROW_DEFAULT).status
