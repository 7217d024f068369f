"""hier_config: the text to its tree; it has no driver for the ASA, so that of IOS is taken.

It takes no top-level line twice, and a device prints remarks and the second block of an object
with the same words. So it is timed on a text without the repeated lines, and claims no answer.
"""

from hier_config import HConfig, Platform, get_hconfig
from hier_config.exceptions import DuplicateChildError

from bench.peers.timed import measure


def _prepare(text: str) -> tuple[str, str]:
    """A text that it takes, and a note where that is not the whole text."""
    try:
        get_hconfig(Platform.CISCO_IOS, text)
    except DuplicateChildError as error:
        note = f"stops at the second {str(error).partition(': ')[2]}; timed without repeated lines"
        return "\n".join(_once(text.splitlines())), note
    return text, ""


def _work(prepared: tuple[str, str]) -> tuple[HConfig, str]:
    text, note = prepared
    return get_hconfig(Platform.CISCO_IOS, text), note


def _once(lines: list[str]) -> list[str]:
    """Each top-level line once; what stands beneath a repeated one goes with it."""
    seen: set[str] = set()
    kept: list[str] = []
    repeated = False
    for line in lines:
        if not line.startswith(" "):
            repeated = line in seen
            seen.add(line)
        if not repeated:
            kept.append(line)
    return kept


def _answer(made: tuple[HConfig, str]) -> dict[str, object]:
    return {"facts": {}, "note": made[1]}


if __name__ == "__main__":
    measure("hier-config", _work, _answer, _prepare)
