"""docs/interop.md: its commands and its script, carried out."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.docs.parsing import words_of
from tests.end_to_end.conftest import Bench, Site, box
from tests.interop.test_ansible import LISTED
from tests.interop.test_netbox import TOKEN, NetBox
from tests.interop.test_netbox import netbox as netbox  # a fixture

PAGE = (Path(__file__).parents[2] / "docs" / "interop.md").read_text()
_FENCE = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "site").mkdir()
    with ExitStack() as stack:
        yield Bench(lambda: tmp_path / "site", stack).site(fw=box())


def blocks(kind: str) -> list[str]:
    return [text for found, text in _FENCE.findall(PAGE) if found == kind]


def test_its_commands(site: Site, netbox: NetBox) -> None:
    """Ansible's own command is carried out in tests/interop; here is what it prints."""
    (site.place / "hosts.json").write_text(json.dumps(LISTED))
    (site.inventory / "hosts.yaml").unlink()
    lines = [line for block in blocks("sh") for line in block.splitlines()]

    assert 6 == len(lines)
    for line in lines:
        if line.startswith("asa-automate"):
            words = [
                word.replace("https://netbox.example.net", netbox.url) for word in words_of(line)
            ]
            site.run(*words, env={"NETBOX_TOKEN": TOKEN}).must_be(0)
    assert "ams-fw2" in (site.inventory / "hosts.yaml").read_text()


def test_its_script(site: Site) -> None:
    [script] = blocks("python")
    done = subprocess.run(  # noqa: S603  # what the page says
        [sys.executable, "-c", script],
        env=site.env,
        cwd=site.place,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert "fw change\n" == done.stdout, done.stderr
