"""The judge of planted secrets would see each of them, wherever it stood."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.canaries import CORES, PASSWORD, forms, holds_one, spelt

ROOT = Path(__file__).resolve().parent.parent

#: A suite of its own: where the secret goes -> the body of its only test.
LEAKS = {
    "file": "(tmp_path / 'log').write_bytes(b'x' * 70000 + SECRET.encode())",
    "hidden": "(tmp_path / '.x').mkdir(); (tmp_path / '.x' / 'y').write_text(SECRET)",
    "name": "(tmp_path / SECRET[:12].join(('', SECRET[12:17]))).write_text('')",
    "base64": "(tmp_path / 'b').write_bytes(base64.b64encode(b'ab' + SECRET.encode() + b'c'))",
    "hex": "(tmp_path / 'h').write_text(SECRET.encode().hex())",
    "repr": "(tmp_path / 'r').write_text(repr([SECRET]))",
    "json": "import json; (tmp_path / 'j').write_text(json.dumps({'a': SECRET}))",
    "database": (
        "import sqlite3; c = sqlite3.connect(tmp_path / 'db'); c.execute('create table t (x)');"
        "c.execute('insert into t values (?)', (SECRET,)); c.commit(); c.close()"
    ),
    "stdout": "print(SECRET)",
    "stderr": "import sys; print(repr(SECRET), file=sys.stderr)",
    "log": "import logging; logging.getLogger('paramiko').warning('%s', SECRET)",
}


def suite(place: Path, body: str) -> subprocess.CompletedProcess[str]:
    head = "import base64\nfrom tests.canaries import PASSWORD as SECRET\n\n\n"
    (place / "test_leak.py").write_text(f"{head}def test_it(tmp_path):\n    {body}\n")
    (place / "pytest.ini").write_text("[pytest]\n")
    words = ("-p", "tests.canaries", "-p", "no:cacheprovider", "-q", "--basetemp", "base", "-n0")
    return subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-m", "pytest", "-c", "pytest.ini", *words, "test_leak.py"],
        cwd=place,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("where", LEAKS)
def test_a_leak_fails_its_suite(where: str, tmp_path: Path) -> None:
    place = tmp_path / "planted"
    place.mkdir()
    done = suite(place, LEAKS[where])
    assert done.returncode == 1, done.stdout
    assert "planted secret" in done.stdout


def test_a_suite_without_one_passes_and_says_how_much_it_read(tmp_path: Path) -> None:
    place = tmp_path / "planted"
    place.mkdir()
    done = suite(place, "(tmp_path / 'a').write_text('login-canary-6f1'); print('nothing')")
    assert done.returncode == 0, done.stdout
    assert "1 files searched" in done.stdout


@pytest.mark.parametrize("core", CORES)
def test_each_form_is_seen(core: str) -> None:
    assert all(holds_one(b"before" + form + b"after") for form in spelt(core))
    assert not holds_one(b"before" + core[:-1].encode() + b"after")
    for lead in range(8):
        coded = base64.b64encode(b"user:"[:lead] + b"x" * lead + core.encode() + b"tail")
        assert holds_one(coded), lead
    assert all(len(form) > 8 for form in forms(core))


def test_the_passwords_hold_what_they_are_known_by() -> None:
    assert any(core in PASSWORD for core in CORES)
