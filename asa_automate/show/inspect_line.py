"""One ``Inspect:`` line: an engine, its options, its map, and its counters.

The three generations of the line (7.x/8.x; ``lock fail`` since 8.x/9.x; ``5-min-pkt-rate`` since
9.5) are read by one grammar: a list of words with a number each, in any order.
"""

import re

#: Engines whose name has two words, as the ``inspect`` command itself has it.
#: Source: Cisco ASA command reference, ``inspect h323`` and ``inspect icmp error``.
TWO_WORDS = frozenset({("h323", "h225"), ("h323", "ras"), ("icmp", "error")})

#: A word between an engine and its map. ``ftp strict MAP`` is the engine ``ftp`` with the map
#: ``MAP``, so that the engine has the same name here and in a configuration.
BEFORE_MAP = "strict"

#: Words that follow an engine or its map and are not the name of a map.
OPTIONS = frozenset(
    {"dynamic-filter-snoop", "fail-close", "fail-open", "maximum-length", "tls-proxy"}
)


def split_inspection(words: str) -> tuple[str, str | None]:
    """``h323 h225 _default_h323_map`` as ``("h323 h225", "_default_h323_map")``.

    Returns:
        the engine, and the map or ``None`` where none is named (``sip ,`` of 9.x names none).
    """
    parts = words.split()
    length = 2 if tuple(parts[:2]) in TWO_WORDS else 1
    rest = [word for word in parts[length:] if word != BEFORE_MAP]
    named = rest[0] if rest and rest[0] not in OPTIONS else None
    return " ".join(parts[:length]), named


#: Word of the ``Inspect:`` line -> our name; ``None`` for one that is no concern of ours.
COUNTERS = {
    "packet": "packets",
    "lock fail": "lock_fails",
    "drop": "drops",
    "reset-drop": "reset_drops",
    "5-min-pkt-rate": "rate_5min",
    "v6-fail-close": None,
}
_COUNTER = re.compile(
    r"(packet|lock fail|drop|reset-drop|5-min-pkt-rate|v6-fail-close)"
    r" ([0-9]{1,20})(?: pkts/sec| sctp-drop-override [0-9]+)?(?= |$)(.*)"
)


def read_counters(tail: str) -> tuple[dict[str, int], str, bool]:
    """The numbers of an ``Inspect:`` line, from its first comma on.

    Returns:
        our name -> number, for those that the text gives; the remark behind the last one; and
        whether every number of the text found its name.
    """
    found: dict[str, int] = {}
    remark, clean = "", True
    for item in tail.split(",")[1:]:
        words = " ".join(item.split())
        if known := _COUNTER.fullmatch(words):
            name, remark = COUNTERS[known[1]], known[3]
            clean = clean and name not in found
            if name:
                found.setdefault(name, int(known[2]))
        else:
            remark = words
            clean = clean and not _looks_counted(words)
        clean = clean and not _looks_counted(remark)
    return found, remark, clean


def _looks_counted(words: str) -> bool:
    """A number that nobody took, or one of our counters with something else than a number."""
    return bool(re.search(r"[0-9]", words)) or any(words.startswith(name) for name in COUNTERS)
