"""docs/lab-checks.md: its lines may be sent, its addresses are nobody's, its answers are told."""

import re
from collections.abc import Iterator
from dataclasses import fields
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from asa_automate.device.lines import may_be_sent
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs, Wording
from asa_automate.lab.samples import ordinary
from asa_automate.model import Reading

PAGE = (Path(__file__).parents[2] / "docs" / "lab-checks.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SENT = re.compile(r"^    (\S.*)$", re.MULTILINE)
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
#: RFC 5737.
NOBODYS = [ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]

#: Knobs that stand for a site's own set-up or for a mishap, and so for no open point of Cisco's:
#: whoever has the box knows them.
SET_UP = {
    *("username", "password", "enable_password", "privileged_at_login", "banner"),
    *("password_stars", "pager_lines", "width", "hostname", "prompt_suffix", "serial", "version"),
    *("product", "dialect", "hardware", "failover", "failover_unit", "mate_serial"),
    *("failover_states", "replication", "flash", "idle_seconds", "max_sessions", "denied"),
    *("allowed", "cluster"),
    *("multiple_mode", "login_space", "failover_groups"),
}


def sent() -> list[str]:
    return _SENT.findall(_FENCE.sub("", PAGE))


def by_hand() -> list[str]:
    return [line for block in _FENCE.findall(PAGE) for line in block.splitlines()]


def test_there_are_lines() -> None:
    assert 40 < len(sent())
    assert 15 < len(by_hand())


@pytest.mark.parametrize("line", sorted(set(sent())))
def test_a_line_may_be_sent(line: str) -> None:
    assert may_be_sent(line)


def test_what_may_not_be_sent_is_marked() -> None:
    """Each block by hand says so before it, and needs to: some line of it is never sent."""
    for found in _FENCE.finditer(PAGE):
        assert "y hand*" in PAGE[: found.start()].rstrip().rsplit("\n\n", 1)[-1]
        assert [line for line in found[1].splitlines() if not may_be_sent(line)]


def test_only_addresses_that_nobody_has() -> None:
    for address in map(ip_address, _ADDRESS.findall(PAGE)):
        assert any(address in network for network in NOBODYS)


def test_nothing_is_saved_or_reset() -> None:
    words = ("write", "copy", "reload", "clear conn", "clear local-host", "clear xlate")

    assert [] == [line for line in (*sent(), *by_hand()) if line.startswith(words)]


def test_every_open_knob_has_its_point() -> None:
    open_points = {field.name for field in fields(Knobs)} - SET_UP
    table = PAGE[PAGE.index("| point |") : PAGE.index("## Set up")]

    assert {field.name for field in fields(Knobs)} >= SET_UP
    assert open_points == set(re.findall(r"`(\w+)`", table.replace("`apply`", "")))
    assert fields(Wording)


def test_every_row_has_its_chapter() -> None:
    rows = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)

    assert rows == re.findall(r"^## (\d+)\. ", PAGE, re.MULTILINE)


def lines_of(chapter: str) -> Iterator[str]:
    """What the page says to type in one chapter, in its order, by hand or not."""
    body = re.search(rf"^## {re.escape(chapter)}[^\n]*\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert body
    fenced = False
    for line in body[1].splitlines():
        fenced = not fenced if line.startswith("```") else fenced
        if fenced and not line.startswith("```"):
            yield line
        elif line.startswith("    "):
            yield line.strip()


def answer(knobs: Knobs, *chapters: str) -> str:
    """The replies of a virtual firewall to the last of some chapters."""
    shell = VirtualAsa(ordinary("fw"), knobs).open_session()
    shell.greeting()
    said = ""
    for chapter in chapters:
        typed = [line for line in lines_of(chapter) if not line.startswith("show version")]
        said = "".join(shell.receive(f"{line}\n".encode()).decode() for line in typed)
    return said


def box(**other: object) -> Knobs:
    plain = {"pager_lines": 0, "privileged_at_login": True, "scrolled_echo": False}
    return Knobs(**{**plain, **other})  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("chapter", "one", "other", "word", "times"),
    [
        ("1.", {"reading": Reading.PER_ENGINE}, {"reading": Reading.PER_CLASS},
         "flow:  inspect http", (1, 0)),
        ("2.", {"no_inspect_where_none": "silent"}, {"no_inspect_where_none": "error"},
         "ERROR", (0, 1)),
        ("4.", {"flow_prints_map": True}, {"flow_prints_map": False},
         "inspect esmtp _default_esmtp_map", (1, 0)),
        ("5.", {}, {"default_map_allows_tls": True}, "no allow-tls", (1, 0)),
        ("6.", {}, {"empty_class": "omitted"}, "Class-map: LAB_CHECK", (1, 0)),
        ("7.", {}, {"acl_ports_count": True}, "flow:  inspect ils", (1, 0)),
        ("9.", {}, {"one_inspect_per_class": False}, "ERROR", (1, 0)),
    ],
)  # fmt: skip
def test_the_two_answers_differ_as_said(
    chapter: str,
    one: dict[str, object],
    other: dict[str, object],
    word: str,
    times: tuple[int, int],
) -> None:
    found = [answer(box(**knobs), "Set up", chapter) for knobs in (one, other)]

    assert times == tuple(text.count(word) for text in found), found


def test_all_is_gone_in_the_end() -> None:
    shell = VirtualAsa(ordinary("fw"), box()).open_session()
    shell.greeting()

    def says(line: str) -> str:
        return shell.receive(f"{line}\n".encode()).decode()

    before = says("show running-config")
    chapters = ["Set up", *(f"{n}." for n in (1, 2, 4, 5, 6, 7, 8, 9))]
    typed = [line for chapter in chapters for line in lines_of(chapter)]
    clean = list(lines_of("Clean up"))
    first = clean.index("no service-policy LAB_CHECK_POLICY interface outside") - 1
    for line in (*typed, *clean[first:], *clean[:first]):
        says(line)

    left = says("show running-config")
    assert "LAB_CHECK" not in left
    assert sorted(set(before.splitlines())) == sorted(set(left.splitlines()))
