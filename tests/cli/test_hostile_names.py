"""Names that are paths, formulas or markup, as an inventory or a device may have them."""

import csv
import io
import os
from pathlib import Path

import pytest

from asa_automate.cli.main import run

#: Each of them would lead out of ``texts/``, or to another file than it says.
PATHS = ("../secret", "/etc/hostname", "..", "a/../../secret", "~", "a\\0b", "CON", "x" * 200)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "texts").mkdir()
    (tmp_path / "inventory").mkdir()
    (tmp_path / "secret.cfg").write_text("hostname outside\n: end\n")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "show_running-config.txt").write_text("hostname outside\n: end\n")
    (tmp_path / "secret" / "show_service-policy.txt").write_text("Global policy:\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("command", ["plan", "check", "collect"])
def test_a_name_never_leads_out_of_the_directory(
    place: Path, name: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "inventory" / "hosts.yaml").write_text(f'"{name}": {{hostname: 192.0.2.1}}\n')
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    code = run([command, "--from-dir", "texts"])
    said = capsys.readouterr()
    assert code in (4, 5, 65), (code, said)
    assert "outside" not in said.out + said.err
    home = Path(os.environ["HOME"])
    after = {p: p.stat().st_mtime_ns for p in place.rglob("*") if home not in p.parents}
    assert all(before.get(path) == time for path, time in after.items() if path.is_file())


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_of_a_spreadsheet_is_no_formula(sign: str) -> None:
    from asa_automate.cli.counters import _csv_cell

    written = io.StringIO()
    csv.writer(written).writerow([_csv_cell(f"{sign}cmd|' /C calc'!A0\n\x1b]52;c;eA==\x07")])
    [[cell]] = csv.reader(io.StringIO(written.getvalue()))
    assert cell.startswith("'")
    assert cell.isprintable()
