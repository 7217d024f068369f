"""Lines of ``show service-policy`` that a terminal or an author broke in two, made whole."""

import re
from collections.abc import Iterable, Iterator

#: The width at which a terminal breaks a line in the middle of a word, where nobody widened it.
TERMINAL_WIDTH = 80

#: How far an ``Inspect:`` line may be spread: the longest form at 40 columns.
MOST_PIECES = 6

#: Lines that say nothing: blank ones, and the mark that a pager leaves between any two lines.
_NOTHING = frozenset({"", "<--- More --->"})

_INSPECT = re.compile(r"\s*Inspect:\s")
_TOTALS = re.compile(r"reset-drop\s+[0-9]")
#: What opens a line of its own, so never continues another.
_OPENS = re.compile(
    r"\s*(?:Inspect:|Class-map:|Service-policy:|Global policy:|Interface\s|match\s|class\s"
    r"|mask-banner\b|allow-tls\b|tcp-proxy:|protocol\s+violations|\S+[>#]\s*$)"
)
#: How the rest of an ``Inspect:`` line begins when it was broken at a blank.
_CONTINUES = re.compile(
    r"\s*(?:(?:packet|lock\s+fail|fail|drop|reset-drop|5-min-pkt-rate|v6-fail-close"
    r"|sctp-drop-override)\s+[0-9]|[0-9]+(?:,|\s|$)|pkts/sec|sctp-drop-override"
    r"|[^,]*,\s+packet\s+[0-9]+,\s+(?:drop|lock)\b)"
)
#: Pieces of words that only the third generation of the line has, after its totals.
_LATE = re.compile(r"(?:/sec|fail-close|override)")


def unwrap(lines: Iterable[str]) -> Iterator[str]:
    """The lines that say something, each ``Inspect:`` line in one piece, with single blanks."""
    whole, last, pieces = "", "", 0
    for line in lines:
        if line.strip() in _NOTHING:
            continue
        if pieces and pieces < MOST_PIECES and _belongs(whole, last, line):
            whole, last, pieces = _joined(whole, last, line), line, pieces + 1
            continue
        if whole:
            yield " ".join(whole.split())
        whole, last, pieces = line, line, int(bool(_INSPECT.match(line)))
    if whole:
        yield " ".join(whole.split())


def _belongs(whole: str, last: str, line: str) -> bool:
    if _OPENS.match(line):
        return False
    if _CONTINUES.match(line):
        return True
    return len(last) == TERMINAL_WIDTH and bool(not _TOTALS.search(whole) or _LATE.search(line))


def _joined(whole: str, last: str, line: str) -> str:
    """Broken at the terminal's width, the halves of a word meet; else a blank stood between."""
    if len(last) == TERMINAL_WIDTH:
        return whole + line
    return f"{whole.rstrip()} {line.strip()}"
