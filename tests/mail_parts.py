"""Real parts for tests of mail on loopback: a mail server, a proxy, a Postfix of its own."""

import asyncio
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import aiosmtpd.controller
from aiosmtpd.smtp import SMTP

from asa_automate.simulate.esmtp import Engine
from asa_automate.simulate.proxy import Limits, Proxy
from asa_automate.simulate.proxy_link import Outcome

LOOPBACK = "127.0.0.1"
#: How long anything is waited for; nothing comes near it.
PATIENCE = 60.0


def free_port() -> int:
    """A port of the loopback address that nobody has now."""
    with closing(socket.socket()) as one:
        one.bind((LOOPBACK, 0))
        port: int = one.getsockname()[1]
        return port


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for a condition; what it said."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain: {what}")


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for ``localhost`` that nobody has to trust, and its key."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    return cert_file, key_file


def ran(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end.

    Args:
        more: for its environment.
    """
    return subprocess.run(  # noqa: S603 - words of our tests
        words, capture_output=True, text=True, check=False, timeout=2 * PATIENCE,
        env={**os.environ, **more},
    )  # fmt: skip


class Inbox:
    """A handler of aiosmtpd that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.under_tls: list[bool] = []

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        """Keep a message."""
        del server
        self.messages.append(bytes(envelope.original_content))
        self.under_tls.append(session.ssl is not None)
        return "250 kept"


@contextmanager
def mail_server(tls: tuple[Path, Path] | None = None) -> Iterator[tuple[Inbox, int]]:
    """An aiosmtpd on loopback, with STARTTLS where a certificate is given; its inbox and port."""
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    inbox = Inbox()
    controller = aiosmtpd.controller.Controller(
        inbox, hostname=LOOPBACK, port=free_port(), ready_timeout=PATIENCE,
        ident="mail 2.0 ESMTP 2026", tls_context=context, data_size_limit=0,
    )  # fmt: skip
    controller.start()
    try:
        yield inbox, controller.port
    finally:
        controller.stop()


class Carried:
    """A proxy in a thread of its own, and what it told."""

    def __init__(
        self, inspect: Callable[[], Engine | None], upstream: int, limits: Limits | None = None
    ) -> None:
        self.outcomes: list[Outcome] = []
        self.syslog: list[str] = []
        self.proxy = Proxy(
            inspect, (LOOPBACK, upstream), limits or Limits(hold=0.5, grace=0.5),
            said=self.syslog.append, done=self.outcomes.append,
        )  # fmt: skip
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Carried":
        self._thread.start()
        self.port = self.do(self.proxy.start(LOOPBACK, 0))[1]
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self.proxy.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def do(self, coroutine: Any) -> Any:
        """Have something done on the proxy's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    def ended(self, count: int) -> list[Outcome]:
        """The outcomes, once so many connections ended."""
        until(lambda: len(self.outcomes) >= count, f"{count} connections to end")
        return self.outcomes


_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/maillog
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = sender.example.com
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
smtp_dns_support_level = disabled
smtp_host_lookup = native
default_transport = smtp:[127.0.0.1]:{next_hop}
smtp_tls_security_level = {level}
smtp_tls_loglevel = 1
import_environment = MAIL_CONFIG TZ LANG=C
"""


class Postfix:
    """A Postfix with a configuration directory and a queue of its own, that sends to one hop."""

    def __init__(self, next_hop: int, level: str) -> None:
        # Not below pytest's folder: each other run of pytest closes that to the user postfix.
        self.home, self.port = Path(tempfile.mkdtemp(prefix="postfix-")), free_port()
        self.home.chmod(0o755)
        for name in ("etc", "queue", "data"):
            (self.home / name).mkdir()
        shutil.chown(self.home / "data", user=pwd.getpwnam("postfix").pw_uid)
        words = {"home": self.home, "next_hop": next_hop, "level": level, "port": self.port}
        (self.home / "etc" / "main.cf").write_text(_MAIN.format(**words))
        (self.home / "etc" / "master.cf").write_text(_MASTER.format(**words))

    def __enter__(self) -> "Postfix":
        said = self._do("start")  # on a busy machine it gives up before the daemon does
        try:
            until(self._listens, "Postfix to listen")
        except AssertionError as error:
            told = f"{error}\n{said}\n{self.log}"
            self.__exit__()
            raise AssertionError(told) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._do("stop")
        self._do("abort")  # does nothing where it is stopped
        shutil.rmtree(self.home)

    @property
    def log(self) -> str:
        """What it logged so far."""
        file = self.home / "maillog"
        return file.read_text() if file.exists() else ""

    def logs(self, text: str) -> str:
        """Wait for a text in the log; the line that has it."""

        def found() -> str:
            return next((line for line in self.log.splitlines() if text in line), "")

        try:
            line: str = until(found, f"{text!r} in the log")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log}") from error
        return line

    def _listens(self) -> bool:
        with closing(socket.socket()) as one:
            return one.connect_ex((LOOPBACK, self.port)) == 0

    def _do(self, what: str) -> str:
        path = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        done = ran("/usr/sbin/postfix", "-c", self.home / "etc", what, **path)
        return f"postfix {what}: {done.returncode} {done.stdout}{done.stderr}"
