"""The laws on every dialect and strategy: there, whole after every line, and back.

What is planned from the `show running-config` of a box of that release is typed into it line by
line. Flows are asked about as each side of the box sees them, real and mapped addresses included.
"""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from asa_automate.lab.access import Packet
from asa_automate.lab.dialects import release_of, spoken_at
from asa_automate.lab.flow import Classifier
from asa_automate.lab.sample_releases import BY_RELEASE
from asa_automate.lab.samples import interface_policy
from asa_automate.model import Address, Reading, Strategy
from asa_automate.plan.document import DevicePlan

if TYPE_CHECKING:
    from asa_automate.lab.asa import Snapshot, VirtualAsa
    from tests.laws.conftest import Judge, Played

GATEWAY, MAPPED = ip_address("192.168.1.1"), ip_address("203.0.113.25")
OTHER, PEER = ip_address("192.168.1.20"), ip_address("198.51.100.7")
OLD = ("7.2", "8.2")
STRATEGIES = (Strategy.SPLIT_CLASS, Strategy.NARROW_DEFAULT, Strategy.OFF)
BY_READING = {
    Strategy.SPLIT_CLASS: (Reading.PER_ENGINE,),
    Strategy.NARROW_DEFAULT: (Reading.PER_ENGINE, Reading.PER_CLASS),
    Strategy.OFF: (Reading.PER_ENGINE, Reading.PER_CLASS),
}
Answers = dict[tuple[Packet, tuple[str, str]], dict[str, str]]


@pytest.fixture(params=list(BY_RELEASE))
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def text_of(judge: "Judge", release: str) -> str:
    return judge.box(BY_RELEASE[release].text("fw")).running_text


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("reading", list(Reading))
def test_the_whole_circle(
    judge: "Judge", release: str, strategy: Strategy, reading: Reading
) -> None:
    text = text_of(judge, release)
    wish: dict[str, Any] = {"strategy": strategy, "reading": reading}
    plan = judge.plan(text, GATEWAY, **wish)

    if (strategy, reading) == (Strategy.SPLIT_CLASS, Reading.PER_CLASS):
        assert "refused" == plan.status
        return
    assert "change" == plan.status, plan.reason
    judge.circle(plan, text, [GATEWAY], **wish)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_whole_on_both_sides_of_the_box(judge: "Judge", release: str, strategy: Strategy) -> None:
    """Before 8.3 the outside knows the gateway by another address than the inside does."""
    text = text_of(judge, release)
    box = judge.box(text)
    plan = judge.plan(text, GATEWAY, strategy=strategy)
    there, back = judge.play(box, plan.commands), judge.play(box, plan.inverse)

    for reading in BY_READING[strategy]:
        for played in (there, back):
            must_be_old_or_new(played, reading)
        old = answers(there.before, reading)
        new = answers(there.after_each[-1], reading)
        assert old == answers(back.after_each[-1], reading)
        for (packet, way), engines in new.items():
            is_gateways = {packet.source, packet.destination} & ours(release)
            lost = is_gateways or strategy is Strategy.OFF
            if packet.destination_port == 25:
                assert ("esmtp" not in engines) == bool(lost), (packet, way)
            elif not is_gateways:
                assert engines == old[packet, way]
        assert "esmtp" in old[Packet("tcp", PEER, GATEWAY, 25), ("outside", "inside")]


def ours(release: str) -> set[Address]:
    """The gateway's addresses in a question; from 8.3 on only the real one leads to it."""
    return {GATEWAY, MAPPED} if release in OLD else {GATEWAY}


def must_be_old_or_new(played: "Played", reading: Reading) -> None:
    old, new = answers(played.before, reading), answers(played.after_each[-1], reading)
    for snapshot in played.after_each:
        for asked, now in answers(snapshot, reading).items():
            assert now in (old[asked], new[asked]), (snapshot.line, asked)


def answers(snapshot: "Snapshot", reading: Reading) -> Answers:
    """What the box does to mail and to other flows of everybody, each in its own direction."""
    knobs = replace(snapshot.knobs, reading=reading)
    classifier = Classifier(
        snapshot.running.stanzas, knobs, release_of(snapshot.running.version or "")
    )
    return {asked: classifier.treatment(asked[0], *asked[1]) for asked in flows()}


