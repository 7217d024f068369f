"""Our own session layer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asa_automate.device import netmiko_transport
from asa_automate.device.credentials import Credentials, Secret
from asa_automate.device.session import Session
from asa_automate.model import Device
from bench.peers.session_client import ENABLE, PASSWORD, USER, Read, main


def prepare(job: dict[str, Any]) -> Read:
    """Host keys are checked, as always."""
    known = Path(job["known_hosts"])
    login = Credentials(USER, Secret(PASSWORD), Secret(ENABLE))

    def read(name: str, port: int, commands: Sequence[str]) -> Sequence[str]:
        device = Device(name=name, host="127.0.0.1", port=port)
        wire = netmiko_transport.connect(device, login, known)
        with Session.open(wire, device=name, enable_secret=login.enable) as session:
            return session.shows(commands)

    return read


if __name__ == "__main__":
    main(prepare)
