"""Names, ports, protocols, interfaces and statics."""

from ipaddress import IPv4Address, IPv6Address, ip_interface

import pytest

from asa_automate.config.interfaces import Interface, OwnAddress, read_interfaces, write_interface
from asa_automate.config.names import (
    PORTS,
    Name,
    as_address,
    port_number,
    protocol_name,
    read_name_table,
    read_names,
    write_name,
)
from asa_automate.config.static import (
    Static,
    StaticLine,
    Statics,
    read_static_lines,
    read_statics,
    write_static,
)
from asa_automate.config.tree import Line, read_tree
from asa_automate.model import Address

NAMES: dict[str, Address] = {"esa1": IPv4Address("192.0.2.1"), "esa6": IPv6Address("2001:db8::1")}
FIRST = "198.51.100.1"
OUTSIDE: dict[str, Address] = {"outside": IPv4Address(FIRST)}


def _lines(*lines: str) -> tuple[Line, ...]:
    return read_tree("\n".join(lines)).stanzas


def test_names_round_trip() -> None:
    table = tuple(
        Name(word, address, line=i) for i, (word, address) in enumerate(NAMES.items(), 1)
    )
    text = [line for name in table for line in write_name(name)]

    assert ["name 192.0.2.1 esa1", "ipv6 name 2001:db8::1 esa6"] == text
    assert table == read_name_table(_lines(*text))
    assert NAMES == read_names(_lines(*text))
    assert NAMES["esa1"] == as_address("esa1", NAMES)
    assert as_address("esa1") is None


