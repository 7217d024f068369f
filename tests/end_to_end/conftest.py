"""The program as its users run it: a process, virtual firewalls over SSH, and the boxes as judge.

What the program says of itself is never believed where a box can be asked: a box knows its
configurations, every line that was typed and every login that was tried.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from asa_automate.lab.access import Packet
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.faults import Fault
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.ssh_server import LabServer, serve
from asa_automate.plan.document import make_plan_file, read_plan, write_plan
from tests.canaries import ENABLE, PASSWORD, holds_one

GATEWAY = ip_address("192.168.1.1")
OTHER = ip_address("192.168.1.20")
PEER = ip_address("198.51.100.7")
SERIAL = "9AENDTOEND1"
#: Not a measurement: a program that hangs shall end the test and not the test run.
PATIENCE = 120


def knobs(**changed: Any) -> Knobs:
    """A box with the login that every :class:`Site` uses."""
    return Knobs(**{"password": PASSWORD, "enable_password": ENABLE} | changed)


def box(*faults: Fault, text: str = "", serial: str = SERIAL, **changed: Any) -> VirtualAsa:
    """An ordinary firewall named ``fw``; ``changed`` are knobs."""
    return VirtualAsa(text or ordinary("fw", serial=serial), knobs(**changed), faults)


def state_of(text: str) -> list[str]:
    """A configuration as far as *the same state* goes, however the program sees it.

    Comments, checksum and trailing blanks do not count, nor does the order of the ``inspect``
    lines of one class: a re-added one lands last. Every other order counts.
    """
    kept = [line.rstrip() for line in text.splitlines()]
    kept = [line for line in kept if line.strip("!") and not line.startswith(_NO_STATE)]
    runs = groupby(kept, key=lambda line: line.startswith("  inspect "))
    return [line for inspects, run in runs for line in (sorted(run) if inspects else run)]


_NO_STATE = (":", "Cryptochecksum")


@dataclass(frozen=True)
class Was:
    """A box as it was at some moment, to be compared with later."""

    box: VirtualAsa
    running: list[str]
    startup: list[str]
    saves: int
    lines: int

    @classmethod
    def of(cls, box: VirtualAsa) -> "Was":
        return cls(
            box,
            state_of(box.running_text),
            state_of(box.startup_text),
            box.counts.saves,
            box.counts.config_lines,
        )

    def must_be_old(self) -> None:
        """Running- and startup-config are what they were."""
        assert self.running == state_of(self.box.running_text)
        assert self.startup == state_of(self.box.startup_text)

    def must_be_untouched(self) -> None:
        """Nothing was even typed in configuration mode, and nothing saved."""
        self.must_be_old()
        assert (self.saves, self.lines) == (self.box.counts.saves, self.box.counts.config_lines)

    def must_be_exempt_and_saved(self) -> None:
        """The gateway's mail is left alone, everybody else's is not, also after a reload."""
        assert {"in": False, "out": False, "others": True} == inspected(self.box)
        assert state_of(self.box.running_text) == state_of(self.box.startup_text)
        assert self.box.counts.saves > self.saves


def inspected(box: VirtualAsa) -> dict[str, bool]:
    """Whose mail the box inspects: asked of the box itself, whichever interfaces it takes."""
    flows = {"in": (PEER, GATEWAY), "out": (GATEWAY, PEER), "others": (PEER, OTHER)}
    found = {}
    for name, (source, target) in flows.items():
        way = ("inside", "outside") if name == "out" else ("outside", "inside")
        found[name] = "esmtp" in box.treatment(Packet("tcp", source, target, 25), *way)
    return found


@dataclass(frozen=True)
class Said:
    """What one run of the program said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout, which must be one JSON document and nothing besides."""
        return json.loads(self.out)

    @property
    def first(self) -> str:
        """The first line on stderr."""
        return (self.err.splitlines() or [""])[0]

    def must_be(self, code: int, device: str = "") -> "Said":
        """The exit code, and the device's name at the very beginning of what it complains of."""
        told = f"exit {self.code}\n{self.out}\n{self.err}"
        assert code == self.code, told
        if device:
            assert self.first.startswith(f"{device}: "), told
        return self


