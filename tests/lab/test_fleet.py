"""``lab serve`` and the boxes that it is given."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from asa_automate.cli.main import run
from asa_automate.errors import BadInput
from asa_automate.inventory import load
from asa_automate.lab import fleet
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.sample_releases import BY_RELEASE
from asa_automate.lab.samples import ordinary


def test_boxes_from_saved_texts(tmp_path: Path) -> None:
    (tmp_path / "edge-1").mkdir()
    (tmp_path / "edge-1" / "show_running-config.txt").write_text(ordinary("one"))
    (tmp_path / "edge-2.cfg").write_bytes(ordinary("two").encode() + b"! caf\xe9\n")
    (tmp_path / "notes.txt").write_text("not a firewall")
    boxes = fleet.boxes_from(tmp_path, Knobs())

    assert list(boxes) == ["edge-1", "edge-2"]
    assert [box.hostname for box in boxes.values()] == ["one", "two"]


def test_nothing_to_serve(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadInput, match=r"no <device>\.cfg"):
            fleet.boxes_from(place, Knobs())


def test_samples() -> None:
    boxes = fleet.sample_boxes(Knobs())

    assert list(boxes) == ["lab-fw1", "lab-fw2"]
    assert len({box.serial for box in boxes.values()}) == 2
    assert "policy-map type inspect esmtp ESMTP_TLS" in boxes["lab-fw2"].running_text


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        ([], ["lab-fw1", "lab-fw2"]),
        (["--releases"], [f"lab-{release}" for release in BY_RELEASE]),
    ],
)
def test_serving_until_ctrl_c(tmp_path: Path, flags: list[str], names: list[str]) -> None:
    inventory = tmp_path / "rehearsal"
    words = ["lab", "serve", *flags, "--port", "0", "--write-inventory", str(inventory)]
    program = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "asa_automate", *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stderr
        talk: list[str] = []
        while not talk or not talk[-1].startswith("ready"):
            talk.append(program.stderr.readline())
            assert talk[-1], "".join(talk)
        program.send_signal(signal.SIGINT)
        out, rest = program.communicate(timeout=60)

    assert (program.returncode, out, rest) == (0, "", "stopped\n")
    devices = load(inventory).devices
    assert [device.name for device in devices] == names
    for device in devices:
        line = next(line for line in talk if line.startswith(device.name))
        assert f"port {device.port}, host key SHA256:" in line
    assert any("ASA_AUTOMATE_PASSWORD=admin" in line for line in talk)


def test_what_cannot_be_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hosts.yaml").write_text("{}")
    taken = ["--write-inventory", str(tmp_path)]

    assert run(["lab", "serve", "--reading", "both"]) == 64
    assert run(["lab", "serve", "--port", "65535"]) == 64
    assert run(["lab", "serve", "--releases", "--from-dir", str(tmp_path)]) == 64
    assert run(["lab", "serve", "--from-dir", str(tmp_path / "nowhere")]) == 65
    assert run(["lab", "serve", "--port", "0", *taken]) == 5
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert json.loads((tmp_path / "hosts.yaml").read_text()) == {}
