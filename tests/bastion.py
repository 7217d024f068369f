"""A real OpenSSH server on 127.0.0.1 as a jump host: its own keys, its own authorized keys."""

import getpass
import re
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import asyncssh

#: Seconds for the server to listen; it does so at once, or something is wrong.
_PATIENCE = 10.0

CONFIG = """
ListenAddress 127.0.0.1:{port}
HostKey {home}/host_key
AuthorizedKeysFile {home}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitTTY no
LogLevel DEBUG1
{more}
"""


@dataclass
class Bastion:
    """One server; ``via`` is how an inventory names it."""

    port: int
    home: Path
    process: "subprocess.Popen[bytes]"
    host_key: str
    client_key: Path

    @property
    def via(self) -> str:
        return f"{getpass.getuser()}@127.0.0.1:{self.port}"

    @property
    def known_host(self) -> str:
        """The line of a file of host keys."""
        return f"[127.0.0.1]:{self.port} {self.host_key}\n"

    @property
    def logins(self) -> int:
        """How many connections have logged in."""
        return len(re.findall(r"^Accepted publickey", self.log, re.MULTILINE))

    @property
    def refused(self) -> int:
        """How many keys it did not take."""
        return len(re.findall(r"^Failed publickey", self.log, re.MULTILINE))

    @property
    def forwarded(self) -> list[int]:
        """The ports that channels were opened to."""
        return [
            int(p) for p in re.findall(r"server_request_direct_tcpip: .* port (\d+)", self.log)
        ]

    @property
    def log(self) -> str:
        return (self.home / "log").read_text(errors="replace").replace("\r", "")

    def stop(self) -> None:
        """End the server, and whatever it has begun for a connection."""
        self.process.terminate()
        self.process.wait(_PATIENCE)


def start(sshd: Path, home: Path, more: str = "") -> Bastion:
    """Serve until :meth:`Bastion.stop`; ``more`` are lines of sshd_config(5)."""
    home.mkdir(parents=True)
    host, client = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    _write(home / "host_key", host)
    _write(home / "client_key", client)
    (home / "authorized_keys").write_bytes(client.export_public_key())
    port = _free_port()
    (home / "config").write_text(CONFIG.format(port=port, home=home, more=more))
    if Path("/run").is_dir():
        Path("/run/sshd").mkdir(exist_ok=True)  # where a server that runs as root locks itself in
    process = subprocess.Popen(  # noqa: S603  # found by name, with files of our own
        [sshd, "-D", "-E", home / "log", "-f", home / "config"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _wait_for(port, process)
    public = host.export_public_key().decode().strip()
    return Bastion(port, home, process, public, home / "client_key")


def _write(path: Path, key: asyncssh.SSHKey) -> None:
    path.write_bytes(key.export_private_key())
    path.chmod(0o600)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the OpenSSH server does not listen")
