"""Many firewalls and little to do it with: few file descriptors, little memory, one password."""

import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from asa_automate.lab.samples import ordinary

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Bench, Said, Site

COUNT = 40
#: What a process has open before it calls anybody, with a margin.
OWN = 40


def limited(site: "Site", files: int, *words: str) -> "Said":
    """Carry out a command line that may have so many files open, sockets included."""
    program = [sys.executable, "-m", "asa_automate", *words]
    done = subprocess.run(  # noqa: S603  # our own program, under a limit
        ["/bin/sh", "-c", f'ulimit -n {files}; exec "$@"', "sh", *program],
        env=site.surroundings(None),
        cwd=site.place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return site.heard(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def site(bench: "Bench") -> "Site":
    """Many small boxes."""
    names = [f"fw{number:02}" for number in range(COUNT)]
    return bench.site(
        **{name: bench.box(text=ordinary(name, serial=f"9A{name}")) for name in names}
    )


def test_no_more_files_than_workers(site: "Site") -> None:
    """More firewalls than files may be open: a descriptor is given back with its session."""
    said = limited(site, OWN + 8, "collect", "--workers", "6", "--output", "json").must_be(0)

    assert COUNT == len(said.json)
    assert {"collected"} == {entry["outcome"] for entry in said.json}
    assert {0} == {box.open_sessions for box in site.boxes.values()}


def test_more_workers_than_files(site: "Site") -> None:
    """Too many at a time for this machine: each has its end, the program ends and says why."""
    said = limited(site, OWN, "collect", "--workers", str(COUNT), "--output", "json")

    assert COUNT == len(said.json)
    failed = [entry for entry in said.json if entry["outcome"] == "failed"]
    assert all(entry["message"].startswith(entry["device"]) for entry in failed)
    assert (said.code == 0) == (not failed)
    assert {0} == {box.open_sessions for box in site.boxes.values()}


def test_one_refused_login_ends_it_for_that_credential(bench: "Bench") -> None:
    """An account is locked after a few failures: five firewalls are not asked five times."""
    names = [f"locked{number}" for number in range(5)]
    site = bench.site(**{name: bench.box(password="another") for name in names})

    site.run("plan", "--output", "json").must_be(4)

    assert 1 == sum(box.counts.logins_tried for box in site.boxes.values())


#: Entries of one access-list of a large firewall.
ENTRIES = 100_000


def test_a_very_long_configuration_costs_little_memory(bench: "Bench") -> None:
    """A saved text of 100,000 entries is planned within the memory of a small machine."""
    at = "access-list OUTSIDE_IN"
    rules = "".join(
        f"access-list LONG extended permit tcp host 10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255} "
        "any eq 443\n"
        for n in range(ENTRIES)
    )
    site = bench.site(fw=bench.box())
    texts = site.place / "texts"
    texts.mkdir()
    text = site.boxes["fw"].running_text.replace(at, rules + at, 1)
    assert text.count("\n") > ENTRIES
    (texts / "fw.cfg").write_text(text)
    program = (
        "import resource, runpy, sys\n"
        "sys.argv = ['asa-automate', *sys.argv[1:]]\n"
        "try: runpy.run_module('asa_automate', run_name='__main__')\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )

    words = ["plan", "--from-dir", "texts", "--output", "json"]
    done = subprocess.run(  # noqa: S603  # our own program
        # Not straight from here: a large parent would count as its child's peak memory.
        ["/bin/sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", program, *words],
        env=site.surroundings(None),
        cwd=site.place,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    said = site.heard(done.returncode, done.stdout, done.stderr).must_be(0)
    assert ["change"] == [entry["status"] for entry in said.json["devices"]]
    kilobytes = int(said.err.split()[-1])
    assert 10_000 < kilobytes < 300_000


def test_the_limit_is_one(site: "Site") -> None:
    """A check that cannot fail would be none: with too few files nothing begins."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft > OWN

    said = limited(site, 8, "collect", "--workers", "6")

    assert 0 != said.code
