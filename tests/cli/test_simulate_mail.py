"""`simulate smtp` and the flags of `simulate proxy`: output, exit codes, mistakes."""

import json
from pathlib import Path
from typing import Any

import pytest

from asa_automate.cli.main import run
from asa_automate.errors import Exit
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.samples import ordinary
from tests.lab.conftest import EXEMPTION

FLOW = "tcp 198.51.100.7:40000 -> 192.168.1.1:25 in outside out inside"
DIALOGUE = """\
S: 220 mx2.example.com ESMTP 2026
C: STARTTLS
S: 500 what
C: NOOP {a*600}
C: QUIT
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "edge.cfg").write_text(ordinary("edge1"))
    (tmp_path / "mail.txt").write_text(DIALOGUE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def simulate(*words: str, flow: str = FLOW, config: str = "edge.cfg") -> int:
    return run(["simulate", *words, "--config", config, "--flow", flow])


def test_both_sides_line_by_line(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Exit.DONE == simulate("smtp", str(files / "mail.txt"))
    out = capsys.readouterr().out.splitlines()

    assert out[0].endswith("by class inspection_default of global_policy")
    assert out[1:5] == [
        "  S- 220 mx2.example.com ESMTP 2026",
        "  S+ 220 **2*******************202*   [mask-banner]",
        "  C- STARTTLS",
        "  C+ XXXXXXXX   [unsupported command]",
    ]
    assert "  C- QUIT   [lost: match cmd line length gt 512]" in out
    assert "counters: mask-banner +1, match cmd line length gt 512 +1, packet +4" in out
    assert "matched Class 1: cmd line length gt 512" in out[-2]


@pytest.mark.usefixtures("files")
def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert Exit.DONE == simulate("smtp", "mail.txt", "--output", "json")
    said: dict[str, Any] = json.loads(capsys.readouterr().out)

    assert {"flow", "reading", "before", "after"} == set(said)
    before = said["before"]
    assert ("drop-connection", "match cmd line length gt 512") == (
        before["verdict"],
        before["why"],
    )
    assert "XXXXXXXX\\r\\n" == before["arrived"]["client"]
    assert "        mask-banner, count 1" in before["shown"]
    assert said["after"] is None


@pytest.mark.usefixtures("files")
def test_a_flow_that_nobody_inspects(capsys: pytest.CaptureFixture[str]) -> None:
    assert Exit.DONE == simulate("smtp", "mail.txt", flow=FLOW.replace(":25", ":587"))

    assert "every byte passes untouched" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "more", "code", "said"),
    [
        (["smtp", "no.txt"], {}, Exit.BAD_INPUT, "no.txt: cannot be read"),
        (["smtp", "edge.cfg"], {}, Exit.BAD_INPUT, "edge.cfg: "),
        (["smtp", "mail.txt"], {"flow": "udp 1.1.1.1 -> 2.2.2.2:25"}, Exit.USAGE, "over tcp"),
        (["smtp", "mail.txt"], {"flow": "mail"}, Exit.USAGE, "not a flow"),
        (["smtp", "mail.txt"], {"flow": FLOW + "s"}, Exit.USAGE, "no interface 'insides'"),
        (["smtp", "mail.txt"], {"config": "no.cfg"}, Exit.BAD_INPUT, "no.cfg: cannot be read"),
        (["smtp", "mail.txt", "--reading", "x"], {}, Exit.USAGE, "per-engine or per-class"),
        (["smtp", "mail.txt", "--knob", "pipe=no"], {}, Exit.USAGE, "close, replace, pass"),
        (["smtp", "mail.txt", "--knob", "x"], {}, Exit.USAGE, "no such knob"),
        (["smtp", "mail.txt", "--plan", "edge.cfg"], {}, Exit.BAD_INPUT, "edge.cfg"),
        (["proxy", "--upstream", "x"], {}, Exit.USAGE, "--upstream is HOST:PORT"),
        (["proxy", "--upstream", "a:1", "--listen", "a:99999"], {}, Exit.USAGE, "--listen"),
        (["proxy", "--upstream", "a:1", "--listen", "192.0.2.1:1"], {}, Exit.USAGE, "listen"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("files")
def test_mistakes(
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    more: dict[str, str],
    code: Exit,
    said: str,
) -> None:
    assert code == simulate(*words, **more)
    assert said in capsys.readouterr().err


def test_a_map_that_is_not_understood_is_refused(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = ordinary("edge1").replace("  inspect esmtp\n", "  inspect esmtp M\n")
    odd = "policy-map type inspect esmtp M\n match phase of the moon\n  log\n"
    (files / "edge.cfg").write_text(text.replace("class-map ", odd + "class-map ", 1))

    assert Exit.REFUSED == simulate("smtp", "mail.txt")
    assert "is not understood: 'match phase of the moon'" in capsys.readouterr().err


def test_a_transcript_with_odd_characters(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A form feed or a line separator in a message is text; CR LF of the file is its end."""
    said = "=== Trying\r\n<-  220 x\r\n -> NOOP \x0c \u2028\r\n ->\r\n**> XFOO\r\n<** 500 no\r\n"
    (files / "mail.txt").write_bytes(said.encode())

    assert Exit.DONE == simulate("smtp", "mail.txt", "--output", "json")
    before = json.loads(capsys.readouterr().out)["before"]
    assert "NOOP \\x0c \\xe2\\x80\\xa8\\r\\n\\r\\nXXXX\\r\\n" == before["arrived"]["client"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no dialogue in it"),
        ("S: a\nX: b\n", "line 2"),
        ("S: \\q\n", "no such escape"),
        ("S: {a*99999999}\n", "longer than"),
        ("S! x\n", "line 1"),
        ("=== Trying\n<-  220 x\nhello\n", "line 3: not a line of a transcript"),
    ],
)
def test_dialogues_that_are_none(
    files: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (files / "mail.txt").write_text(text)

    assert Exit.BAD_INPUT == simulate("smtp", "mail.txt")
    assert said in capsys.readouterr().err


def test_a_text_that_was_cut_short_is_said(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (files / "edge.cfg").write_text("\n".join(ordinary("edge1").splitlines()[:12]))

    assert Exit.DONE == simulate("smtp", "mail.txt")
    assert "cut short" in capsys.readouterr().err


def test_where_the_readings_differ_it_is_said(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a split class an ordinary flow is inspected only if the device reads per engine."""
    box = VirtualAsa(ordinary("edge1"))
    box.edit(EXEMPTION)
    (files / "edge.cfg").write_text(box.running_text)

    assert Exit.DONE == simulate(
        "smtp", "mail.txt", flow=FLOW.replace("192.168.1.1", "192.168.1.2")
    )
    captured = capsys.readouterr()
    assert "by class MAIL of global_policy" in captured.out
    assert "under the per-class reading it is not inspected" in captured.err
