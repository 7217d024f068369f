"""What devices and exemptions come out of good files."""

from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest
from pydantic import ValidationError

from asa_automate.errors import UsageError
from asa_automate.inventory import examine, load
from asa_automate.model import Strategy

HOSTS = """\
fw-b:
  hostname: 192.0.2.2
  port: 2222
  groups: [near, far]
  data: {site: ams, rack: 12, spare: false, credentials: {enable: env:B_ENABLE}}
fw-a:
  hostname: fw-a.example.net
  groups: [far]
  password: env:A_PASSWORD
  data: {context: mail, failover_peer: fw-b, serial: 123456789, via: [ops@jump:22, inner]}
fw-c: {}
"""
GROUPS = """\
near: {groups: [parent], username: near-user, data: {tier: near, ssh: {legacy: true}}}
far: {port: 4022, username: far-user, data: {site: far-site, tier: far}}
parent: {data: {continent: eu, tier: parent}}
"""
DEFAULTS = """\
port: 2022
username: default-user
data:
  site: nowhere
  continent: none
  credentials: {username: "env:U", password: "env:P", enable: "env:E"}
"""


@pytest.fixture
def directory(write: Callable[..., Path]) -> Path:
    return write(hosts=HOSTS, groups=GROUPS, defaults=DEFAULTS)


def test_devices_keep_the_order_of_the_file(directory: Path) -> None:
    assert [device.name for device in load(directory).devices] == ["fw-b", "fw-a", "fw-c"]


def test_the_nearest_wins(directory: Path) -> None:
    device = load(directory).device("fw-b")

    assert (device.host, device.port, device.username) == ("192.0.2.2", 2222, "near-user")
    assert device.groups == ("near", "parent", "far")
    assert dict(device.data) == {
        "site": "ams",
        "rack": "12",
        "spare": "false",
        "tier": "near",
        "continent": "eu",
    }
    assert device.legacy_ssh is True


def test_defaults_fill_what_nobody_says(directory: Path) -> None:
    device = load(directory).device("fw-c")

    assert (device.host, device.port, device.username) == ("fw-c", 2022, "default-user")
    assert (device.site, device.groups, device.via, device.legacy_ssh) == (
        "nowhere",
        (),
        (),
        False,
    )


def test_credentials_are_merged_key_by_key(directory: Path) -> None:
    inventory = load(directory)

    assert inventory.device("fw-b").credentials.model_dump() == {
        "username": "env:U",
        "password": "env:P",
        "enable": "env:B_ENABLE",
    }
    assert inventory.device("fw-a").credentials.password == "env:A_PASSWORD"


def test_data_of_a_device(directory: Path) -> None:
    device = load(directory).device("fw-a")

    assert device.port == 4022
    assert device.context == "mail"
    assert device.failover_peer == "fw-b"
    assert device.serial == "123456789"
    assert device.via == ("ops@jump:22", "inner")


def test_without_a_port_it_is_22(write: Callable[..., Path]) -> None:
    assert load(write()).device("fw1").port == 22


def test_devices_cannot_be_changed(directory: Path) -> None:
    device = load(directory).devices[0]

    with pytest.raises(ValidationError):
        device.port = 1


@pytest.mark.parametrize(
    "other",
    ["port: 23", "data: {context: mail}", "data: {via: [jump]}", "hostname: 192.0.2.9"],
)
def test_devices_that_differ_in_one_thing_are_two(write: Callable[..., Path], other: str) -> None:
    second = {"hostname": "hostname: 192.0.2.1", "other": other}
    entry = ", ".join(dict.fromkeys(second.values())) if "hostname" not in other else other

    devices = load(write(hosts=f"a: {{hostname: 192.0.2.1}}\nb: {{{entry}}}\n")).devices

    assert len(devices) == 2


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "exemptions:\n", "exemptions: []\n"])
def test_no_exemptions(write: Callable[..., Path], text: str) -> None:
    assert load(write(exemptions=text)).exemptions == ()


def test_a_missing_exemptions_file_means_none(write: Callable[..., Path]) -> None:
    assert load(write()).exemptions == ()


def test_an_exemption(write: Callable[..., Path]) -> None:
    text = """\
exemptions:
  - name: esa-ams
    match: {host: fw1}
    gateways: [192.168.1.1, 2001:db8::25]
    mapped: {192.168.1.1: 203.0.113.25}
    strategy: narrow-default
    ticket: CHG0042
"""
    (found,) = load(write(exemptions=text)).exemptions

    assert found.gateways == (ip_address("192.168.1.1"), ip_address("2001:db8::25"))
    assert dict(found.mapped) == {ip_address("192.168.1.1"): ip_address("203.0.113.25")}
    assert (found.strategy, found.ticket) == (Strategy.NARROW_DEFAULT, "CHG0042")


