"""The program as a whole: help, usage errors, what it imports, and how it fails."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
import typer

from asa_automate import __version__
from asa_automate.cli import main
from asa_automate.cli.handler import handled, scrub
from asa_automate.cli.options import command
from asa_automate.cli.settings import Settings
from asa_automate.errors import BadInput, Exit, Refused, StateUnknown

Program = Callable[..., subprocess.CompletedProcess[str]]


def started(words: list[str], stdout: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
    """A process whose words are all our own."""
    return subprocess.Popen(  # noqa: S603  # this Python and words of these tests
        words, stdout=stdout, stderr=subprocess.PIPE, text=True
    )


def ran(
    words: list[str], cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The outcome of a process whose words are all our own."""
    return subprocess.run(  # noqa: S603  # this Python and words of these tests
        words, capture_output=True, text=True, cwd=cwd, env=env, timeout=60, check=False
    )


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """``program("inventory", "list")``: what a shell would see."""

    def run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return ran([sys.executable, "-m", "asa_automate", *words], tmp_path, os.environ | env)

    return run


USAGE_ERRORS = {
    "an unknown command": ["colect"],
    "an unknown command of a group": ["inventory", "lst"],
    "an unknown option": ["version", "--jsn"],
    "a bad value": ["version", "--output", "xml"],
    "a bad value before the subcommand": ["--output", "xml", "version"],
    "an option without its value": ["version", "--output"],
    "a missing argument": ["inventory", "show"],
    "an argument too many": ["version", "now"],
    "nothing": [],
    "a group and nothing": ["inventory"],
    "opposites": ["version", "-v", "-q"],
}


@pytest.mark.parametrize("words", USAGE_ERRORS.values(), ids=USAGE_ERRORS.keys())
def test_usage_errors_exit_64(words: list[str], program: Program) -> None:
    done = program(*words)

    assert done.returncode == 64
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_usage_error_is_one_line_that_helps(program: Program) -> None:
    done = program("inventory", "lst")

    (line,) = done.stderr.splitlines()
    assert line.startswith("asa-automate: ")
    assert "list" in line
    assert "asa-automate inventory --help" in line


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help(flag: str, program: Program) -> None:
    done = program(flag)

    assert (done.returncode, done.stderr) == (0, "")
    assert "inventory" in done.stdout


def test_version_flag(program: Program) -> None:
    done = program("--version")

    assert (done.returncode, done.stdout) == (0, f"asa-automate {__version__}\n")


def test_help_imports_nothing_heavy(capsys: pytest.CaptureFixture[str]) -> None:
    code = (
        "import sys; from asa_automate.cli.main import run; code = run(['--help']);"
        "heavy = {'netmiko', 'sqlalchemy', 'nornir', 'numpy'} & set(sys.modules);"
        "print(sorted(heavy), file=sys.stderr); sys.exit(code)"
    )
    began = time.perf_counter()
    done = ran([sys.executable, "-c", code])
    taken = time.perf_counter() - began

    assert done.stderr == "[]\n"
    assert "Usage: asa-automate" in done.stdout
    with capsys.disabled():
        print(f" asa-automate --help: {taken * 1000:.0f} ms", end=" ")


def test_every_command_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for words in _commands():
        assert main.run([*words, "--help"]) == 0
        shown = capsys.readouterr().out
        assert "Examples:" in shown, words
        assert f"asa-automate {' '.join(words)}" in shown.split("Examples:")[1], words


def _commands() -> list[list[str]]:
    root = typer.main.get_command(main.build())
    found: list[list[str]] = []
    todo = [([name], command) for name, command in vars(root)["commands"].items()]
    while todo:
        words, one = todo.pop()
        inner = vars(one).get("commands")
        if inner is None:
            found.append(words)
        else:
            todo += [([*words, name], command) for name, command in inner.items()]
    assert len(found) >= 6
    return found


def test_completion_is_there(program: Program) -> None:
    done = program(
        _ASA_AUTOMATE_COMPLETE="complete_bash", COMP_WORDS="asa-automate inv", COMP_CWORD="1"
    )

    assert done.stdout.split() == ["inventory"]


def test_flags_before_and_after_the_subcommand_mean_the_same(program: Program) -> None:
    before = program("--output", "json", "version")
    after = program("version", "--output", "json")

    assert before.stdout == after.stdout
    assert json.loads(after.stdout)["tool"] == __version__


# --- how it fails


def failing(error: BaseException) -> Callable[[], int]:
    def action() -> int:
        raise error

    return action


def test_an_error_of_ours_is_one_line_with_the_device_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = handled(failing(Refused("it is a standby unit; use its mate", device="fw1")), {})

    assert code == 5
    assert capsys.readouterr() == ("", "fw1: it is a standby unit; use its mate\n")


