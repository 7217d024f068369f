"""scrapli 1 over libssh2; it has no driver of its own for the ASA."""

from collections.abc import Sequence
from typing import Any

from scrapli.driver import GenericDriver

from bench.peers.session_client import ENABLE, PASSWORD, USER, Read, main


def prepare(_job: dict[str, Any]) -> Read:
    """Nothing to prepare: it takes any host key."""

    def read(_name: str, port: int, commands: Sequence[str]) -> Sequence[str]:
        with GenericDriver(
            host="127.0.0.1",
            port=port,
            auth_username=USER,
            auth_password=PASSWORD,
            auth_strict_key=False,
            transport="ssh2",
            timeout_ops=300,
            comms_prompt_pattern=r"^[a-z0-9\-]{1,63}[>#]\s*$",
        ) as connection:
            connection.send_interactive([("enable", "Password:", False), (ENABLE, "#", True)])
            connection.send_command("terminal pager 0")
            return [connection.send_command(command).result for command in commands]

    return read


if __name__ == "__main__":
    main(prepare)
