"""Text from a device, a file or a user, made fit to be read: what hides or moves is spelt out."""

import unicodedata

#: Unicode categories that can move the cursor, hide or reorder text, or are no characters:
#: control, format (bidi marks, joiners), surrogate, private use, unassigned, line and paragraph
#: separators.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def escape(text: str, *, keep: str = "") -> str:
    """The text with every unsafe character made visible: ``\\x1b``, ``\\u202e``.

    Args:
        keep: characters that may stay, such as a line feed.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in keep or _is_safe(c) else _visible(c) for c in text)


def _is_safe(character: str) -> bool:
    return unicodedata.category(character) not in _UNSAFE


def _visible(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
