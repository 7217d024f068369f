"""The whole program: `asa-automate plan`, from its start to the JSON, store and proof included."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.peers.session_client import ENABLE, PASSWORD, USER


def command(job: dict[str, Any], home: Path) -> tuple[list[str], dict[str, str]]:
    """The words and the environment of one run, over all devices of the job."""
    (home / "inventory").mkdir(exist_ok=True)
    hosts = "".join(
        f"{name}: {{hostname: 127.0.0.1, port: {port}}}\n" for name, port in job["ports"].items()
    )
    (home / "inventory" / "hosts.yaml").write_text(hosts)
    wanted = "exemptions:\n  - {name: esa, match: {}, gateways: [192.168.1.1]}\n"
    (home / "inventory" / "exemptions.yaml").write_text(wanted)
    env = {
        **os.environ,
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "ASA_AUTOMATE_KNOWN_HOSTS": job["known_hosts"],
        "ASA_AUTOMATE_USERNAME": USER,
        "ASA_AUTOMATE_PASSWORD": PASSWORD,
        "ASA_AUTOMATE_ENABLE": ENABLE,
    }
    words = [sys.executable, "-m", "asa_automate", "--inventory", str(home / "inventory"), "plan"]
    return [*words, "--output", "json", "--workers", str(job["workers"])], env


def run(job: dict[str, Any], home: Path) -> "subprocess.CompletedProcess[str]":
    """Carry it out."""
    words, env = command(job, home)
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False)
