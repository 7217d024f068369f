"""The laws on running-configs of real firewalls: the status expected, and the whole circle.

A plan that is played line by line gives what it predicted; what was played can be undone; and a
firewall that is as wanted is left alone. The judge is the virtual ASA.
"""

import csv
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.model import Reading, Strategy

if TYPE_CHECKING:
    from tests.laws.conftest import Judge

GATEWAY = ip_address("192.168.1.1")


def expected_of(path: Path, corpus: Path) -> str:
    with (corpus / "EXPECTED.tsv").open(encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        found = [row["status"] for row in rows if row["file"].split("/")[-1] == path.name]
    assert 1 == len(found), path.name
    return found[0]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape")


def test_the_status_is_the_expected_one(judge: "Judge", corpus_config: Path, corpus: Path) -> None:
    plan = judge.plan(text_of(corpus_config), GATEWAY)

    assert expected_of(corpus_config, corpus) == plan.status, plan.reason
    assert bool(plan.commands) == (plan.status == "change")


@pytest.mark.parametrize(
    ("strategy", "reading"),
    [
        (None, Reading.UNKNOWN),
        (None, Reading.PER_CLASS),
        (Strategy.OFF, Reading.UNKNOWN),
        (Strategy.CLASS_FIRST, Reading.UNKNOWN),
    ],
)
def test_the_whole_circle(
    judge: "Judge", corpus_config: Path, strategy: Strategy | None, reading: Reading
) -> None:
    text = text_of(corpus_config)
    plan = judge.plan(text, GATEWAY, strategy=strategy, reading=reading)
    if plan.status != "change":
        assert () == plan.commands
        return
    judge.circle(plan, text, [GATEWAY], strategy=strategy, reading=reading)


def test_a_session_gets_every_line_through(judge: "Judge", corpus_config: Path) -> None:
    """The same as an apply types it, with an ``exit`` from mode to mode."""
    plan = judge.plan(text_of(corpus_config), GATEWAY)
    box = judge.box(text_of(corpus_config))

    judge.play_over_a_session(box, plan.commands)

    assert plan.target_fingerprint == judge.fingerprint(box.running_text)
