"""What may be concluded from ``show service-policy flow``, and what may not."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.show.flow import FlowInspect, parse_flow

#: In the form of Cisco's ASA command reference, ``show service-policy flow``.
INSPECTED = """\
Global policy:
  Service-policy: global_policy
    Class-map: inspection_default
      Match: default-inspection-traffic
      Action:
        Input flow:  inspect esmtp _default_esmtp_map
    Class-map: class-default
      Match: any
      Action:
        Output flow:
Interface outside:
  Service-policy: outside_policy
    Class-map: ESA_EXEMPT_ESMTP
      Match: access-list ESA_EXEMPT_ESMTP
        Access rule: permit tcp any any eq smtp
      Action:
        Input flow:  inspect h323 h225 voice_map
        Input flow:  set connection timeout idle 1:00:00
"""
EXEMPT = INSPECTED.replace("Input flow:  inspect esmtp _default_esmtp_map", "Input flow:")

AROUND: dict[str, Callable[[str], str]] = {
    "whole": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "doubled": lambda text: text.replace("\n", "\n\n"),
    "blanks": lambda text: text.replace(" ", "  "),
    "prompt": lambda text: (
        f"fw# show service-policy flow tcp host 1.1.1.1 host 2.2.2.2 eq 25\n{text}fw# "
    ),
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_inspected(around: Callable[[str], str]) -> None:
    answer = parse_flow(around(INSPECTED))

    assert answer.readable
    assert answer.inspects("esmtp")
    section = answer.section("global", "global_policy")
    assert section is not None
    found = ("inspection_default", FlowInspect("esmtp", "_default_esmtp_map"))
    assert found == section.inspection("esmtp")
    assert ["inspection_default", "class-default"] == [one.name for one in section.classes]


def test_sections_are_apart() -> None:
    answer = parse_flow(INSPECTED)

    outside = answer.section("interface:outside")
    assert outside is not None
    assert "outside_policy" == outside.policy
    assert not outside.inspects("esmtp")
    assert ("ESA_EXEMPT_ESMTP", FlowInspect("h323 h225", "voice_map")) == outside.inspection(
        "h323 h225"
    )
    assert answer.section("interface:inside") is None
    assert answer.section("global", "other") is None
    assert outside == answer.section(policy="outside_policy")


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_exempt_although_the_class_is_printed(around: Callable[[str], str]) -> None:
    answer = parse_flow(around(EXEMPT))

    assert answer.readable
    assert not answer.inspects("esmtp")
    section = answer.section("global")
    assert section is not None
    assert "inspection_default" == section.classes[0].name


@pytest.mark.parametrize(
    "line",
    [
        "Input flow:  inspect esmtp",
        "Input flow: inspect esmtp _default_esmtp_map",
        "Output flow:  inspect esmtp",
        "inspect esmtp MAP",
        "Inspect: esmtp MAP, packet 4, drop 0, reset-drop 0",
        "Input flow:  inspect http, inspect esmtp MAP",
        "some new words inspect esmtp",
    ],
)
def test_any_line_that_names_the_engine_counts(line: str) -> None:
    answer = parse_flow(EXEMPT.replace("Output flow:", line))

    assert answer.readable
    assert answer.inspects("esmtp")


def test_maps_stay_as_printed() -> None:
    answer = parse_flow(EXEMPT.replace("Output flow:", "Input flow:  inspect esmtp"))

    section = answer.section("global")
    assert section is not None
    assert ("class-default", FlowInspect("esmtp", None)) == section.inspection("esmtp")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fw# ",
        "ERROR: % Invalid input detected at '^' marker.",
        EXEMPT + "ERROR: % Incomplete command\n",
        EXEMPT + "<--- More --->",
        EXEMPT + "Command authorization failed\n",
        # Broken off behind the word: what it inspects may stand on the next line.
        EXEMPT.replace("Output flow:", "Input flow:  inspect\n esmtp MAP"),
        # A form that we do not know, yet it speaks of the engine.
        EXEMPT.replace("Output flow:", "Output flow: esmtp engine"),
        # No policy is in force, or its line was lost: nothing is known of what it does.
        "Global policy:\n    Class-map: class-default\n",
        "flow not found",
        EXEMPT + "x" * 5000,
    ],
)
def test_unreadable(text: str) -> None:
    assert not parse_flow(text).readable


def test_an_inspection_without_headers_is_seen() -> None:
    answer = parse_flow("Input flow:  inspect esmtp\n")

    assert answer.inspects("esmtp")
    assert not answer.readable


def test_lines_of_other_features_are_kept_and_do_no_harm() -> None:
    answer = parse_flow(INSPECTED)

    assert ("Input flow: set connection timeout idle 1:00:00",) == answer.unknown


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert not parse_flow(text).readable
