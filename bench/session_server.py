"""Virtual firewalls for ``bench.sessions``, in a process of their own.

Started with a job as JSON on its command line; prints one line of JSON (ports, host keys and the
right answers), then, for each line on stdin, the CPU seconds that it has used so far.
"""

import asyncio
import json
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

from asa_automate.lab.asa import VirtualAsa
from asa_automate.lab.console import Late, Piece
from asa_automate.lab.knobs import Knobs
from asa_automate.lab.samples import ordinary
from asa_automate.lab.shell import Shell
from asa_automate.lab.ssh_options import SshOptions
from asa_automate.lab.ssh_server import serve
from bench.generate import generate


@dataclass(frozen=True)
class Job:
    """What is served: ``count`` boxes; ``delay`` seconds before each reply; ``lines`` of text
    (0: the ordinary 300); ``rate`` bytes a second (0: as fast as it goes); ``kex``, or any.
    """

    count: int = 1
    delay: float = 0.0
    lines: int = 0
    rate: int = 0
    kex: str = ""


class SlowShell:
    """A shell that thinks for a while before each reply."""

    def __init__(self, shell: Shell, seconds: float) -> None:
        self._shell = shell
        self._seconds = seconds
        self.on_close = shell.on_close
        self.greeting, self.waited, self.close = shell.greeting, shell.waited, shell.close

    def feed(self, data: bytes) -> list[Piece]:
        pieces: list[Piece] = []
        for line in data.splitlines(keepends=True):
            pieces += [Late(self._seconds), *self._shell.feed(line)]
        return pieces


class Box(VirtualAsa):
    """A box whose sessions are slow, if it is told so."""

    delay = 0.0

    def open_session(self, user: str | None = None) -> Any:
        shell = super().open_session(user)
        return SlowShell(shell, self.delay) if self.delay else shell


def text_of(job: Job, name: str) -> str:
    """The configuration of one box."""
    return generate("small-acls", job.lines, 1) if job.lines else ordinary(name)


def answers(box: VirtualAsa, commands: list[str]) -> list[str]:
    """What the box says to each, without a network."""
    shell = VirtualAsa.open_session(box)
    for line in ("enable", "enable", "terminal pager 0"):
        shell.feed(f"{line}\n".encode())
    found = []
    for command in commands:
        said = b"".join(p for p in shell.feed(f"{command}\n".encode()) if isinstance(p, bytes))
        found.append(said.decode(errors="surrogateescape").split("\n", 1)[1].rpartition("\n")[0])
    shell.close()
    return found


async def relay(reader: Any, writer: Any, port: int, rate: int) -> None:
    """Both ways between a client and a box, the way back at ``rate`` bytes a second."""
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)

    async def pump(source: Any, sink: Any, pace: int) -> None:
        while data := await source.read(16_384):
            sink.write(data)
            await sink.drain()
            if pace:
                await asyncio.sleep(len(data) / pace)
        sink.close()

    await asyncio.gather(
        pump(reader, far_writer, 0), pump(far_reader, writer, rate), return_exceptions=True
    )


def throttled(ports: dict[str, int], rate: int) -> dict[str, int]:
    """The ports of relays before the boxes."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    async def listen(port: int) -> int:
        server = await asyncio.start_server(lambda r, w: relay(r, w, port, rate), "127.0.0.1", 0)
        found: int = server.sockets[0].getsockname()[1]
        return found

    return {
        name: asyncio.run_coroutine_threadsafe(listen(port), loop).result(10)
        for name, port in ports.items()
    }


def main() -> None:
    """Serve until stdin ends."""
    job, commands = Job(**json.loads(sys.argv[1])), json.loads(sys.argv[2])
    boxes = {}
    for number in range(job.count):
        name = f"fw{number}"
        boxes[name] = Box(text_of(job, name), Knobs(max_sessions=1000))
        boxes[name].delay = job.delay
    options = SshOptions(kex_algs=(job.kex,)) if job.kex else SshOptions()
    with serve(boxes, options=dict.fromkeys(boxes, options)) as lab:
        ports = throttled(lab.ports, job.rate) if job.rate else lab.ports
        right = {name: answers(box, commands) for name, box in boxes.items()}
        print(json.dumps({"ports": ports, "keys": lab.host_keys, "answers": right}), flush=True)
        for _ in sys.stdin:
            print(json.dumps({"cpu": time.process_time()}), flush=True)


if __name__ == "__main__":
    main()