@dataclass
class Site:
    """An inventory, a store, a file of host keys: what one user has, and the boxes it leads to."""

    place: Path
    boxes: Mapping[str, VirtualAsa]
    lab: LabServer
    env: dict[str, str] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)

    def run(self, *words: str | Path, env: Mapping[str, str | None] | None = None) -> Said:
        """Carry out one command line; ``env`` changes variables, ``None`` takes one away."""
        done = subprocess.run(  # noqa: S603  # our own program
            _program(words),
            env=self.surroundings(env),
            cwd=self.place,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return self.heard(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """Begin a command line; whoever ends it hands what it said to :meth:`heard`."""
        return subprocess.Popen(  # noqa: S603  # our own program
            _program(words),
            env=self.surroundings(None),
            cwd=self.place,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def heard(self, code: int, out: str, err: str) -> Said:
        """Keep what the program said; a traceback or an unexpected error is never all right."""
        said = Said(code, out, err)
        self.said.append(said)
        for text in (out, err):
            assert "Traceback" not in text, text
            assert "unexpected error" not in text, text
        return said

    def surroundings(self, changed: Mapping[str, str | None] | None) -> dict[str, str]:
        """The environment of the program: nothing of the caller's but the way to programs."""
        merged = self.env | dict(changed or {})
        return {name: value for name, value in merged.items() if value is not None}

    def write_hosts(self, ports: Mapping[str, int]) -> None:
        """The inventory: these names at these ports of 127.0.0.1."""
        lines = (
            f"{name}: {{hostname: 127.0.0.1, port: {port}}}\n" for name, port in ports.items()
        )
        (self.inventory / "hosts.yaml").write_text("".join(lines))

    def trust(self) -> None:
        """Pin the keys that the boxes have now."""
        lines = (f"[127.0.0.1]:{p} {self.lab.host_keys[n]}\n" for n, p in self.lab.ports.items())
        self.known_hosts.write_text("".join(lines))
        self.known_hosts.chmod(0o600)

    @property
    def inventory(self) -> Path:
        return self.place / "inventory"

    @property
    def known_hosts(self) -> Path:
        return self.place / "known_hosts"

    @property
    def store(self) -> str:
        return self.env["ASA_AUTOMATE_STORE"]

    def leaks(self) -> list[str]:
        """Where a password stands in what was said or written; empty, or something is wrong."""
        texts = {f"output {i}": (s.out + s.err).encode() for i, s in enumerate(self.said)}
        texts |= {str(p): p.read_bytes() for p in sorted(self.place.rglob("*")) if p.is_file()}
        return [name for name, data in texts.items() if holds_one(data)]


def _program(words: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-m", "asa_automate", *map(str, words)]


@dataclass
class Bench:
    """What tests build with; every box that is served here is shut down with it."""

    places: Callable[[], Path]
    stack: ExitStack

    box = staticmethod(box)
    was = staticmethod(Was.of)
    inspected = staticmethod(inspected)
    state_of = staticmethod(state_of)
    password = PASSWORD
    enable = ENABLE

    def site(self, **boxes: VirtualAsa) -> Site:
        """The boxes are served, their keys pinned, and an inventory leads to them."""
        place = self.places()
        lab = self.stack.enter_context(serve(boxes))
        site = Site(place, boxes, lab, _environment(place))
        site.inventory.mkdir()
        site.write_hosts(lab.ports)
        exemptions = f"exemptions:\n  - {{name: esa, match: {{}}, gateways: [{GATEWAY}]}}\n"
        (site.inventory / "exemptions.yaml").write_text(exemptions)
        site.trust()
        return site


def _environment(place: Path) -> dict[str, str]:
    home = place / "home"
    home.mkdir()
    return {
        "PATH": os.environ["PATH"],
        # Where the tests run on a tree that is not installed, the program must be its own.
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(home),
        "ASA_AUTOMATE_INVENTORY": str(place / "inventory"),
        "ASA_AUTOMATE_STORE": f"sqlite:///{place / 'store.sqlite3'}",
        "ASA_AUTOMATE_KNOWN_HOSTS": str(place / "known_hosts"),
        "ASA_AUTOMATE_USERNAME": "admin",
        "ASA_AUTOMATE_PASSWORD": PASSWORD,
        "ASA_AUTOMATE_ENABLE": ENABLE,
        "ASA_AUTOMATE_SETTLE": "0",
    }


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Boxes and sites for the tests of one file."""
    with ExitStack() as stack:
        yield Bench(lambda: tmp_path_factory.mktemp("site"), stack)


@pytest.fixture(scope="session")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan for the device ``fw``, an ordinary box: good for every box of that text."""
    with ExitStack() as stack:
        site = Bench(lambda: tmp_path_factory.mktemp("site"), stack).site(fw=box())
        path = site.place / "plan.json"
        site.run("plan", "--out", path).must_be(0)
    return path


@pytest.fixture(scope="session")
def plan_of(plan_file: Path) -> Callable[..., Path]:
    """``plan_of(site, "edge")``: that plan for a device of another name, whole and in date.

    With ``age`` it was made so long ago; ``serial`` makes it that of another box.
    """
    made = read_plan(plan_file.read_bytes(), str(plan_file))

    def rewritten(
        site: Site, device: str, age: timedelta = timedelta(), serial: str = SERIAL
    ) -> Path:
        [one] = made.devices
        identity = one.identity.model_copy(update={"serial": serial})
        renamed = one.model_copy(update={"device": device, "identity": identity})
        then = datetime.now(UTC) - age
        path = site.place / f"plan-for-{device}.json"
        path.write_text(write_plan(make_plan_file((renamed,), now=then, nonce="0000")))
        return path

    return rewritten
