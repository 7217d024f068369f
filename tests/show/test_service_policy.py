"""Every case file, as it is and damaged as texts are damaged in the field, gives one report."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.show.inspections import Inspect, Match, ServicePolicyReport
from asa_automate.show.service_policy import parse_service_policy

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))


def _doubled_blanks(text: str) -> str:
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + line.lstrip().replace(" ", "  ")
        for line in text.split("\n")
    )


DAMAGE: dict[str, Callable[[str], str]] = {
    "whole": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "cr_cr_lf": lambda text: text.replace("\n", "\r\r\n"),
    "every_other_line_empty": lambda text: text.replace("\n", "\n\n"),
    "doubled_blanks": _doubled_blanks,
    "trailing_blanks": lambda text: text.replace("\n", "   \n"),
    "no_indentation": lambda text: "\n".join(line.lstrip() for line in text.split("\n")),
    "no_final_newline": lambda text: text.rstrip("\n"),
    "prompt_and_echo": lambda text: f"fw-1/pri/act# show service-policy\n{text}\nfw-1/pri/act# \n",
    "echo": lambda text: f"show service-policy inspect esmtp\n\n{text}\nfw-1(config)#",
    "asdm": lambda text: f'Result of the command: "show service-policy"\n\n{text}',
    "pager": lambda text: text.replace("\n", "\n<--- More --->\r              \r", 3),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case: Path, damage: str) -> None:
    expected = json.loads(case.with_suffix(".json").read_text())

    report = parse_service_policy(DAMAGE[damage](case.read_text()))

    assert expected["report"] == report.model_dump(mode="json")


def test_every_case_says_why() -> None:
    assert len(CASES) >= 8
    for case in CASES:
        assert len(json.loads(case.with_suffix(".json").read_text())["why"]) > 40


def _only(report: ServicePolicyReport, engine: str) -> Inspect:
    (found,) = (
        inspect
        for policy in report.policies
        for one in policy.classes
        for inspect in one.inspects
        if inspect.engine == engine
    )
    return found


@pytest.mark.parametrize("cut", range(9, 80))
def test_terminal_that_breaks_words_never_makes_a_wrong_number(cut: int) -> None:
    """A line broken at the terminal's width, wherever that falls, is one line again."""
    line = (
        "Inspect: esmtp MAP, packet 1234567890, lock fail 11, drop 222, reset-drop 3333,"
        " 5-min-pkt-rate 44 pkts/sec, v6-fail-close 0 sctp-drop-override 0"
    )
    printed = " " * (80 - cut) + line
    broken = "\n".join(printed[i : i + 80] for i in range(0, len(printed), 80))

    report = parse_service_policy(f"{broken}\n  mask-banner, count 5\n")

    found = _only(report, "esmtp")
    assert (1234567890, 11, 222, 3333, 44) == (
        found.packets,
        found.lock_fails,
        found.drops,
        found.reset_drops,
        found.rate_5min,
    )
    assert {"mask-banner": 5} == found.parameters
    assert () == report.unparsed


@pytest.mark.parametrize(
    ("line", "listed"),
    [
        ("Inspect: esmtp, packet -, drop 3, reset-drop 0", True),
        ("Inspect: esmtp, packet -1, drop 3, reset-drop 0", True),
        ("Inspect: esmtp, packet 1x, drop 3, reset-drop 0", True),
        ("Inspect: esmtp, packet 184467440737095516160, drop 3, reset-drop 0", True),
        ("Inspect: esmtp, drop 3, reset-drop 0", False),
    ],
)
def test_what_is_not_said_is_none_and_never_zero(line: str, listed: bool) -> None:
    report = parse_service_policy(line)

    found = _only(report, "esmtp")
    assert found.packets is None
    assert 3 == found.drops
    assert ((line,) if listed else ()) == report.unparsed


def test_a_line_too_long_for_a_firewall_is_listed_and_costs_nothing_else() -> None:
    long = "x" * 100_000
    report = parse_service_policy(f"{long}\nInspect: esmtp, packet 1, drop 2, reset-drop 3\n")

    assert (long,) == report.unparsed
    assert 1 == _only(report, "esmtp").packets


def test_corpus_has_no_counter_left_over(corpus_service_policy: Path) -> None:
    text = corpus_service_policy.read_bytes().decode("utf-8")

    reports = [parse_service_policy(damaged(text)) for damaged in DAMAGE.values()]

    assert () == reports[0].unparsed
    assert reports[0].policies
    assert all(report == reports[0] for report in reports)


def test_corpus_counters(corpus: Path) -> None:
    read = {
        path.name: parse_service_policy(path.read_text(encoding="utf-8"))
        for path in (corpus / "service_policy").glob("*.txt")
    }

    esmtp = _only(read["community_507003_inspect_esmtp.txt"], "esmtp")
    assert (54_698_280, 2676, 0) == (esmtp.packets, esmtp.drops, esmtp.reset_drops)
    assert {"mask-banner": 278_499} == esmtp.parameters
    assert {
        "cmd line length gt 512": 0,
        "cmd RCPT count gt 100": 760,
        "body line length gt 998": 4954,
        "header line length gt 998": 380,
        "sender-address length gt 320": 0,
        "MIME filename length gt 255": 0,
        "ehlo-reply-parameter others": 144_526,
    } == {match.match: match.packets for match in esmtp.matches}
    genie = read["genie_asa_showservicepolicy.txt"]
    assert "_default_h323_map" == _only(genie, "h323 ras").map
    assert _only(genie, "sip").map is None
    assert 15 == sum(len(one.inspects) for p in genie.policies for one in p.classes)
    gtp = _only(read["kickstart_include_gtp.txt"], "gtp")
    assert (6098, 5550, 0) == (gtp.packets, gtp.drops, gtp.rate_5min)
    assert 4_073_569 == _only(read["kickstart_include_diameter.txt"], "diameter").packets


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    parse_service_policy(text)


PIECES = st.sampled_from(
    [line for case in CASES for line in case.read_text().splitlines()] + ["\udc92", "\x00", ","]
)


@given(st.lists(PIECES, max_size=30), st.lists(PIECES, max_size=30))
def test_no_counter_is_lost_wherever_it_stands(before: list[str], after: list[str]) -> None:
    """A match and its counter between any other lines: in the report, or listed."""
    pair = ["match body line length gt 31337", "log, packet 42424242"]

    report = parse_service_policy("\n".join([*before, *pair, *after]))

    counted = {match.packets: match.match for match in _matches(report)}
    assert "body line length gt 31337" == counted.get(42424242) or pair[1] in report.unparsed


def _matches(report: ServicePolicyReport) -> list[Match]:
    return [
        match
        for policy in report.policies
        for one in policy.classes
        for inspect in one.inspects
        for match in inspect.matches
    ]
