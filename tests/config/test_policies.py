"""Policy-maps, class-maps and service-policies: kinds of lines, and what is written again."""

import pytest

from asa_automate.config.class_map import read_class_maps, write_class_map
from asa_automate.config.policy_map import Inspect, read_policy_maps, write_policy_map
from asa_automate.config.service_policy import (
    ServicePolicy,
    read_service_policies,
    unknown_attachments,
    write_service_policy,
)
from asa_automate.config.tree import Line, read_tree


def _lines(*lines: str) -> tuple[Line, ...]:
    return read_tree("\n".join(lines)).stanzas


@pytest.mark.parametrize(
    ("line", "engine", "argument"),
    [
        ("inspect esmtp", "esmtp", None),
        ("inspect esmtp MAP", "esmtp", "MAP"),
        ("inspect  esmtp   MAP ", "esmtp", "MAP"),
        ("inspect dns maximum-length 512", "dns", "maximum-length 512"),
        ("inspect dns MAP dynamic-filter-snoop", "dns", "MAP dynamic-filter-snoop"),
        ("inspect ftp strict MAP", "ftp", "strict MAP"),
        ("inspect http MAP", "http", "MAP"),
        ("inspect h323 h225", "h323 h225", None),
        ("inspect h323 ras MAP", "h323 ras", "MAP"),
        ("inspect icmp", "icmp", None),
        ("inspect icmp error", "icmp error", None),
        ("inspect ip-options ", "ip-options", None),
        ("inspect rpc", "rpc", None),
    ],
)
def test_inspections(line: str, engine: str, argument: str | None) -> None:
    policy = read_policy_maps(_lines("policy-map P", " class C", f"  {line}"))["P"]

    assert (Inspect(engine, argument, 3),) == policy.classes[0].inspects
    assert () == policy.unknown


@pytest.mark.parametrize(
    "line",
    [
        "set connection conn-max 50",
        "set connection advanced-options tcp-state-bypass",
        "set connection timeout idle 1:00:00",
        "police output 8000",
        "priority",
        "shape average 64000",
        "service-policy child",
        "flow-export event-type all destination 192.0.2.1",
        "user-statistics accounting",
        "ips inline fail-open",
        "csc fail-close",
        "cxsc fail-open",
        "sfr fail-open monitor-only",
        "description inspect esmtp",
    ],
)
def test_other_actions(line: str) -> None:
    policy = read_policy_maps(_lines("policy-map P", " class C", f"  {line}", "  inspect ftp"))[
        "P"
    ]

    assert (line,) == policy.classes[0].others
    assert () == policy.unknown
    assert policy.classes[0].inspect("ftp")


def test_a_policy_map_opened_twice_goes_on() -> None:
    policies = read_policy_maps(
        _lines(
            "policy-map P",
            " class A",
            "  inspect ftp",
            "policy-map type inspect dns P2",
            " class A",
            "  drop",
            "policy-map P",
            " class B",
            " class A",
            "  inspect esmtp",
        )
    )

    assert ["P"] == list(policies)
    assert ["A", "B"] == [entry.name for entry in policies["P"].classes]
    assert ["ftp", "esmtp"] == [i.engine for i in policies["P"].classes[0].inspects]


def test_a_class_that_is_not_understood_is_told() -> None:
    policy = read_policy_maps(_lines("policy-map P", " class A B", "  inspect esmtp"))["P"]

    assert ("class A B", 2) in policy.unknown
    assert ("inspect esmtp", 3) in policy.unknown


def test_policy_map_round_trip() -> None:
    text = [
        "policy-map P",
        " class A",
        "  inspect esmtp MAP",
        "  inspect h323 ras",
        "  set connection conn-max 1",
        " class class-default",
    ]
    policy = read_policy_maps(_lines(*text))["P"]

    assert text == write_policy_map(policy)
    assert policy == read_policy_maps(_lines(*write_policy_map(policy)))["P"]


@pytest.mark.parametrize(
    "line",
    [
        "match default-inspection-traffic",
        "match any",
        "match access-list L",
        "match port tcp eq smtp",
        "match port udp range 1 9",
        "match dscp af11 af12",
        "match precedence 1 2",
        "match rtp 10000 10000",
        "match tunnel-group T",
        "match flow ip destination-address",
    ],
)
def test_matches(line: str) -> None:
    text = ["class-map C", f" {line}"]
    class_map = read_class_maps(_lines(*text))["C"]

    assert [line] == [match.text for match in class_map.matches]
    assert () == class_map.unknown
    assert text == write_class_map(class_map)


@pytest.mark.parametrize(
    "line",
    [
        "match address L",
        "match any any",
        "match access-list",
        "match access-list L M",
        "match port smtp",
        "match flow",
        "match",
        "inspect esmtp",
    ],
)
def test_matches_not_understood(line: str) -> None:
    # The reader of class-maps is asked alone: in a tree some of these end the stanza.
    class_map = read_class_maps([Line("class-map C", 1, (Line(f" {line}", 2),))])["C"]

    assert ((line, 2),) == class_map.unknown
    assert () == class_map.matches


def test_class_map_headers() -> None:
    class_maps = read_class_maps(
        _lines(
            "class-map match-any A",
            " description match any",
            " match any",
            "class-map default",
            "class-map type inspect http match-all T",
            " match request method get",
            "class-map type management M",
            " match port tcp eq smtp",
            "class-map B match-all",
        )
    )

    assert {"A": 1, "default": 0, "B": 0} == {n: len(c.matches) for n, c in class_maps.items()}
    assert all(not class_map.unknown for class_map in class_maps.values())


def test_service_policies() -> None:
    text = ["service-policy P global", "service-policy Q interface out-1"]
    attached = read_service_policies(_lines(*text, "service-policy R interface in fail-close"))

    assert attached == (
        ServicePolicy("P", None, 1),
        ServicePolicy("Q", "out-1", 2),
        ServicePolicy("R", "in", 3, fail_close=True),
    )
    assert text == [line for one in attached[:2] for line in write_service_policy(one)]


def test_a_head_that_is_not_understood_is_laid_to_nobody() -> None:
    lines = _lines("policy-map P", " class C", "policy-map P Q", " class D", "  inspect esmtp")
    heads = _lines("class-map C", " match any", "class-map C D E", " match access-list L")

    assert ["C"] == [entry.name for entry in read_policy_maps(lines)["P"].classes]
    assert ["P"] == list(read_policy_maps(lines))
    assert ["match any"] == [match.text for match in read_class_maps(heads)["C"].matches]
    assert ["C"] == list(read_class_maps(heads))


def test_an_inspection_before_any_class_is_unknown() -> None:
    assert (("inspect ftp", 2),) == read_policy_maps(_lines("policy-map P", "inspect ftp"))[
        "P"
    ].unknown


@pytest.mark.parametrize(
    "line",
    ["inspect esmtpinspect sip", "inspect esmtp-sip", "inspect ftpinspect esmtp",
     "inspect esmtp “MAP”", "inspect esmtp \\"],
)  # fmt: skip
def test_an_inspection_that_was_damaged_is_unknown(line: str) -> None:
    policy = read_policy_maps(_lines("policy-map P", " class C", f"  {line}"))["P"]

    assert ((line, 3),) == policy.unknown
    assert () == policy.classes[0].inspects


def test_an_attachment_that_was_damaged_is_told() -> None:
    text = ["service-policy P globalpager lines 24", "service-policy Q global", "service-policy"]

    assert ((text[0], 1), (text[2], 3)) == unknown_attachments(_lines(*text))