@pytest.mark.parametrize(
    ("match", "names"),
    [
        ("{}", ["fw-b", "fw-a", "fw-c"]),
        ("{host: fw-a}", ["fw-a"]),
        ("{group: far}", ["fw-b", "fw-a"]),
        ("{group: parent}", ["fw-b"]),
        ("{site: far-site}", ["fw-a"]),
        ("{rack: 12}", ["fw-b"]),
        ("{group: far, site: ams}", ["fw-b"]),
    ],
)
def test_match(directory: Path, match: str, names: list[str]) -> None:
    entry = f"exemptions: [{{name: e, match: {match}, gateways: [192.0.2.1]}}]"
    (directory / "exemptions.yaml").write_text(entry)
    inventory = load(directory)

    assert [d.name for d in inventory.devices if inventory.exemptions_for(d)] == names


@pytest.mark.parametrize(
    ("match", "words"),
    [
        ("{sitte: ams}", "no device has 'sitte' in its data; did you mean 'site'?"),
        ("{group: apac}", "no device has group 'apac'"),
        ("{host: fw-x}", "no device has host 'fw-x'"),
        ("{site: ams, host: fw-a}", "'e' matches no device"),
    ],
)
def test_a_match_that_finds_nobody_is_a_warning(directory: Path, match: str, words: str) -> None:
    entry = f"exemptions:\n  - name: e\n    match: {match}\n    gateways: [192.0.2.1]\n"
    (directory / "exemptions.yaml").write_text(entry)

    inventory, problems = examine(directory)

    assert inventory is not None
    assert [str(p).removeprefix(f"{directory}/") for p in problems if words in p.text] == [
        f"exemptions.yaml:3: warning: {p.text}" for p in problems
    ]
    assert problems


def test_one_serial_for_two_devices_is_a_warning(write: Callable[..., Path]) -> None:
    text = "a: {hostname: x, data: {serial: J1}}\nb: {hostname: y, data: {serial: J1}}\n"

    inventory, (problem,) = examine(write(hosts=text))

    assert inventory is not None
    assert (problem.line, problem.severity) == (2, "warning")


LIMITS = {
    "a name": (["fw-a"], ["fw-a"]),
    "a glob": (["fw-[ab]"], ["fw-b", "fw-a"]),
    "a group": (["group:far"], ["fw-b", "fw-a"]),
    "data": (["site=ams"], ["fw-b"]),
    "data of one's own": (["rack=12"], ["fw-b"]),
    "a comma is or": (["fw-c,fw-b"], ["fw-b", "fw-c"]),
    "repeated is and": (["group:far", "site=ams"], ["fw-b"]),
    "none": ([], ["fw-b", "fw-a", "fw-c"]),
}


@pytest.mark.parametrize(("limits", "names"), LIMITS.values(), ids=LIMITS.keys())
def test_limit(directory: Path, limits: list[str], names: list[str]) -> None:
    assert [device.name for device in load(directory).select(limits).devices] == names


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (["fw-d"], "near it are fw-"),
        (["fw-a,fw-d"], "'fw-d' matches no device"),
        (["group:fr"], "near it are group:far"),
        (["sit=ams"], "near it are site=ams"),
        (["zzz*"], "inventory list"),
        (["fw-a,"], "empty part"),
        (["fw-a", "site=ams"], "no device is left"),
    ],
)
def test_a_limit_that_takes_nothing(directory: Path, limits: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("*", r"\*")):
        load(directory).select(limits)


def test_an_unknown_device_is_told_with_those_near(directory: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'fw-a'"):
        load(directory).device("fw-aa")


def test_ordinary_words_in_data_are_not_taken_for_slips(write: Callable[..., Path]) -> None:
    words = "size: big, city: Ams, vip: a, owner: mail, role: edge, os: asa, model: 5516"

    assert load(write(hosts=f"fw1: {{data: {{{words}}}}}\n")).device("fw1").data["size"] == "big"


def test_the_sample_is_valid_and_without_doubts() -> None:
    inventory, problems = examine(Path(__file__).parents[2] / "inventory")

    assert problems == ()
    assert inventory is not None
    assert [(d.name, d.host, d.port) for d in inventory.devices] == [
        ("lab-fw1", "127.0.0.1", 2200),
        ("lab-fw2", "127.0.0.1", 2201),
    ]
    assert all(inventory.exemptions_for(device) for device in inventory.devices)


def test_a_user_name_that_is_a_number_is_text(write: Callable[..., Path]) -> None:
    hosts = "fw1: {hostname: 192.0.2.1, username: 0}\n"
    assert load(write(hosts=hosts)).device("fw1").username == "0"


@pytest.mark.parametrize("gateway", ["{", "{key}", "{0.__class__}", "%s"])
def test_what_stands_in_a_file_is_never_a_format(write: Callable[..., Path], gateway: str) -> None:
    text = f"exemptions:\n  - {{name: esa, match: {{}}, gateways: ['{gateway}']}}\n"
    _, problems = examine(write(exemptions=text))
    assert any(f"'{gateway}' is not a host address" in problem.text for problem in problems)
