"""What a session does with what devices print; whole, in pieces and byte by byte."""

from collections.abc import Callable
from typing import Any

import pytest

from asa_automate.device.prompts import Mode
from asa_automate.errors import (
    AsaAutomateError,
    Incomplete,
    LineRefused,
    LinkLost,
    LoginRefused,
    Refused,
)

Make = Callable[..., Any]
ACE = (
    "access-list ESA_EXEMPT_ESMTP line 1 extended deny tcp any"
    " object-group ESA_EXEMPT_HOSTS eq smtp"
)

GREETINGS = {
    "plain": b"fw> ",
    "new lines of 9.x": (
        b"User admin logged in to fw\r\nLogins over the last 91 days: 21.  Last login: 20:01:14"
        b"\r\nFailed logins since the last login: 0. \r\n"
        b"Type help or '?' for a list of available commands.\r\n\rfw> "
    ),
    "banner that looks like prompts": b"fw01# \r\nfw(config)# \r\n#####>\r\nPassword:\r\n\r\nfw> ",
}


@pytest.mark.parametrize("greeting", GREETINGS.values(), ids=GREETINGS)
def test_login_becomes_privileged(fake_wire: Make, opened: Make, greeting: bytes) -> None:
    wire = fake_wire(greeting=greeting)
    session = opened(wire)
    assert (session.prompt.host, session.mode, session.paged) == ("fw", Mode.EXEC, False)
    assert wire.sent == ["show curpriv", "enable", "s3cret", "terminal pager 0"]


@pytest.mark.parametrize("host", ["fw", "fw/ctx", "fw/pri/act", "LAB-ASA12-Oxidized-IPv6"])
def test_already_privileged_needs_no_secret(
    fake_wire: Make, opened: Make, answer: Any, host: str
) -> None:
    prompt = f"{host}# "
    wire = fake_wire(
        {"terminal pager 0": answer(), "show version": answer("Version 9\n")},
        greeting=f"hello\r\n\r{prompt}".encode(),
        prompt=prompt,
    )
    session = opened(wire, enable_secret=None)
    assert session.prompt.host == host
    assert session.show("show version") == "Version 9\n"
    assert "enable" not in wire.sent


def test_pager_in_the_banner_is_answered(fake_wire: Make, opened: Make, answer: Any) -> None:
    wire = fake_wire(
        {" ": answer(raw=b"\r              \rrest\r\n\rfw> ")},
        greeting=b"banner\r\n<--- More --->",
    )
    session = opened(wire)
    assert session.greeting == "banner\nrest\n"


def test_wrong_enable_password_is_tried_once(fake_wire: Make, opened: Make, answer: Any) -> None:
    wire = fake_wire({"s3cret": answer(raw=b"\r\nInvalid password\r\nPassword: ")})
    with pytest.raises(LoginRefused, match=r"^fw1: the enable password was refused"):
        opened(wire)
    assert wire.sent.count("s3cret") == 1
    assert wire.closed


def test_enable_that_ends_where_it_began_is_a_refusal(
    fake_wire: Make, opened: Make, answer: Any
) -> None:
    wire = fake_wire({"s3cret": answer(raw=b"\r\nAccess denied.\r\n\rfw> ")})
    with pytest.raises(LoginRefused, match="Access denied"):
        opened(wire)


def test_no_enable_secret_sends_no_enable(fake_wire: Make, opened: Make) -> None:
    wire = fake_wire()
    with pytest.raises(LoginRefused, match="ASA_AUTOMATE_ENABLE"):
        opened(wire, enable_secret=None)
    assert wire.sent == ["show curpriv"]


def test_first_enable_of_a_new_box_gets_no_secret(
    fake_wire: Make, opened: Make, answer: Any
) -> None:
    wire = fake_wire(
        {"enable": answer(raw=b"enable\r\nThe enable password is not set.\r\nEnter  Password: ")}
    )
    with pytest.raises(LinkLost, match="Enter Password"):
        opened(wire)
    assert "s3cret" not in wire.sent


