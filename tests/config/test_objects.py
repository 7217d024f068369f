"""Objects and object-groups."""

from dataclasses import replace
from ipaddress import IPv4Address, ip_network

import pytest

from asa_automate.config.ends import Endpoint, Ports, network_end
from asa_automate.config.objects import (
    NetworkObject,
    read_network_groups,
    read_network_objects,
    write_network_group,
    write_network_object,
)
from asa_automate.config.services import Service, ServiceGroup, read_services, write_service_group
from asa_automate.config.tree import Line, read_tree

NAMES = {"esa1": IPv4Address("192.0.2.1")}


def _lines(*lines: str) -> tuple[Line, ...]:
    return read_tree("\n".join(lines)).stanzas


def _object(*lines: str) -> NetworkObject:
    return read_network_objects(_lines("object network X", *lines), NAMES)["X"]


def _service(*lines: str) -> ServiceGroup:
    return read_services(_lines(*lines))["X"]


def _nets(*texts: str) -> tuple[Endpoint, ...]:
    return tuple(network_end(ip_network(text)) for text in texts)


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        (" host 192.0.2.7", _nets("192.0.2.7/32")),
        (" host esa1", _nets("192.0.2.1/32")),
        (" host 2001:db8::1", _nets("2001:db8::1/128")),
        (" subnet 192.0.2.0 255.255.255.0", _nets("192.0.2.0/24")),
        (" subnet 2001:db8::/32", _nets("2001:db8::/32")),
        (" range 192.0.2.1 192.0.2.4", _nets("192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/32")),
        (" range 2001:db8:: 2001:db8::1", _nets("2001:db8::/127")),
    ],
)
def test_network_objects(line: str, ends: tuple[Endpoint, ...]) -> None:
    thing = _object(line, " description host 192.0.2.99")

    assert ends == thing.endpoints
    assert thing.understood


@pytest.mark.parametrize(
    "line",
    [
        " fqdn v4 mail.example.com",
        " host nobody",
        " range 192.0.2.9 192.0.2.1",
        " range 192.0.2.9 2001:db8::1",
        " subnet 192.0.2.0 0.0.0.255",
        " frobnicate",
        " description nothing else",
    ],
)
def test_an_object_whose_addresses_are_not_known(line: str) -> None:
    thing = _object(line)

    assert () == thing.endpoints
    assert not thing.understood


def test_the_block_with_the_translation_leaves_the_first_alone() -> None:
    thing = _object(
        " host 192.0.2.7",
        "object network Y",
        " host 192.0.2.8",
        "object network X",
        " nat (inside,outside) static 198.51.100.7",
    )

    assert _nets("192.0.2.7/32") == thing.endpoints
    assert thing.understood


def test_network_groups() -> None:
    text = [
        "object-group network X",
        " network-object host 192.0.2.7",
        " network-object host esa1",
        " network-object 192.0.2.64 255.255.255.192",
        " network-object 2001:db8::/32",
        " network-object host 2001:db8::25",
        " network-object object OBJ",
        " group-object OTHER",
    ]
    group = read_network_groups(_lines(*text), NAMES)["X"]

    assert group.understood
    assert group.members == (
        *_nets("192.0.2.7/32", "192.0.2.1/32", "192.0.2.64/26"),
        *_nets("2001:db8::/32", "2001:db8::25/128"),
        Endpoint("object", "OBJ"),
        Endpoint("object-group", "OTHER"),
    )
    assert text == write_network_group(group)


def test_a_group_keeps_what_it_does_not_understand() -> None:
    group = read_network_groups(
        _lines("object-group network X", " network-object host nobody", " network-object esa1"),
        NAMES,
    )["X"]

    assert not group.understood
    assert ("network-object host nobody", "network-object esa1") == group.lines
    assert _nets("192.0.2.1/32") == group.members


SMTP = Ports("eq", 25, 25)


@pytest.mark.parametrize(
    ("line", "services"),
    [
        ("service-object tcp", [Service("tcp")]),
        ("service-object 97", [Service("97")]),
        ("service-object icmp echo 0", [Service("icmp", icmp="echo 0")]),
        ("service-object tcp eq smtp", [Service("tcp", None, SMTP)]),
        ("service-object tcp destination eq smtp ", [Service("tcp", None, SMTP)]),
        ("service-object udp source eq 25", [Service("udp", SMTP)]),
        ("service-object tcp source eq 25 destination eq 25", [Service("tcp", SMTP, SMTP)]),
        (
            "service-object tcp-udp destination eq 25",
            [Service("tcp-udp", None, SMTP)],
        ),
        ("service-object object O", [Service("", group="O", is_object=True)]),
        ("group-object G", [Service("", group="G")]),
    ],
)
def test_service_groups(line: str, services: list[Service]) -> None:
    group = _service("object-group service X", f" {line}")

    assert tuple(services) == group.members
    assert group.understood


def test_services_with_a_protocol() -> None:
    tcp = _service("object-group service X tcp", " port-object eq smtp", " port-object range 1 2")
    both = _service("object-group service X tcp-udp", " port-object eq smtp")

    assert (Service("tcp", None, SMTP), Service("tcp", None, Ports("range", 1, 2))) == tcp.members
    assert (Service("tcp-udp", None, SMTP),) == both.members


def test_other_services() -> None:
    protocols = _service("object-group protocol X", " protocol-object tcp", " protocol-object 17")
    single = _service("object service X", " service tcp destination eq smtp ")

    assert (Service("tcp"), Service("udp")) == protocols.members
    assert (Service("tcp", None, SMTP),) == single.members


@pytest.mark.parametrize(
    "lines",
    [
        ("object-group service X", " port-object eq smtp"),
        ("object-group service X tcp", " port-object eq nosuchport"),
        ("object-group service X", " service-object tcp destination eq smtp more"),
        ("object-group service X", " frobnicate"),
        ("object service X", " service nosuchprotocol"),
    ],
)
def test_services_not_understood(lines: tuple[str, ...]) -> None:
    assert not _service(*lines).understood


def test_what_is_written_is_read_again() -> None:
    written = write_service_group(
        ServiceGroup("X", (Service("tcp", SMTP, Ports("range", 1, 2)), Service("", group="G")))
    )
    group = _service(*written)
    thing = _object(" subnet 192.0.2.0 255.255.255.0")

    assert written == write_service_group(group)
    assert ["object network X", " subnet 192.0.2.0 255.255.255.0"] == write_network_object(thing)
    assert ["object network X", " host esa1"] == write_network_object(_object(" host esa1"))
    moved = replace(_object(" host esa1"), name="Y")
    assert ["object network Y", " host 192.0.2.1"] == write_network_object(moved)
