"""docs/first-run.md, carried out: each command in its order, each output that is shown.

The program is installed as the page says and talks SSH with the firewalls that ``lab serve``
starts. What is not as on the page: pip takes the packages that the tests have, the firewalls
listen on free ports, and RUN is the number of the run.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "first-run.md"
#: Not a measurement: a program that hangs shall end the test and not the test run.
PATIENCE = 240
_FENCE = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Reader:
    """Somebody who types what the page says."""

    place: Path
    env: dict[str, str]
    port: int
    out: str = ""
    typed: list[str] = field(default_factory=list)
    lab: "subprocess.Popen[str] | None" = None

    def type(self, line: str) -> None:
        """Carry out one command line; it ends with 0, or the page is wrong."""
        self.typed.append(line)
        if line.startswith("export "):
            self.export(line)
        elif line == "asa-automate lab serve":
            self.serve()
        else:
            self.shell(line.replace("RUN", self.last_run() if "RUN" in line else ""))
        if line == "asa-automate init":
            self.move_ports()

    def shell(self, line: str) -> None:
        inside = ROOT if "pip install" in line else self.place
        done = subprocess.run(  # noqa: S603  # what the page says
            ["/bin/sh", "-c", line],
            cwd=inside,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert 0 == done.returncode, f"{line}\n{done.stdout}\n{done.stderr}"
        self.out += done.stdout

    def export(self, line: str) -> None:
        for name, value in (word.split("=", 1) for word in line.split()[1:]):
            known = value.replace("$PATH", self.env["PATH"]).replace("~", self.env["HOME"])
            self.env[name] = known

    def serve(self) -> None:
        program = f"{self.env['HOME']}/asa-automate/bin/asa-automate"
        self.lab = subprocess.Popen(  # noqa: S603  # what the page says, on free ports
            [program, "lab", "serve", "--port", str(self.port)],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.lab.stderr
        said = ""
        while not said.startswith("ready"):
            said = self.lab.stderr.readline()
            assert said, "it ended before it was ready"

    def move_ports(self) -> None:
        """The sample names 2200 and 2201, which may be taken on this machine."""
        hosts = self.place / "inventory" / "hosts.yaml"
        text = hosts.read_text()
        for number in (2201, 2200):
            text = text.replace(f"port: {number}", f"port: {self.port + number - 2200}")
        hosts.write_text(text)

    def last_run(self) -> str:
        program = f"{self.env['HOME']}/asa-automate/bin/asa-automate"
        done = subprocess.run(  # noqa: S603  # our own program
            [program, "runs", "--output", "json"],
            cwd=self.place,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        return str(json.loads(done.stdout)[-1]["id"])

    def must_see(self, block: str) -> None:
        """Each line that the page shows is one that the last commands printed, in this order."""
        printed = iter(" ".join(line.split()) for line in self.out.splitlines())
        for line in block.splitlines():
            pieces = (" ".join(piece.split()) for piece in line.split("..."))
            wanted = ".*".join(map(re.escape, pieces))
            for number in (2201, 2200):
                wanted = wanted.replace(str(number), str(self.port + number - 2200))
            assert any(re.fullmatch(f".*{wanted}", got) for got in printed), f"{line}\n{self.out}"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    place, home = tmp_path / "place", tmp_path / "user"
    place.mkdir()
    home.mkdir()
    one = Reader(place, surroundings(home), free_ports())
    yield one
    if one.lab:
        one.lab.send_signal(signal.SIGINT)
        one.lab.communicate(timeout=PATIENCE)
        assert 0 == one.lab.returncode, "Ctrl-C is how it is meant to end"


def surroundings(home: Path) -> dict[str, str]:
    """A user's environment; pip builds with what the tests have, without a network."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "COLUMNS": "200",
        "ASA_AUTOMATE_SETTLE": "0",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it the wrong way round: no isolation
        "PIP_NO_INDEX": "1",
        "PIP_QUIET": "2",
        "PYTHONPATH": sysconfig.get_paths()["purelib"],
    }


def free_ports() -> int:
    """The first of two neighbouring ports that are free now."""
    for _ in range(50):
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                other.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    pytest.fail("no two neighbouring ports are free")


def test_the_page_is_true(reader: Reader) -> None:
    for kind, block in _FENCE.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":
            reader.must_see(block)
            continue
        reader.out = ""
        for line in block.splitlines():
            reader.type(line)

    # The page leads through all of it.
    words = " ".join(reader.typed)
    for step in ("pip install", "lab serve", "init", "inventory lint", "hostkeys scan", "plan"):
        assert step in words
    for step in ("hostkeys trust", "check", "apply", "rollback", "show"):
        assert f"asa-automate {step} " in words
    assert (reader.place / "check.xml").is_file()


def test_no_command_is_hidden_elsewhere_on_the_page() -> None:
    """What stands in a fence is run; there is no other kind of block to put a command into."""
    text = PAGE.read_text(encoding="utf-8")

    assert [] == re.findall(r"^(?:    |\t)asa-automate .*$", _FENCE.sub("", text), re.MULTILINE)
    assert text.count("```") == 2 * len(_FENCE.findall(text))
