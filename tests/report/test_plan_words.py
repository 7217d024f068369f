"""The proof in words, and the page, for each plan of the planner's cases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from asa_automate.config.reader import read_running
from asa_automate.plan.document import make_plan_file
from asa_automate.report.plan import plan_lines
from asa_automate.report.plan_page import STRATEGIES, Page, plan_page
from asa_automate.report.plan_proof import words_of
from tests.plan.test_cases import CASES, plan_of, read, text_of
from tests.report.test_plan_page import Balanced

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def case(name: str) -> Path:
    return next(path for path in CASES if path.stem == name)


def said(name: str) -> str:
    """The words of a case's plan, a line each."""
    whole = read(case(name))
    words = words_of(plan_of(whole), read_running(text_of(whole)))
    assert words
    return "\n".join((words.over, *words.proved, words.under, *words.tried, *words.not_proved))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_plan_can_be_shown(path: Path) -> None:
    whole = read(path)
    plan, running = plan_of(whole), read_running(text_of(whole))
    page = Balanced(plan_page(make_plan_file((plan,), now=NOW, nonce="00"), [Page(plan, running)]))
    lines = list(plan_lines(plan, running))

    assert [] == page.open
    for command in (*plan.commands, *plan.inverse):
        assert command.line in page.text
        assert command.why in page.text
    assert (plan.status == "change") == ("Not proved" in page.text)
    assert (plan.status == "change") == any("    proved: " in line for line in lines)
    assert plan.strategy is None or STRATEGIES[plan.strategy] in page.text


def test_one_gateway() -> None:
    words = said("first_exemption")

    assert "port of IPv4 and IPv6, in each attached policy by itself: global_policy" in words
    assert "esmtp inspects no SMTP (tcp to port 25) from or to 192.168.1.1" in words
    assert "every flow that is not SMTP of a gateway is inspected by the same engines" in words
    assert "`apply` probes that first" in words
    assert "beside `match default-inspection-traffic`" not in words
    assert "from an interface policy" not in words


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("narrow_default", "every flow without a gateway at its ends is inspected"),
        ("narrow_default", "every flow of a gateway has the old treatment or the new one"),
        ("narrow_default", "declared to change besides"),
        ("off", "every flow is, esmtp aside, inspected by the same engines"),
        ("off", "all mail has the old treatment or the new one"),
        ("class_first", "lines, but for the gap declared above, every flow"),
        ("class_first", "under either reading of the documents"),
        ("interface_and_global", "that a flow goes on from an interface policy"),
        ("below_8_3_static", "port of IPv4, in each"),
    ],
)
def test_what_is_peculiar_is_said(name: str, sentence: str) -> None:
    assert sentence in said(name)


def test_ports_beside_the_default_traffic_are_tried_both_ways() -> None:
    """Said where the text leaves it open, and where there is no text to look into."""
    plan = plan_of(read(case("first_exemption")))
    open_too = read_running(text_of(read(case("ports_beside_default"))))

    for running in (open_too, None):
        words = words_of(plan, running)
        assert words
        assert "beside `match default-inspection-traffic`" in words.tried[0]


def test_a_refuted_plan_has_its_counterexample_and_no_words() -> None:
    whole = read(case("as_documented"))
    plan, running = plan_of(whole), read_running(text_of(whole))
    page = plan_page(make_plan_file((plan,), now=NOW, nonce="00"), [Page(plan, running)])

    assert words_of(plan, running) is None
    assert "DOES NOT HOLD" in page
    assert plan.proof
    assert plan.proof.counterexample
    assert f"Counterexample: {plan.proof.counterexample}" in Balanced(page).text
