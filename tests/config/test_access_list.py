"""Entries of access-lists, word by word."""

from dataclasses import replace
from ipaddress import IPv4Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config.access_list import (
    Ace,
    Acl,
    Vocabulary,
    read_access_lists,
    write_access_list,
    write_entry,
)
from asa_automate.config.ends import Endpoint, Ports, network_end
from asa_automate.config.tree import Line

KNOWN = Vocabulary({"esa1": IPv4Address("192.0.2.1")}, frozenset({"PORTS"}))


def _acl(*lines: str) -> Acl:
    (acl,) = read_access_lists([Line(line, i) for i, line in enumerate(lines, 1)], KNOWN).values()
    return acl


def _entry(words: str) -> Ace:
    (entry,) = _acl(f"access-list L extended {words}").entries
    return entry


def _net(text: str) -> Endpoint:
    return network_end(ip_network(text))


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("any", Endpoint("any")),
        ("any4", Endpoint("any4")),
        ("any6", Endpoint("any6")),
        ("host 192.0.2.7", _net("192.0.2.7/32")),
        ("host esa1", _net("192.0.2.1/32")),
        ("host 2001:db8::25", _net("2001:db8::25/128")),
        ("192.0.2.77 255.255.255.0", _net("192.0.2.0/24")),
        ("esa1 255.255.255.128", _net("192.0.2.0/25")),
        ("0.0.0.0 0.0.0.0", _net("0.0.0.0/0")),
        ("2001:db8:7::/48", _net("2001:db8:7::/48")),
        ("object X", Endpoint("object", "X")),
        ("object-group X", Endpoint("object-group", "X")),
        ("interface outside", Endpoint("interface", "outside")),
    ],
)
def test_ends(words: str, end: Endpoint) -> None:
    source = _entry(f"permit tcp {words} any eq smtp")
    destination = _entry(f"deny tcp any {words} eq smtp")

    assert (end, Endpoint("any")) == (source.source, source.destination)
    assert (Endpoint("any"), end) == (destination.source, destination.destination)
    assert source.understood
    assert destination.understood
    assert (True, False) == (source.permit, destination.permit)
    assert Ports("eq", 25, 25) == source.destination_ports == destination.destination_ports


@pytest.mark.parametrize(
    ("words", "ports"),
    [
        ("eq smtp", Ports("eq", 25, 25)),
        ("eq 8025", Ports("eq", 8025, 8025)),
        ("neq www", Ports("neq", 80, 80)),
        ("lt 1024", Ports("lt", 1024, 1024)),
        ("gt 1023", Ports("gt", 1023, 1023)),
        ("range ftp-data ftp", Ports("range", 20, 21)),
        ("object-group PORTS", Ports("object-group", group="PORTS")),
        ("", None),
    ],
)
def test_ports(words: str, ports: Ports | None) -> None:
    entry = _entry(f"permit tcp any {words} object-group HOSTS {words}")

    assert (ports, ports) == (entry.source_ports, entry.destination_ports)
    assert Endpoint("object-group", "HOSTS") == entry.destination
    assert entry.understood


@pytest.mark.parametrize(
    ("words", "protocol", "service"),
    [
        ("ip", "ip", ""),
        ("tcp", "tcp", ""),
        ("6", "tcp", ""),
        ("0", "ip", ""),
        ("97", "97", ""),
        ("ipsec", "esp", ""),
        ("object S", "object", "S"),
        ("object-group S", "object-group", "S"),
    ],
)
def test_protocols(words: str, protocol: str, service: str) -> None:
    entry = _entry(f"permit {words} any any")

    assert (protocol, service, True) == (entry.protocol, entry.service, entry.understood)


@pytest.mark.parametrize(
    "tail",
    ["log", "log default", "log disable", "log 7 interval 300", "log warnings", "log interval 60"],
)
def test_logging_changes_nothing(tail: str) -> None:
    entry = _entry(f"permit tcp any any eq smtp {tail}")

    assert entry.understood
    assert entry.active
    assert Ports("eq", 25, 25) == entry.destination_ports


def test_what_does_not_take_part() -> None:
    assert not _entry("permit ip any any log inactive").active
    assert not _entry("permit ip any any inactive").active
    timed = _entry("permit ip any any log time-range night")
    assert (True, "night") == (timed.active, timed.time_range)


