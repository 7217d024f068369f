"""A captured text to the text that the firewall printed, or the reason why that cannot be had.

What the tree of lines survives by itself (line ends, prompts and echoes around the text, blank
lines, blanks at line ends, odd bytes, text after the end) is left alone. Here is what would be
misread: paging marks, quoting, escaped answers of the REST API, and systems whose configuration
is of another kind. A clean text of 10 MB costs a few searches for a string.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asa_automate.show.templates import LINE_CAP

#: What a text is (version, quoting, escapes) shows in its first characters.
_HEAD = 1 << 16

_REST = re.compile(r'\ufeff?\s*"?\{\s*\\?"response\\?"\s*:')
#: A line end that was escaped, and of which half became a line end when the answer was saved.
_HALF = "\\\n"
_WHOLE = ("\\n", "\\\\n", "")
_CLOSED = ("", '"]}', '\\"]}"')

#: One of these is in every line that the next two patterns take, and is sooner looked for.
_NO_MPF_SIGNS = ("PIX Version ", "fixup protocol ")
_FTD_SIGNS = ("NGFW Version ", "FTD Version ")
_NO_MPF = re.compile(r"^[ \t]*(PIX Version [1-6]\.|(?:no )?fixup protocol )\S[^\r\n]*", re.M)
_FTD = re.compile(r"^[ \t]*(?:NGFW|FTD) Version \S[^\r\n]*", re.M)
_FWSM = re.compile(r"^[ \t]*FWSM Version \S", re.M)
_FWSM_MAIL = re.compile(r"^[ \t]*inspect e?smtp\b[^\r\n]*", re.M)

#: A paging mark and what the terminal used to wipe it out: blanks between carriage returns,
#: backspaces, or (where those were lost) as many blanks as the mark is long.
_MORE = re.compile(r"<--- More --->(?:[\r\x08]+ {0,20}[\r\x08]+| {14}| {0,13}(?=\r?$))?", re.M)
_PAGING = "<--- More"
_ERASED = re.compile(r"\x08 \x08")

_QUOTE = re.compile(r"(?:> ?)+")
_GLUED = ("service-policy", "policy-map")
_PROSE = re.compile(r"\s*(?:!|description |access-list \S+ remark |banner )")


@dataclass(frozen=True, slots=True)
class Capture:
    """A text that can be read, and what was mended in it, in words; line numbers are those of
    ``text``, which differ from those of the capture only where escapes were resolved."""

    text: str
    mended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why no configuration can be read from a text; ``line`` is 0 where no line is to blame."""

    reason: str
    line: int = 0

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason


def clean(text: str) -> Capture | Unreadable:
    """Take the marks of a capture off a running-config; never raises, whatever the text."""
    if "\x00" in text:
        return Unreadable(
            "NUL characters: not a text in UTF-8; save it as UTF-8", _line(text, text.find("\x00"))
        )
    capture: Capture | Unreadable = Capture(text)
    for mend in (_without_escapes, _without_paging, _without_quoting):
        if isinstance(capture, Unreadable):
            return capture
        capture = mend(capture)
    if isinstance(capture, Unreadable):
        return capture
    return _other_system(capture.text) or _two_in_one(capture.text) or capture


def _mended(capture: Capture, text: str, what: str) -> Capture:
    return Capture(text, (*capture.mended, what))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


# Escapes: an answer of the REST API that was pasted as it stood, quoted once or twice.


def _without_escapes(capture: Capture) -> Capture | Unreadable:
    text = capture.text
    if _REST.match(text):
        return _rest_answer(capture)
    head = text[:_HEAD]
    lines = [line for line in head.splitlines()[:200] if line.strip()]
    if len(lines) > 2 and sum(map(_goes_on, lines)) > 0.8 * len(lines):
        return _continued(capture)
    if len(lines) <= 2 and head.count("\\n") > 2:
        plain = text.replace("\\r", "").replace("\\n", "\n")
        return _mended(capture, plain, "line ends were written as \\n")
    return capture


def _rest_answer(capture: Capture) -> Capture | Unreadable:
    """Half of an escaped line end may have become a line end when it was saved."""
    text = capture.text.replace("\r\n", "\n").lstrip("\ufeff\n ")
    # The answer is quoted once, or once more as a text.
    once, twice, none = _WHOLE
    forms = [twice, once, none] if text.startswith('"') else [once, twice, none]
    for form in [text, *(text.replace(_HALF, whole) for whole in forms)]:
        for closing in _CLOSED:
            answer = _response(form + closing)
            if answer is not None:
                return _mended(capture, answer, "the answer of the REST API was unpacked")
    return Unreadable(
        "an answer of the REST API that is cut short or was changed; "
        "save the text of `show running-config` itself",
        1,
    )


def _response(form: str) -> str | None:
    try:
        value = json.loads(form, strict=False)
        value = json.loads(value, strict=False) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
    answers = value.get("response") if isinstance(value, dict) else None
    if not isinstance(answers, list) or not all(isinstance(a, str) for a in answers):
        return None
    return "\n".join(answers)


