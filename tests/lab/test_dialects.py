"""Dialects: the table, what it means for a whole text, a greeting, an address, a long line."""

from collections.abc import Callable
from dataclasses import fields, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab import fleet
from asa_automate.lab.access import Packet
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.dialects import (
    LATER_COMMANDS,
    TABLE,
    Dialect,
    dialect_of,
    release_of,
    spoken_at,
)
from asa_automate.lab.knobs import Era, Knobs
from asa_automate.lab.nat import Translations
from asa_automate.lab.sample_releases import BY_RELEASE, sample

if TYPE_CHECKING:
    from tests.lab.conftest import Typist

POINTS = {point.name for point in fields(Dialect)}
RELEASES = [release_of(release) for release in BY_RELEASE]


def test_the_table_is_in_order_and_says_how_it_knows() -> None:
    assert [row.since for row in TABLE] == sorted(row.since for row in TABLE)
    for row in TABLE:
        assert row.source
        assert row.points.keys() <= POINTS
    assert set(LATER_COMMANDS.values()) <= POINTS
    assert POINTS == {point for row in TABLE for point in row.points}, "each point changes once"


def test_no_two_releases_speak_alike() -> None:
    spoken = [repr(spoken_at(release)) for release in RELEASES]
    assert len(set(spoken)) == len(BY_RELEASE)


@pytest.mark.parametrize(
    ("text", "release"),
    [("9.8(2)12", (9, 8, 2)), ("8.2(5)", (8, 2, 5)), ("7.2", (7, 2)), ("none", (9, 0))],
)
def test_releases(text: str, release: tuple[int, ...]) -> None:
    assert release == release_of(text)


def test_knobs_go_before_the_release() -> None:
    knobs = Knobs(era=Era.NINE, login_history=True, dialect={"class_sees": "real"})
    spoken = dialect_of((7, 2), knobs)

    assert (Era.NINE, True, "real") == (spoken.counters, spoken.login_history, spoken.class_sees)
    assert replace(
        spoken_at((7, 2)), counters=Era.NINE, login_history=True, class_sees="real"
    ) == spoken  # fmt: skip


@pytest.mark.parametrize(
    ("version", "knob", "lines"),
    [
        ("7.2(4)", None, ["  inspect sip", "  inspect esmtp"]),
        ("7.2(4)", True, ["  inspect sip  ", "  inspect esmtp "]),
        ("8.2(5)", None, ["  inspect skinny  ", "  inspect esmtp "]),
        ("9.16(4)", None, ["  inspect skinny ", "  inspect sip  ", "  inspect esmtp "]),
        ("9.16(4)", False, ["  inspect skinny", "  inspect sip", "  inspect esmtp"]),
    ],
)
def test_blanks_at_the_end(version: str, knob: bool | None, lines: list[str]) -> None:
    text = VirtualAsa(sample(version, "fw"), Knobs(trailing_blanks=knob)).running_text

    for line in lines:
        assert f"\n{line}\n" in text


@pytest.mark.parametrize(
    ("release", "knob", "counts"),
    [("7.2", None, False), ("9.1", None, False), ("9.16", None, True), ("7.2", True, True)],
)
def test_greetings(release: str, knob: bool | None, counts: bool) -> None:
    box = VirtualAsa(BY_RELEASE[release].text("fw"), Knobs(login_history=knob))
    shown = box.open_session().greeting().decode()

    assert counts == ("Logins over the last 1 days: 1." in shown)
    assert shown.endswith("Type help or '?' for a list of available commands.\r\n\rfw> ")


@pytest.mark.parametrize("release", BY_RELEASE)
def test_a_sample_loads_and_is_printed_as_it_was(release: str) -> None:
    text = BY_RELEASE[release].text("fw")
    box = VirtualAsa(text, Knobs())

    body = [line.rstrip() for line in text.split("!\n", 1)[1].splitlines()]
    shown = [line.rstrip() for line in box.running_text.split("!\n", 1)[1].splitlines()]
    assert [x for x in body if "ryptoch" not in x] == [x for x in shown if "ryptoch" not in x]
    engines = [line.removeprefix("  inspect ") for line in shown if line.startswith("  inspect ")]
    assert list(spoken_at(release_of(release)).engines) == engines