def test_icmp_types() -> None:
    assert "" == _entry("permit icmp any any").icmp
    assert "echo-reply" == _entry("permit icmp any4 host esa1 echo-reply log").icmp
    assert "object-group TYPES" == _entry("permit icmp any any object-group TYPES").icmp


@pytest.mark.parametrize(
    "words",
    [
        "permit ip any 192.0.2.1",
        "permit ip 192.0.2.1 any",
        "permit tcp any any eq",
        "permit tcp any any eq nosuchport",
        "permit tcp any any eq 65536",
        "permit tcp any any range 1",
        "permit tcp any any eq smtp eq www",
        "permit ip any any eq smtp",
        "permit tcp any",
        "permit nosuchprotocol any any",
        "permit 256 any any",
        "permit tcp any 192.0.2.0 0.0.0.255",
        "permit tcp any 192.0.2.0 255.0.255.0",
        "permit tcp any host nobody",
        "permit tcp any 192.0.2.0/24",
        "permit tcp any any frobnicate",
        "permit tcp any any object-group NOT_KNOWN",
        "permit",
        "frobnicate tcp any any",
    ],
)
def test_never_a_guess(words: str) -> None:
    assert not _entry(words).understood


def test_old_form_and_remarks() -> None:
    acl = _acl(
        "access-list L remark permit tcp any any ",
        "access-list L permit tcp any any eq smtp ",
        "access-list L remark",
    )

    assert ("access-list L permit tcp any any eq smtp",) == tuple(e.text for e in acl.entries)
    assert 3 == len(acl.lines)
    assert 1 == acl.line


def test_line_numbers_insert_as_they_do_when_typed() -> None:
    typed = [
        "access-list L line 10 extended permit tcp any any eq 10",
        "access-list L line 20 extended permit tcp any any eq 2020",
        "access-list L line 1 remark first",
        "access-list L line 2 extended permit tcp any any eq 1",
        "access-list L extended permit tcp any any eq 30",
    ]
    acl = _acl(*typed)

    assert [1, 10, 2020, 30] == [
        e.destination_ports.low for e in acl.entries if e.destination_ports
    ]
    assert acl.lines[0].endswith("remark first")
    assert typed == write_access_list(acl)
    entry = "access-list L extended deny ip any any"
    more = replace(acl, entries=(*acl.entries, Ace("", permit=False)))
    unnumbered = [line.split("line", 1)[-1].split(None, 1)[1] for line in acl.lines[:4]]
    assert write_access_list(more) == [
        *(f"access-list L {words}" for words in unnumbered),
        acl.lines[4],
        entry,
    ]


def _networks() -> st.SearchStrategy[Endpoint]:
    v4 = st.tuples(st.ip_addresses(v=4), st.integers(0, 32))
    v6 = st.tuples(st.ip_addresses(v=6), st.integers(0, 128))
    return (v4 | v6).map(lambda it: network_end(ip_network(it, strict=False)))


ENDS = (
    st.sampled_from([Endpoint(kind) for kind in ("any", "any4", "any6")])
    | st.sampled_from([Endpoint(k, "N-1_a") for k in ("object", "object-group", "interface")])
    | _networks()
)
PORT = st.integers(0, 65535)
PORTS = st.one_of(
    st.none(),
    st.just(Ports("object-group", group="PORTS")),
    st.builds(lambda o, p: Ports(o, p, p), st.sampled_from(["eq", "neq", "lt", "gt"]), PORT),
    st.builds(lambda low, high: Ports("range", low, high), PORT, PORT),
)


@given(st.booleans(), ENDS, PORTS, ENDS, PORTS, st.booleans(), st.sampled_from(["", "night"]))
def test_what_is_written_is_read_again(
    permit: bool,
    source: Endpoint,
    source_ports: Ports | None,
    destination: Endpoint,
    destination_ports: Ports | None,
    active: bool,
    time_range: str,
) -> None:
    made = Ace(
        text="",
        permit=permit,
        protocol="tcp",
        source=source,
        source_ports=source_ports,
        destination=destination,
        destination_ports=destination_ports,
        active=active,
        time_range=time_range,
    )
    line = write_entry("L", made)
    (again,) = read_access_lists([Line(line)], KNOWN)["L"].entries

    assert line == again.text
    assert made == again._replace(text="")


def test_a_broken_line_is_not_understood() -> None:
    broken = Line("access-list L extended permit tcp any any", 1, (Line(" eq smtp", 2),))
    (entry,) = read_access_lists([broken], KNOWN)["L"].entries

    assert not entry.understood
