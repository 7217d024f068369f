"""What is known of a message on its way, and of a header field as it grows; in bounded memory.

Sources: RFC 5322, 2.2.3 (folding); RFC 2045, 5 and 6 (media type, encoding); RFC 2046, 5.1.1
(boundaries); RFC 2183, 2.3 and RFC 2231, 3 (file names, in pieces ``filename*0``).
"""

import re
from dataclasses import dataclass, field

from asa_automate.simulate.smtp import CRLF

#: So much of a field is kept for its first words; a boundary has at most 70 characters.
KEPT = 2048
#: So many boundaries of nested parts are known at once; the oldest is forgotten.
NESTED = 32
_NAME = re.compile(rb"\b(?:file)?name(\*\d+)?\*?=\s*", re.IGNORECASE)
_QUOTED = re.compile(rb'(?:[^"\\]|\\.)*')
_TOKEN = re.compile(rb"[^;\s]*")
_BOUNDARY = re.compile(rb"\bboundary=\s*(?:\"([^\"]{1,70})\"|([^;\s\"]{1,70}))", re.IGNORECASE)
_ENCODINGS = frozenset(("7bit", "8bit", "base64", "binary", "quoted-printable"))


@dataclass(slots=True)
class Field:
    """One header field.

    Args:
        longest: of its file names so far.
    """

    kept: bytes = b""
    longest: int = 0
    _name: int = 0
    _quoted: bool = False

    def grow(self, text: bytes) -> None:
        """A line of it, unfolded, without its end; each byte is looked at once."""
        if len(self.kept) < KEPT:
            self.kept = (self.kept + text)[:KEPT]
        if not self.is_content:
            return
        at = self._value(text, 0) if self._quoted else 0
        while found := _NAME.search(text, at):
            self._name = self._name if found[1] else 0
            at = self._value(text, found.end())
        self.longest = max(self.longest, self._name)

    def _value(self, text: bytes, at: int) -> int:
        """Count a value from ``at``; where it ends."""
        opens = not self._quoted and text[at : at + 1] == b'"'
        quoted, begin = self._quoted or opens, at + opens
        found = (_QUOTED if quoted else _TOKEN).match(text, begin)
        end = found.end() if found else begin
        self._name += end - begin - (text.count(b"\\", begin, end) if quoted else 0)
        self._quoted = quoted and end >= len(text)
        return end

    @property
    def is_content(self) -> bool:
        """Whether it is about MIME."""
        return self.kept[:8].lower() == b"content-"

    @property
    def boundary(self) -> bytes:
        """Of a multipart body, ``b""`` where it names none."""
        found = _BOUNDARY.search(self.kept) if self._is(b"content-type") else None
        return (found[1] or found[2]).rstrip() if found else b""

    @property
    def media_type(self) -> bytes:
        """``text/plain``; ``b""`` where this is another field."""
        return self._word().lower() if self._is(b"content-type") else b""

    @property
    def encoding(self) -> str:
        """In the words of ``match mime encoding``; ``""`` where this is another field."""
        if not self._is(b"content-transfer-encoding"):
            return ""
        word = self._word().decode("latin-1").lower()
        return word if word in _ENCODINGS else "others"

    def _is(self, name: bytes) -> bool:
        return self.kept.partition(b":")[0].strip().lower() == name

    def _word(self) -> bytes:
        return self.kept.partition(b":")[2].partition(b";")[0].strip()


@dataclass(slots=True)
class Message:
    """What is known of the message that the client is sending.

    Args:
        in_part: whether the header that is being read is one of a part.
        line: bytes of the line that has begun, 0 at the beginning of a line.
        tail: the last two bytes that were seen.
    """

    in_header: bool = True
    in_part: bool = False
    line: int = 0
    tail: bytes = CRLF
    size: int = 0
    header: int = 0
    body: int = 0
    to_fields: int = 0
    field: Field = field(default_factory=Field)
    boundaries: tuple[bytes, ...] = ()

    def saw(self, data: bytes) -> None:
        """Remember how these bytes end."""
        self.tail = data[-2:] if len(data) > 1 else (self.tail + data)[-2:]
