"""What every test may ask for, and what no test may do.

Fixtures:
    corpus: the directory of collected real texts (``ASA_CORPUS``).
    corpus_config, corpus_service_policy: one file of it after the other; naming one of them as an
        argument runs the test once per file.
    require_program: a function; gives the path of a program, or says which Debian package has it.

What a test misses makes it skip, and ``ASA_AUTOMATE_REQUIRE=all`` turns *every* skip into a
failure: where nothing may be missing, nothing is passed over in silence.

No test sees the user's files: home, state directory, store and known hosts lie below ``tmp_path``.
"""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from asa_automate.apply.rights import Account, rights_of
from asa_automate.lab import authorization
from tests import canaries

#: Set to ``all`` where a skipped test is a failed one.
REQUIRE = os.environ.get("ASA_AUTOMATE_REQUIRE", "")

#: Fixture name -> the files of the corpus that it walks through.
CORPUS_FILES = {
    "corpus_config": "configs/*.cfg",
    "corpus_service_policy": "service_policy/*.txt",
}

#: Program -> the Debian package that brings it.
PACKAGES = {
    "chromium": "chromium",
    "postfix": "postfix",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "sshd": "openssh-server",
    "swaks": "swaks",
    "systemd-analyze": "systemd",
}

#: Whatever of this is set where the tests run would change what they see.
FOREIGN = (
    "ASA_AUTOMATE_INVENTORY",
    "ASA_AUTOMATE_USERNAME",
    "ASA_AUTOMATE_PASSWORD",
    "ASA_AUTOMATE_ENABLE",
    "NET_TEXTFSM",
    "NO_COLOR",
    "FORCE_COLOR",
    "PY_COLORS",
    "GITHUB_ACTIONS",
    "SSH_AUTH_SOCK",
)

settings.register_profile("default", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=150, deadline=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home of its own for each test, and an environment that does not depend on the caller's.

    ``ASA_AUTOMATE_SETTLE`` is 0: two verifications five seconds apart would only be waited for.
    """
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for kind in ("STATE", "CONFIG", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    monkeypatch.setenv("ASA_AUTOMATE_STORE", f"sqlite:///{home / 'store.db'}")
    monkeypatch.setenv("ASA_AUTOMATE_KNOWN_HOSTS", str(home / "known_hosts"))
    monkeypatch.setenv("ASA_AUTOMATE_SETTLE", "0")
    monkeypatch.setenv("COLUMNS", "120")


def pytest_configure(config: pytest.Config) -> None:
    """The judge of planted secrets looks at all that the suite leaves."""
    config.pluginmanager.register(canaries, "canaries")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--least-privilege``: virtual firewalls allow what docs/security.md lists, and no more."""
    parser.addoption(
        "--least-privilege",
        choices=[account.value for account in Account],
        help="virtual firewalls authorize only the lines of this account of docs/security.md",
    )


@pytest.fixture(scope="session", autouse=True)
def least_privilege(pytestconfig: pytest.Config) -> Iterator[None]:
    """Where the option is given, no box allows more than the account may type."""
    account = pytestconfig.getoption("--least-privilege")
    with pytest.MonkeyPatch.context() as patched:
        if account:
            allowed = tuple(right.pattern for right in rights_of(Account(account)))
            patched.setattr(authorization, "ALLOWED", allowed)
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The directory of real texts, ``configs/`` and ``service_policy/`` among others."""
    named = os.environ.get("ASA_CORPUS")
    if not named:
        pytest.skip("ASA_CORPUS is not set: no collected texts to read")
    if not Path(named).is_dir():
        pytest.fail(f"ASA_CORPUS={named} is not a directory")
    return Path(named).resolve()


@pytest.fixture(scope="session")
def require_program() -> Callable[[str], Path]:
    """``require_program("ssh")``: where it is; skips, naming the package, where it is not."""

    def found(name: str) -> Path:
        path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
        if path is None:
            pytest.skip(f"{name} is missing: apt-get install {PACKAGES.get(name, name)}")
        return Path(path)

    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run of the test per file of the corpus; a single one that skips without a corpus."""
    for name in CORPUS_FILES.keys() & set(metafunc.fixturenames):
        files = sorted(Path(os.environ.get("ASA_CORPUS", "no-corpus")).glob(CORPUS_FILES[name]))
        cases = [pytest.param(path, id=path.name) for path in files]
        metafunc.parametrize(name, cases or [pytest.param(None, id="no-corpus")], indirect=True)


@pytest.fixture
def corpus_config(request: pytest.FixtureRequest, corpus: Path) -> Path:
    """A ``show running-config`` as somebody's firewall printed it."""
    return _file_of(request, corpus)


@pytest.fixture
def corpus_service_policy(request: pytest.FixtureRequest, corpus: Path) -> Path:
    """A ``show service-policy`` as somebody's firewall printed it."""
    return _file_of(request, corpus)


def _file_of(request: pytest.FixtureRequest, corpus: Path) -> Path:
    if request.param is None:
        pytest.fail(f"{corpus} holds no file for {request.fixturename}")
    path = request.param
    assert isinstance(path, Path)
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test fails where nothing may be missing."""
    report = yield
    if not hasattr(report, "wasxfail"):
        _no_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    _no_skip(report)
    return report


def _no_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome == "skipped" and REQUIRE == "all":
        report.outcome = "failed"
        report.longrepr = f"skipped under ASA_AUTOMATE_REQUIRE=all: {report.longreprtext}"
