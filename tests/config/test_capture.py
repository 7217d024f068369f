"""Texts as people paste them: what is mended, what is refused, and what is left alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asa_automate.config.capture import Capture, Unreadable, clean
from asa_automate.config.reader import read_running

CONFIG = """\
: Saved
:
ASA Version 9.8(2)
!
hostname fw
banner motd "quoted" and a back\\slash
access-list OUT extended permit tcp any any eq smtp
!
class-map inspection_default
 match default-inspection-traffic
!
policy-map global_policy
 class inspection_default
  inspect ftp
  inspect esmtp\x20
!
service-policy global_policy global
Cryptochecksum:0123456789abcdef0123456789abcdef
: end
"""
LINES = CONFIG.split("\n")


def _quoted(mark: str) -> str:
    return "\n".join(f"{mark}{line}" for line in LINES)


def _paged(*marks: str) -> str:
    lines = list(LINES)
    for i, mark in enumerate(marks):
        lines[6 + 3 * i] = mark + lines[6 + 3 * i]
    return "\n".join(lines)


ONCE = json.dumps({"response": [CONFIG]})
TWICE = json.dumps(ONCE)
MORE = "<--- More --->"

MENDED = {
    "a rest answer": ONCE,
    "a rest answer as a text": TWICE,
    "half of each escaped line end": TWICE.replace("\\\\n", "\\\n"),
    "half of each line end, quoted once": ONCE.replace("\\n", "\\\n"),
    "half of each, with CRLF": TWICE.replace("\\\\n", "\\\r\n"),
    "a rest answer without its end": TWICE.replace("\\\\n", "\\\n")[:-5],
    "a rest answer behind a byte order mark": f"\ufeff {ONCE}\n",
    "a backslash at each line end": "\n".join(f"{line}\\" for line in LINES[:-1]),
    "line ends as two characters": CONFIG.replace("back\\slash", "").replace("\n", "\\n"),
    "quoted": _quoted("> "),
    "quoted without a blank": _quoted(">"),
    "quoted twice": _quoted("> > "),
    "quoted beneath a heading": f"On Tuesday somebody wrote:\n\n{_quoted('> ')}\n\nRegards",
    "paged with carriage returns": _paged(*[f"{MORE}\r{' ' * 14}\r"] * 3),
    "paged with backspaces": _paged(*[MORE + "\b" * 14 + " " * 14 + "\b" * 14] * 3),
    "paged with wiped characters": _paged(*[MORE + "\b \b" * 14] * 3),
    "paged with blanks": _paged(*[MORE + " " * 14] * 3),
    "paged with lines of their own": _paged(*[f"{MORE}\n"] * 3),
    "paged with blanks of its own": _paged(*[f"{MORE}       \r\n"] * 3),
}
LEFT_ALONE = {
    "as it is": CONFIG,
    "CRLF": CONFIG.replace("\n", "\r\n"),
    "mixed line ends": CONFIG.replace("\n", "\r\n", 7),
    "every other line empty": CONFIG.replace("\n", "\n\n"),
    "trailing blanks": CONFIG.replace("\n", "   \n"),
    "no final line end": CONFIG.rstrip("\n"),
    "an odd byte": CONFIG.replace("motd", "motd \udc92"),
    "prompt and echo": f"fw/pri/act# show running-config\n{CONFIG}fw/pri/act# exit\n",
    "the prompt of an FTD": f"> show running-config\n{CONFIG}\n> ",
    "text after the end": f"{CONFIG}no asdm history enable\nfw# show route\n",
    "an ASDM heading": f'Result of the command: "show running-config"\n\n{CONFIG}',
    "a name that ends as a head does": CONFIG.replace("global_policy", "globalpolicy-map"),
    "prose that has a head in it": CONFIG.replace(
        "motd", "motd mypolicy-map x\n! xservice-policy y\naccess-list L remark apolicy-map b\n!"
    ),
}


@pytest.mark.parametrize("text", MENDED.values(), ids=MENDED)
def test_what_is_mended(text: str) -> None:
    capture = clean(text)

    assert isinstance(capture, Capture)
    assert capture.mended
    _has_everything(capture.text)


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_is_left_alone_for_the_tree(text: str) -> None:
    assert Capture(text) == clean(text)
    _has_everything(text)


def _has_everything(text: str) -> None:
    running = read_running(text)
    (attached,) = running.service_policies
    policy = running.policy_maps[attached.policy]

    assert running.tree.complete
    assert "9.8(2)" == running.tree.version
    assert ["inspect ftp", "inspect esmtp"] == [i.text for i in policy.classes[0].inspects]
    assert running.class_maps["inspection_default"].is_default_inspection
    assert () == policy.unknown
    assert ["fw"] == [running.hostname]
    assert any("extended permit tcp" in line.text for line in running.tree.commands())


def test_line_numbers_stay_where_lines_stay() -> None:
    for text in (_quoted("> "), _paged(f"{MORE}\r{' ' * 14}\r"), _paged(MORE + " " * 14)):
        capture = clean(text)

        assert isinstance(capture, Capture)
        assert CONFIG.rstrip() == capture.text.rstrip()


PIX = ": Saved\n:\nPIX Version 6.3(5)\nhostname pix\nfixup protocol smtp 25\n: end\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (PIX, 3, "PIX Version 6.3(5)"),
        (PIX.replace("PIX Version 6.3(5)", "!"), 5, "fixup protocol smtp 25"),
        ("hostname pix\nno fixup protocol smtp 25\n", 2, "no fixup protocol smtp 25"),
        (
            CONFIG.replace("ASA Version 9.8(2)", "FWSM Version 4.1(4) <context>").replace(
                "esmtp", "smtp"
            ),
            15,
            "inspect smtp",
        ),
        (_quoted("> ").replace("> hostname", "hostname"), 5, "in part"),
        ('"{\\"response\\":[\\": Saved\\\nhostname fw\\x\n', 1, "REST"),
        ('{"response":[1]}', 1, "REST"),
        ("\n".join(f"{line}\\" for line in LINES[:-1]).replace("fw\\", "fw"), 5, "backslash"),
        (CONFIG.replace("fw\n", "fw\x00\n"), 5, "UTF-8"),
        (CONFIG.replace("!\nservice", "pager lines 24service"), 16, "two commands"),
        (CONFIG.replace("traffic\n!\npolicy", "trafficpolicy"), 10, "two commands"),
    ],
)
def test_what_is_refused(text: str, line: int, words: str) -> None:
    refused = clean(text)

    assert isinstance(refused, Unreadable)
    assert line == refused.line
    assert words in str(refused)
    assert str(refused).startswith(f"line {line}: ")


def test_an_fwsm_that_inspects_no_mail_is_read() -> None:
    text = CONFIG.replace("ASA Version 9.8(2)", "FWSM Version 4.1(4)")

    assert isinstance(clean(text), Unreadable)
    assert isinstance(clean(text.replace("  inspect esmtp ", "")), Capture)


PIECES = st.sampled_from(
    [MORE, "\b", "\r", "\n", ">", "> ", "\\", "\\n", '"', "{", '{"response":[', "policy-map ", "x"]
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=30), st.integers(0, len(CONFIG)))
def test_any_text_gives_an_answer(pieces: list[str], at: int) -> None:
    for text in ("".join(pieces), CONFIG[:at] + "".join(pieces) + CONFIG[at:]):
        assert isinstance(clean(text), Capture | Unreadable)
