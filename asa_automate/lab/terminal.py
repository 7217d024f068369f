"""The line discipline of the terminal: echo, editing keys, the shifted echo, the pager.

Bytes in, bytes and events out; no socket, no thread.
"""

from dataclasses import dataclass, field
from enum import Enum, auto

MORE = b"<--- More --->"
_WIPE = b"\r              \r"
#: By how many characters a line that outgrew the width is shifted.
_SHIFT = 10


class Echo(Enum):
    """What the terminal shows of what is typed."""

    PLAIN = auto()
    STARS = auto()
    NONE = auto()


class Key(Enum):
    """A key that is more than a character."""

    ENTER = auto()
    HELP = auto()
    END = auto()
    BREAK = auto()


_KEYS = {b"\r": Key.ENTER, b"\n": Key.ENTER, b"?": Key.HELP, b"\x1a": Key.END, b"\x03": Key.BREAK}


@dataclass(slots=True)
class LineEditor:
    """One line being typed.

    Args:
        width: of the terminal; 0: endless.
        prompt: what stands before the line, for redrawing it.
        echo: what is shown.
        scrolled: whether a line that outgrows the width is redrawn after a ``$``.
    """

    width: int = 80
    prompt: str = ""
    echo: Echo = Echo.PLAIN
    scrolled: bool = True
    text: bytearray = field(default_factory=bytearray)
    _hidden: int = 0

    def start(self, prompt: str, echo: Echo, width: int) -> None:
        """Begin another line."""
        self.prompt, self.echo, self.width = prompt, echo, width
        self.text.clear()
        self._hidden = 0

    def type(self, byte: bytes) -> tuple[bytes, Key | None]:
        """One byte typed: what is shown, and the key if it was one."""
        key = _KEYS.get(byte)
        if key is Key.HELP and self.echo is not Echo.PLAIN:
            key = None
        if key is not None:
            return (b"\r\n" if key is Key.ENTER else b""), key
        if byte in (b"\x08", b"\x7f"):
            return self._erase(), None
        if byte == b"\x15":
            return b"".join(self._erase() for _ in range(len(self.text))), None
        if byte < b" ":
            return b"", None
        self.text += byte
        return self._shown(byte), None

    def _erase(self) -> bytes:
        if not self.text:
            return b""
        del self.text[-1]
        self._hidden = min(self._hidden, len(self.text))
        return b"" if self.echo is Echo.NONE else b"\b \b"

    def _shown(self, byte: bytes) -> bytes:
        if self.echo is not Echo.PLAIN:
            return b"*" if self.echo is Echo.STARS else b""
        if not self.scrolled or not self.width or self._column() < self.width - 1:
            return byte
        # At least the last character is seen, however long the prompt is.
        self._hidden = min(self._hidden + _SHIFT, len(self.text) - 1)
        left = bytes(self.text[self._hidden :])
        return b"\r" + self.prompt.encode("utf-8", "surrogateescape") + b"$" + left

    def _column(self) -> int:
        mark = 1 if self._hidden else 0
        return len(self.prompt) + mark + len(self.text) - self._hidden


@dataclass(slots=True)
class Pager:
    """An answer that is being read page by page."""

    lines: list[str] = field(default_factory=list)
    page: int = 24

    def __bool__(self) -> bool:
        return bool(self.lines)

    def start(self, text: str, page: int) -> bytes:
        """The first page of ``text``, or all of it."""
        self.lines = text.split("\n") if text else []
        self.page = page
        return self._next(page or len(self.lines))

    def key(self, byte: bytes) -> bytes:
        """The next page, the next line, or no more."""
        if byte in (b" ", b"\r", b"\n"):
            return _WIPE + self._next(self.page if byte == b" " else 1)
        if byte in (b"q", b"Q", b"\x03"):
            self.lines = []
            return _WIPE
        return b""

    def _next(self, count: int) -> bytes:
        now, self.lines = self.lines[:count], self.lines[count:]
        shown = "".join(f"{line}\r\n" for line in now).encode("utf-8", "surrogateescape")
        return shown + MORE if self.lines else shown
