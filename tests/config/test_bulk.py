"""What stays in bulk is as if it had been read line by line."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asa_automate.config.access_list import Vocabulary, read_access_lists
from asa_automate.config.canonical import canonical, fingerprint
from asa_automate.config.index import Index
from asa_automate.config.names import read_names
from asa_automate.config.reader import read_running
from asa_automate.config.tree import Bulk, CutTree, Line, cut_tree, read_tree, write_tree

OURS = "ESA_EXEMPT_"

#: Lines that begin runs, belong to them, end them, or look as if they did.
LINES = (
    "access-list A extended permit tcp any any eq 25",
    "access-list A remark a note",
    "access-list B extended deny ip any any",
    "access-list  B extended deny ip any any",
    "access-list B extended permit\tip any any",
    "access-list alert-interval 300",
    f"access-list {OURS}ESMTP extended permit tcp any any eq smtp",
    f"access-list B extended permit tcp any object-group {OURS}HOSTS",
    "access-list",
    "object network O",
    "object network",
    "object service S",
    "object-group network G",
    f"object-group network {OURS}HOSTS",
    "object-group service P tcp",
    "object-group-search access-control",
    "route outside 0.0.0.0 0.0.0.0 192.0.2.1",
    "crypto map M 10 match address A",
    "nat (in,out) source static any any",
    "nat (in,out) static interface",
    f"logging host inside {OURS}X",
    "tunnel-group T general-attributes",
    "name 192.0.2.1 relay",
    f"name 192.0.2.2 {OURS}X",
    "name 192.0.2.3 relay description the second",
    "name 192.0.2.x relay",
    "name 192.0.2.4 relay of no kind",
    "name 192.0.2.5 h\u00f4te",
    "names",
    "  quit",
    " host 192.0.2.1",
    "host 192.0.2.2",
    "  subnet 192.0.2.0 255.255.255.0",
    " network-object host 192.0.2.3",
    "network-object host 192.0.2.4",
    " group-object G",
    " description ! not a note",
    " ! a note",
    "!",
    "",
    " ",
    "# a note",
    ": Saved",
    "hostname fw",
    "ASA Version 9.8(2)",
    "class-map C",
    " match access-list A",
    "fw# show run",
    ": end",
    "Cryptochecksum:0",
    "\u00a0host 192.0.2.5",
)


def owned(name: str) -> bool:
    return name.startswith(OURS)


def _same(text: str) -> CutTree:
    whole, cut = read_tree(text), cut_tree(text, OURS)

    assert list(whole.commands()) == list(cut.commands())
    assert (whole.header, whole.footer) == (cut.header, cut.footer)
    assert (whole.version, whole.serial, whole.complete) == (
        cut.version,
        cut.serial,
        cut.complete,
    )
    assert canonical(whole, owned) == canonical(cut, owned)
    assert fingerprint(whole, owned) == fingerprint(cut, owned)
    assert write_tree(whole) == write_tree(cut)
    assert not any(OURS in bulk.text for bulk in cut.stanzas if isinstance(bulk, Bulk))
    return cut


def _lines(parts: Iterable[Line | Bulk]) -> Iterator[Line]:
    for part in parts:
        yield from part.lines() if isinstance(part, Bulk) else (part,)


@settings(max_examples=400)
@given(
    st.lists(st.sampled_from(LINES), max_size=40),
    st.sampled_from(["\n", " \n", "\r\n", "  \n", "     \n"]),
)
def test_any_lines(lines: list[str], end: str) -> None:
    cut = _same(end.join(lines) + end)
    whole = Index(read_tree(end.join(lines) + end).stanzas)
    index = Index(cut.stanzas)

    names = [list(read_names(one.name_table).items()) for one in (whole, index)]
    assert names[0] == names[1]
    for name in ("A", "B", f"{OURS}ESMTP", "alert-interval"):
        lists = [list(_lines(one.access_list(name))) for one in (whole, index)]
        assert lists[0] == lists[1]
        known = Vocabulary({}, whole.service_groups)
        read = [read_access_lists(one.access_list(name), known) for one in (whole, index)]
        assert read[0] == read[1]
    assert whole.networks(["O", "G"]) == index.networks(["O", "G"])
    assert whole.services(["S", "P"]) == index.services(["S", "P"])
    for name in ("S", "P", "G", "O"):
        assert (name in whole.service_groups) == (name in index.service_groups)
    assert whole.names_in_use(OURS) == index.names_in_use(OURS)


def test_real_texts(corpus_config: Path) -> None:
    _same(corpus_config.read_bytes().decode("utf-8", "surrogateescape"))


BULK = "".join(
    f"access-list out extended permit tcp any host 10.0.{i // 256}.{i % 256} eq 80\n"
    f"object network o{i}\n host 10.0.{i // 256}.{i % 256}\n"
    for i in range(1000)
)


def test_what_is_not_needed_stays_in_bulk() -> None:
    lists = "".join(f"access-list a{i % 7} extended permit ip any any\n" for i in range(700))
    objects = "".join(f"object network o{i}\n host 192.0.2.1\n" for i in range(700))
    cut = _same(f"hostname fw\n{lists}{objects}router ospf 1\n network x\n: end\n")

    assert 10 > sum(not isinstance(stanza, Bulk) for stanza in cut.stanzas)


@pytest.mark.parametrize("word", ["access-list out", "object network o7"])
def test_a_stanza_with_our_names_is_taken_out_of_bulk(word: str) -> None:
    text = f"hostname fw\n{BULK}".replace(f"{word} ", f"{word} {OURS}X ", 1)
    text = text.replace(" host 10.0.0.9\n", f" host 10.0.0.9\n description {OURS}HOSTS\n")
    cut = _same(f"{text}: end\n")

    assert any(OURS in line.raw for top in cut.opened() for line in top.walk())


def test_objects_are_found_in_bulk_with_their_lines() -> None:
    text = f"hostname fw\n{BULK}class-map C\n match access-list use\n"
    text += "access-list use extended permit tcp any object o500 eq smtp\n"
    running = read_running(f"{text}: end\n")

    (thing,) = running.network_objects.values()
    assert text.split("\n").index("object network o500") + 1 == thing.line
    assert 1 == len(running.acls["use"].entries)


def test_many_objects_are_found_as_few_are() -> None:
    cut = cut_tree(f"hostname fw\n{BULK}: end\n", OURS)
    many, names = Index(cut.stanzas), [f"o{i}" for i in range(999)]
    found = many.networks(names)

    assert len(names) == len(found)
    assert found == [line for name in names for line in Index(cut.stanzas).networks([name])]
