"""The active unit fails: what its mate is, and what it has heard of."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.contexts import MultipleAsa, system_text
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.shell import Shell

Typist = Any
LINES = ("class-map A", "class-map B", "class-map C", "class-map D")
NAMES = "ABCD"


def maps(text: str) -> str:
    """The letters of the class-maps in a configuration."""
    return "".join(name for name in NAMES if f"class-map {name}\n" in text)


def pair(typist: Callable[..., Typist], *faults: Fault, **knobs: object) -> Typist:
    return typist(*faults, failover="active", mate_serial="9AMATE00002", **knobs)


def says(shell: Shell, line: str) -> str:
    shown = shell.receive(f"{line}\n".encode()).decode().replace("\r", "")
    return "\n".join(shown.split("\n")[1:-1])


@pytest.mark.parametrize("lag", range(6))
@pytest.mark.parametrize("kind", ["switchover", "switchover_before"])
def test_what_the_mate_has_heard(typist: Callable[..., Typist], kind: str, lag: int) -> None:
    one = pair(typist, Fault(4, kind, lines=lag))
    one.types("conf t", *LINES)

    executed = 4 if kind == "switchover" else 3
    assert one.shell.closed
    assert maps(one.box.running_text) == NAMES[: max(0, executed - lag)]
    assert maps(one.box.startup_text) == ""
    last = one.box.transcript[-1]
    assert (last.line, last.fault, last.executed) == ("class-map D", kind, executed == 4)
    shot = one.box.snapshots[-1]
    assert (shot.line, shot.running_text) == ("(switchover)", one.box.running_text)


@pytest.mark.parametrize(
    ("lag", "running", "startup"),
    [(0, "ABCD", "AB"), (1, "ABC", "AB"), (2, "AB", "AB"), (3, "A", ""), (4, "", "")],
)
def test_a_save_is_replicated_in_its_turn(
    typist: Callable[..., Typist], lag: int, running: str, startup: str
) -> None:
    one = pair(typist, Fault(4, "switchover", lines=lag))
    one.types("conf t", *LINES[:2], "write memory", *LINES[2:])

    assert maps(one.box.running_text) == running
    assert maps(one.box.startup_text) == startup
    one.box.reload()
    assert maps(one.box.running_text) == startup


def test_identity(typist: Callable[..., Typist]) -> None:
    one = pair(typist, Fault(1, "switchover"))
    first = one.box.serial
    assert f"Serial Number: Ours {first}, Mate 9AMATE00002" in one.says("show failover")
    other = one.box.open_session()
    one.types("conf t", "class-map A")
    assert other.closed

    shell = one.box.open_session()
    shown = says(shell, "show failover")
    assert f"Serial Number: Ours 9AMATE00002, Mate {first}" in shown
    assert "\tThis host: Secondary - Active" in shown
    assert "\tOther host: Primary - Standby Ready" in shown
    assert "Serial Number: 9AMATE00002" in says(shell, "show version")
    assert ": Serial Number: 9AMATE00002" in says(shell, "show running-config")
    assert ": Serial Number: 9AMATE00002" in one.box.startup_text
    assert first not in one.box.running_text


def test_back_again(typist: Callable[..., Typist]) -> None:
    one = pair(typist, Fault(1, "switchover", lines=1), Fault(3, "switchover", text="Failed"))
    first = one.box.serial
    one.types("conf t", "class-map A")
    shell = one.box.open_session()
    for line in ("conf t", "class-map B", "class-map C"):
        shell.receive(f"{line}\n".encode())

    assert shell.closed
    assert one.box.serial == first
    assert maps(one.box.running_text) == "BC", "the mate never heard of A"
    shown = says(one.box.open_session(), "show failover")
    assert "\tThis host: Primary - Active" in shown
    assert "\tOther host: Secondary - Failed" in shown


def test_at_a_save_and_at_any_command(typist: Callable[..., Typist]) -> None:
    one = pair(typist, Fault(1, "switchover", on="write"))
    one.types("conf t", *LINES, "end", "write memory")
    assert maps(one.box.startup_text) == NAMES

    two = pair(typist, Fault(6, "switchover_before", on="command", command=""))
    two.types("conf t", *LINES, "end")
    assert maps(two.box.running_text) == NAMES
    assert two.box.transcript[-1].executed is False


def test_the_prompt_says_it(typist: Callable[..., Typist]) -> None:
    one = pair(typist, Fault(2, "switchover"), prompt_suffix="/pri/act")
    assert one.types("conf t", "class-map A").endswith("fw/pri/act(config-cmap)# ")
    one.types("class-map B")

    assert one.box.open_session().greeting().endswith(b"fw/sec/act# ")


def test_only_a_pair_has_a_mate(typist: Callable[..., Typist]) -> None:
    one = typist(Fault(1, "switchover"))
    one.types("conf t")

    with pytest.raises(ValueError, match="active unit of a pair"):
        one.types("class-map A")


def test_a_box_with_contexts() -> None:
    """A lag is counted over all contexts; each of them is on the other unit afterwards."""
    texts = {name: ordinary("fw") for name in ("mail", "web", "lone")}
    knobs = Knobs(
        pager_lines=0,
        privileged_at_login=True,
        failover="active",
        failover_groups=("active", "standby"),
        login_space="system",
    )
    system = system_text("fw", texts, admin="web", groups={"lone": 2})
    box = MultipleAsa(system, texts, knobs, [Fault(4, "switchover", lines=2)])
    mail, web = (box.contexts[name].open_session() for name in ("mail", "web"))
    for shell, lines in ((mail, "AB"), (web, "CD")):
        shell.receive(b"conf t\n")
        for name in lines:
            shell.receive(f"class-map {name}\n".encode())

    assert mail.closed
    assert web.closed
    assert maps(box.contexts["mail"].running_text) == "AB"
    assert maps(box.contexts["web"].running_text) == ""
    shell = box.open_session()
    shown = says(shell, "show failover")
    assert "Ours 9AVIRTUAL99, Mate 9AMULTI0001" in shown
    assert "This host:    Secondary" in shown
    assert "Serial Number: 9AVIRTUAL99" in says(shell, "show version")
    shell.receive(b"changeto context lone\n")
    assert "This context: Active" in says(shell, "show failover")


def test_what_is_edited_by_hand_is_replicated_too() -> None:
    box = VirtualAsa(ordinary("fw"), Knobs(failover="active", privileged_at_login=True))
    box.edit(["class-map A", "class-map B"])
    box.script.add(Fault(1, "switchover", lines=1, on="command"))
    box.open_session().receive(b"show mode\n")

    assert maps(box.running_text) == "A"