@pytest.mark.parametrize("release", BY_RELEASE)
def test_each_line_of_a_sample_can_be_typed(release: str) -> None:
    """The release's grammar and the release's sample agree: another release's would be refused."""
    empty = f"ASA Version {BY_RELEASE[release].version}\nhostname fw\n: end\n"
    box = VirtualAsa(empty, Knobs())
    body = BY_RELEASE[release].text("fw").split("!\n", 1)[1].split("Cryptochecksum")[0]

    replies = box.edit(body.splitlines())

    assert [] == [reply for reply in replies if reply and not reply.startswith("INFO: ")]


def test_boxes_of_all_releases() -> None:
    boxes = fleet.release_boxes(Knobs())

    assert [f"lab-{release}" for release in BY_RELEASE] == list(boxes)
    assert list(boxes) == [box.hostname for box in boxes.values()]
    assert len({box.serial for box in boxes.values()}) == len(boxes)


STATICS = """\
ASA Version 8.2(5)
names
name 192.168.1.1 mailgate
interface Ethernet0/0
 nameif outside
 ip address 203.0.113.2 255.255.255.0
static (inside,outside) 203.0.113.25 mailgate netmask 255.255.255.255 tcp 50 100
static (inside,outside) tcp interface smtp 192.168.1.7 smtp netmask 255.255.255.255
static (inside,outside) tcp 203.0.113.26 www 192.168.1.8 www netmask 255.255.255.255
static (inside,outside) 203.0.113.128 192.168.1.128 netmask 255.255.255.128
: end
"""


@pytest.mark.parametrize(
    ("asked", "port", "outside", "inside"),
    [
        ("192.168.1.1", 25, "203.0.113.25", "192.168.1.1"),
        ("203.0.113.25", 80, "203.0.113.25", "192.168.1.1"),
        ("203.0.113.2", 25, "203.0.113.2", "192.168.1.7"),
        ("192.168.1.7", 21, "192.168.1.7", "192.168.1.7"),
        ("192.168.1.8", 80, "192.168.1.8", "192.168.1.8"),
        ("192.168.1.130", 25, "192.168.1.130", "192.168.1.130"),
    ],
)
def test_each_side_sees_its_address(asked: str, port: int, outside: str, inside: str) -> None:
    stanzas = VirtualAsa(STATICS, Knobs()).running.stanzas
    packet = Packet("tcp", ip_address("198.51.100.7"), ip_address(asked), port)

    seen = {
        side: str(Translations.of(stanzas).seen_at(side, packet).destination)
        for side in ("outside", "inside", "")
    }

    assert {"outside": outside, "inside": inside, "": asked} == seen


ACE = (
    "access-list A_RATHER_LONG_NAME_FOR_A_LIST extended permit tcp"
    " host 192.168.101.101 host 203.0.113.201 eq smtp"
)
#: How to get to a prompt -> a long line for it.
PROMPTS = {
    (): f"show running-config {ACE}",
    ("configure terminal",): ACE,
    ("configure terminal", "class-map C"): ACE,
    ("configure terminal", "policy-map P"): ACE,
    ("configure terminal", "policy-map global_policy", "class inspection_default"): ACE,
    ("configure terminal", "object-group network A_RATHER_LONG_NAME_FOR_A_GROUP"): ACE,
    ("configure terminal", "interface GigabitEthernet0/0"): ACE,
}


@pytest.mark.parametrize("width", [40, 80, 511])
@pytest.mark.parametrize("hostname", ["fw", "a-firewall-whose-name-is-as-long-as-any"])
@pytest.mark.parametrize("way", PROMPTS, ids=lambda way: way[-1] if way else "exec")
def test_a_long_line_at_every_prompt(
    typist: "Callable[..., Typist]", way: tuple[str, ...], hostname: str, width: int
) -> None:
    """What is shown scrolls; what is typed arrives whole."""
    one = typist(scrolled_echo=True, width=width)
    one.box.edit([f"hostname {hostname}"])
    one.types("", *way)
    prompt = one.shell.prompt_text
    shown = one.shell.receive(f"{PROMPTS[way]}\n".encode()).decode()

    first, *scrolled = shown.split("\r\n")[0].split("\r")
    windows = [row.removeprefix(f"{prompt}$") for row in scrolled]
    assert bool(scrolled) == (len(prompt) + len(PROMPTS[way]) >= width)
    assert PROMPTS[way].startswith(first)
    assert PROMPTS[way].endswith(windows[-1] if windows else first)
    for row, window in zip(scrolled, windows, strict=True):
        assert window in PROMPTS[way]
        assert len(row) < width or len(window) == 1
        assert row != window, "each begins with the prompt and a dollar sign"
    assert PROMPTS[way] == one.box.transcript[-1].line
