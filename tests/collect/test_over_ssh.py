"""``collect`` from virtual firewalls over real SSH: it reads, and only reads."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from asa_automate.cli.main import run
from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import interface_policy, ordinary
from asa_automate.lab.ssh_server import serve

# In parentheses: what the virtual firewall writes down in the place of a password.
READS = re.compile(
    r"\(.*password\)|enable|exit|terminal pager 0|show (curpriv|mode|version|service-policy.*)"
)


@pytest.fixture
def boxes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, VirtualAsa]]:
    """Two firewalls that listen, one address where nobody does, and an inventory of the three."""
    knobs = Knobs()
    served = {
        "fw1": VirtualAsa(ordinary("fw1", serial="9ALAB000001"), knobs),
        "fw2": VirtualAsa(interface_policy("fw2", serial="9ALAB000002"), knobs),
    }
    monkeypatch.setenv("ASA_AUTOMATE_USERNAME", knobs.username)
    monkeypatch.setenv("ASA_AUTOMATE_PASSWORD", knobs.password)
    monkeypatch.setenv("ASA_AUTOMATE_ENABLE", knobs.enable_password)
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    monkeypatch.setenv("ASA_AUTOMATE_INVENTORY", str(inventory))
    with serve(served) as lab:
        ports = lab.ports | {"nobody": 1}
        hosts = [f"{name}:\n  hostname: 127.0.0.1\n  port: {ports[name]}\n" for name in ports]
        (inventory / "hosts.yaml").write_text("".join(hosts))
        assert 0 == run(["hostkeys", "trust", "--yes", "--limit", "fw*"])
        yield served


def test_collects_and_changes_nothing(
    boxes: dict[str, VirtualAsa], capsys: pytest.CaptureFixture[str]
) -> None:
    before = {name: box.running_text for name, box in boxes.items()}
    capsys.readouterr()

    assert 4 == run(["collect", "--output", "json"])

    out, err = capsys.readouterr()
    found = {entry["device"]: entry for entry in json.loads(out)}
    assert {"fw1": "collected", "fw2": "collected", "nobody": "failed"} == {
        name: entry["outcome"] for name, entry in found.items()
    }
    assert "9ALAB000001" == found["fw1"]["serial"]
    assert err.startswith("nobody: ")
    assert before == {name: box.running_text for name, box in boxes.items()}
    typed = [entry.line for box in boxes.values() for entry in box.transcript]
    assert "show service-policy inspect esmtp" in typed
    assert [] == [line for line in typed if not READS.fullmatch(line)]


def test_the_counters_are_those_of_the_box(
    boxes: dict[str, VirtualAsa], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["collect"])
    capsys.readouterr()
    run(["counters", "show", "--output", "json"])

    rows = json.loads(capsys.readouterr().out)

    places = {(row["device"], row["scope"]) for row in rows}
    assert {("fw1", "global"), ("fw2", "interface:outside")} <= places
    assert {"packets", "drops", "reset_drops"} <= {row["name"] for row in rows}
    assert set(boxes) == {device for device, _ in places}
