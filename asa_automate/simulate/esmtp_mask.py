"""The masks of the ESMTP inspection: bytes in, as many bytes out."""

import re

from asa_automate.simulate.smtp import content

#: Every ``2`` and ``0`` of a banner survives (Cisco doc 117801; Microsoft KB 320027).
_KEPT_OF_BANNER = b"20"
_ALL = bytes(range(256))
_STARS = {
    kept: bytes(c if c in _KEPT_OF_BANNER + kept else ord("*") for c in _ALL)
    for kept in (b"", b" ")
}
_SPARED = re.compile(rb"[<>]")


def mask_banner(line: bytes, keeps: str) -> bytes:
    """A line of the greeting in asterisks.

    Args:
        keeps: ``nothing``, the ``separator`` behind the code, or all ``blanks``.
    """
    text = content(line)
    masked = text.translate(_STARS[b" " if keeps == "blanks" else b""])
    if keeps == "separator" and len(text) > 3:
        masked = masked[:3] + text[3:4] + masked[4:]
    return masked + line[len(text) :]


def cross_out(line: bytes) -> bytes:
    """A command in X's over its whole length; its end stays."""
    text = content(line)
    return b"X" * len(text) + line[len(text) :]


def mask_parameter(line: bytes, number: int) -> bytes:
    """A line of an EHLO reply with its parameter in X's; the last one is a running letter.

    Args:
        number: how many parameters of this reply were masked before.
    """
    text = content(line)
    length = len(text) - 4
    letter = bytes([ord("A") + number % 26])
    return text[:4] + b"X" * (length - 1) + letter[: max(length, 0)] + line[len(text) :]


def blank_out(line: bytes, path_at: int) -> bytes:
    """``|`` of an address, and angle brackets that are not around it, become blanks.

    Args:
        path_at: where the path of the command begins.
    """
    path = bytearray(line[path_at:].replace(b"|", b" "))
    opening = path.find(b"<")
    closing = path.find(b">", opening + 1) if opening >= 0 else -1
    for found in _SPARED.finditer(bytes(path)):
        if found.start() not in (opening, closing):
            path[found.start()] = ord(" ")
    return line[:path_at] + bytes(path)
