"""An alert as a syslog message (RFC 5424), over a local socket or UDP on loopback (RFC 5426)."""

import logging
import os
import socket
import sys
from datetime import UTC, datetime
from ipaddress import ip_address
from logging.handlers import SysLogHandler

from asa_automate.errors import BadInput
from asa_automate.store.alerts import Told

PROGRAM = "asa-automate"
#: The private enterprise number that RFC 5612 keeps for examples: nobody's own.
SD_ID = "asaAlert@32473"
#: RFC 5424, 6.3.3: in a value these three are escaped by a backslash.
ESCAPED = ("\\", '"', "]")
#: RFC 5424, 6.2.4 to 6.2.7: names are printable ASCII, without blanks, and so long at most.
LONGEST_HOST, LONGEST_ID = 255, 32
#: RFC 5424, 6.4: a message that is UTF-8 begins with the mark of it.
BOM = "\ufeff"
SEVERITIES = {"critical": logging.CRITICAL, "warning": logging.WARNING, "info": logging.INFO}


def line_of(told: Told, host: str, pid: int) -> str:
    """The message without its priority, which the handler puts in front."""
    fields = {
        "rule": told.rule,
        "device": told.device,
        "event": told.event,
        "severity": told.severity,
        "value": "" if told.value is None else f"{told.value:.6g}",
    }
    data = "".join(f' {name}="{_value(text)}"' for name, text in fields.items() if text)
    head = (
        "1",
        datetime.fromtimestamp(told.at, UTC).isoformat(timespec="microseconds")[:-6] + "Z",
        _word(host, LONGEST_HOST),
        PROGRAM,
        str(pid),
        _word(told.rule, LONGEST_ID),
        f"[{SD_ID}{data}]",
    )
    return f"{' '.join(head)} {BOM}{_one_line(told.text)}"


def _value(text: str) -> str:
    text = _one_line(text)
    for mark in ESCAPED:
        text = text.replace(mark, f"\\{mark}")
    return text


def _one_line(text: str) -> str:
    """Nothing that could begin another message, and nothing that is no text."""
    shown = text.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)


def _word(text: str, longest: int) -> str:
    return "".join(c for c in text if "!" <= c <= "~")[:longest] or "-"


class _Handler(SysLogHandler):
    append_nul = False

    def handleError(self, record: logging.LogRecord) -> None:
        """Whoever sends wants to know."""
        del record
        error = sys.exc_info()[1]
        raise error if error else OSError("syslog")


class Syslog:
    """One that is told over syslog.

    Args:
        address: a socket such as ``/dev/log``, or ``udp://127.0.0.1:514``.

    Raises:
        BadInput: another host: UDP is neither secret nor sure, a local syslog has to relay it.
    """

    def __init__(self, address: str) -> None:
        self.name = f"syslog:{address}"
        self._where: str | tuple[str, int] = address
        if address.startswith("udp://"):
            self._where = _on_loopback(address)

    def tell(self, told: Told) -> None:
        """Send it.

        Raises:
            OSError: nobody took it.
        """
        level = logging.INFO if told.event == "resolved" else SEVERITIES[told.severity]
        line = line_of(told, socket.gethostname(), os.getpid())
        handler = _Handler(self._where, SysLogHandler.LOG_DAEMON)
        try:
            handler.emit(logging.LogRecord(PROGRAM, level, "", 0, line, None, None))
        finally:
            handler.close()


def _on_loopback(address: str) -> tuple[str, int]:
    host, _, port = address.removeprefix("udp://").rpartition(":")
    host = host.strip("[]")
    try:
        local = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local or not 0 < int(port) <= 65535:
        raise BadInput(f"syslog {address}: UDP only to this host, as in udp://127.0.0.1:514")
    return host, int(port)
