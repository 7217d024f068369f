"""The law of the stanzas: what is read is written again, word for word, and from what it means.

Over the stanzas of real firewalls, and over stanzas made here as devices print them. A writer that
only echoes the text would pass the first; so nouns are changed, and those made here must be
written without any text at hand.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config import (
    access_list,
    class_map,
    contexts,
    ends,
    esmtp_map,
    failover,
    fixup,
    interfaces,
    names,
    nat,
    objects,
    policy_map,
    service_policy,
    set_connection,
    static,
    version,
)
from asa_automate.config.services import read_services, write_service_group
from asa_automate.config.spelling import printed_lines
from asa_automate.config.tree import Line, Tree, read_tree
from asa_automate.model import Address

NAMES: dict[str, Address] = {"esa1": ip_address("192.0.2.1")}
Names = Mapping[str, Address]


@dataclass(frozen=True)
class Kind:
    """How stanzas of a kind open, how they are read (with the name table) and written."""

    opens: tuple[str, ...]
    read: Callable[[list[Line], Names], Iterable[Any]]
    write: Callable[[Any], list[str]]
    not_these: tuple[str, ...] = ()

    def stanzas(self, tree: Tree) -> Iterator[Line]:
        for line in tree.commands():
            if line.text.startswith(self.opens) and not line.text.startswith(self.not_these):
                yield line


SERVICES = ("object service ", "object-group service ", "object-group protocol ")
KINDS = {
    "name": Kind(("name ", "ipv6 name "), lambda x, _: names.read_name_table(x), names.write_name),
    "object network": Kind(
        ("object network ",),
        lambda x, n: objects.read_network_objects(x, n).values(),
        objects.write_network_object,
    ),
    "object-group network": Kind(
        ("object-group network ",),
        lambda x, n: objects.read_network_groups(x, n).values(),
        objects.write_network_group,
    ),
    "services": Kind(SERVICES, lambda x, _: read_services(x).values(), write_service_group),
    "class-map": Kind(
        ("class-map ",),
        lambda x, _: class_map.read_class_maps(x).values(),
        class_map.write_class_map,
        not_these=("class-map type ",),
    ),
    "policy-map": Kind(
        ("policy-map ",),
        lambda x, _: policy_map.read_policy_maps(x).values(),
        policy_map.write_policy_map,
        not_these=("policy-map type ",),
    ),
    "policy-map type inspect esmtp": Kind(
        ("policy-map type inspect esmtp ",),
        lambda x, _: esmtp_map.read_esmtp_maps(x).values(),
        esmtp_map.write_esmtp_map,
    ),
    "service-policy": Kind(
        ("service-policy ",),
        lambda x, _: service_policy.read_service_policies(x),
        service_policy.write_service_policy,
    ),
    "interface": Kind(
        ("interface ",), interfaces.read_interface_stanzas, interfaces.write_interface
    ),
    "static": Kind(("static ",), lambda x, _: static.read_static_lines(x), static.write_static),
    "nat": Kind(("nat ", "global "), lambda x, _: nat.read_nats(x), nat.write_nat),
    "context": Kind(("context ",), lambda x, _: contexts.read_contexts(x), contexts.write_context),
    "fixup": Kind(("fixup ", "no fixup "), lambda x, _: fixup.read_fixups(x), fixup.write_fixup),
}


def _known(tree: Tree) -> access_list.Vocabulary:
    groups = frozenset(line.text.split()[2] for line in KINDS["services"].stanzas(tree))
    return access_list.Vocabulary(_names(tree), groups)


def _names(tree: Tree) -> Names:
    return names.read_names(KINDS["name"].stanzas(tree))


def _tree_of(path: Path) -> Tree:
    return read_tree(path.read_text(encoding="utf-8", errors="surrogateescape"))


def _spelt(noun: Any) -> bool:
    """Whether its text is kept beside it, since the writer would not print it so."""
    spelling = getattr(noun, "spelling", None)
    return spelling is not None and spelling.printed != spelling.made


def _entry_spelt(name: str, entry: access_list.Ace) -> bool:
    return entry.understood and entry.text != access_list.entry_line(name, entry)


# Real firewalls.


@pytest.mark.parametrize("kind", KINDS)
def test_real_stanzas(corpus_config: Path, kind: str) -> None:
    tree, how = _tree_of(corpus_config), KINDS[kind]

    for stanza in how.stanzas(tree):
        nouns = list(how.read([stanza], _names(tree)))

        assert 1 == len(nouns)
        assert printed_lines([stanza]) == how.write(nouns[0])


def test_all_real_stanzas_at_once(corpus_config: Path) -> None:
    """An object in two blocks is one noun, and stays in its two blocks."""
    tree = _tree_of(corpus_config)
    for how in KINDS.values():
        stanzas = list(how.stanzas(tree))
        written = [line for noun in how.read(stanzas, _names(tree)) for line in how.write(noun)]

        assert sorted(printed_lines(stanzas)) == sorted(written)


def test_real_access_lists_and_failover(corpus_config: Path) -> None:
    tree = _tree_of(corpus_config)
    entries = [line for line in tree.commands() if line.text.startswith("access-list ")]
    lists = access_list.read_access_lists(entries, _known(tree))
    over = failover.read_failover(tree.commands())
    printed = [x.text for x in tree.commands() if "failover" in x.text.split()[:2]]

    for acl in lists.values():
        mine = [line.text for line in entries if line.text.split()[1] == acl.name]
        assert mine == access_list.write_access_list(acl)
    assert printed == (failover.write_failover(over) if over else [])


def test_real_stanzas_are_written_from_what_they_mean(corpus: Path) -> None:
    """Kept texts are the exception: names for addresses, a host with a netmask, IPv6 at length."""
    trees = [_tree_of(path) for path in sorted((corpus / "configs").iterdir())]
    read = [n for t in trees for k in KINDS.values() for n in k.read([*k.stanzas(t)], _names(t))]
    # A translation apart from its object's address is a block of its own.
    odd = [n for n in read if _spelt(n) and not any("nat" in k.text for k in _kept(n))]

    assert 100 < len(read)
    assert len(odd) < 0.05 * len(read)


def _kept(noun: Any) -> Iterable[Any]:
    return getattr(noun, "kept", ())


# Stanzas made as a device prints them.

WORD = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,12}", fullmatch=True).filter(
    lambda w: w not in ("any", "any4", "any6", "host", "object", "interface", "log", "inactive")
)
PROSE = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
V4 = st.ip_addresses(v=4).map(str)
MASKED = st.tuples(st.ip_addresses(v=4), st.integers(0, 31)).map(
    lambda it: ends.write_endpoint(_network(*it))
)
PREFIXED = st.tuples(st.ip_addresses(v=6), st.integers(0, 127)).map(
    lambda it: ends.write_endpoint(_network(*it))
)
HOST = st.ip_addresses().map(lambda a: f"host {a}")
NAMED = st.builds(lambda k, w: f"{k} {w}", st.sampled_from(["object", "object-group"]), WORD)
END = st.one_of(st.sampled_from(["any", "any4", "any6"]), HOST, MASKED, PREFIXED, NAMED)
NUMBER = st.integers(1, 65535)


def _network(address: Any, length: int) -> ends.Endpoint:
    (found, _) = ends.take_endpoint((f"{address}/{length}",), {})
    if address.version == 6:
        return found
    mask = ip_address((0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF)
    return ends.take_endpoint((str(address), str(mask)), {})[0]


def ports(protocol: str) -> st.SearchStrategy[str]:
    """A port condition with the words that are printed for this protocol."""
    word = NUMBER.map(lambda n: names.port_word(n, protocol)) | st.sampled_from(
        [names.port_word(n, protocol) for n in (25, 80, 53, 123, 443, 514)]
    )
    one = st.builds(lambda o, w: f"{o} {w}", st.sampled_from(["eq", "neq", "lt", "gt"]), word)
    return one | st.builds(lambda a, b: f"range {a} {b}", word, word)


MAYBE_LOG = st.sampled_from(
    ["", "log", "log disable", "log warnings", "log debugging interval 60", "log interval 30"]
)
TAIL = st.builds(
    lambda log, time, off: " ".join(w for w in (log, time, off) if w),
    MAYBE_LOG,
    st.sampled_from(["", "time-range night"]),
    st.sampled_from(["", "inactive"]),
)


@st.composite
def entries(draw: st.DrawFn) -> str:
    """What stands behind the name of an access-list."""
    action = draw(st.sampled_from(["permit", "deny"]))
    protocol = draw(
        st.sampled_from(["ip", "tcp", "udp", "icmp", "icmp6", "esp", "97", "object S"])
    )
    ported = protocol in ("tcp", "udp")
    maybe = st.just("") | ports(protocol) if ported else st.just("")
    icmp = draw(st.sampled_from(["", "echo", "unreachable 3"])) if protocol == "icmp" else ""
    words = [action, protocol, draw(END), draw(maybe), draw(END), draw(maybe), icmp, draw(TAIL)]
    return "extended " + " ".join(word for word in words if word)


LIST = st.lists(entries() | PROSE.map("remark {}".format), min_size=1, max_size=6)


@given(LIST)
def test_access_lists(made: list[str]) -> None:
    text = [f"access-list L {words}" for words in made]
    known = access_list.Vocabulary(NAMES, ())
    acl = access_list.read_access_lists(read_tree("\n".join(text)).commands(), known)["L"]

    assert text == access_list.write_access_list(acl)
    assert all(entry.understood for entry in acl.entries)
    assert not any(_entry_spelt("L", entry) for entry in acl.entries)


@given(LIST)
def test_a_changed_access_list_is_written_as_it_is_now(made: list[str]) -> None:
    text = [f"access-list L {words} " for words in made]
    known = access_list.Vocabulary(NAMES, ())
    acl = access_list.read_access_lists(read_tree("\n".join(text)).commands(), known)["L"]
    turned = replace(acl, name="M", entries=tuple(_turned(entry) for entry in acl.entries))
    now = [_swapped(line) for line in text]

    assert now == access_list.write_access_list(turned)


def _swapped(line: str) -> str:
    """The same entry of list ``M`` with the other action; a remark of it."""
    behind = line.strip().removeprefix("access-list L ")
    for one, other in (("permit", "deny"), ("deny", "permit")):
        if behind.startswith(f"extended {one} "):
            behind = f"extended {other} {behind.removeprefix(f'extended {one} ')}"
            break
    return f"access-list M {behind}"


def _turned(entry: access_list.Ace) -> access_list.Ace:
    return entry._replace(permit=not entry.permit)


@given(st.lists(entries(), min_size=1, max_size=5), st.data())
def test_numbered_entries(made: list[str], data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(1, 9), min_size=len(made), max_size=len(made)))
    text = [f"access-list L line {n} {words}" for n, words in zip(numbers, made, strict=True)]
    known = access_list.Vocabulary(NAMES, ())
    acl = access_list.read_access_lists(read_tree("\n".join(text)).commands(), known)["L"]

    assert text == access_list.write_access_list(acl)


def test_other_words_stand_until_the_meaning_changes() -> None:
    text = "access-list L extended permit 6 host esa1 any eq 25"
    known = access_list.Vocabulary(NAMES, ())
    (entry,) = access_list.read_access_lists([Line(text, 1)], known)["L"].entries

    assert text == access_list.write_entry("L", entry)
    assert "access-list L extended deny tcp host 192.0.2.1 any eq smtp" == (
        access_list.write_entry("L", entry._replace(permit=False))
    )


def _lines(*parts: str | None) -> list[str]:
    return [part for part in parts if part]


DESCRIPTION = st.none() | PROSE.map(" description {}".format)
MEMBERS = st.lists(
    st.one_of(
        HOST.map(" network-object {}".format),
        MASKED.map(" network-object {}".format),
        PREFIXED.map(" network-object {}".format),
        WORD.map(" network-object object {}".format),
        WORD.map(" group-object {}".format),
    ),
    max_size=5,
)
ADDRESS = st.one_of(
    HOST.map(" {}".format),
    MASKED.map(" subnet {}".format),
    PREFIXED.map(" subnet {}".format),
    st.tuples(st.ip_addresses(v=4), st.integers(0, 9)).map(
        lambda it: f" range {it[0]} {ip_address(min(int(it[0]) + it[1], 2**32 - 1))}"
    ),
    WORD.map(" fqdn v4 {}.example.com".format),
)


@st.composite
def services(draw: st.DrawFn) -> list[str]:
    """A group of any kind of services, or an object."""
    opener = draw(st.sampled_from(["object", "tcp", "udp", "tcp-udp", "", "protocol"]))
    described = draw(DESCRIPTION)
    if opener == "protocol":
        members = draw(st.lists(st.sampled_from(["tcp", "udp", "97"]), max_size=3))
        lines = [f" protocol-object {m}" for m in members]
        return _lines("object-group protocol X", described, *lines)
    if opener == "object":
        return _lines("object service X", f" service {draw(_service())}", described)
    if opener:
        lines = [f" port-object {p}" for p in draw(st.lists(ports(opener), max_size=3))]
    else:
        lines = [f" service-object {s}" for s in draw(st.lists(_service(), max_size=3))]
        lines += draw(st.lists(WORD.map(" service-object object {}".format), max_size=2))
    lines += draw(st.lists(WORD.map(" group-object {}".format), max_size=2))
    return _lines(f"object-group service X {opener}".rstrip(), described, *lines)


@st.composite
def _service(draw: st.DrawFn) -> str:
    protocol = draw(st.sampled_from(["tcp", "udp", "icmp", "esp", "icmp echo 0"]))
    if protocol not in ("tcp", "udp"):
        return protocol
    ends = [
        f"{end} {draw(ports(protocol))}"
        for end in ("source", "destination")
        if draw(st.booleans())
    ]
    return " ".join([protocol, *ends])


MATCHES = st.sampled_from(
    [
        " match default-inspection-traffic",
        " match access-list L",
        " match port tcp eq smtp",
        " match port udp range 1 9",
        " match dscp af11 af12",
        " match any",
        " match rtp 10000 10000",
        " match tunnel-group T",
        " match something new",
    ]
)
ACTION = st.sampled_from(
    [
        "  inspect esmtp",
        "  inspect esmtp MAP",
        "  inspect dns maximum-length 512",
        "  inspect h323 ras",
        "  set connection conn-max 50",
        "  priority",
        "  police output 8000",
        "  frobnicate the traffic",
    ]
)
CLASSES = st.lists(
    st.tuples(WORD, st.lists(ACTION, max_size=5)), max_size=4, unique_by=lambda it: it[0]
).map(lambda it: [line for name, actions in it for line in (f" class {name}", *actions)])
PARAMETER = st.sampled_from(
    [
        "  mask-banner",
        "  no mask-banner",
        "  allow-tls action log",
        "  mail-relay example.com action drop-connection log",
        "  special-character action log",
        "  frobnicate",
    ]
)
ESMTP_MATCHES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                " match cmd line length gt 512",
                " match not ehlo-reply-parameter others",
                " match sender-address length gt 320",
                " match MIME frobnicates",
            ]
        ),
        st.lists(
            st.sampled_from(
                ["  drop-connection log", "  log", "  mask", "  rate-limit 9", "  x y"]
            ),
            max_size=2,
        ),
    ),
    max_size=3,
).map(lambda it: [line for match, actions in it for line in (match, *actions)])

STANZAS: dict[str, st.SearchStrategy[list[str]]] = {
    "name": st.tuples(V4, WORD, st.just("") | PROSE.map(" description {}".format)).map(
        lambda it: ["name {} {}{}".format(*it)]
    ),
    "object network": st.tuples(ADDRESS, DESCRIPTION, st.booleans()).map(
        lambda it: _lines(
            "object network X", it[0], it[1], " nat (in,out) static 192.0.2.9" if it[2] else None
        )
    ),
    "object-group network": st.tuples(DESCRIPTION, MEMBERS).map(
        lambda it: _lines("object-group network X", it[0], *it[1])
    ),
    "services": services(),
    "class-map": st.tuples(
        st.sampled_from(["", "match-any "]), DESCRIPTION, st.lists(MATCHES, max_size=3)
    ).map(lambda it: _lines(f"class-map {it[0]}C", it[1], *it[2])),
    "policy-map": st.tuples(DESCRIPTION, CLASSES).map(
        lambda it: _lines("policy-map P", it[0], *it[1])
    ),
    "policy-map type inspect esmtp": st.tuples(
        DESCRIPTION, st.none() | st.lists(PARAMETER, max_size=4), ESMTP_MATCHES
    ).map(
        lambda it: _lines(
            "policy-map type inspect esmtp M",
            it[0],
            *([" parameters", *it[1]] if it[1] is not None else []),
            *it[2],
        )
    ),
    "service-policy": st.tuples(
        WORD,
        st.just("global") | WORD.map("interface {}".format),
        st.sampled_from(["", " fail-close"]),
    ).map(lambda it: ["service-policy {} {}{}".format(*it)]),
    "interface": st.tuples(
        st.lists(st.sampled_from([" description to the core", " speed 100", " shutdown"])),
        st.sampled_from([" nameif outside", None]),
        st.sampled_from([" security-level 0", None]),
        st.sampled_from(
            [
                " ip address 192.0.2.1 255.255.255.0",
                " ip address 192.0.2.1 255.255.255.0 standby 192.0.2.2",
                " ip address dhcp setroute",
                " no ip address",
            ]
        ),
        st.sampled_from([" ipv6 address 2001:db8::1/64", " ipv6 enable", None]),
    ).map(lambda it: _lines("interface Vlan1", *it[0], *it[1:])),
    "static": st.tuples(
        st.sampled_from(["m r", "tcp interface smtp r 2525", "udp m 53 r domain"]),
        st.sampled_from(["", " netmask 255.255.255.255"]),
        st.sampled_from(["", " dns", " norandomseq nailed", " dns norandomseq"]),
        st.sampled_from(["", " tcp 50", " tcp 50 100", " tcp 0 0 udp 9", " udp 7"]),
    ).map(lambda it: ["static (in,out) {}{}{}{}".format(*it)]),
    "nat": st.sampled_from(
        [
            "nat (in,out) source static A B destination static C D no-proxy-arp",
            "nat (in,out) after-auto 3 source dynamic any interface",
            "nat source static A B",
            "nat (in) 0 access-list nonat",
            "nat (in) 1 0.0.0.0 0.0.0.0",
            "global (out) 1 interface",
            "nat (in,out) frobnicate",
        ]
    ).map(lambda line: [line]),
    "context": st.tuples(
        DESCRIPTION,
        st.lists(WORD.map(" allocate-interface {} inside visible".format), max_size=2),
        st.sampled_from([" config-url disk0:/a.cfg", None]),
        st.sampled_from([" join-failover-group 1", " frobnicate", None]),
    ).map(lambda it: _lines("context A", it[0], *it[1], *it[2:])),
    "fixup": st.sampled_from(
        ["fixup protocol smtp 25", "no fixup protocol smtp 25", "fixup protocol h323 h225 1720"]
    ).map(lambda line: [line]),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_made_stanzas(kind: str, data: st.DataObject) -> None:
    text, how = data.draw(STANZAS[kind]), KINDS[kind]
    stanza = _stanza(text)
    nouns = list(how.read([stanza], NAMES))

    assert 1 == len(nouns)
    assert text == how.write(nouns[0])
    assert not _spelt(nouns[0])


def _stanza(text: list[str]) -> Line:
    """As a tree has it: lines beneath the head, those of a class or match beneath that."""
    children: list[Line] = []
    for i, raw in enumerate(text[1:], 2):
        if raw.startswith("  "):
            last = children[-1]
            children[-1] = replace(last, children=(*last.children, Line(raw, i)))
        else:
            children.append(Line(raw, i))
    return Line(text[0], 1, tuple(children))


@given(STANZAS["policy-map"], STANZAS["class-map"])
def test_what_is_not_understood_is_told_with_its_line(
    policy_text: list[str], class_text: list[str]
) -> None:
    (policy,) = policy_map.read_policy_maps([_stanza(policy_text)]).values()
    (mapped,) = class_map.read_class_maps([_stanza(class_text)]).values()
    odd = [(t.strip(), i) for i, t in enumerate(policy_text, 1) if "frobnicate" in t]
    new = [(t.strip(), i) for i, t in enumerate(class_text, 1) if "something" in t]

    assert odd == list(policy.unknown)
    assert new == list(mapped.unknown)


def test_changed_nouns_are_written_as_they_are_now() -> None:
    (group,) = objects.read_network_groups(
        [_stanza(["object-group network X", " network-object host esa1", " frobnicate"])], NAMES
    ).values()
    (end,) = group.members
    (policy,) = policy_map.read_policy_maps(
        [_stanza(["policy-map P", " class C", "  priority", "  inspect  esmtp  M"])]
    ).values()
    (entry,) = policy.classes
    emptied = replace(policy, classes=(replace(entry, inspects=()),))

    assert [
        "object-group network X",
        " network-object host 192.0.2.1",
        " frobnicate",
        " group-object G",
    ] == objects.write_network_group(
        replace(group, members=(end, ends.Endpoint("object-group", "G")))
    )
    assert ["policy-map P", " class C", "  priority"] == policy_map.write_policy_map(emptied)


@pytest.mark.parametrize(
    "line",
    [
        "set connection conn-max 50 embryonic-conn-max 100",
        "set connection per-client-max 5 per-client-embryonic-max 3",
        "set connection embryonic-conn-max 3 random-sequence-number disable",
        "set connection random-sequence-number enable conn-max 1",
        "set connection timeout embryonic 0:00:30 half-closed 0:05:00 idle 1:00:00 reset",
        "set connection timeout idle 1:00:00 reset dcd 0:15:00 5",
        "set connection timeout tcp 1:00:00",
        "set connection timeout dcd",
        "set connection advanced-options tcp-state-bypass",
        "set connection decrement-ttl",
        "set connection conn-max",
    ],
)
def test_set_connection(line: str) -> None:
    read = set_connection.read_set_connection(line)

    assert read is not None
    assert [line] == set_connection.write_set_connection(read)


def test_set_connection_by_meaning() -> None:
    limits = set_connection.ConnectionLimits(conn_max=50, random_sequence_number=False)
    timeout = set_connection.ConnectionTimeout(idle="1:00:00", reset=True, dcd=("0:15:00",))

    for made in (limits, timeout):
        (line,) = set_connection.write_set_connection(made)
        assert made == set_connection.read_set_connection(line)
    assert None is set_connection.read_set_connection("inspect esmtp")
    assert limits == set_connection.read_set_connection(
        "set connection  random-sequence-number disable conn-max 50"
    )


@pytest.mark.parametrize(
    ("line", "release"),
    [
        ("ASA Version 9.8(2)", (9, 8)),
        ("PIX Version 8.0(4)", (8, 0)),
        ("FWSM Version 4.1(4) <context>", (4, 1)),
        ("ASA Version X", None),
    ],
)
def test_version(line: str, release: tuple[int, int] | None) -> None:
    read = version.read_version(f"{line} ")

    assert read is not None
    assert release == read.release
    assert [line] == version.write_version(read)
    assert None is version.read_version("hostname ASA Version")


FAILOVER = [
    "failover",
    "failover lan unit primary",
    "failover lan interface fo GigabitEthernet0/3",
    "failover polltime unit 1 holdtime 3",
    "failover key *****",
    "failover link fo GigabitEthernet0/3",
    "failover interface ip fo 192.0.2.1 255.255.255.0 standby 192.0.2.2",
]


def test_failover() -> None:
    read = failover.read_failover(read_tree("\n".join(["hostname fw", *FAILOVER])).commands())

    assert read is not None
    assert (True, "primary") == (read.enabled, read.unit)
    assert failover.Link("fo", "GigabitEthernet0/3") == read.lan == read.link
    assert None is read.spelling
    assert FAILOVER == failover.write_failover(read)
    assert ["no failover", *FAILOVER[1:]] == failover.write_failover(replace(read, enabled=False))
    assert None is failover.read_failover([Line("hostname fw", 1)])


def test_object_translations() -> None:
    text = ["object network X", " nat (in,out) static 192.0.2.9 service tcp smtp 2525"]
    (read,) = nat.read_object_nats([_stanza(["object network X", " host 192.0.2.1", text[1]])])

    assert isinstance(read, nat.ObjectNat)
    assert text == nat.write_object_nat(read)
    assert [text[0], " nat (in,out) dynamic interface"] == nat.write_object_nat(
        replace(read, kind="dynamic", mapped="interface", options="")
    )


def test_admin_context() -> None:
    text = "admin-context admin\ncontext admin\n config-url disk0:/admin.cfg\n"

    assert "admin" == contexts.read_admin_context(read_tree(text).commands())
    assert None is contexts.read_admin_context([])