@pytest.mark.parametrize("noise", [b"", b"garbage \x00\xff\x1b[2J", b"Password: "])
def test_a_device_without_a_prompt_gets_nothing(
    fake_wire: Make, opened: Make, noise: bytes
) -> None:
    wire = fake_wire(greeting=noise)
    with pytest.raises(LinkLost, match=r"^fw1: "):
        opened(wire)
    assert wire.sent == []
    assert wire.closed


def test_refused_pager_command_reads_page_by_page(
    fake_wire: Make, opened: Make, answer: Any
) -> None:
    wire = fake_wire(
        {
            "terminal pager 0": answer("Command authorization failed\n", "fw# "),
            "show version": answer(raw=b"show version\r\none\r\n<--- More --->"),
            " ": answer(raw=b"\r              \rtwo\r\n\rfw# "),
        }
    )
    session = opened(wire)
    assert session.paged
    assert session.show("show version") == "one\ntwo\n"


def test_bytes_that_are_not_utf8_are_kept(fake_wire: Make, opened: Make, answer: Any) -> None:
    wire = fake_wire({"show version": answer(raw=b"show version\r\ncaf\xe9 \xc3\xa9\r\n\rfw# ")})
    text = opened(wire).show("show version")
    assert text.encode("utf-8", "surrogateescape") == b"caf\xe9 \xc3\xa9\n"


WHOLE = "show running-config"


def test_a_prompt_inside_a_configuration_does_not_end_it(
    fake_wire: Make, opened: Make, answer: Any
) -> None:
    wire = fake_wire(
        {WHOLE: answer(": Saved\n:\nhostname fw\nfw# \nfw# \nCryptochecksum:00\n: end\n")}
    )
    text = opened(wire).show(WHOLE)
    assert text.endswith("fw# \nCryptochecksum:00\n: end\n")


def test_a_configuration_without_its_end_is_an_error(
    fake_wire: Make, opened: Make, answer: Any
) -> None:
    wire = fake_wire({WHOLE: answer(": Saved\n:\nhostname fw\n" + " x\n" * 1000)})
    with pytest.raises(Incomplete, match=r"^fw1: 'show running-config' came without its end"):
        opened(wire).show(WHOLE)


def test_an_error_text_is_returned(fake_wire: Make, opened: Make, answer: Any) -> None:
    wire = fake_wire({WHOLE: answer("ERROR: Command authorization failed\n")})
    assert "authorization" in opened(wire).show(WHOLE)


def test_only_show_commands_are_shown(fake_wire: Make, opened: Make) -> None:
    wire = fake_wire()
    session = opened(wire)
    before = list(wire.sent)
    for line in (
        "write memory",
        "configure terminal",
        "show x | redirect",
        "show version\nreload",
    ):
        with pytest.raises(Refused):
            session.show(line)
    assert wire.sent == before


def test_lines_go_to_the_mode_they_belong_to(fake_wire: Make, opened: Make, answer: Any) -> None:
    wire = fake_wire()
    session = opened(wire)
    session.configure()
    prompts = {"fw(config-pmap-c)# ": "fw(config-pmap)# "}

    def leave() -> None:
        wire.answers["exit"] = answer(prompt=prompts.get(wire.prompt, "fw(config)# "))

    for line in (
        "object-group network G",
        "network-object host 192.168.1.1",
        ACE,
        "class-map C",
        "match access-list A",
        "policy-map P",
        "class C",
        "inspect esmtp",
        "no class D",
    ):
        leave()
        session.line(line)
    session.end()
    assert session.mode is Mode.EXEC
    assert wire.sent[5:] == [
        "object-group network G", "network-object host 192.168.1.1", "exit", ACE, "class-map C",
        "match access-list A", "exit", "policy-map P", "class C", "inspect esmtp", "exit",
        "no class D", "end",
    ]  # fmt: skip


