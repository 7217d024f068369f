"""The accounts of docs/security.md: enough for the tool, refused everything else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asa_automate.apply.outcome import State
from asa_automate.apply.rights import (
    READS,
    REMOVALS,
    RIGHTS,
    Account,
    is_allowed,
    missing_rights,
    rights_of,
)
from asa_automate.device.lines import may_be_sent
from asa_automate.lab.knobs import Knobs
from tests.apply.test_life_of_a_box import faultless

if TYPE_CHECKING:
    from tests.apply.judge import Judge
    from tests.apply.rig import Rig

    Rigs = Callable[..., Rig]
    Judges = Callable[..., Judge]

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
_ROW = re.compile(
    r"^\| (read-only|change|change-more) \| `([^`]+)` \| (?:`([^`]+)`)? ?\| (.+) \|$"
)

#: What neither account may type, and the tool never does.
DANGEROUS = (
    "reload",
    "erase flash:",
    "copy running-config tftp:",
    "more system:running-config",
    "write erase",
    "write memory all",
    "username x password y privilege 15",
    "access-list OUTSIDE extended permit ip any any",
    "no access-list OUTSIDE",
    "access-group ESA_EXEMPT_ESMTP in interface outside",
    "no class-map inspection_default",
    "no policy-map global_policy",
    "object-group network SERVERS",
    "show running-config all",
    "show tech-support",
    "show running-config | include password",
    "terminal width 511",
    "clear conn",
    "clear configure all",
    "no inspect dns",
)


def allowed(account: Account) -> Knobs:
    return Knobs(allowed=tuple(right.pattern for right in rights_of(account)))


def test_the_document_has_the_same_table() -> None:
    rows = [found.groups() for found in map(_ROW.match, PAGE.read_text().splitlines()) if found]
    shown = [
        (r.account.value, r.command, r.arguments.replace("|", "\\|") or None, r.why)
        for r in RIGHTS
    ]
    assert shown == rows


@pytest.mark.parametrize("line", DANGEROUS)
def test_what_is_dangerous_is_not_allowed(line: str) -> None:
    assert not is_allowed(line, rights_of(Account.CHANGE))


def test_a_change_and_its_way_back_need_no_more(rigs: "Rigs", judges: "Judges") -> None:
    plan, _, _ = faultless(rigs, judges, Knobs())
    rig = rigs(None, allowed(Account.CHANGE))
    assert rig.apply(plan).state is State.NEW
    for command in (*plan.commands, *plan.inverse):
        assert is_allowed(command.line, rights_of(Account.CHANGE)), command.line


def test_each_right_of_a_change_is_needed(rigs: "Rigs", judges: "Judges") -> None:
    """Take one away, and the change does not succeed, or another one covers it."""
    plan, _, _ = faultless(rigs, judges, Knobs())
    needed = []
    for right in RIGHTS:
        rest = [r.pattern for r in rights_of(Account.CHANGE) if r is not right]
        rig = rigs(None, Knobs(allowed=tuple(rest)))
        if rig.apply(plan).state is not State.NEW:
            needed.append(right)
    print(f"{len(needed)} of {len(RIGHTS)} rights are needed by one plain split-class")
    assert {"configure", "access-list", "class-map", "inspect"} <= {r.command for r in needed}
    assert all(r.account is not Account.MORE for r in needed)


def test_reading_cannot_configure(rigs: "Rigs", judges: "Judges") -> None:
    plan, _, _ = faultless(rigs, judges, Knobs())
    rig = rigs(None, allowed(Account.READ))
    before = rig.box.running_text
    assert rig.apply(plan).state is not State.NEW
    assert (before, 0) == (rig.box.running_text, rig.box.counts.config_lines)


def test_missing_rights_are_listed_and_nothing_is_changed(rigs: "Rigs") -> None:
    rig = rigs(None, allowed(Account.READ))
    with rig.link() as session:
        assert missing_rights(session, Account.READ) == []
        assert missing_rights(session, Account.CHANGE) == ["configure terminal"]
    every = rigs(None, allowed(Account.CHANGE))
    before = every.box.running_text
    with every.link() as session:
        assert missing_rights(session, Account.CHANGE) == []
    assert every.box.running_text == before


@pytest.mark.parametrize("line", [*READS[1:], *REMOVALS])
def test_each_missing_right_is_named(rigs: "Rigs", line: str) -> None:
    rig = rigs(None, Knobs(denied=(f"^{re.escape(line)}$",)))
    before = rig.box.running_text
    with rig.link() as session:
        assert missing_rights(session, Account.CHANGE) == [line]
    assert rig.box.running_text == before


def test_only_lines_that_may_be_sent_are_tried() -> None:
    assert all(map(may_be_sent, (*READS, *REMOVALS)))