def test_a_name_without_an_address_is_passed_over() -> None:
    assert {} == read_names(_lines("name 125.x.x.1 lost", "name 192.0.2.1"))


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("smtp", 25), ("www", 80), ("https", 443), ("domain", 53), ("ftp-data", 20),
        ("pop3", 110), ("imap4", 143), ("25", 25), ("0", 0), ("65535", 65535),
        ("65536", None), ("submission", None), ("-1", None), ("", None), ("²", None),
        ("٢٥", None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_ports(word: str, number: int | None) -> None:
    assert number == port_number(word)


def test_every_port_is_a_port() -> None:
    assert all(0 < number < 65536 for number in PORTS.values())
    assert {465, 587}.isdisjoint(PORTS.values())


def test_protocols() -> None:
    words = ["ip", "tcp", "6", "17", "0", "006", "97", "pptp", "255", "256", "smtp", "", "²"]

    assert ["ip", "tcp", "tcp", "udp", "ip", "tcp", "97", "gre", "255", *[None] * 4] == [
        protocol_name(word) for word in words
    ]


def test_interfaces() -> None:
    interfaces = read_interfaces(
        _lines(
            "interface GigabitEthernet0/0",
            " nameif outside",
            " ip address 198.51.100.1 255.255.255.0 standby 198.51.100.2",
            " ipv6 address 2001:db8:1::1/64 standby 2001:db8:1::2",
            " ipv6 address autoconfig",
            "interface GigabitEthernet0/1",
            " no nameif",
            " ip address esa1 255.255.255.0",
            "interface GigabitEthernet0/2",
            " nameif dhcp-side",
            " ip address dhcp setroute",
            *write_interface(
                Interface(
                    "GigabitEthernet0/3",
                    nameif="six",
                    addresses=(OwnAddress(ip_interface("2001:db8:2::1/64")),),
                )
            ),
        ),
        NAMES,
    )

    assert ("outside", "dhcp-side", "six") == interfaces.nameifs
    assert OUTSIDE["outside"] == interfaces.first["outside"]
    assert {
        "198.51.100.1": "outside",
        "198.51.100.2": "outside",
        "2001:db8:1::1": "outside",
        "2001:db8:1::2": "outside",
        "192.0.2.1": "GigabitEthernet0/1",
        "2001:db8:2::1": "six",
    } == {str(address): name for address, name in interfaces.own.items()}


MAPPED, REAL = IPv4Address("198.51.100.25"), IPv4Address("192.0.2.1")
HOST = "netmask 255.255.255.255"


@pytest.mark.parametrize(
    ("words", "static"),
    [
        (f"198.51.100.25 192.0.2.1 {HOST}", Static(REAL, MAPPED)),
        (f"198.51.100.25 esa1 {HOST} tcp 50 100", Static(REAL, MAPPED, 0, 50, 100)),
        (f"198.51.100.25 esa1 {HOST} dns norandomseq 50 udp 9", Static(REAL, MAPPED, 0, 50)),
        (f"tcp 198.51.100.25 smtp esa1 2525 {HOST}", Static(REAL, MAPPED)),
        (f"tcp interface 25 esa1 smtp {HOST} tcp 7", Static(REAL, IPv4Address(FIRST), 0, 7)),
        (f"198.51.100.25 esa1 {HOST} tcp 50 100 norandomseq", Static(REAL, MAPPED, 0, 50, 100)),
        (f"198.51.100.25 esa1 {HOST} 0 0 norandomseq", Static(REAL, MAPPED)),
        (f"198.51.100.25 esa1 {HOST} tcp 50 9 udp 1 dns", Static(REAL, MAPPED, 0, 50, 9)),
        (f"198.51.100.25 esa1 {HOST} dns tcp 0 20 norandomseq", Static(REAL, MAPPED, 0, 0, 20)),
    ],
)
def test_statics(words: str, static: Static) -> None:
    (found,) = read_statics(_lines(f"static (inside,outside) {words} "), NAMES, OUTSIDE).known

    assert (static.real, static.mapped) == (found.real, found.mapped)
    assert (static.tcp_max, static.embryonic_max) == (found.tcp_max, found.embryonic_max)
    assert 1 == found.line


@pytest.mark.parametrize(
    "line",
    [
        f"static (inside,outside) tcp 198.51.100.25 https esa1 https {HOST}",
        f"static (inside,outside) udp 198.51.100.25 25 esa1 25 {HOST}",
    ],
)
def test_statics_that_mail_does_not_use(line: str) -> None:
    assert Statics() == read_statics(_lines(line), NAMES, OUTSIDE)


@pytest.mark.parametrize(
    "line",
    [
        f"static (inside,dmz) tcp interface smtp esa1 smtp {HOST}",
        "static (inside,outside) 198.51.100.25  access-list policy_nat",
        "static (inside,outside) tcp 198.51.100.25 smtp access-list policy_nat",
        f"static (inside,outside) 198.51.100.25 nobody {HOST}",
        f"static (inside,outside) 198.51.100.25 esa1 {HOST} something else",
        "static (inside,outside) 198.51.100.0 192.0.2.0 netmask 255.0.255.0",
        "static",
    ],
)
def test_statics_of_which_it_is_not_known_whom_they_translate(line: str) -> None:
    assert Statics((), ((line, 1),)) == read_statics(_lines(line), NAMES, OUTSIDE)


def test_a_network_keeps_the_places_of_its_hosts() -> None:
    line = "static (inside,outside) 198.51.100.64 192.0.2.0 netmask 255.255.255.192"
    (static,) = read_statics(_lines(line), NAMES, OUTSIDE).known

    assert IPv4Address("198.51.100.65") == static.seen(REAL)
    assert static.seen(IPv4Address("192.0.2.64")) is None
    assert static.seen(IPv6Address("2001:db8::1")) is None


@pytest.mark.parametrize(
    "made",
    [
        StaticLine("in", "out", "198.51.100.25", "192.0.2.1", netmask="255.255.255.255", line=1),
        StaticLine("in", "out", "m", "r", options=("dns",), tcp_max=50, embryonic_max=100, line=1),
        StaticLine("in", "out", "m", "r", options=("norandomseq", "nailed"), udp_max=7, line=1),
        StaticLine("in", "out", "interface", "r", "tcp", "smtp", "2525", tcp_max=3, line=1),
        StaticLine("in", "out", "m", "access-list", real_port="policy_nat", tcp_max=0, line=1),
    ],
)
def test_static_round_trip(made: StaticLine) -> None:
    assert (made,) == read_static_lines(_lines(*write_static(made)))