ECHOES = {
    "scrolled, the end": lambda line: line if len(line) < 60 else "$" + line[-58:],
    "scrolled, the start": lambda line: line if len(line) < 60 else line[:58] + "$",
    "redrawn": lambda line: (
        line if len(line) < 60 else line[:60] + "\r" + " " * 70 + "\rfw(config)# $" + line[-40:]
    ),
    "wrapped": lambda line: line if len(line) < 60 else line[:58] + "\r\n" + line[58:],
    "soft wrapped": lambda line: line if len(line) < 60 else line[:58] + " \r" + line[58:],
    "backspaced": lambda line: line if len(line) < 60 else line[:60] + "\b" * 60 + "$" + line[20:],
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_long_lines_are_echoed_in_many_ways(
    fake_wire: Make, opened: Make, echo: Callable[[str], str]
) -> None:
    wire = fake_wire(echo=echo)
    session = opened(wire)
    session.configure()
    session.line(ACE)
    assert wire.sent.count(ACE) == 1


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_an_answer_behind_a_long_echo_is_not_missed(
    fake_wire: Make, opened: Make, answer: Any, echo: Callable[[str], str]
) -> None:
    wire = fake_wire({ACE: answer("tcp any smtp\n")}, echo=echo)
    session = opened(wire)
    session.configure()
    with pytest.raises(LineRefused):
        session.line(ACE)


REFUSALS = {
    "ERROR: % Invalid input detected at '^' marker.": "not understood",
    "Removing object-group (X) not allowed, it is being used.": "in use",
    "Removing object-group (X) failed; it does not exist": "missing",
    "WARNING: Adding obj (h) to grp (G) failed; object already exists": "already there",
    "Command authorization failed": "not authorized",
    "INFO: whatever": "INFO",
    "#": "#",
    "entendido": "entendido",
    "Beginning configuration replication: Sending to mate.": "replication",
    "fw(config)# ": "fw",
}


@pytest.mark.parametrize(("text", "named"), REFUSALS.items())
def test_any_text_refuses_a_line(
    fake_wire: Make, opened: Make, answer: Any, text: str, named: str
) -> None:
    line = "no object-group network X"
    wire = fake_wire({line: answer(f"{text}\n")})
    session = opened(wire)
    session.configure()
    with pytest.raises(LineRefused, match=r"^fw1: 'no object-group network X' ") as caught:
        session.line(line)
    assert named in str(caught.value)
    assert caught.value.line == line
    assert text.strip() in caught.value.reply
    assert session.alive


def test_control_characters_of_a_device_reach_no_message(
    fake_wire: Make, opened: Make, answer: Any
) -> None:
    wire = fake_wire({"class-map C": answer("bad \x1b]52;c;x\x07\u202e\n", "fw(config-cmap)# ")})
    session = opened(wire)
    session.configure()
    with pytest.raises(LineRefused) as caught:
        session.line("class-map C")
    assert str(caught.value).isascii()
    assert str(caught.value).isprintable()
    assert "\x1b" in caught.value.reply


def test_a_mode_that_was_not_entered_is_noticed(
    fake_wire: Make, opened: Make, answer: Any
) -> None:
    wire = fake_wire({"class-map C": answer()})
    session = opened(wire)
    session.configure()
    with pytest.raises(LineRefused, match="in mode config, not in config-cmap"):
        session.line("class-map C")
    with pytest.raises(Refused):
        session.line("match access-list A")
    assert wire.sent[-1] == "class-map C"


def test_unasked_text_before_a_line_refuses_it(fake_wire: Make, opened: Make) -> None:
    wire = fake_wire()
    session = opened(wire)
    session.configure()
    wire.say(b"\r\nBeginning configuration replication: Sending to mate.\r\nfw(config)# ")
    with pytest.raises(LineRefused, match="replication"):
        session.line("class-map C")


@pytest.mark.parametrize("raw", [b"", b"class-map C\r\n", b"class-map C\r\n\rfw(confi"])
def test_a_lost_link_kills_the_session(
    fake_wire: Make, opened: Make, answer: Any, raw: bytes
) -> None:
    wire = fake_wire({"class-map C": answer(raw=raw, hang_up=True)})
    session = opened(wire)
    session.configure()
    with pytest.raises(LinkLost, match="'class-map C'"):
        session.line("class-map C")
    _assert_dead(session, wire)


def test_a_late_answer_kills_the_session(fake_wire: Make, opened: Make, answer: Any) -> None:
    wire = fake_wire({"class-map C": answer(raw=b"class-map C\r\n")})
    session = opened(wire)
    session.configure()
    with pytest.raises(LinkLost, match="no prompt within 180 s after 'class-map C'"):
        session.line("class-map C")
    wire.say(b"\rfw(config-cmap)# ")
    _assert_dead(session, wire)


def test_a_prompt_of_another_unit_kills_the_session(
    fake_wire: Make, opened: Make, answer: Any
) -> None:
    prompt = "fw/pri/act# "
    wire = fake_wire(
        {
            "terminal pager 0": answer(),
            "show version": answer("text\n", "fw/pri/stby# "),
        },
        greeting=prompt.encode(),
        prompt=prompt,
    )
    session = opened(wire)
    with pytest.raises(LinkLost, match=r"changed from fw/pri/act to fw/pri/stby"):
        session.show("show version")
    _assert_dead(session, wire)


def test_an_unknown_question_is_not_answered(fake_wire: Make, opened: Make, answer: Any) -> None:
    wire = fake_wire({"write memory": answer(raw=b"write memory\r\nOverwrite? [confirm]")})
    session = opened(wire)
    with pytest.raises(LinkLost, match="Overwrite"):
        session.save()
    assert wire.sent[-1] == "write memory"


def test_the_one_time_question_is_put_off(fake_wire: Make, opened: Make, answer: Any) -> None:
    question = (
        b"configure terminal\r\n*** NOTICE ***\r\nWould you like to enable anonymous error "
        b"reporting to help improve\r\nthe product? [Y]es, [N]o, [A]sk later: "
    )
    wire = fake_wire(
        {
            "configure terminal": answer(raw=question),
            "A": answer(raw=b"A\r\n\r\nPlease remember to save.\r\n\rfw(config)# "),
        }
    )
    session = opened(wire)
    session.configure()
    assert session.mode is Mode.CONFIG


def test_a_standby_unit_is_not_configured(fake_wire: Make, opened: Make, answer: Any) -> None:
    text = (
        "**** WARNING ****\n\tConfiguration Replication is NOT performed from Standby unit to "
        "Active unit.\n\tConfigurations are no longer synchronized.\n"
    )
    wire = fake_wire({"configure terminal": answer(text, "fw(config)# ")})
    with pytest.raises(LineRefused, match="standby unit"):
        opened(wire).configure()


def test_a_reading_session_cannot_change(fake_wire: Make, opened: Make) -> None:
    wire = fake_wire()
    session = opened(wire, may_change=False)
    for act in (session.configure, session.save, lambda: session.line("class-map C")):
        with pytest.raises(Refused, match="only reads"):
            act()
    assert wire.sent[-1] == "terminal pager 0"


def test_save_leaves_configuration_mode_first(fake_wire: Make, opened: Make, answer: Any) -> None:
    wire = fake_wire({"write memory": answer("Building configuration...\n[OK]\n")})
    session = opened(wire)
    session.configure()
    assert session.save().endswith("[OK]\n")
    assert wire.sent[-2:] == ["end", "write memory"]


def test_closing_never_fails(fake_wire: Make, opened: Make, answer: Any) -> None:
    wire = fake_wire({"exit": answer(raw=b"exit\r\nLogoff\r\n", hang_up=True)})
    session = opened(wire)
    session.close()
    session.close()
    assert wire.closed
    with pytest.raises(LinkLost):
        session.show("show version")


def _assert_dead(session: Any, wire: Any) -> None:
    before = list(wire.sent)
    for act in (session.configure, session.save, lambda: session.show("show version")):
        with pytest.raises(AsaAutomateError):
            act()
    session.close()
    assert wire.sent == before
    assert wire.closed
