"""What a device printed, made fit for one line of a message, a log or a terminal."""

import re
import unicodedata

from asa_automate.config.redaction import redact_line

LONGEST = 300
"""Characters of a device's text that a message carries; the whole stays in the error's reply."""

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def one_line(text: str, longest: int = LONGEST) -> str:
    r"""``text`` on one line: line ends as `` / ``, unprintable characters as ``\x1b``.

    Bidirectional marks, surrogates (undecodable bytes) and C1 controls count as unprintable, so
    that a device cannot steer the terminal of the person who reads. Secrets are struck out.
    """
    lines = (redact_line(re.sub(r"\s+", " ", line).strip()) for line in re.split(r"[\r\n]+", text))
    joined = " / ".join(line for line in lines if line)
    shown = "".join(_shown(character) for character in joined)
    return shown if len(shown) <= longest else shown[: longest - 3] + "..."


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, kept by surrogateescape
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
