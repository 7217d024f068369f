"""The grammar of SMTP: lines out of bytes, commands, addresses, replies. No firewall in here.

Sources: RFC 5321 (4.1.1 commands, 4.2 replies, 4.5.3 sizes), RFC 1870 (SIZE).
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

LF = b"\n"
CRLF = b"\r\n"

#: The longest line that is looked at as one. RFC 5321, 4.5.3.1 asks for 512 octets of a command
#: and 1000 of a text line; what is longer than this is cut into pieces of this many bytes.
HOLD = 65536


class Direction(StrEnum):
    """Who speaks."""

    CLIENT = "client"
    SERVER = "server"

    @property
    def other(self) -> "Direction":
        """Who listens."""
        return Direction.SERVER if self is Direction.CLIENT else Direction.CLIENT


@dataclass(slots=True)
class Lines:
    """Bytes of one direction until they are lines; each byte is searched once for its LF."""

    held: bytearray = field(default_factory=bytearray)
    complete: int = 0

    def feed(self, data: bytes) -> None:
        """More bytes, however they were cut."""
        last = data.rfind(LF)
        if last >= 0:
            self.complete = len(self.held) + last + 1
        self.held += data

    def take(self, count: int) -> bytes:
        """The first ``count`` bytes, which are held no longer."""
        if count >= len(self.held):
            taken = bytes(self.held)
            self.held.clear()
            self.complete = 0
            return taken
        taken = bytes(self.held[:count])
        del self.held[:count]
        self.complete = max(0, self.complete - count)
        return taken

    def line(self, most: int = HOLD) -> bytes | None:
        """The next line with its end; ``most`` bytes of a longer one; ``None``: need more."""
        held = self.held
        if not self.complete:
            return self.take(most) if len(held) >= most else None
        end = held.find(LF, 0, most) + 1
        if end == len(held):
            taken = bytes(held)
            held.clear()
            self.complete = 0
            return taken
        return self.take(end or most)

    def rest(self) -> bytes:
        """All that is held."""
        return self.take(len(self.held))


def content(line: bytes) -> bytes:
    """A line without its end, be that CR LF, a bare LF or nothing."""
    if line.endswith(CRLF):
        return line[:-2]
    return line[:-1] if line.endswith(LF) else line


def verb_of(line: bytes) -> str:
    """The command's verb in capitals, ``""`` for an empty line."""
    words = content(line).split(None, 1)
    return words[0].decode("latin-1").upper() if words else ""


_PATH = re.compile(rb"^\s*(?:MAIL\s+FROM|RCPT\s+TO)\s*:\s*", re.IGNORECASE)
_SIZE = re.compile(rb"\sSIZE=(\d{1,20})\b", re.IGNORECASE)


def path_of(line: bytes) -> bytes:
    """What stands behind ``MAIL FROM:`` or ``RCPT TO:``, parameters included."""
    text = content(line)
    found = _PATH.match(text)
    return text[found.end() :] if found else b""


def address_of(line: bytes) -> bytes:
    """The address of a MAIL or RCPT command, without brackets and without a source route."""
    path = path_of(line)
    if path.startswith(b"<"):
        inside = path[1:].partition(b">")[0]
        return inside.partition(b":")[2] if inside.startswith(b"@") else inside
    return path.split(None, 1)[0] if path.strip() else b""


def declared_size(line: bytes) -> int | None:
    """``SIZE=`` of a MAIL command."""
    found = _SIZE.search(content(line))
    return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Reply:
    """One line of a reply.

    Args:
        last: whether the reply ends with this line.
    """

    code: int
    last: bool
    text: bytes


_REPLY = re.compile(rb"^(\d{3})([ -]?)(.*)$", re.DOTALL)


def reply_of(line: bytes) -> Reply | None:
    """A reply line, ``None`` where the text is none."""
    found = _REPLY.match(content(line))
    if not found or (not found[2] and found[3]):
        return None
    return Reply(int(found[1]), found[2] != b"-", found[3])
