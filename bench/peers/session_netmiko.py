"""Stock netmiko, as its documentation shows it."""

from collections.abc import Sequence
from typing import Any

from netmiko import ConnectHandler

from bench.peers.session_client import ENABLE, PASSWORD, USER, Read, main


def prepare(_job: dict[str, Any]) -> Read:
    """Nothing to prepare: it takes any host key."""

    def read(_name: str, port: int, commands: Sequence[str]) -> Sequence[str]:
        with ConnectHandler(
            device_type="cisco_asa",
            host="127.0.0.1",
            port=port,
            username=USER,
            password=PASSWORD,
            secret=ENABLE,
        ) as connection:
            return [str(connection.send_command(c, read_timeout=300)) for c in commands]

    return read


if __name__ == "__main__":
    main(prepare)
