"""OpenSSH's client, one process for each device, everything typed ahead."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.peers.session_client import ENABLE, PASSWORD, USER, Read, between_prompts, main

SSH = ("/usr/bin/env", "ssh", "-F", "none", "-tt")


def prepare(job: dict[str, Any]) -> Read:
    """A script that tells the password: ssh asks nobody else where there is no terminal."""
    script = Path(job["known_hosts"]).with_name("askpass")
    script.write_text(f"#!/bin/sh\necho {PASSWORD}\n")
    script.chmod(0o700)
    env = {**os.environ, "SSH_ASKPASS": str(script), "SSH_ASKPASS_REQUIRE": "force"}
    options = [f"UserKnownHostsFile={job['known_hosts']}", "PubkeyAuthentication=no"]
    words = [word for option in options for word in ("-o", option)]

    def read(name: str, port: int, commands: Sequence[str]) -> Sequence[str]:
        typed = ["enable", ENABLE, "terminal pager 0", *commands, "exit"]
        done = subprocess.run(
            [
                "/usr/bin/env",
                "ssh",
                "-F",
                "none",
                "-tt",
                *words,
                "-p",
                str(port),
                f"{USER}@127.0.0.1",
            ],
            input="".join(f"{line}\n" for line in typed).encode(),
            capture_output=True,
            env=env,
            check=False,
        )
        return between_prompts(done.stdout.decode(errors="surrogateescape"), name, commands)

    return read


if __name__ == "__main__":
    main(prepare)
