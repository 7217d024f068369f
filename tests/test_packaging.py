"""What is shipped is whole: the wheel works without the checkout, and the lock names no host."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent

#: The two directories at the root that a wheel carries inside the package, and where.
CARRIED = {"textfsm_templates": "textfsm_templates", "inventory": "sample_inventory"}

#: Run with only the unpacked wheel, and what it depends on, in sight: a template that is not found
#: is an error, whatever the text.
READ_EVERY_TEMPLATE = """
import sys
import asa_automate
from asa_automate.show.templates import records
print(asa_automate.__file__)
for command in sys.argv[1:]:
    records(command, "")
    print(command)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make wheel` builds it, asking no package index."""
    target = tmp_path_factory.mktemp("wheel")
    command = ["-m", "pip", "--isolated", "--disable-pip-version-check", "wheel", "--no-index"]
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(target), str(ROOT)]
    subprocess.run([sys.executable, *command, *options], check=True, capture_output=True)  # noqa: S603  # our own words
    (built,) = target.glob("asa_automate-*.whl")
    return built


def files_of(directory: str) -> set[str]:
    return {path.name for path in (ROOT / directory).iterdir() if path.is_file()}


@pytest.mark.parametrize("directory", CARRIED)
def test_wheel_carries(wheel: Path, directory: str) -> None:
    place = f"asa_automate/{CARRIED[directory]}/"

    inside = {
        name.removeprefix(place)
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith(place)
    }

    assert files_of(directory)
    assert files_of(directory) == inside


def test_wheel_carries_the_package_alone(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {"asa_automate"} == {top for top in tops if not top.endswith(".dist-info")}


def test_wheel_carries_every_module_and_the_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "asa_automate").rglob("*.py")}

    assert set() == modules - set(names)
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]


def test_templates_are_found_from_an_installed_wheel(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    stems = (Path(name).stem for name in files_of("textfsm_templates"))
    commands = sorted(stem.removeprefix("cisco_asa_").replace("_", " ") for stem in stems)

    answer = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-c", READ_EVERY_TEMPLATE, *commands],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=False,
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 0, answer.stderr
    home, *read = answer.stdout.splitlines()
    assert Path(home).is_relative_to(installed)
    assert commands == read


def locked() -> dict[str, tuple[str, int]]:
    """Name -> version and number of hashes, of every release in requirements.lock."""
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip())
    heads = [(re.match(r"([A-Za-z0-9._-]+)==(\S+) ", entry), entry) for entry in entries]
    assert all(head for head, _ in heads)
    return {
        canonicalize_name(head[1]): (head[2], entry.count("--hash=sha256:"))
        for head, entry in heads
        if head
    }


def test_lock_holds_hashes_and_nothing_else() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pinned = re.compile(r"[A-Za-z0-9._-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")

    assert [] == [line for line in lines if not pinned.fullmatch(line)]
    assert all(hashes for _, hashes in locked().values())


def test_lock_satisfies_every_declared_requirement() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    releases = locked()

    missed = [
        text
        for requirement in map(Requirement, declared)
        for text in [str(requirement)]
        if (name := canonicalize_name(requirement.name)) not in releases
        or releases[name][0] not in requirement.specifier
    ]

    assert [] == missed
