r"""An SMTP dialogue as text: a transcript of swaks, or a small format of its own.

The small format has one line for each line that is sent::

    # a remark
    S: 220 mail.example.com ESMTP
    C: EHLO client.example.com
    C: X-Long: {a*999}
    C- QUIT\n
    S!

``C:`` is the client, ``S:`` the server; ``C-`` and ``S-`` send without CR LF; ``C!`` and ``S!``
close that half; ``~`` before any of them: it is sent under TLS. ``\r \n \t \0 \\ \xNN`` are bytes,
``{TEXT*N}`` is TEXT, N times.

The marks of a transcript are those of swaks 20201014, section OUTPUT of its manual.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from asa_automate.errors import BadInput
from asa_automate.simulate.smtp import CRLF, Direction

#: So many bytes one line of a dialogue may become.
MOST = 10_000_000

_OWN = re.compile(r"^(?P<tls>~?)(?P<who>[CS])(?P<how>[:!-])(?: (?P<text>.*)|)$", re.DOTALL)
#: Hints of swaks: sent and received lines, expected and not, in clear and under TLS.
_SWAKS = re.compile(r"^(?P<mark> ->|\*\*>| ~>|\*~>|<- |<\*\*|<~ |<~\*)(?: (?P<text>.*)|)$")
_TALK = re.compile(r"^(?:===|\*\*\*|  >|<  )(?: |$)")
#: A line without text, whose trailing blank an editor took away.
_BARE = {"<-": "<- ", "<~": "<~ "}
_TIMES = re.compile(r"\{((?:[^{}\\]|\\.)+)\*(\d{1,8})\}")
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPES = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}
_SIDES = {"C": Direction.CLIENT, "S": Direction.SERVER}
_UNSAFE = re.compile(rb"[^\x20-\x5b\x5d-\x7e]")
_NAMED = {b"\r": r"\r", b"\n": r"\n", b"\t": r"\t", b"\0": r"\0", b"\\": r"\\"}


@dataclass(frozen=True, slots=True)
class Turn:
    """Bytes of one side.

    Args:
        data: ``b""``: the side closes its half.
        tls: whether they go under TLS, where no firewall can read them.
        line: of the text.
    """

    sender: Direction
    data: bytes
    tls: bool = False
    line: int = 0


def read_dialogue(text: str) -> list[Turn]:
    """The turns of a dialogue, of either format.

    Raises:
        BadInput: a line that is not understood, with its number.
    """
    # By LF alone: a form feed in a message ends no line of its transcript.
    cut = enumerate((line.removesuffix("\r") for line in text.split("\n")), 1)
    lines = [(number, line) for number, line in cut if line.strip()]
    swaks = not any(_OWN.match(line) for _, line in lines) or any(
        line.startswith("=== ") for _, line in lines
    )
    turns = list(_of_swaks(lines) if swaks else _own(lines))
    if not turns:
        raise BadInput("there is no dialogue in it: neither `C:` and `S:` lines nor a transcript")
    return turns


def in_words(data: bytes) -> str:
    """Bytes in the small format: what is not printable ASCII as an escape."""
    return _UNSAFE.sub(_named, data).decode("ascii")


def _named(found: re.Match[bytes]) -> bytes:
    one = found[0]
    return (_NAMED.get(one) or f"\\x{one[0]:02x}").encode()


def _own(lines: list[tuple[int, str]]) -> Iterator[Turn]:
    for number, line in lines:
        if line.startswith("#"):
            continue
        found = _OWN.match(line)
        if not found or (found["how"] == "!" and found["text"]):
            raise BadInput(f"line {number}: neither `C: ...` nor `S: ...`: {line[:80]!r}")
        data = _bytes(found["text"] or "", number)
        data += CRLF if found["how"] == ":" else b""
        yield Turn(_SIDES[found["who"]], data, bool(found["tls"]), number)


def _of_swaks(lines: list[tuple[int, str]]) -> Iterator[Turn]:
    for number, line in lines:
        found = _SWAKS.match(_BARE.get(line.rstrip(), line))
        if found:
            mark = found["mark"]
            sender = Direction.SERVER if mark.startswith("<") else Direction.CLIENT
            data = (found["text"] or "").encode("utf-8", "surrogateescape") + CRLF
            yield Turn(sender, data, "~" in mark, number)
        elif not _TALK.match(line):
            raise BadInput(f"line {number}: not a line of a transcript of swaks: {line[:80]!r}")


def _bytes(text: str, number: int) -> bytes:
    def times(found: re.Match[str]) -> str:
        if len(found[1]) * int(found[2]) > MOST:
            raise BadInput(f"line {number}: longer than {MOST} bytes: {found[0]!r}")
        return found[1] * int(found[2])

    raw = _TIMES.sub(times, text).encode("utf-8", "surrogateescape")
    return _ESCAPE.sub(lambda found: _escaped(found[1], number), raw)


def _escaped(word: bytes, number: int) -> bytes:
    if len(word) == 3:
        return bytes([int(word[1:], 16)])
    if word not in _ESCAPES:
        raise BadInput(f"line {number}: no such escape: \\{word.decode('latin-1')}")
    return _ESCAPES[word]
