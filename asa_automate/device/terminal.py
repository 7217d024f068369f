"""Terminal noise: carriage returns, backspaces, escape codes, erased pagers, shown echoes.

Two needs, two treatments. To *recognise* a line (prompt, pager, question, echo) it is rendered as
a terminal would show it. A *body* keeps every byte; only line ends are made ``\\n``.
"""

import re

from asa_automate.device.prompts import Prompt, parse

PAGER = re.compile(r"<--- More --->\s*")
"""What the pager shows at the start of a line (Cisco ASA command reference, ``pager``)."""

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_=>])")
_ERASED = re.compile(r"(?:^|\r) +\r|\x08+ +\x08+")
_PAGER_ERASURE = re.compile(rb"\r? +\r|\x08+ *\x08*|\r?\x1b\[[0-2]?K\r?")
_LINE_ENDS = re.compile(rb"\r*\n\r*")
_ECHO_LINES = 4
_LEAST_WINDOW = 4
"""Characters of a command that a scrolled echo shows at least, however long the prompt is."""


def decode(data: bytes) -> str:
    """UTF-8, with every other byte kept as a surrogate, so that encoding gives it back."""
    return data.decode("utf-8", "surrogateescape")


def render(line: str) -> str:
    """``line`` as a terminal would show it: escape codes gone, overprinting done."""
    if line.isprintable():
        return line
    text = _ERASED.sub("\r", _ESCAPES.sub("", line))
    shown: list[str] = []
    column = 0
    for character in text:
        if character == "\r":
            column = 0
        elif character == "\b":
            column = max(column - 1, 0)
        else:
            shown[column : column + 1] = [character]
            column += 1
    return "".join(shown)


def prompt_at_end(data: bytes) -> Prompt | None:
    """The prompt that the last line of ``data`` is, if it is one."""
    return parse(render(decode(data[data.rfind(b"\n") + 1 :])))


def body_text(pages: list[bytes]) -> str:
    """The text of a reply that came in ``pages``: all bytes, line ends as ``\\n``."""
    first, *rest = pages
    whole = first + b"".join(
        _PAGER_ERASURE.sub(b"", page, count=1) if _erased(page) else page for page in rest
    )
    plain = whole.replace(b"\r\n", b"\n")
    del whole, first  # a configuration may be large: not more copies of it than it takes
    if b"\r" in plain:
        plain = _LINE_ENDS.sub(b"\n", plain).lstrip(b"\r")
    return decode(plain)


def _erased(page: bytes) -> bool:
    return _PAGER_ERASURE.match(page) is not None


def echo_end(data: bytes, sent: str, host: str | None) -> tuple[int, int, str] | None:
    """Where the echo of ``sent`` stands in ``data``: (start, end, the text before it on its line).

    Found are a plain echo on any of the lines, behind nothing or behind a prompt; and, on the
    first line that is not blank, one that is wrapped over several lines or scrolled with ``$`` as
    an 80-column terminal shows a long command. ``None`` while there is none.
    """
    start = 0
    lines = data.split(b"\n")
    fresh = True
    for number, line in enumerate(lines[:-1]):
        end = start + len(line) + 1
        before = _plain_echo(decode(line), sent, host)
        if before is not None:
            return start, end, before
        if fresh and line.strip():
            fresh = False
            taken = _long_echo(lines[number:-1], sent, host)
            if taken:
                return start, start + sum(len(part) + 1 for part in lines[number:][:taken]), ""
        start = end
    return None


def _plain_echo(line: str, sent: str, host: str | None) -> str | None:
    shown = render(line).rstrip()
    if not shown.endswith(sent):
        return None
    before = shown[: len(shown) - len(sent)]
    if not before.strip():
        return ""
    prompt = parse(before)
    return before if prompt and host in (None, prompt.host) else None


def _long_echo(lines: list[bytes], sent: str, host: str | None) -> int:
    """How many of ``lines`` are the wrapped or scrolled echo of ``sent``; 0 if none are."""
    texts = [_without_prompt(decode(line), host) for line in lines[:_ECHO_LINES]]
    wanted = _squashed(sent)
    for count in range(1, len(texts) + 1):
        if _squashed("".join(texts[:count])) == wanted:
            return count
    return 1 if _is_scrolled(texts[0], sent, host) else 0


def _is_scrolled(text: str, sent: str, host: str | None) -> bool:
    """Whether ``text`` is ``sent`` as ``$``-marked windows: each a piece of it, one at an end."""
    if "$" not in text:
        return False
    windows = [_without_prompt(part, host).strip() for part in re.split(r"[\r\x08$]+", text)]
    windows = [window for window in windows if window]
    return (
        sum(map(len, windows)) >= min(_LEAST_WINDOW, len(sent))
        and all(window in sent for window in windows)
        and (sent.startswith(windows[0]) or sent.endswith(windows[-1]))
    )


def _without_prompt(text: str, host: str | None) -> str:
    text = _ESCAPES.sub("", text)
    if host is None:
        return text
    return re.sub(rf"^[\r ]*{re.escape(host)}(?:\(config[\w-]*\))?[>#] ?", "", text)


def _squashed(text: str) -> str:
    return re.sub(r"[\s\x08]+", "", text)
