"""Whatever the text: no error, no endless loop, and twice the text costs twice the work.

Work is counted in calls, not in seconds. What a regular expression does inside one call is not
seen by that, so lines made to send one astray are tried at the length at which lines are cut off:
a pattern that goes astray there does not come back.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config import (
    access_list,
    contexts,
    esmtp_map,
    failover,
    fixup,
    interfaces,
    nat,
    objects,
    services,
    set_connection,
    static,
    version,
)
from asa_automate.config.capture import Capture, clean
from asa_automate.config.class_map import write_class_map
from asa_automate.config.names import read_name_table
from asa_automate.config.policy_map import write_policy_map
from asa_automate.config.reader import read_running
from asa_automate.config.service_policy import unknown_attachments

OPENERS = [
    "access-list OUT extended permit tcp any any eq smtp",
    "object network X",
    "object-group network G",
    "object-group service S tcp",
    "name 192.0.2.1 esa1 description x",
    "class-map C",
    " match access-list OUT",
    "policy-map P",
    " class C",
    "  inspect esmtp MAP",
    "policy-map type inspect esmtp M",
    "service-policy P global",
    "static (in,out) 192.0.2.1 192.0.2.2 netmask 255.255.255.255 tcp 1 2",
    "nat (in,out) source static A B",
    "interface Vlan1",
    " ip address 192.0.2.1 255.255.255.0 standby 192.0.2.2",
    "failover lan unit primary",
    "context A",
    "fixup protocol smtp 25",
    "set connection timeout idle 1:00:00",
]


def read_all(text: str) -> None:
    """Everything that reads configuration, and the writers of what comes of it."""
    capture = clean(text)
    running = read_running(capture.text if isinstance(capture, Capture) else text)
    lines = list(running.tree.commands())
    for acl in running.acls.values():
        access_list.write_access_list(acl)
    for policy in running.policy_maps.values():
        write_policy_map(policy)
    for class_map in running.class_maps.values():
        write_class_map(class_map)
    for reader in READERS:
        reader(lines)
    for line in lines:
        set_connection.read_set_connection(line.text)
        version.read_version(line.text)


READERS: tuple[Callable[[Any], object], ...] = (
    read_name_table,
    lambda lines: objects.read_network_objects(_of(lines, "object "), {}),
    lambda lines: objects.read_network_groups(_of(lines, "object-group "), {}),
    lambda lines: services.read_services(_of(lines, "object")),
    lambda lines: interfaces.read_interface_stanzas(_of(lines, "interface"), {}),
    lambda lines: access_list.read_access_lists(
        _of(lines, "access-list "), access_list.Vocabulary()
    ),
    lambda lines: unknown_attachments(_of(lines, "service-policy")),
    static.read_static_lines,
    nat.read_nats,
    nat.read_object_nats,
    contexts.read_contexts,
    contexts.read_admin_context,
    esmtp_map.read_esmtp_maps,
    failover.read_failover,
    fixup.read_fixups,
)


def _of(lines: list[Any], word: str) -> list[Any]:
    return [line for line in lines if line.text.startswith(word)]


WORDS = st.sampled_from([w for line in OPENERS for w in line.split()])
LINES = st.builds(
    lambda blanks, words, odd: " " * blanks + " ".join(words) + odd,
    st.integers(0, 3),
    st.lists(WORDS, max_size=9),
    st.just("") | st.text(max_size=4),
)


@given(st.text())
def test_any_text(text: str) -> None:
    read_all(text)


@given(st.lists(LINES | st.sampled_from(OPENERS), max_size=25))
def test_lines_that_look_like_a_configuration(lines: list[str]) -> None:
    read_all("\n".join(lines))


def test_lines_that_go_ever_deeper() -> None:
    read_all("interface Vlan1\n" + "\n".join(" " * i + "deeper" for i in range(3000)))


@given(data=st.data())
def test_real_texts_that_were_damaged(corpus: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted((corpus / "configs").iterdir())))
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 60))
        put = data.draw(
            st.sampled_from(
                ["", "\n", " ", "\r", "\\", "\t", "\x0b", "\x85", "\u2028", text[:at][-80:]]
            )
            | st.text(max_size=6)
        )
        text = text[:at] + put + text[at + length :]
    read_all(text)


ASTRAY = [
    " ",
    "a",
    "a ",
    " a  ",
    "1 ",
    "> ",
    ">",
    "\\",
    '"',
    "host ",
    "log ",
    "eq ",
    "\t",
    "-",
    "!",
]


@pytest.mark.parametrize("unit", ASTRAY)
def test_no_pattern_goes_astray(unit: str) -> None:
    filler = unit * (4000 // len(unit))
    for opener in OPENERS:
        read_all(f"{opener}{filler}\x00")
        read_all(
            f"class-map C\n match access-list OUT\npolicy-map P\n class C\n{opener} {filler}?"
        )


def _calls(text: str) -> int:
    """How many functions are called to read a text, ours and built-in ones."""
    count = 0

    def seen(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        read_all(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "made",
    [
        lambda i: f"access-list OUT extended permit tcp any host 10.0.{i % 250}.1 eq {i}",
        lambda i: f"access-list OUT line 1 remark number {i}",
        lambda i: (
            f"object-group network G{i}\n group-object G{i + 1}\n network-object host 10.0.0.1"
        ),
        lambda i: f"policy-map P\n class C{i}\n  inspect esmtp\n  frobnicate",
        lambda i: f"policy-map P\n class C\n  inspect esmtp\n  frobnicate {i}\n",
        lambda i: f"class-map C{i}\n match access-list L{i}\n frobnicate",
        lambda i: f"object network N{i}\n nat (a,b) static {i}\n host 10.0.0.1",
        lambda i: f"{' ' * i}deeper",
        lambda i: "!" * (i % 3),
        lambda i: f"service-policy policy-map{i} global",
        lambda i: f"> apolicy-map{i % 7} bservice-policy",
    ],
)
def test_twice_the_text_is_twice_the_work(made: Callable[[int], str]) -> None:
    head = "class-map C\n match access-list OUT\npolicy-map P\n class C\n  inspect esmtp\n"

    def text(lines: int) -> str:
        return head + "\n".join(made(i) for i in range(lines))

    read_all(text(10))  # templates are compiled once
    once, twice = _calls(text(150)), _calls(text(300))

    assert twice < 2.2 * once
