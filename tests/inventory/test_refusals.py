"""Every rule of the inventory, with the file, the line and the words that refuse."""

from collections.abc import Callable
from pathlib import Path

import pytest

from asa_automate.errors import BadInput, Exit
from asa_automate.inventory import load

REFERENCES = "env:NAME, file:PATH, keyring:SERVICE/USER or vault:PATH#FIELD"


def in_exemption(line: str) -> str:
    """An exemption whose third line is the given one."""
    return f"exemptions:\n  - name: esa\n    {line}\n"


#: what is tried -> (file, text, line, words that must appear)
CASES = {
    # literal secrets
    "password at host level": ("hosts", "fw1:\n  password: Hunter2!\n", 2, REFERENCES),
    "password at group level": ("groups", "g:\n  password: Hunter2!\n", 2, REFERENCES),
    "password in the defaults": ("defaults", "password: Hunter2!\n", 1, REFERENCES),
    "password that is a number": ("hosts", "fw1:\n  password: 12345678\n", 2, REFERENCES),
    "password in credentials": (
        "hosts",
        "fw1:\n  data:\n    credentials:\n      password: Hunter2!\n",
        4,
        REFERENCES,
    ),
    "enable in credentials": (
        "hosts",
        "fw1:\n  data:\n    credentials:\n      enable: Hunter2!\n",
        4,
        REFERENCES,
    ),
    "secret in data": (
        "hosts",
        "fw1:\n  data:\n    enable_secret: Hunter2!\n",
        3,
        "'enable_secret'",
    ),
    "secret in connection options": (
        "hosts",
        "fw1:\n  connection_options:\n    netmiko:\n      extras:\n        secret: Hunter2!\n",
        5,
        "'secret'",
    ),
    "a reference of no known kind": ("hosts", "fw1:\n  password: pass:Hunter2!\n", 2, REFERENCES),
    "a reference to nothing": ("hosts", 'fw1:\n  password: "env:"\n', 2, REFERENCES),
    "a literal user name in credentials": (
        "hosts",
        "fw1:\n  data:\n    credentials:\n      username: Hunter2!\n",
        4,
        "next to 'hostname:'",
    ),
    # unknown keys
    "unknown key of a host": ("hosts", "fw1:\n  hostnam: a\n", 2, "did you mean 'hostname'?"),
    "unknown key of a group": ("groups", "g:\n  vendor: cisco\n", 2, "unknown key 'vendor'"),
    "unknown key of the defaults": ("defaults", "groups: [a]\n", 1, "unknown key 'groups'"),
    "unknown key of ssh": ("hosts", "fw1:\n  data:\n    ssh:\n      legcy: true\n", 4, "'legacy'"),
    "unknown key of credentials": (
        "hosts",
        "fw1:\n  data:\n    credentials:\n      user: env:U\n",
        4,
        "did you mean 'username'?",
    ),
    "unknown key of an exemption": (
        "exemptions",
        in_exemption("gateway: [192.0.2.1]"),
        3,
        "gateways",
    ),
    "unknown key beside exemptions": ("exemptions", "exemption: []\n", 1, "'exemptions'"),
    "misspelt credentials": ("hosts", "fw1:\n  data:\n    credental: x\n", 3, "unknown key"),
    "misspelt site": ("hosts", "fw1:\n  data:\n    sites: ams\n", 3, "did you mean 'site'?"),
    "misspelt via": ("hosts", "fw1:\n  data:\n    vai: jump\n", 3, "did you mean 'via'?"),
    # forms
    "port 0": ("hosts", "fw1:\n  port: 0\n", 2, "from 1 to 65535"),
    "port 65536": ("hosts", "fw1:\n  port: 65536\n", 2, "from 1 to 65535"),
    "port as a word": ("hosts", "fw1:\n  port: ssh\n", 2, "from 1 to 65535"),
    "an address with a blank": ("hosts", "fw1:\n  hostname: fw 1\n", 2, "'hostname' must be"),
    "an address like an option": ("hosts", "fw1:\n  hostname: -oProxyCommand=x\n", 2, "must be"),
    "a jump host like an option": ("hosts", "fw1:\n  data:\n    via: [-oX]\n", 3, "jump host"),
    "a context with a line feed": ("hosts", 'fw1:\n  data:\n    context: "a\\nb"\n', 3, "context"),
    "a site with an escape": ("hosts", 'fw1:\n  data:\n    site: "\\e[2J"\n', 3, "'site' must be"),
    "a site of bidi marks": (
        "hosts",
        'fw1:\n  data:\n    site: "a\\u202eb"\n',
        3,
        "'site' must be",
    ),
    "own data with an escape": ("hosts", 'fw1:\n  data:\n    rack: "\\e[2J"\n', 3, "'rack'"),
    "own data that is a list": ("hosts", "fw1:\n  data:\n    racks: [1, 2]\n", 3, "one value"),
    "data that is a list": ("hosts", "fw1:\n  data: [1]\n", 2, "must be a mapping"),
    "an entry that is empty": ("hosts", "fw1:\n", 1, "must be a mapping"),
    "groups that are no list": ("hosts", "fw1:\n  groups: lab\n", 2, "must be a list"),
    "legacy that is no truth": (
        "hosts",
        "fw1:\n  data:\n    ssh: {legacy: 1}\n",
        3,
        "true or false",
    ),
    "leading zeros": ("hosts", "fw1:\n  data:\n    serial: 00123\n", 3, "put quotes round it"),
    # names
    "a name with a slash": ("hosts", "../etc/x: {}\n", 1, "must be a name"),
    "a name with a blank": ("hosts", "fw 1: {}\n", 1, "must be a name"),
    "a name with an escape": ("hosts", '"fw\\e1": {}\n', 1, "must be a name"),
    "a name with a line feed": ("hosts", '"fw1\\n": {}\n', 1, "must be a name"),
    "a name of 65 letters": ("hosts", f"{'a' * 65}: {{}}\n", 1, "at most 64"),
    "a name that is a number": ("hosts", "17: {}\n", 1, "put quotes round it"),
    "names that differ in case": ("hosts", "fw1: {hostname: a}\nFW1: {hostname: b}\n", 2, "case"),
    "a group name with a colon": ("groups", '"a:b": {}\n', 1, "must be a name"),
    # gateways
    "a network": ("exemptions", in_exemption("gateways: [10.0.0.0/24]"), 3, "is a network"),
    "a host as a network": ("exemptions", in_exemption("gateways: [10.0.0.1/32]"), 3, "a network"),
    "any": ("exemptions", in_exemption("gateways: [any]"), 3, "would exempt everybody"),
    "any4": ("exemptions", in_exemption("gateways: [any4]"), 3, "would exempt everybody"),
    "the unspecified address": (
        "exemptions",
        in_exemption("gateways: [0.0.0.0]"),
        3,
        "stands for any",
    ),
    "0.0.0.0/0": ("exemptions", in_exemption("gateways: [0.0.0.0/0]"), 3, "is a network"),
    "::": ("exemptions", in_exemption('gateways: ["::"]'), 3, "stands for any"),
    "multicast": ("exemptions", in_exemption("gateways: [224.0.0.5]"), 3, "multicast"),
    "multicast, IPv6": ("exemptions", in_exemption("gateways: ['ff02::1']"), 3, "multicast"),
    "loopback": ("exemptions", in_exemption("gateways: [127.0.0.1]"), 3, "loopback"),
    "loopback, IPv6": ("exemptions", in_exemption("gateways: ['::1']"), 3, "loopback"),
    "IPv4-mapped": ("exemptions", in_exemption("gateways: ['::ffff:1.2.3.4']"), 3, "IPv4-mapped"),
    "broadcast": ("exemptions", in_exemption("gateways: [255.255.255.255]"), 3, "broadcast"),
    "a name": ("exemptions", in_exemption("gateways: [esa.example.net]"), 3, "not a host address"),
    "a number": ("exemptions", in_exemption("gateways: [1]"), 3, "must be a host address"),
    "none": ("exemptions", in_exemption("gateways: []"), 3, "at least one"),
    "missing": ("exemptions", "exemptions:\n  - name: esa\n", 2, "'gateways' is missing"),
    "a gateway twice": (
        "exemptions",
        in_exemption("gateways:\n      - 192.0.2.1\n      - 192.0.2.1"),
        5,
        "192.0.2.1 stands here twice",
    ),
    "an IPv6 gateway in two spellings": (
        "exemptions",
        in_exemption("gateways:\n      - 2001:db8::1\n      - 2001:db8:0::1"),
        5,
        "stands here twice",
    ),
    "a mapped address of nobody": (
        "exemptions",
        in_exemption("gateways: [192.0.2.1]\n    mapped: {192.0.2.2: 203.0.113.2}"),
        4,
        "no gateway of this entry",
    ),
    "a mapped network": (
        "exemptions",
        in_exemption("gateways: [192.0.2.1]\n    mapped: {192.0.2.1: 203.0.113.0/24}"),
        4,
        "is a network",
    ),
    "an unknown strategy": (
        "exemptions",
        in_exemption("gateways: [192.0.2.1]\n    strategy: split"),
        4,
        "'split-class'",
    ),
    "match without a value": (
        "exemptions",
        in_exemption("gateways: [192.0.2.1]\n    match:"),
        4,
        "must be a mapping",
    ),
    "an exemption twice": (
        "exemptions",
        in_exemption("gateways: [192.0.2.1]") + "  - name: esa\n    gateways: [192.0.2.2]\n",
        4,
        "in line 2 already",
    ),
    # between entries
    "a group that does not exist": (
        "hosts",
        "fw1:\n  groups: [emea]\n",
        2,
        "'emea' does not exist",
    ),
    "a group that contains itself": (
        "groups",
        "a: {groups: [b]}\nb: {groups: [a]}\n",
        1,
        "'a' contains itself",
    ),
    "the same device twice": (
        "hosts",
        "fw1: {hostname: 192.0.2.1}\nfw2: {hostname: 192.0.2.1, port: 22}\n",
        2,
        "'fw2' and 'fw1'",
    ),
    # YAML
    "a key twice": ("hosts", "fw1: {}\nfw1: {}\n", 2, "first in line 1"),
    "an alias": ("hosts", "fw1: {hostname: *a}\n", 1, "alias"),
    "an anchor": ("hosts", "fw1: &a {hostname: b}\n", 1, "anchor"),
    "a tag": ("hosts", "fw1: !!python/object/apply:os.system [id]\n", 1, "tag"),
    "a merge": ("hosts", "fw1:\n  <<: {hostname: a}\n", 2, "put quotes round it"),
    "21 levels": ("hosts", f"fw1: {'[' * 20}{']' * 20}\n", 1, "more than 20 deep"),
    "10,000 levels": ("hosts", f"fw1: {'[' * 10000}\n", 1, "more than 20 deep"),
    "two documents": ("hosts", "fw1: {}\n---\nfw2: {}\n", 2, "second document"),
    "no YAML": ("hosts", "fw1: {\n", 2, "is not YAML"),
    "a control character": ("hosts", "fw1:\n  hostname: a\x07\n", 2, "control character"),
    "a list instead of hosts": ("hosts", "- fw1\n", 1, "must be a mapping"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_refused(case: tuple[str, str, int, str], write: Callable[..., Path]) -> None:
    name, text, line, words = case
    directory = write(**{name: text})

    with pytest.raises(BadInput) as caught:
        load(directory)

    place = f"{directory / name}.yaml:{line}: "
    assert any(p.startswith(place) and words in p for p in caught.value.problems), (
        caught.value.problems
    )
    assert caught.value.exit is Exit.BAD_INPUT
    assert "Hunter2" not in str(caught.value)


def test_all_problems_are_told_at_once_and_once(write: Callable[..., Path]) -> None:
    directory = write(
        hosts="fw1:\n  port: 0\n  password: x\nfw2:\n  sit: a\n", exemptions="exemptions: [{}]\n"
    )

    with pytest.raises(BadInput) as caught:
        load(directory)

    places = [
        problem.split(": ")[0].removeprefix(f"{directory}/") for problem in caught.value.problems
    ]
    assert places == [
        "hosts.yaml:2",
        "hosts.yaml:3",
        "hosts.yaml:5",
        "exemptions.yaml:1",
        "exemptions.yaml:1",
    ]


def test_a_bomb_is_refused_before_anybody_walks_it(write: Callable[..., Path]) -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10)]
    directory = write(hosts="\n".join(["l0: &l0 [x]", *levels]))

    with pytest.raises(BadInput, match=r"hosts\.yaml:1: uses an anchor"):
        load(directory)


def test_more_than_a_megabyte_is_refused(write: Callable[..., Path]) -> None:
    directory = write(hosts=f"fw1: {{}}\n# {'x' * 1024 * 1024}\n")

    with pytest.raises(BadInput, match="larger than 1024 KB"):
        load(directory)


def test_what_is_not_utf8_is_refused_with_its_line(write: Callable[..., Path]) -> None:
    directory = write()
    (directory / "hosts.yaml").write_bytes(b"fw1:\n  hostname: caf\xe9\n")

    with pytest.raises(BadInput, match=r"hosts\.yaml:2: is not UTF-8"):
        load(directory)


def test_a_missing_hosts_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"hosts\.yaml: is missing; 'asa-automate init"):
        load(tmp_path / "nowhere")


def test_a_directory_in_place_of_a_file_is_refused(write: Callable[..., Path]) -> None:
    directory = write()
    (directory / "groups.yaml").mkdir()

    with pytest.raises(BadInput, match=r"groups\.yaml: is not a regular file"):
        load(directory)
