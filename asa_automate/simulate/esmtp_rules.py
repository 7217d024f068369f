"""An ESMTP inspection map as rules: what is looked at, what hits, what is done.

Sources: Cisco ASA 9.3 firewall CLI guide, p.13-41 (the built-in map) and p.13-43 (matches and
actions); 8.4 CLI guide, p.33-3 (matches are tried in the order of the protocol, like ones in the
order of the map; a drop ends it, a log alone does not).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from asa_automate.errors import Refused


class Point(StrEnum):
    """What a match looks at."""

    LINE = "cmd line length gt"
    VERB = "cmd verb"
    RCPT = "cmd rcpt count gt"
    SENDER_LENGTH = "sender-address length gt"
    SENDER = "sender-address regex"
    PARAMETER = "ehlo-reply-parameter"
    HEADER_LINE = "header line length gt"
    HEADER = "header length gt"
    TO_FIELDS = "header to-fields count gt"
    INVALID = "invalid-recipients count gt"
    BODY_LINE = "body line length gt"
    BODY = "body length gt"
    FILE_NAME = "mime filename length gt"
    FILE_TYPE = "mime filetype regex"
    ENCODING = "mime encoding"


Subject = int | str | bytes
Test = Callable[[Subject], bool]
#: ``regex`` names and ``class-map type regex`` names of a configuration, as patterns.
Patterns = Mapping[str, "tuple[re.Pattern[bytes], ...]"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One ``match``.

    Args:
        number: its place in the map, from 1: the ``Class N`` of a syslog.
        text: ``match ...`` as the counters print it.
        action: ``drop-connection``, ``reset``, ``mask``, ``rate-limit`` or ``log``.
        per_second: of ``rate-limit``.
        limit: of a ``gt``.
    """

    number: int
    text: str
    point: Point
    test: Test
    negated: bool
    action: str
    log: bool
    per_second: int = 0
    limit: int | None = None

    @property
    def ends_it(self) -> bool:
        """Whether a hit ends the connection."""
        return self.action in ("drop-connection", "reset")

    def passed(self, before: int, after: int) -> bool:
        """Whether something that grew from ``before`` to ``after`` went above the limit."""
        return not self.negated and self.limit is not None and before <= self.limit < after

    def hits(self, subject: Subject) -> bool:
        """Whether what was looked at is hit."""
        return self.test(subject) is not self.negated

    @property
    def said(self) -> str:
        """The action as the counters print it."""
        if self.action == "rate-limit":
            return f"rate-limit {self.per_second}"
        return f"{self.action} log" if self.log and self.action != "log" else self.action


def rule(number: int, text: str, negated: bool, actions: tuple[str, ...], known: Patterns) -> Rule:
    """A match of a map.

    Args:
        text: the condition, without ``match`` and ``not``.

    Raises:
        Refused: a condition or an action that is not understood.
    """
    point = next((p for p in Point if f"{text.lower()} ".startswith(f"{p.value} ")), None)
    words = text.split()[len(point.value.split()) :] if point else []
    if point is None or not words:
        raise Refused(f"this match is not understood: {text!r}")
    action, log, rate = _action(text, actions)
    printed = f"match {'not ' if negated else ''}{_printed(text)}"
    test, limit = _test(point, words, known)
    return Rule(number, printed, point, test, negated, action, log, rate, limit)


def _printed(text: str) -> str:
    """The counters spell these two words in capitals (Cisco doc 117801)."""
    return re.sub(r"^mime\b", "MIME", re.sub(r"^cmd rcpt\b", "cmd RCPT", text))


def _action(text: str, actions: tuple[str, ...]) -> tuple[str, bool, int]:
    words = " ".join(actions).split()
    match words:
        case ["log"]:
            return "log", True, 0
        case [("drop-connection" | "reset" | "mask") as action, *rest] if rest in ([], ["log"]):
            return action, bool(rest), 0
        case ["rate-limit", rate] if rate.isdigit():
            return "rate-limit", False, int(rate)
    raise Refused(f"the action of {text!r} is not understood: {' '.join(words) or 'none'!r}")


def _test(point: Point, words: list[str], known: Patterns) -> tuple[Test, int | None]:
    if point.value.endswith(" gt"):
        return _above(words)
    if point.value.endswith(" regex"):
        return _like(words, known), None
    return _one_of(point, words), None


def _above(words: list[str]) -> tuple[Test, int]:
    if len(words) != 1 or not (words[0].isascii() and words[0].isdigit()):
        raise Refused(f"not a limit: {' '.join(words)!r}")
    limit = int(words[0])
    return (lambda subject: isinstance(subject, int) and subject > limit), limit


def _like(words: list[str], known: Patterns) -> Test:
    name = " ".join(words)
    patterns = known.get(name)
    if patterns is None:
        raise Refused(f"there is no regex {name!r} in the configuration")
    return lambda subject: (
        isinstance(subject, bytes) and any(p.search(subject) is not None for p in patterns)
    )


def _one_of(point: Point, words: list[str]) -> Test:
    fold = str.upper if point is Point.VERB else str.lower
    listed = frozenset(fold(word) for word in words)
    return lambda subject: isinstance(subject, str) and fold(subject) in listed
