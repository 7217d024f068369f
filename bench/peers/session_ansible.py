"""Ansible with its collection cisco.asa: one playbook of one task."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.peers.session_client import ENABLE, PASSWORD, USER, Read, main


def prepare(job: dict[str, Any]) -> Read:
    """The playbook and an inventory, beside the job."""
    home = Path(job["known_hosts"]).parent
    tools = Path(sys.executable).parent
    env = {
        **os.environ,
        "HOME": str(home),
        "PATH": f"{tools}:{os.environ['PATH']}",
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
    }

    def read(name: str, port: int, commands: Sequence[str]) -> Sequence[str]:
        book, hosts = home / f"{name}.yml", home / f"{name}.ini"
        task = {"cisco.asa.asa_command": {"commands": list(commands)}}
        book.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [task]}]))
        facts = {
            "ansible_host": "127.0.0.1",
            "ansible_port": port,
            "ansible_user": USER,
            "ansible_password": PASSWORD,
            "ansible_connection": "ansible.netcommon.network_cli",
            "ansible_network_os": "cisco.asa.asa",
            "ansible_network_cli_ssh_type": "paramiko",
            "ansible_become": "yes",
            "ansible_become_method": "ansible.netcommon.enable",
            "ansible_become_password": ENABLE,
        }
        hosts.write_text(f"{name} " + " ".join(f"{k}={v}" for k, v in facts.items()) + "\n")
        done = subprocess.run(
            [str(tools / "ansible-playbook"), "-i", str(hosts), str(book)],
            capture_output=True,
            env=env,
            text=True,
            check=False,
        )
        said = json.loads(done.stdout[done.stdout.find("{") :])
        result = said["plays"][0]["tasks"][0]["hosts"][name]
        if "stdout" not in result:
            raise SystemExit(f"Ansible: {result.get('module_stderr') or result.get('msg')}")
        found: list[str] = result["stdout"]
        return found

    return read


if __name__ == "__main__":
    main(prepare)
