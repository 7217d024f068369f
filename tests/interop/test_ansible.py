"""An Ansible inventory as source: by what `ansible-inventory --list` prints, never imported."""

import json
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asa_automate.cli.main import run
from asa_automate.inventory import load

#: What ansible-inventory of ansible-core 2.21 prints for INI below, cut to what matters.
LISTED: dict[str, Any] = {
    "_meta": {
        "hostvars": {
            "ams-fw1": {
                "ansible_host": "192.0.2.1",
                "ansible_password": "hunter2-canary",
                "ansible_port": 2200,
                "ansible_user": "automation",
                "asa_automate_site": "ams",
                "enable_secret": "hunter3-canary",
                "rack": "R1",
            },
            "fra-fw1": {"ansible_host": "192.0.2.2", "asa_automate_context": "mail"},
            "web1": {"ansible_host": "192.0.2.3"},
        }
    },
    "all": {"children": ["ungrouped", "firewalls", "web"]},
    "emea": {"hosts": ["ams-fw1", "fra-fw1"]},
    "firewalls": {"children": ["emea"]},
    "web": {"hosts": ["web1"]},
}
ODD = {"ansible_port": "x"}
INI = """
[emea]
ams-fw1 ansible_host=192.0.2.1 ansible_port=2200 ansible_user=automation \
asa_automate_site=ams rack=R1 ansible_password=hunter2-canary enable_secret=hunter3-canary
fra-fw1 ansible_host=192.0.2.2 asa_automate_context=mail
[firewalls:children]
emea
[web]
web1 ansible_host=192.0.2.3
"""


def imported(tmp_path: Path, text: str, *words: str) -> int:
    (tmp_path / "listed.json").write_text(text)
    names = ("ansible", str(tmp_path / "listed.json"), "--inventory", str(tmp_path / "inventory"))
    return run(["inventory", "import", *names, *words])


def as_expected(directory: Path) -> None:
    devices = {device.name: device for device in load(directory).devices}
    assert ["ams-fw1", "fra-fw1"] == sorted(devices)
    ams = devices["ams-fw1"]
    assert ("192.0.2.1", 2200, "automation", "ams") == (ams.host, ams.port, ams.username, ams.site)
    assert {"emea", "firewalls"} == set(ams.groups)
    assert "R1" == ams.data["rack"]
    assert "mail" == devices["fra-fw1"].context


def test_a_group_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == imported(tmp_path, json.dumps(LISTED), "--group", "firewalls")

    as_expected(tmp_path / "inventory")
    said = capsys.readouterr().err
    assert "ansible_password may be a secret" in said
    assert "enable_secret may be a secret" in said
    written = "".join(p.read_text() for p in (tmp_path / "inventory").iterdir())
    assert "canary" not in written + said


def test_again_and_over_what_a_person_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hosts = tmp_path / "inventory" / "hosts.yaml"
    assert 0 == imported(tmp_path, json.dumps(LISTED))
    assert 0 == imported(tmp_path, json.dumps(LISTED))
    hosts.write_text("fw1:\n  hostname: 192.0.2.9\n")

    assert 5 == imported(tmp_path, json.dumps(LISTED))

    assert "written by a person" in capsys.readouterr().err
    assert "192.0.2.9" in hosts.read_text()


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("{", 65, "not JSON"),
        ("[]", 65, "no _meta"),
        (
            json.dumps(LISTED | {"_meta": {"hostvars": {"web1": {"ansible_port": "x"}}}}),
            65,
            "port",
        ),
        (json.dumps(LISTED | {"web": {}, "emea": {}}), 5, "no firewall"),
        (json.dumps(LISTED | {"emea": {"hosts": ["a b"]}}), 65, "a b"),
    ],
)
def test_what_cannot_be_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: int, words: str
) -> None:
    assert code == imported(tmp_path, text)

    assert words in capsys.readouterr().err
    assert not (tmp_path / "inventory" / "hosts.yaml").exists()


def test_groups_in_a_circle(tmp_path: Path) -> None:
    circle = LISTED | {"emea": {"hosts": ["fra-fw1"], "children": ["firewalls"]}}

    assert 0 == imported(tmp_path, json.dumps(circle), "--group", "firewalls")


def test_what_ansible_itself_prints(tmp_path: Path, ansible: Path) -> None:
    (tmp_path / "hosts.ini").write_text(INI)
    listed = subprocess.run(  # noqa: S603  # the other program
        [ansible, "-i", tmp_path / "hosts.ini", "--list"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert 0 == imported(tmp_path, listed, "--group", "firewalls")
    as_expected(tmp_path / "inventory")


@pytest.fixture(scope="session")
def ansible(
    tmp_path_factory: pytest.TempPathFactory, require_program: Callable[[str], Path]
) -> Path:
    """`ansible-inventory`: the system's, or out of an environment of its own (GPL: never ours)."""
    try:
        return require_program("ansible-inventory")
    except pytest.skip.Exception:
        place = tmp_path_factory.mktemp("ansible")
        venv.create(place, with_pip=True)
        python = str(place / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "ansible-core"]
        done = subprocess.run(pip, capture_output=True, timeout=250, check=False)  # noqa: S603  # pip
        if done.returncode:
            raise
        return place / "bin" / "ansible-inventory"