def flows() -> Iterator[tuple[Packet, tuple[str, str]]]:
    for near in (GATEWAY, MAPPED, OTHER):
        for port in (25, 21):
            yield Packet("tcp", PEER, near, port), ("outside", "inside")
            yield Packet("tcp", near, PEER, port), ("inside", "outside")


@pytest.mark.parametrize("release", OLD)
def test_before_8_3_the_real_address_alone_does_not_exempt(judge: "Judge", release: str) -> None:
    """Why both addresses are in the group; and that the judge would notice."""
    text = text_of(judge, release)
    plan = judge.plan(text, GATEWAY)
    box = judge.box(text)
    judge.play(box, plan.commands)
    assert not any(inbound_is_inspected(box))

    assert ("",) * 2 == box.edit(
        ["object-group network ESA_EXEMPT_HOSTS", f"no network-object host {MAPPED}"]
    )

    assert all(inbound_is_inspected(box))
    sees_real = judge.box(box.running_text, dialect={"class_sees": "real"})
    assert [False, True] == inbound_is_inspected(sees_real)


def inbound_is_inspected(box: "VirtualAsa") -> list[bool]:
    """Whether mail to the gateway is inspected, asked by its real and by its mapped address."""
    ways = (Packet("tcp", PEER, near, 25) for near in (GATEWAY, MAPPED))
    return ["esmtp" in box.treatment(packet, "outside", "inside") for packet in ways]


def members(plan: DevicePlan) -> list[str]:
    lines = [command.line.split() for command in plan.commands]
    return [words[-1] for words in lines if words[0] == "network-object"]


def test_real_and_mapped_addresses(judge: "Judge", release: str) -> None:
    plan = judge.plan(text_of(judge, release), GATEWAY)

    both = [str(GATEWAY), str(MAPPED)] if release in OLD else [str(GATEWAY)]
    assert both == members(plan)


def test_ipv6_gateways(judge: "Judge", release: str) -> None:
    plan = judge.plan(text_of(judge, release), ip_address("2001:db8::25"))

    assert (plan.status == "change") == spoken_at(release_of(release)).unified_acl
    if plan.status == "refused":
        assert "IPv6" in str(plan.reason)
        assert () == plan.commands


def test_the_loss_of_ipv6_inspection_is_a_finding_and_true(judge: "Judge", release: str) -> None:
    text = text_of(judge, release)
    plan = judge.plan(text, GATEWAY, strategy=Strategy.SPLIT_CLASS)
    box = judge.box(text)
    of_ipv6 = Packet("tcp", ip_address("2001:db8::1"), ip_address("2001:db8::2"), 25)
    assert "esmtp" in box.treatment(of_ipv6, "outside", "inside")

    judge.play(box, plan.commands)

    lost = "esmtp" not in box.treatment(of_ipv6, "outside", "inside")
    assert lost == (not spoken_at(release_of(release)).unified_acl)
    said = {finding.code: finding.text for finding in plan.findings}
    assert lost == ("ipv6-inspection-lost" in said)
    assert not lost or said["ipv6-inspection-lost"].isupper()


@pytest.mark.parametrize("release", ["7.2", "8.2", "8.4"])
def test_a_narrowed_class_loses_more_of_ipv6_than_mail(judge: "Judge", release: str) -> None:
    text = text_of(judge, release)
    plan = judge.plan(text, GATEWAY, strategy=Strategy.NARROW_DEFAULT)
    box = judge.box(text)
    of_ipv6 = Packet("tcp", ip_address("2001:db8::1"), ip_address("2001:db8::2"), 21)
    assert "ftp" in box.treatment(of_ipv6, "outside", "inside")

    judge.play(box, plan.commands)

    assert {} == box.treatment(of_ipv6, "outside", "inside")
    [said] = [finding.text for finding in plan.findings if finding.code == "ipv6-inspection-lost"]
    assert said.endswith("EVERY DEFAULT INSPECTION OF IPV6 IS LOST")


@pytest.mark.parametrize("version", ["8.4(7)", "9.1(7)", "9.16(4)"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_an_interface_policy_besides(judge: "Judge", version: str, strategy: Strategy) -> None:
    text = judge.box(interface_policy("fw", version=version)).running_text
    plan = judge.plan(text, GATEWAY, strategy=strategy)

    assert "change" == plan.status, plan.reason
    judge.circle(plan, text, [GATEWAY], strategy=strategy)
