"""The floor: libssh2 in C, everything typed ahead at once, nothing looked at but the end."""

import socket
from collections.abc import Sequence
from typing import Any

from ssh2.session import Session

from bench.peers.session_client import ENABLE, PASSWORD, USER, Read, between_prompts, main


def prepare(_job: dict[str, Any]) -> Read:
    """Nothing to prepare: it takes any host key."""

    def read(name: str, port: int, commands: Sequence[str]) -> Sequence[str]:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session = Session()
            session.handshake(connection)
            session.userauth_password(USER, PASSWORD)
            channel = session.open_session()
            channel.pty("vt100")
            channel.shell()
            typed = ["enable", ENABLE, "terminal pager 0", *commands, "exit"]
            channel.write("".join(f"{line}\n" for line in typed).encode())
            pieces = []
            size, data = channel.read(65_536)
            while size > 0:
                pieces.append(data)
                size, data = channel.read(65_536)
        said = b"".join(pieces).decode(errors="surrogateescape")
        return between_prompts(said, name, commands)

    return read


if __name__ == "__main__":
    main(prepare)