def _continued(capture: Capture) -> Capture | Unreadable:
    """Every line ends in a backslash; one that does not is not to be trusted."""
    lines = capture.text.splitlines()
    bare = [i for i, line in enumerate(lines, 1) if line.strip() and not _goes_on(line)]
    if bare and bare[0] != len(lines):
        return Unreadable("the lines before end in a backslash, this one does not", bare[0])
    plain = "\n".join(line.rstrip().removesuffix("\\") for line in lines)
    return _mended(capture, f"{plain}\n", "a backslash stood at the end of each line")


def _goes_on(line: str) -> bool:
    return line.rstrip().endswith("\\")


def _without_paging(capture: Capture) -> Capture:
    text = capture.text
    # Its first character is rare, and a hundred times as fast to look for.
    if _PAGING[0] not in text or _PAGING not in text:
        return capture
    # A mark stands at the start of a line; what stands before it there is the end of another.
    plain = "\n".join(_paged(text))
    return _mended(capture, plain, "paging marks were taken out")


def _paged(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if _PAGING in line:
            parts = _MORE.split(_ERASED.sub("", line) if "\x08" in line else line)
            yield "\r".join(part for part in parts if part.strip()) or ""
        else:
            yield line


def _without_quoting(capture: Capture) -> Capture | Unreadable:
    """``> `` in front of every line from the first to the last that has it."""
    text = capture.text
    if not text.startswith(">") and "\n>" not in text[:_HEAD]:
        return capture
    lines = text.split("\n")
    quoted = [i for i, line in enumerate(lines) if line.startswith(">")]
    bare = [i for i in range(quoted[0], quoted[-1]) if lines[i].strip() and lines[i][0] != ">"]
    if len(bare) > len(quoted):
        # A few lines with ">" are prompts: that of an FTD is nothing else.
        return capture
    if bare:
        return Unreadable("the text is quoted with `>` in part; this line is not", bare[0] + 1)
    depth = _quote_length([lines[i] for i in quoted])
    for i in quoted:
        lines[i] = lines[i][depth:]
    return _mended(capture, "\n".join(lines), "the quoting with `>` was taken off")


def _quote_length(quoted: list[str]) -> int:
    """How much stands in front of each quoted line that has text: ``>``, ``> ``, ``>> `` ..."""
    marks = [found.group() for line in quoted if (found := _QUOTE.match(line))]
    full = [mark for mark, line in zip(marks, quoted, strict=True) if line[len(mark) :].strip()]
    return min((len(mark) for mark in full), default=1)


def _other_system(text: str) -> Unreadable | None:
    """Systems whose configuration has no class that inspects, or another kind of one."""
    head = text[:_HEAD]
    found = _searched(_NO_MPF, _NO_MPF_SIGNS, head)
    if found:
        return Unreadable(
            f"{found[0].strip()!r}: PIX 6 and older inspect by `fixup` and not by policy-maps; "
            "nothing is planned for them",
            _line(head, found.start(1)),
        )
    found = _searched(_FTD, _FTD_SIGNS, head)
    if found:
        return Unreadable(
            f"{found[0].strip()!r}: a firewall of this kind is configured by its manager and not "
            "by lines; nothing is planned for it",
            _line(head, found.start()),
        )
    mail = _FWSM_MAIL.search(text) if _searched(_FWSM, ("FWSM Version ",), head) else None
    if mail:
        return Unreadable(
            f"{mail[0].strip()!r} on an FWSM: how its policy-maps pick a class is not documented "
            "as the ASA's is, so nothing is planned for it",
            _line(text, mail.start()),
        )
    return None


def _searched(pattern: re.Pattern[str], signs: Iterable[str], head: str) -> re.Match[str] | None:
    return pattern.search(head) if any(sign in head for sign in signs) else None


def _two_in_one(text: str) -> Unreadable | None:
    """A head of a policy that is glued to the end of another line would be overlooked.

    A name may end as such a head does; then it stands in more than one line.
    """
    found: dict[str, list[tuple[int, str]]] = {}
    for at, line in _lines_with(text, "policy"):
        for word in line[:LINE_CAP].split() if not _PROSE.match(line) else ():
            if word.endswith(_GLUED) and _has_glue(word):
                found.setdefault(word, []).append((at, line))
    glued = next((places[0] for places in found.values() if len(places) == 1), None)
    if glued is None:
        return None
    at, line = glued
    return Unreadable(f"two commands in one line: {line.strip()[:120]!r}", _line(text, at))


def _has_glue(word: str) -> bool:
    before = word.removesuffix("policy-map").removesuffix("service-policy")[-1:]
    return before.isalnum() or before in ("!", ")")


def _lines_with(text: str, word: str) -> Iterator[tuple[int, str]]:
    """Where each line that holds ``word`` begins, and the line; in the time of one search."""
    at = text.find(word)
    while at >= 0:
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        end = end if end >= 0 else len(text)
        yield start, text[start:end]
        at = text.find(word, end)
