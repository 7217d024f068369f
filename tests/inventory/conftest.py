"""A directory of inventory files, written by the test that asks for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write(hosts="...", groups="...")``: the directory with these files."""

    def files(hosts: str = "fw1: {}\n", **others: str) -> Path:
        directory = tmp_path / "inventory"
        directory.mkdir(exist_ok=True)
        for name, text in {"hosts": hosts, **others}.items():
            (directory / f"{name}.yaml").write_text(text)
        return directory

    return files
