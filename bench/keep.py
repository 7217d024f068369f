"""What a benchmark measured: kept as JSON, shown in a terminal and in docs/benchmarks.md."""

import json
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.markdown import into

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"


def machine() -> dict[str, Any]:
    """On what was measured."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }


def keep(name: str, results: Mapping[str, Any], table: str, *, for_good: bool) -> None:
    """Print ``table``; ``for_good``: keep ``results``, and put the table into the page.

    The results go to ``bench/results/NAME.json``, the table between ``<!-- NAME: begin -->`` and
    ``<!-- NAME: end -->`` of docs/benchmarks.md, the name in capitals.
    """
    sys.stdout.write(f"{table}\n")
    if for_good:
        path = ROOT / "bench" / "results" / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"machine": machine(), **results}, indent=1) + "\n")
        PAGE.write_text(into(PAGE.read_text(), name.upper(), table))
