"""The table of connections: what is shown, what is cleared, by the same filters."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.lab.asa import Connection, End
from asa_automate.lab.contexts import MultipleAsa, system_text
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs, Wording
from asa_automate.lab.samples import ordinary

Typist = Any


def tcp(outside: str, port: int, inside: str, inner: int, **more: Any) -> Connection:
    return Connection("tcp", End("outside", outside, port), End("inside", inside, inner), **more)


#: By letter; which of them a filter means is a word of these letters.
TABLE = {
    "a": tcp("203.0.113.9", 40001, "192.168.1.1", 25, idle=3725, bytes=5345, flags="UIOB"),
    "b": tcp("203.0.113.10", 25, "192.168.1.1", 50001, flags="UIO"),
    "c": tcp("203.0.113.9", 40002, "192.168.1.20", 25, flags="UIOBM"),
    "d": tcp("203.0.113.9", 443, "192.168.1.1", 50002),
    "e": Connection(
        "udp", End("outside", "203.0.113.53", 53), End("inside", "192.168.1.1", 50003), flags=""
    ),
    "f": tcp("192.168.1.9", 50004, "192.168.1.254", 22, to_the_box=True),
    "g": tcp("2001:db8::9", 40003, "2001:db8:1::1", 25),
}
CASES = (
    ("", "abcdeg"),
    ("all", "abcdefg"),
    ("protocol tcp", "abcdg"),
    ("protocol udp", "e"),
    ("address 192.168.1.1", "abde"),
    ("port 25", "abcg"),
    ("port smtp", "abcg"),
    ("port 25-443", "abcdeg"),
    ("address 192.168.1.1 port 25", "a"),
    ("address 192.168.1.1 address 203.0.113.9", "ad"),
    ("address 203.0.113.9 address 192.168.1.1", "ad"),
    ("address 192.168.1.1 port 25 address 203.0.113.9 port 40001", "a"),
    ("address 192.168.1.1 address 203.0.113.1-203.0.113.50 port 25", "b"),
    ("protocol tcp address 192.168.1.1 address 203.0.113.10 port 25", "b"),
    ("address 192.168.1.1-192.168.1.20 port 25", "ac"),
    ("address 192.168.1.0 netmask 255.255.255.0 port 25", "ac"),
    ("port 25 address 203.0.113.9", "ac"),
    ("port 25 port 40001", "a"),
    ("all address 192.168.1.9", "f"),
    ("address 192.168.1.9", ""),
    ("address 2001:db8::9", "g"),
    ("address 2001:db8::-2001:db8::ff port 25", ""),
    ("address 198.51.100.1", ""),
)


def filled(typist: Callable[..., Typist], *faults: Fault, **knobs: Any) -> Typist:
    one = typist(*faults, **knobs)
    one.box.connections += TABLE.values()
    return one


def left(box: Any) -> str:
    return "".join(name for name, one in TABLE.items() if one in box.connections)


@pytest.mark.parametrize(("asked", "letters"), CASES)
def test_shown_and_cleared_are_the_same(
    typist: Callable[..., Typist], asked: str, letters: str
) -> None:
    one, twin = filled(typist), filled(typist)
    twin.box.connections[:] = [TABLE[letter] for letter in letters]
    head, *shown = one.says(f"show conn {asked}").split("\n")

    assert head == "7 in use, 7 most used"
    assert shown == (twin.says("show conn all").split("\n")[1:])
    if not asked:
        return
    assert one.says(f"clear conn {asked}") == f"{len(letters)} connection(s) deleted."
    assert left(one.box) == "".join(name for name in TABLE if name not in letters)
    assert one.says("show conn count") == f"{7 - len(letters)} in use, 7 most used"


def test_a_line(typist: Callable[..., Typist]) -> None:
    one = filled(typist)
    shown = one.says("show conn").split("\n")

    assert shown[1] == (
        "TCP outside 203.0.113.9:40001 inside 192.168.1.1:25, idle 1:02:05, bytes 5345, flags UIOB"
    )
    assert shown[5].startswith("UDP outside 203.0.113.53:53 inside 192.168.1.1:50003, ")


def test_other_words(typist: Callable[..., Typist]) -> None:
    wording = Wording(connections_deleted="gone: {name}", connection="{protocol} {inside.port}")
    one = filled(typist, wording=wording)

    assert one.says("show conn address 192.168.1.20").split("\n")[1:] == ["TCP 25"]
    assert one.says("clear conn port 53") == "gone: 1"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("clear conn", "Incomplete command"),
        ("clear conn address", "Incomplete command"),
        ("clear conn address x", "Invalid input"),
        ("clear conn address 192.168.1.1-2001:db8::1", "Invalid input"),
        ("clear conn port 70000", "Invalid input"),
        ("clear conn protocol ospf", "Invalid input"),
        ("clear conn port 25 port 26 port 27", "Invalid input"),
        ("clear conn everything", "Invalid input"),
        ("show conn count now", "Invalid input"),
    ],
)
def test_what_is_not_understood_clears_nothing(
    typist: Callable[..., Typist], line: str, says: str
) -> None:
    one = filled(typist)

    assert says in one.says(line)
    assert left(one.box) == "".join(TABLE)


def test_a_start_empties_it_and_a_mate_has_it(typist: Callable[..., Typist]) -> None:
    one = filled(typist, Fault(1, "switchover", on="command"), failover="active")
    one.types("show mode")
    assert left(one.box) == "".join(TABLE), "stateful failover"
    one.box.reload()
    assert left(one.box) == ""


def test_faults_strike_here_too(typist: Callable[..., Typist]) -> None:
    one = filled(
        typist,
        Fault(1, "ignore", on="command", command="clear conn"),
        Fault(3, "truncated", on="show", command="show conn", lines=2),
        denied=("^clear conn all",),
    )

    assert one.says("clear conn port 25") == ""
    assert one.says("clear conn all") == "Command authorization failed"
    assert left(one.box) == "".join(TABLE)
    assert [one.says("show conn").count("\n") for _ in range(4)] == [6, 6, 1, 6]


def test_each_context_has_its_own() -> None:
    texts = {name: ordinary("fw") for name in ("mail", "web")}
    knobs = Knobs(pager_lines=0, privileged_at_login=True)
    box = MultipleAsa(system_text("fw", texts, admin="mail"), texts, knobs)
    box.contexts["mail"].connections.append(TABLE["a"])
    shell = box.open_session()

    assert b"1 in use" in shell.receive(b"show conn\n")
    web = box.contexts["web"].open_session()
    assert b"0 in use" in web.receive(b"show conn\n")
    assert b"0 connection(s)" in web.receive(b"clear conn all\n")
    shell.receive(b"changeto system\n")
    assert b"not valid in current execution space" in shell.receive(b"clear conn all\n")
    assert left(box.contexts["mail"]) == "a"