def test_several_problems_are_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert handled(failing(BadInput("all", problems=["a.yaml:1: x", "a.yaml:2: y"])), {}) == 65

    assert capsys.readouterr().err == "asa-automate: a.yaml:1: x\nasa-automate: a.yaml:2: y\n"


def test_the_lines_to_type_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["policy-map global_policy", " class inspection_default"]

    assert handled(failing(StateUnknown("look at it", device="fw1", lines=lines)), {}) == 7
    assert capsys.readouterr().err.splitlines()[1:] == [f"    {line}" for line in lines]


def test_control_characters_are_shown_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b]52;c;eA==\x07 [red]\r\n\x9b2J \u202egnp\ud800"

    handled(failing(Refused(evil, device="fw\x1b[2J")), {})

    shown = capsys.readouterr().err
    assert shown == ("fw\\x1b[2J: \\x1b]52;c;eA==\\x07 [red]\\x0d\\x0a\\x9b2J \\u202egnp\\ud800\n")


def test_a_bug_is_one_line_and_a_log(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    secrets = {"ASA_AUTOMATE_PASSWORD": "hunter2's", "FW_ENABLE": "s3cr\x00t"}
    env = {"XDG_STATE_HOME": str(tmp_path), **secrets}
    text = f"first {secrets['ASA_AUTOMATE_PASSWORD']}\nsecond {secrets['FW_ENABLE']!r}"

    code = handled(failing(ValueError(text)), env)

    out, err = capsys.readouterr()
    (log,) = (tmp_path / "asa-automate").iterdir()
    written = log.read_text()
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "ValueError: first ***" in err
    assert str(log) in err
    assert __version__ in written
    assert "Traceback" in written
    assert (log.stat().st_mode & 0o777, log.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "hunter2" not in err + written
    assert "s3cr" not in err + written


def test_a_bug_where_no_log_can_be_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    code = handled(failing(ValueError("x")), {"XDG_STATE_HOME": str(tmp_path / "file")})

    shown = capsys.readouterr().err
    assert code == 1
    assert "please send the file" in shown
    Path(shown.split("the file ")[1].strip()).unlink()


def test_logins_in_urls_are_scrubbed() -> None:
    shown = scrub("postgresql+psycopg://asa:pw@db/asa", {})

    assert shown == "postgresql+psycopg://********@db/asa"


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (typer.Abort(), 130)])
def test_stopped_by_the_user(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert handled(failing(error), {}) == code
    assert capsys.readouterr().err == "asa-automate: stopped by the user\n"


def test_a_command_returns_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def built() -> typer.Typer:
        app = typer.Typer()
        app.callback()(lambda: None)

        @command(app, "check", examples={"asa-automate check": "x"})
        def check(settings: Settings) -> Exit:  # noqa: ARG001  # every command takes them
            return Exit.CHANGES

        return app

    monkeypatch.setattr(main, "build", built)

    assert main.run(["check"]) == 2


#: A program whose only command does what the test wants, started as the real one is.
STAGED = """
import sys, threading, time
from asa_automate.cli import main
import typer
def built():
    app = typer.Typer(); app.callback()(lambda: None)
    def act(): {act}
    app.command("act")(act)
    return app
main.build = built
sys.argv = ["asa-automate", "act"]
main.main()
"""


def staged(act: str) -> list[str]:
    return [sys.executable, "-c", STAGED.format(act=act)]


def test_no_traceback_on_the_terminal_whatever_happens() -> None:
    done = ran(staged("{}['x']"))

    assert done.returncode == 1
    assert "KeyError" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_nor_from_a_thread() -> None:
    act = "t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()"
    done = ran(staged(act))

    assert done.returncode == 0
    assert "unexpected error in a thread" in done.stderr
    assert "Traceback" not in done.stderr


def test_nor_from_a_library_that_logs() -> None:
    act = (
        "import logging; logging.getLogger('paramiko').error('Traceback (most recent call last)')"
    )
    done = ran(staged(act))

    assert (done.returncode, done.stderr) == (0, "")


def test_ctrl_c_ends_with_130() -> None:
    with started(staged("print('ready', flush=True); time.sleep(60)")) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (130, "asa-automate: stopped by the user\n")


def test_a_reader_that_goes_away_is_no_drama() -> None:
    with started(staged("[print('x' * 1000) for _ in range(10000)]")) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()

    assert (process.returncode, err) == (130, "")


def test_a_full_disk_behind_stdout_is_one_line() -> None:
    with Path("/dev/full").open("w") as full, started(staged("print('x')"), full) as process:
        _, err = process.communicate(timeout=30)

    assert process.returncode == 1
    assert err.count("\n") == 1
    assert "No space left" in err
