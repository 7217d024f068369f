"""``serve``: the counters of the store for Prometheus."""

from contextlib import closing
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer

from asa_automate.cli.options import command
from asa_automate.cli.output import complain, say
from asa_automate.cli.settings import Settings
from asa_automate.cli.signals import ENDS, taken
from asa_automate.errors import AsaAutomateError, BadInput, Exit, Refused, UsageError

DEFAULT_LISTEN = "127.0.0.1:9877"
#: A shorter one is guessed.
SHORTEST_TOKEN = 16

EXAMPLES = {
    "asa-automate serve": f"http://{DEFAULT_LISTEN}/metrics, for this host only",
    "asa-automate serve --listen 0.0.0.0:9877 --token-file token": "for all who know the token",
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    command(app, "serve", examples=EXAMPLES)(serve)


def serve(
    settings: Settings,
    listen: Annotated[
        str, typer.Option("--listen", metavar="HOST:PORT", help="Where; port 0: any free one.")
    ] = DEFAULT_LISTEN,
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file", metavar="FILE", help="Bearer token of scrapers; a must off loopback."
        ),
    ] = None,
) -> Exit:
    """Answer Prometheus on /metrics with what was collected, until Ctrl-C or SIGTERM.

    Reads the store only; no firewall is asked, and none is changed.
    """
    from asa_automate.collect.exporter import listening
    from asa_automate.collect.live import Live
    from asa_automate.collect.metrics import series_of
    from asa_automate.plan.names import CLASS
    from asa_automate.store.engine import open_store

    host, port = _address(listen)
    token = None if token_file is None else _token(token_file)
    if token is None and not _is_loopback(host):
        raise UsageError(f"{host} is not this host alone: name a --token-file, or 127.0.0.1")
    with closing(open_store(settings.store)) as store:
        live = Live(store)
        try:
            with listening(
                lambda: series_of(live.now(), CLASS), host, port, token=token, failed=_complain
            ) as server:
                where = f"{host}:{server.server_address[1]}"
                say(settings, f"serving http://{where}/metrics; Ctrl-C ends it")
                # `shutdown` waits for the loop that the signal interrupts.
                with taken(ENDS, lambda: Thread(target=server.shutdown, daemon=True).start()):
                    server.serve_forever(poll_interval=0.2)
        except OSError as error:
            raise Refused(f"cannot listen on {listen}: {error.strerror}") from error
    return Exit.STOPPED


def _complain(error: Exception) -> None:
    told = str(error) if isinstance(error, AsaAutomateError) else type(error).__name__
    complain(f"a scrape failed: {told}")


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    host = host.strip("[]")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--listen '{listen}' is not HOST:PORT")
    if ":" in host:
        raise UsageError("--listen takes an IPv4 address or a name")
    return host, int(port)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _token(path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: cannot be read as a token") from error
    if len(text) < SHORTEST_TOKEN or not text.isprintable() or " " in text:
        raise BadInput(f"{path}: a token is one word of {SHORTEST_TOKEN} characters or more")
    return text
