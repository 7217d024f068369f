"""Keys, echo, pager, sessions."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.errors import Unreachable
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary

Typist = Any
LONG = (
    "access-list MAIL line 1 extended deny tcp any host 192.168.1.1 eq smtp log disable inactive"
)


def test_greeting() -> None:
    box = VirtualAsa(ordinary("fw"), Knobs(banner="keep out\nfw# "))
    shown = box.open_session().greeting().decode()

    assert shown.startswith("keep out\r\nfw# \r\nUser admin logged in to fw\r\n")
    assert shown.endswith("Type help or '?' for a list of available commands.\r\n\rfw> ")


def test_banner_of_the_configuration() -> None:
    box = VirtualAsa("hostname fw\nbanner motd one\nbanner motd \nbanner asdm hidden\n")

    assert box.open_session().greeting().decode().startswith("one\r\n\r\nUser admin")


def test_a_long_line_is_shown_shifted(typist: Callable[..., Typist]) -> None:
    one = typist(scrolled_echo=True)
    one.types("conf t")
    shown = one.shell.receive(f"{LONG}\n".encode()).decode()

    rows = shown.split("\r\n")[0].split("\r")
    assert rows[0].startswith("access-list MAIL")
    assert all(row.startswith("fw(config)# $") for row in rows[1:])
    assert len(rows) > 2
    assert LONG.endswith(rows[-1].removeprefix("fw(config)# $"))
    assert all(len(row) < 80 for row in rows[1:])
    assert LONG.replace("line 1 ", "") in one.box.running_text, (
        "what is shown is not what is typed"
    )


def test_editing_keys(typist: Callable[..., Typist]) -> None:
    one = typist()

    assert "\b \b" in one.types("sha\bow mode")
    assert one.box.transcript[-1].line == "show mode"
    one.types("garbage\x15show mode")
    assert one.box.transcript[-1].line == "show mode"
    one.shell.receive(b"conf t\rclass-map C\r\nmatch\x03")
    assert one.shell.receive(b"match any\r\x1a").decode().endswith("^Z\r\n\rfw# ")
    assert "class-map C\n match any\n" in one.box.running_text


def test_question_mark_keeps_the_line(typist: Callable[..., Typist]) -> None:
    one = typist()

    assert one.shell.receive(b"show ?").decode().endswith("\rfw# show ")
    assert "Security context mode" in one.types("mode")


def test_pager(typist: Callable[..., Typist]) -> None:
    one = typist(pager_lines=None)
    first = one.shell.receive(b"show running-config\n")

    assert first.count(b"\r\n") == 1 + 24
    assert first.endswith(b"<--- More --->")
    assert one.shell.receive(b"\n").count(b"\r\n") == 1
    assert one.shell.receive(b" ").count(b"\r\n") == 24
    assert one.shell.receive(b"x") == b""
    assert one.shell.receive(b"q").endswith(b"\rfw# ")
    one.types("terminal pager 0")
    assert one.says("show running-config").endswith(": end")
    assert one.box.open_session().page == 24, "the pager of the next session is on again"


def test_pager_from_knob_and_configuration() -> None:
    for line, page in (("pager lines 7", 7), ("no pager", 0), ("", 24)):
        assert VirtualAsa(f"hostname fw\n{line}\n").open_session().page == page
    assert VirtualAsa("pager lines 7\n", Knobs(pager_lines=3)).open_session().page == 3


def test_sessions_are_few() -> None:
    box = VirtualAsa(ordinary("fw"), Knobs(max_sessions=2))
    first = box.open_session()
    box.open_session()

    with pytest.raises(Unreachable, match="no free session"):
        box.open_session()
    first.close()
    first.close()
    assert box.open_session().number == 3


def test_logging_off(typist: Callable[..., Typist]) -> None:
    one = typist()

    assert "Logoff" in one.types("exit")
    assert one.shell.closed
    assert one.types("show mode") == ""


def test_login_command(typist: Callable[..., Typist]) -> None:
    one = typist(privileged_at_login=False)

    assert one.types("login", "admin", "wrong").endswith("Login incorrect\nfw> ")
    assert one.types("login", "admin", "admin").endswith("fw# ")
    assert "admin" not in [entry.line for entry in one.box.transcript]


def test_a_prompt_with_state(typist: Callable[..., Typist]) -> None:
    assert typist(prompt_suffix="/pri/act").types("conf t").endswith("fw/pri/act(config)# ")


def test_reload_command(typist: Callable[..., Typist]) -> None:
    one = typist()
    one.box.edit(["hostname other"])

    assert one.types("reload").endswith("Save? [Y]es/[N]o:  ")
    assert one.types("n").endswith("Proceed with reload? [confirm] ")
    assert not one.shell.closed
    one.types("")
    assert one.shell.closed
    assert one.box.hostname == "fw"
