"""Planted secrets, and the judge who looks for them in everything that the whole suite leaves.

A plugin: at the end of the session (of each xdist worker) every file below pytest's directory of
temporary files is searched, and after each test what it printed and logged. A test that writes a
secret into a file by intention gives that file, or a directory above it, a name with ``planted``.
"""

import base64
import os
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

#: The passwords of virtual firewalls: quotes and the like, so that no spelling is like another.
PASSWORD = "login-canary-6f1c'\"\\&%é"
ENABLE = "enable-canary-93ab'\"\\&%é"
#: The token of a Vault.
TOKEN = "vault-canary-token-52c8"
#: Stands inside configurations: a community, a key, a password.
INSIDE = "inside-canary-d07e"

#: What every spelling of each keeps (``repr``, JSON, URL, HTML), or what its encodings hold.
CORES = ("login-canary-6f1c", "enable-canary-93ab", TOKEN, INSIDE)
EXEMPT = "planted"
MOST = 256 * 1024 * 1024

FOUND = pytest.StashKey[int]()


def forms(core: str) -> frozenset[bytes]:
    """A secret raw, reversed, in UTF-16, hexadecimal, and base64 at each of its alignments."""
    raw = core.encode()
    coded = {raw, raw[::-1], core.encode("utf-16-le"), raw.hex().encode()}
    coded |= {raw.hex().upper().encode(), ", ".join(map(str, raw)).encode()}
    coded |= {" ".join(f"{byte:02x}" for byte in raw).encode()}
    for shift in range(3):
        # Characters that hold a bit of what stands before or behind are left out.
        text = base64.b64encode(b"\0" * shift + raw)
        whole = text[4 if shift else 0 : -4]
        coded |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    return frozenset(coded)


FORMS = frozenset(form for core in CORES for form in forms(core))


def holds_one(data: bytes) -> bool:
    """Whether a secret stands there in any form, also where lines were wrapped in the middle."""
    joined = data.replace(b"\r", b"").replace(b"\n", b"")
    return any(form in data or form in joined for form in FORMS)


def files_with_one(top: Path) -> Iterator[Path]:
    """Files below ``top`` that hold one, but for those planted."""
    for path in files(top):
        if holds_one(path.read_bytes()) or holds_one(str(path).encode()):
            yield path


def files(top: Path) -> Iterator[Path]:
    """Every plain file that can be read, whatever other process may be taking away."""
    for place, directories, names in os.walk(top):
        directories[:] = [name for name in directories if EXEMPT not in name]
        for name in names:
            path = Path(place) / name
            if EXEMPT not in name and _is_readable(path):
                yield path


def _is_readable(path: Path) -> bool:
    plain = path.is_file() and not path.is_symlink()
    return plain and os.access(path, os.R_OK) and path.stat().st_size <= MOST


@pytest.fixture(scope="session", autouse=True)
def no_secret_in_any_file(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[None]:
    """Searched when all other fixtures have let go of their files."""
    yield
    top = tmp_path_factory.getbasetemp()
    pytestconfig.stash[FOUND] = sum(1 for _ in files(top))
    found = [str(path) for path in files_with_one(top)]
    assert found == [], "files that hold a planted secret"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test printed and logged."""
    report = yield
    said = [name for name, text in report.sections if holds_one(text.encode("utf-8", "replace"))]
    if said and report.outcome != "failed":
        report.outcome = "failed"
        report.longrepr = f"a planted secret stands in: {', '.join(said)}"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells how much it searched."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["searched"] = session.config.stash.get(FOUND, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The sum of the workers."""
    told = getattr(node, "workeroutput", {}).get("searched", 0)
    node.config.stash[FOUND] = node.config.stash.get(FOUND, 0) + told


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """How many files it was, since none is not an answer."""
    count = config.stash.get(FOUND, 0)
    if count:
        words = f"{count} files searched for {len(CORES)} planted secrets in {len(FORMS)} forms"
        terminalreporter.write_line(words)


def spelt(core: str) -> Iterable[bytes]:
    """Some spellings, for the judge's own test."""
    yield from forms(core)
    yield f"{core[:7]}\n{core[7:]}".encode()
    yield repr(f"{core}'\"\\").encode()
