"""The layout of a running-config: what stands beneath what, in true and in damaged texts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config.tree import Line, read_tree, write_tree


def _shape(line: Line) -> object:
    below = [_shape(child) for child in line.commands()]
    return {line.text: below} if below else line.text


def _shapes(text: str) -> list[object]:
    return [_shape(line) for line in read_tree(text).commands()]


POLICY = [{"policy-map P": [{"class C": ["inspect ftp", "inspect esmtp"]}, "class D"]}, "prompt x"]


@pytest.mark.parametrize(
    "text",
    [
        "policy-map P\n class C\n  inspect ftp\n  inspect esmtp\n class D\nprompt x\n",
        "policy-map P\n  class C\n  inspect ftp\n  inspect esmtp\n  class D\nprompt x\n",
        "policy-map P\nclass C\ninspect ftp\ninspect esmtp\nclass D\nprompt x\n",
        "policy-map P\n class C\ninspect ftp\ninspect esmtp\n class D\nprompt x\n",
        "  policy-map P\n   class C\n    inspect ftp\n    inspect esmtp\n   class D\n  prompt x\n",
        "policy-map P\n!\n class C\n!\n  inspect ftp\n\n  inspect esmtp\n! x\n class D\nprompt x",
        "policy-map P\n class C\n# sip\n  inspect ftp\n  inspect esmtp\n class D\nprompt x",
    ],
)
def test_nesting_follows_keywords(text: str) -> None:
    assert POLICY == _shapes(text)


def test_a_translation_belongs_to_its_object_or_to_nobody() -> None:
    text = (
        "object network A\nhost 192.0.2.1\n"
        "object network A\nnat (inside,outside) static 198.51.100.1\n"
        "nat (inside,outside) source static A B\nservice resetoutside\n"
    )

    assert [
        {"object network A": ["host 192.0.2.1"]},
        {"object network A": ["nat (inside,outside) static 198.51.100.1"]},
        "nat (inside,outside) source static A B",
        "service resetoutside",
    ] == _shapes(text)


def test_a_description_does_not_take_the_lines_below_it() -> None:
    text = "policy-map P\n description D\n class C\n  inspect a\n  description E\n  inspect b\n"

    assert [
        {
            "policy-map P": [
                "description D",
                {"class C": ["inspect a", "description E", "inspect b"]},
            ]
        }
    ] == _shapes(text)


def test_header() -> None:
    tree = read_tree(
        "\ufefffw# show running-config\n: Saved\n\n: Serial Number: JAD1\n"
        "ASA Version 9.8(2) <context>\n!\nhostname x\nCryptochecksum:0\n: end\n"
    )

    assert ("9.8(2)", "JAD1", True) == (tree.version, tree.serial, tree.complete)
    assert ["hostname x"] == [line.text for line in tree.commands()]
    assert ("Cryptochecksum:0", ": end", "") == tree.footer


def test_notes_before_the_version_are_header() -> None:
    tree = read_tree("! Hardware: ASA5512\n!\nASA Version 9.12(4)67 \n!\nhostname x\n")

    assert "9.12(4)67" == tree.version
    assert not tree.complete
    assert ["!", "hostname x"] == [line.text for line in tree.stanzas if line.text]


def test_rubbish_before_the_version_hides_neither_version_nor_serial() -> None:
    tree = read_tree(
        "Password: ***\n: Saved\n: Serial Number: JAD1\nASA Version 8.2(5)\nhostname x\n"
    )

    assert ("8.2(5)", "JAD1") == (tree.version, tree.serial)
    assert ": Saved" not in [line.text for line in tree.commands()]


def test_real_texts_are_written_as_they_were(corpus_config: Path) -> None:
    text = corpus_config.read_bytes().decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    lines = [line.rstrip(" ") for line in text.rstrip("\n ").split("\n")]
    written = write_tree(read_tree(text)).rstrip("\n").split("\n")
    gone = [line for line in lines if line not in set(written)]

    assert len(gone) <= 2
    assert all("#" in line for line in gone)
    assert [line for line in lines if line not in gone] == written


@given(st.text(alphabet="ab :!#\n\r\t\x85classpolicy-map", max_size=200))
def test_no_line_is_lost_or_made_up(text: str) -> None:
    tree = read_tree(text)
    numbers = [line.number for stanza in tree.stanzas for line in stanza.walk()]

    assert sorted(set(numbers)) == numbers
    assert all(0 < number <= text.count("\n") + text.count("\r") + 1 for number in numbers)
