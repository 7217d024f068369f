"""What counts as the same configuration, and what does not."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config.canonical import canonical, fingerprint
from asa_automate.config.tree import read_tree

BASE = (Path(__file__).parent / "cases" / "two_inspecting_classes.cfg").read_text()


def owned(name: str) -> bool:
    return name.startswith("ESA_EXEMPT_")


def _print(text: str) -> str:
    return fingerprint(read_tree(text), owned)


def _changed(old: str, new: str, text: str = BASE) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


SAME = {
    "crlf": BASE.replace("\n", "\r\n"),
    "trailing_blanks": BASE.replace("\n", " \t\n"),
    "comments": BASE.replace("!\n", "!\n! a note\n\n# another\n"),
    "header": _changed(": Saved\n", ": Saved\n: Written by admin at 10:00:00 UTC\n"),
    "checksum": _changed("Cryptochecksum:0000", "Cryptochecksum:1111"),
    "version_line": _changed("ASA Version 9.8(2)", "ASA Version 9.8(4)"),
    "rubbish_before_the_version": f"fw# show running-config\n{BASE}",
    "footer": f"{BASE}asdm image disk0:/asdm.bin\n",
    "inspections_in_another_order": _changed(
        "  inspect h323 h225 \n  inspect h323 ras \n",
        "  inspect h323 ras \n  inspect h323 h225 \n",
    ),
    "deeper_indentation": BASE.replace("\n  inspect", "\n     inspect"),
}

OTHER = {
    "a_line_more": _changed("hostname fw-case-1\n", "hostname fw-case-1\npager lines 24\n"),
    "a_line_less": _changed("  inspect icmp error \n", ""),
    "another_map": _changed("  inspect esmtp strict_map", "  inspect esmtp other_map"),
    "entries_in_another_order": _changed(
        " remark who is not looked at\naccess-list mail extended deny tcp object-group outer any4 "
        "object-group mailports ",
        " extended deny tcp object-group outer any4 object-group mailports \n"
        "access-list mail remark who is not looked at",
    ),
    "members_in_another_order": _changed(
        " network-object host 192.0.2.26\n network-object 192.0.2.64 255.255.255.192\n",
        " network-object 192.0.2.64 255.255.255.192\n network-object host 192.0.2.26\n",
    ),
    "classes_in_another_order": _changed(
        " class mail\n  inspect esmtp strict_map \n"
        "  set connection conn-max 50 embryonic-conn-max 100 \n",
        "",
    ).replace(
        "  inspect esmtp \npolicy-map",
        "  inspect esmtp \n class mail\n  inspect esmtp strict_map \n"
        "  set connection conn-max 50 embryonic-conn-max 100 \npolicy-map",
    ),
    "an_inspection_in_another_class": _changed("  inspect icmp error \n", "").replace(
        "  inspect esmtp strict_map \n", "  inspect esmtp strict_map \n  inspect icmp error\n"
    ),
    "order_in_an_inspection_map": _changed(
        "  mask-banner\n match cmd line length gt 512\n  drop-connection log\n",
        "  mask-banner\n match cmd line length gt 512\n  log\n",
    ),
    "stanzas_in_another_order": _changed("service-policy global_policy global\n", "").replace(
        "fail-close\n", "fail-close\nservice-policy global_policy global\n"
    ),
    "a_blank_inside": _changed("description who sends", "description who  sends"),
    "an_odd_byte": _changed("description who sends", "description who sends\udc92"),
    "another_odd_byte": _changed("description who sends", "description who sends\udc93"),
    "an_odd_blank": _changed("description who sends", "description who sends\xa0"),
}


@pytest.mark.parametrize("change", SAME)
def test_the_same(change: str) -> None:
    assert canonical(read_tree(BASE), owned) == canonical(read_tree(SAME[change]), owned)
    assert _print(BASE) == _print(SAME[change])


@pytest.mark.parametrize("change", OTHER)
def test_not_the_same(change: str) -> None:
    assert _print(BASE) != _print(OTHER[change])


def test_all_differences_differ() -> None:
    prints = {_print(text) for text in OTHER.values()}

    assert len(OTHER) == len(prints)


def test_inspections_come_first_in_their_class() -> None:
    tree = read_tree("policy-map P\n class C\n  inspect b\n  set connection x\n  inspect a\n")

    assert (
        ("policy-map P", " class C", "  inspect a", "  inspect b", "  set connection x"),
    ) == canonical(tree, owned)


def test_an_inspection_map_keeps_its_order() -> None:
    text = "policy-map type inspect im M\n class C\n  log\n  inspect x\n  drop\n"

    assert (tuple(text.rstrip().split("\n")),) == canonical(read_tree(text), owned)


OURS = (
    "object-group network ESA_EXEMPT_HOSTS\n network-object host 192.0.2.1\n",
    "access-list ESA_EXEMPT_ESMTP extended deny tcp any object-group ESA_EXEMPT_HOSTS eq smtp\n"
    "access-list ESA_EXEMPT_ESMTP extended permit tcp any any eq smtp\n",
    "class-map ESA_EXEMPT_ESMTP\n match access-list ESA_EXEMPT_ESMTP\n",
)


@given(st.permutations(OURS), st.integers(0, 3))
def test_where_ours_stand_does_not_count(order: list[str], before: int) -> None:
    placed = "".join(order[:before]) + "hostname x\n" + "".join(order[before:])
    stanzas = canonical(read_tree(placed), owned)

    assert stanzas == canonical(read_tree("hostname x\n" + "".join(OURS)), owned)
    assert ["hostname x", "access-list", "class-map", "object-group"] == [
        stanza[0] if stanza[0].startswith("hostname") else stanza[0].split()[0]
        for stanza in stanzas
    ]


def test_the_order_inside_ours_counts() -> None:
    first, second = OURS[1].splitlines(keepends=True)

    assert _print(first + second) != _print(second + first)


def test_an_access_list_printed_apart_is_one() -> None:
    apart = read_tree("access-list A remark 1\nhostname x\naccess-list A remark 2\n")

    assert (("access-list A remark 1", "access-list A remark 2"), ("hostname x",)) == canonical(
        apart, owned
    )


def test_lines_and_stanzas_are_not_confused() -> None:
    assert (
        len({_print(t) for t in ("ab\n", "a\nb\n", "a\n b\n", "a\n b\nc\n", "a\nb\n c\n", "")})
        == 6
    )
